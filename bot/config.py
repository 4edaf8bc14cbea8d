"""What the operator decides: read once, from the environment."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import yarl

from bot.errors.bot_error import ConfigError
from bot.store.keys import parse_key

Network = IPv4Network | IPv6Network

DISCORD_API_URL = "https://discord.com/api/v10"
SPOTIFY_API_URL = "https://api.spotify.com/v1"
SPOTIFY_ACCOUNTS_URL = "https://accounts.spotify.com"

_DEFAULTS = {
    "HOST": "127.0.0.1",
    "PORT": "8080",
    "DATABASE": "tonearm.sqlite3",
    "SPOTIFY_DAILY_CALLS": "1000",
    "DISCORD_API_URL": DISCORD_API_URL,
    "SPOTIFY_API_URL": SPOTIFY_API_URL,
    "SPOTIFY_ACCOUNTS_URL": SPOTIFY_ACCOUNTS_URL,
}
_REQUIRED = {
    "DISCORD_TOKEN": "Copy it from discord.com/developers, your application, Bot, Reset Token.",
    "SPOTIFY_CLIENT_ID": "Copy it from developer.spotify.com/dashboard, your app, Settings.",
    "PUBLIC_URL": "Set the address where browsers reach this bot: https://music.example.org, "
    "or http://127.0.0.1:8080 to try it on this machine.",
}


@dataclass(frozen=True)
class Settings:
    """Every setting, checked. `.env.example` says in one line what each is for."""

    discord_token: str = field(repr=False)
    spotify_client_id: str
    public_url: str
    host: str
    port: int
    database: Path
    discord_api_url: str
    spotify_api_url: str
    spotify_accounts_url: str
    discord_client_secret: str | None = field(repr=False)
    spotify_client_secret: str | None = field(repr=False)
    spotify_daily_calls: int
    metrics_token: str | None = field(repr=False)
    token_keys: tuple[bytes, ...] = field(repr=False)
    operator_contact: str | None
    trusted_proxy: Network | None

    @property
    def operator(self) -> str:
        """Whom to ask, for sentences: "Ask {operator} to …"."""
        whom = f" ({self.operator_contact})" if self.operator_contact else ""
        return f"whoever runs this bot{whom}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from `environ`. Raises ConfigError that names all that is wrong at once."""
        given = _DEFAULTS | {name: text.strip() for name, text in environ.items() if text.strip()}
        wrong = {
            name: f"is missing. {where}" for name, where in _REQUIRED.items() if name not in given
        }
        for name, problem in _VALIDATORS.items():
            if name in given and (found := problem(given[name])):
                wrong[name] = found
        if wrong:
            raise ConfigError(wrong)
        return cls(
            discord_token=given["DISCORD_TOKEN"],
            spotify_client_id=given["SPOTIFY_CLIENT_ID"],
            public_url=_normalise_origin(given["PUBLIC_URL"]),
            host=given["HOST"],
            port=int(given["PORT"]),
            database=Path(given["DATABASE"]),
            discord_api_url=given["DISCORD_API_URL"].rstrip("/"),
            spotify_api_url=given["SPOTIFY_API_URL"].rstrip("/"),
            spotify_accounts_url=given["SPOTIFY_ACCOUNTS_URL"].rstrip("/"),
            discord_client_secret=given.get("DISCORD_CLIENT_SECRET"),
            spotify_client_secret=given.get("SPOTIFY_CLIENT_SECRET"),
            spotify_daily_calls=int(given["SPOTIFY_DAILY_CALLS"]),
            metrics_token=given.get("METRICS_TOKEN"),
            token_keys=_parse_keys(given.get("TOKEN_KEYS", "")),
            operator_contact=given.get("OPERATOR_CONTACT"),
            trusted_proxy=ip_network(proxy) if (proxy := given.get("TRUSTED_PROXY")) else None,
        )


def _check_token(text: str) -> str | None:
    if re.search(r"\s", text):
        return "has a space in it. Paste it alone, without the word Bot."
    return None


def _check_client_id(text: str) -> str | None:
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        return "is not a Spotify client ID, which is 32 digits and letters a to f."
    return None


def _check_client_secret(text: str) -> str | None:
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        return "is not a Spotify client secret, which is 32 digits and letters a to f."
    return None


def _check_metrics_token(text: str) -> str | None:
    if not re.fullmatch(r"[!-~]{16,200}", text):
        return "is to be 16 to 200 letters, digits and signs, without spaces."
    return None


def _check_public_url(text: str) -> str | None:
    """What is wrong with the address of the login pages; Spotify's rules for redirect URIs.

    Source: developer.spotify.com, "Redirect URIs" (since April 2025).
    """
    if problem := _check_url(text):
        return problem
    url = urlsplit(text)
    if url.hostname == "localhost":
        return "says localhost, which Spotify refuses. Write http://127.0.0.1 with your port."
    if url.path.strip("/") or url.query or url.fragment or url.username is not None:
        return "is to be an origin alone, such as https://music.example.org."
    if url.scheme == "http" and url.hostname not in ("127.0.0.1", "::1"):
        return "is http, which Spotify takes for 127.0.0.1 and [::1] only. Use https."
    return None


def _normalise_origin(text: str) -> str:
    """The origin in the form of a Host header: lower case, no port where it is the usual one."""
    url = yarl.URL(text)
    usual = {"https": 443, "http": 80}[url.scheme]
    host = f"[{url.raw_host}]" if ":" in (url.raw_host or "") else url.raw_host
    return f"{url.scheme}://{host}" + ("" if url.port == usual else f":{url.port}")


def _check_url(text: str) -> str | None:
    try:
        url = urlsplit(text)
        whole = url.scheme in ("http", "https") and url.hostname and url.port != 0
        whole = whole and not re.search(r"\s", text)
    except ValueError:
        whole = False
    return None if whole else "is not a web address that begins with https:// or http://."


def _check_port(text: str) -> str | None:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        return "is not a port number from 1 to 65535."
    return None


def _check_daily_calls(text: str) -> str | None:
    if not text.isascii() or not text.isdigit() or not 100 <= int(text) <= 1_000_000:
        return "is not a number of calls from 100 to 1000000."
    return None


def _check_database(text: str) -> str | None:
    path = Path(text)
    if path.is_dir():
        return "names a folder. Name a file, such as tonearm.sqlite3."
    if not path.parent.is_dir():
        return "names a file in a folder that does not exist. Make the folder first."
    return None


def _parse_keys(text: str) -> tuple[bytes, ...]:
    return tuple(parse_key(part) for part in text.replace(",", " ").split())


def _check_keys(text: str) -> str | None:
    try:
        _parse_keys(text)
    except ValueError:
        return "holds something that is no key: 64 hexadecimal digits each, commas between them."
    return None


def _check_contact(text: str) -> str | None:
    if len(text) > 200 or "\n" in text:
        return "is to be one line of at most 200 characters."
    return None


def _check_network(text: str) -> str | None:
    try:
        ip_network(text)
    except ValueError:
        return "is not an address or a network, such as 127.0.0.1 or 172.16.0.0/12."
    return None


_VALIDATORS = {
    "DISCORD_TOKEN": _check_token,
    "SPOTIFY_CLIENT_ID": _check_client_id,
    "PUBLIC_URL": _check_public_url,
    "PORT": _check_port,
    "DATABASE": _check_database,
    "DISCORD_API_URL": _check_url,
    "SPOTIFY_API_URL": _check_url,
    "SPOTIFY_ACCOUNTS_URL": _check_url,
    "DISCORD_CLIENT_SECRET": _check_token,
    "SPOTIFY_CLIENT_SECRET": _check_client_secret,
    "SPOTIFY_DAILY_CALLS": _check_daily_calls,
    "METRICS_TOKEN": _check_metrics_token,
    "TOKEN_KEYS": _check_keys,
    "OPERATOR_CONTACT": _check_contact,
    "TRUSTED_PROXY": _check_network,
}


# Below INFO these libraries log what they send and receive: interaction tokens, login links, SQL
# values. Whatever level is asked for, they do not go there.
CAPPED_LOGGERS = ("discord", "aiohttp", "aiosqlite")


def configure_logging(level: int = logging.INFO) -> None:
    """Log to standard error from `level` on, the libraries from INFO on at most."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    cap_library_levels(level)


def cap_library_levels(level: int = logging.INFO) -> None:
    """Hold the libraries to INFO, however much the rest logs."""
    for name in CAPPED_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
