"""Settings: one message names everything that is wrong, and how to fix it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors.bot_error import SettingsError

VALID = {
    "DISCORD_TOKEN": "abc.def.ghi",
    "SPOTIFY_CLIENT_ID": "0123456789abcdef0123456789abcdef",
    "PUBLIC_URL": "https://music.example.org/",
}


def test_three_settings_are_required() -> None:
    settings = Settings.from_env(VALID)
    assert settings.public_url == "https://music.example.org"
    assert settings.port == 8080
    assert settings.database == Path("tonearm.sqlite3")
    assert settings.discord_api_url == "https://discord.com/api/v10"


def test_the_token_is_not_in_the_repr() -> None:
    assert "abc.def.ghi" not in repr(Settings.from_env(VALID))


def test_all_missing_settings_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORT": "no"})
    assert set(caught.value.problems) == {
        "DISCORD_TOKEN",
        "SPOTIFY_CLIENT_ID",
        "PUBLIC_URL",
        "PORT",
    }
    assert "discord.com/developers" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("DISCORD_TOKEN", "Bot abc.def.ghi", "without the word Bot"),
        ("SPOTIFY_CLIENT_ID", "my app", "32 digits"),
        ("PUBLIC_URL", "http://localhost:8080", "Spotify refuses"),
        ("PUBLIC_URL", "https://localhost", "Spotify refuses"),
        ("PUBLIC_URL", "http://music.example.org", "must start with https"),
        ("PUBLIC_URL", "https://music.example.org/tonearm", "without a path"),
        ("PUBLIC_URL", "https://me@music.example.org", "without a path"),
        ("PUBLIC_URL", "music.example.org", "begins with https://"),
        ("PUBLIC_URL", "https://[", "begins with https://"),
        ("PUBLIC_URL", "https://exa mple.org", "begins with https://"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "70000", "from 1 to 65535"),
        ("PORT", "٨", "from 1 to 65535"),
        ("DATABASE", ".", "names a folder"),
        ("DATABASE", "nowhere/at/all.sqlite3", "does not exist"),
        ("SPOTIFY_API_URL", "ftp://x.test", "begins with https://"),
    ],
)
def test_malformed_setting_is_reported_with_fix(name: str, text: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(VALID | {name: text})
    assert list(caught.value.problems) == [name]
    assert expected in caught.value.problems[name]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://[::1]:8080", "https://a.test:8443"]
)
def test_valid_redirect_uris_are_accepted(url: str) -> None:
    assert Settings.from_env(VALID | {"PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize(
    "url",
    ["https://Music.Example.org", "https://music.example.org:443/", "HTTPS://music.example.org"],
)
def test_public_url_is_normalised_as_browsers_do(url: str) -> None:
    assert Settings.from_env(VALID | {"PUBLIC_URL": url}).public_url == "https://music.example.org"
