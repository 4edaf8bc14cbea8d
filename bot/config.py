"""The bot's settings from environment variables, and the configuration of logging."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yarl

from bot.errors.bot_error import SettingsError
from bot.store.disk_errors import file_error
from bot.store.keys import parse_key

Network = IPv4Network | IPv6Network


_HAS_SPACE = "has a space in it. Paste it alone, without the word Bot."
_NOT_A_URL = "is not a web address that begins with https:// or http://."


class InvalidSettingError(ValueError):
    """A setting is missing or malformed. The message follows the setting's name in a sentence."""


# ---- parsers: each returns a setting's value, or raises ValueError


def _matching(pattern: str) -> Callable[[str], str]:
    """A parser that accepts text only if all of it matches `pattern`."""

    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return parse


def _integer(minimum: int, maximum: int) -> Callable[[str], int]:
    """A parser of whole numbers from `minimum` to `maximum`, in ASCII digits."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not minimum <= int(text) <= maximum:
            raise ValueError
        return int(text)

    return parse


def _url(text: str) -> str:
    url = urlsplit(text)
    is_complete = url.scheme in ("http", "https") and url.hostname and url.port != 0
    if not is_complete or re.search(r"\s", text):
        raise ValueError
    return text.rstrip("/")


def _public_url(text: str) -> str:
    """The origin of the login pages, checked against Spotify's rules for redirect URIs.

    Returns it as browsers write it in a Host header: lower case, without the default port.
    Source: developer.spotify.com, "Redirect URIs" (since April 2025).
    """
    url = urlsplit(_url(text))
    if url.hostname == "localhost":
        raise InvalidSettingError(
            "says localhost, which Spotify refuses. Write http://127.0.0.1 with your port."
        )
    if url.path.strip("/") or url.query or url.fragment or url.username is not None:
        raise InvalidSettingError(
            "must be just the address, without a path: https://music.example.org"
        )
    if url.scheme == "http" and url.hostname not in ("127.0.0.1", "::1"):
        raise InvalidSettingError(
            "must start with https:// (Spotify allows http only for 127.0.0.1 and [::1])."
        )
    return str(yarl.URL(text).origin())


def _database(text: str) -> Path:
    path = Path(text)
    try:
        if path.is_dir():
            raise InvalidSettingError("names a folder. Name a file, such as tonearm.sqlite3.")
        os.stat(f"{path.parent}/")
    except FileNotFoundError:
        raise InvalidSettingError("is in a folder that does not exist. Make it first.") from None
    except OSError as error:
        raise InvalidSettingError(f"cannot be used. {file_error(error, path)}") from None
    return path


def _keys(text: str) -> tuple[bytes, ...]:
    return tuple(parse_key(part) for part in text.replace(",", " ").split())


# ---- the table of settings


@dataclass(frozen=True)
class Setting:
    """One environment variable. `Settings` has its value in the field of the same name.

    parse            turns the text into the value, or raises ValueError
    help             what the documents say about it
    invalid          what is wrong if `parse` raises a ValueError without a message of its own
    default          the text to parse if the variable is empty; None: the value is None
    if_missing       makes the setting required: the advice if the variable is empty
    example          stands in .env.example if the setting has no default
    for_development  is documented for contributors, not for operators
    """

    name: str
    parse: Callable[[str], object]
    help: str
    invalid: str = ""
    default: str | None = None
    if_missing: str = ""
    example: str = ""
    for_development: bool = False

    def read(self, environ: Mapping[str, str]) -> object:
        """The value in `environ`. Raises InvalidSettingError."""
        text = environ.get(self.name, "").strip() or self.default
        if text is None:
            if self.if_missing:
                raise InvalidSettingError(f"is missing. {self.if_missing}")
            return None
        try:
            return self.parse(text)
        except InvalidSettingError:
            raise
        except ValueError:
            raise InvalidSettingError(self.invalid) from None


SETTINGS = (
    Setting(
        "DISCORD_TOKEN",
        _matching(r"\S+"),
        "The bot token.",
        _HAS_SPACE,
        if_missing="Copy it from discord.com/developers, your application, Bot, Reset Token.",
    ),
    Setting(
        "DISCORD_CLIENT_SECRET",
        _matching(r"\S+"),
        "Recommended: the client secret of your Discord application. With it, people sign in "
        "with Discord instead of typing a code.",
        _HAS_SPACE,
    ),
    Setting(
        "SPOTIFY_CLIENT_ID",
        _matching("[0-9a-f]{32}"),
        "The client ID of your Spotify app.",
        "is not a Spotify client ID, which is 32 digits and letters a to f.",
        if_missing="Copy it from developer.spotify.com/dashboard, your app, Settings.",
    ),
    Setting(
        "PUBLIC_URL",
        _public_url,
        "The address of the login pages; Spotify does not accept localhost.",
        _NOT_A_URL,
        if_missing="Set the address where browsers reach this bot: https://music.example.org, "
        "or http://127.0.0.1:8080 to try it on this machine.",
        example="http://127.0.0.1:8080",
    ),
    Setting(
        "HOST",
        str,
        "The address that the login pages listen on. Use 0.0.0.0 on a Procfile platform, or if "
        "your proxy is on another machine.",
        default="127.0.0.1",
    ),
    Setting(
        "PORT",
        _integer(1, 65535),
        "The port that the login pages listen on.",
        "is not a port number from 1 to 65535.",
        default="8080",
    ),
    Setting("DATABASE", _database, "The SQLite database file.", default="tonearm.sqlite3"),
    Setting(
        "SPOTIFY_CLIENT_SECRET",
        _matching("[0-9a-f]{32}"),
        "The client secret of your Spotify app. With it, people can search without linking.",
        "is not a Spotify client secret, which is 32 digits and letters a to f.",
    ),
    Setting(
        "SPOTIFY_DAILY_CALLS",
        _integer(100, 1_000_000),
        "How many requests of one kind you expect Spotify to allow in a day. Exports and "
        "autocomplete use at most three quarters of them.",
        "is not a number of calls from 100 to 1000000.",
        default="1000",
    ),
    Setting(
        "METRICS_TOKEN",
        _matching("[!-~]{16,200}"),
        "The bearer token for reading the metrics. Without it, only this machine can read them.",
        "must be 16–200 characters without spaces.",
    ),
    Setting(
        "TOKEN_KEYS",
        _keys,
        "Keys that encrypt the stored logins, separated by commas; the first one encrypts new "
        "logins. If empty, Tonearm makes a key file beside the database.",
        "contains something that isn’t a key. A key is 64 hexadecimal digits; put commas between "
        "keys.",
        default="",
    ),
    Setting(
        "OPERATOR_CONTACT",
        _matching(".{1,200}"),
        "Who people can ask if the Spotify app is full: an e-mail address or a Discord name.",
        "must be one line of at most 200 characters.",
    ),
    Setting(
        "TRUSTED_PROXY",
        ip_network,
        "The address or network of your proxy. Tonearm trusts its X-Forwarded-For header.",
        "is not an address or a network, such as 127.0.0.1 or 172.16.0.0/12.",
    ),
    *(
        Setting(name, _url, f"For development: {service}.", _NOT_A_URL, url, for_development=True)
        for name, service, url in (
            ("DISCORD_API_URL", "the Discord REST API", "https://discord.com/api/v10"),
            ("SPOTIFY_API_URL", "the Spotify Web API", "https://api.spotify.com/v1"),
            ("SPOTIFY_ACCOUNTS_URL", "the Spotify login", "https://accounts.spotify.com"),
        )
    ),
)


@dataclass(frozen=True)
class Settings:
    """The value of each setting in SETTINGS."""

    discord_token: str = field(repr=False)
    spotify_client_id: str
    public_url: str
    host: str
    port: int
    database: Path
    discord_client_secret: str | None = field(repr=False)
    spotify_client_secret: str | None = field(repr=False)
    spotify_daily_calls: int
    metrics_token: str | None = field(repr=False)
    token_keys: tuple[bytes, ...] = field(repr=False)
    operator_contact: str | None
    trusted_proxy: Network | None
    discord_api_url: str
    spotify_api_url: str
    spotify_accounts_url: str

    @property
    def operator(self) -> str:
        """The operator in a sentence: "Ask {operator} to …"."""
        contact = f" ({self.operator_contact})" if self.operator_contact else ""
        return f"this bot’s owner{contact}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in `environ`. Raises SettingsError, which names everything that is wrong."""
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for setting in SETTINGS:
            try:
                values[setting.name.lower()] = setting.read(environ)
            except InvalidSettingError as error:
                problems[setting.name] = str(error)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


# Below INFO, these libraries log interaction tokens, login links and SQL values. They never log
# below INFO, whatever the bot's level is.
CAPPED_LOGGERS = ("discord", "aiohttp", "aiosqlite")


def configure_logging(level: int = logging.INFO) -> None:
    """Log to standard error from `level` on, and the libraries from INFO on at most."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    cap_library_levels(level)


def cap_library_levels(level: int = logging.INFO) -> None:
    """Set the libraries' loggers to `level`, or to INFO if `level` is lower."""
    for name in CAPPED_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
