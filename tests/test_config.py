"""Settings: one message names everything that is wrong, and how to fix it."""

from __future__ import annotations

import logging
import os
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.config import SETTINGS, Settings
from bot.errors.bot_error import SettingsError
from tests.unprivileged import unprivileged

PROXIES = ("127.0.0.1", "::1", "10.0.0.0/8")
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


def test_no_secret_is_in_the_repr() -> None:
    secrets = {
        "DISCORD_TOKEN": "canary.1",
        "DISCORD_CLIENT_SECRET": "canary.2",
        "SPOTIFY_CLIENT_SECRET": "ca" * 16,
        "METRICS_TOKEN": "canary-canary-canary",
        "TOKEN_KEYS": "ca" * 32,
        "DATABASE": "postgresql://tonearm:canary@127.0.0.1/tonearm",
    }
    assert {setting.name for setting in SETTINGS if setting.is_secret} == set(secrets)
    shown = repr(Settings.from_env(VALID | secrets))
    assert "canary" not in shown
    assert "caca" not in shown
    assert repr(b"\xca")[2:-1] not in shown


def test_settings_of_any_usual_form_are_accepted() -> None:
    for name, text, value in (
        ("SPOTIFY_CLIENT_ID", "0123456789ABCDEF" * 2, "0123456789abcdef" * 2),
        ("HOST", "[::1]", "::1"),
        ("HOST", "::", "::"),
        ("HOST", "localhost", "localhost"),
        ("TRUSTED_PROXY", "127.0.0.1", (ip_network("127.0.0.1"),)),
        ("TRUSTED_PROXY", "127.0.0.1,::1  10.0.0.0/8", tuple(map(ip_network, PROXIES))),
        ("ALLOWED_USERS", "", frozenset()),
        (
            "ALLOWED_GUILDS",
            "123456789012345678,  234567890123456789",
            {123456789012345678, 234567890123456789},
        ),
        ("OPERATOR_CONTACT", "👩\u200d💻 Zoë", "👩\u200d💻 Zoë"),
        ("LOG_LEVEL", "Warning", logging.WARNING),
    ):
        assert getattr(Settings.from_env(VALID | {name: text}), name.lower()) == value


def test_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    without_token = {name: text for name, text in VALID.items() if name != "DISCORD_TOKEN"}
    for content in ("abc.def.ghi", "\ufeff abc.def.ghi\r\n"):
        file.write_text(content, encoding="utf-8")
        settings = Settings.from_env(without_token | {"DISCORD_TOKEN_FILE": str(file)})
        assert settings.discord_token == "abc.def.ghi"
    file.write_text(f"{'0a' * 32}\n{'0b' * 32}\n")
    keys = Settings.from_env(VALID | {"TOKEN_KEYS_FILE": str(file)}).token_keys
    assert keys == (bytes([10]) * 32, bytes([11]) * 32)


def test_file_of_a_secret_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    without_token = {name: text for name, text in VALID.items() if name != "DISCORD_TOKEN"}

    def refusal(extra: dict[str, str] = without_token) -> str:
        with pytest.raises(SettingsError) as caught:
            Settings.from_env(extra | {"DISCORD_TOKEN_FILE": str(file)})
        return caught.value.problems["DISCORD_TOKEN"]

    assert "DISCORD_TOKEN_FILE is not the name of a file" in refusal()
    for misplaced in ("canary.canary", "canary " * 100, "canary/canary"):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env(VALID | {"METRICS_TOKEN_FILE": misplaced})
        assert "canary" not in str(caught.value)
    for content, part in (
        (b"", "is empty"),
        (b"\xff\xfe", "as UTF-8"),
        (b"canary" * 10_000, "too long"),
        (b"Bot canary", "without the word Bot"),
    ):
        file.write_bytes(content)
        assert part in refusal()
        assert "canary" not in refusal()
    assert "is set, and DISCORD_TOKEN_FILE too" in refusal(VALID)
    file.chmod(0o000)
    with unprivileged():
        assert "may not use" in refusal()
    file.unlink()
    file.mkdir()
    assert "is a folder" in refusal()
    file.rmdir()
    os.mkfifo(file)
    assert "is a device or a pipe" in refusal()


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
        ("DISCORD_TOKEN", '"abc.def.ghi"', "has quotes around it"),
        ("DISCORD_TOKEN", "abc.def\u200b.ghi", "an invisible character"),
        ("DISCORD_CLIENT_SECRET", "a secret", "OAuth2, Client Secret"),
        ("DISCORD_CLIENT_SECRET", VALID["DISCORD_TOKEN"], "the same as DISCORD_TOKEN"),
        ("SPOTIFY_CLIENT_SECRET", VALID["SPOTIFY_CLIENT_ID"], "the same as SPOTIFY_CLIENT_ID"),
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
        ("HOST", "127.0.0.1:8080", "The port has its own setting"),
        ("HOST", "http://127.0.0.1", "just a host"),
        ("TRUSTED_PROXY", "caddy", "not an address or a network"),
        ("TRUSTED_PROXY", "127.0.0.1, 172.16.0.9/12", "Write 172.16.0.0/12, or"),
        ("LOG_LEVEL", "loud", "not one of debug"),
        ("LOG_FORMAT", "xml", "neither text nor json"),
        ("DATABASE", ".", "names a folder"),
        ("DATABASE", "sqlite:///tonearm.sqlite3", "is neither a file nor"),
        ("DATABASE", "~nobody-has-this-name/x", "names a home folder"),
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
