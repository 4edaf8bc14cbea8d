"""Parsers of settings: each returns a setting's value, or raises ValueError."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import yarl

from bot.store.disk_errors import exists, file_error
from bot.store.keys import parse_key

Network = IPv4Network | IPv6Network
T = TypeVar("T")


class InvalidSettingError(ValueError):
    """A setting is missing or malformed. The message follows the setting's name in a sentence."""


# The name of the bot's own files if the database is a server: for jobs and downloads.
_POSTGRES_FILES = "tonearm.postgresql"


def matching(pattern: str) -> Callable[[str], str]:
    """A parser that accepts text only if all of it matches `pattern`."""

    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return parse


def integer(minimum: int, maximum: int) -> Callable[[str], int]:
    """A parser of whole numbers from `minimum` to `maximum`, in ASCII digits."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not minimum <= int(text) <= maximum:
            raise ValueError
        return int(text)

    return parse


def choice(**values: T) -> Callable[[str], T]:
    """A parser of words in any case; each stands for its value."""

    def parse(text: str) -> T:
        try:
            return values[text.lower()]
        except KeyError:
            raise ValueError from None

    return parse


def client_id(text: str) -> str:
    return matching("[0-9a-f]{32}")(text.lower())


def url(text: str) -> str:
    parts = urlsplit(text)
    is_complete = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    if not is_complete or re.search(r"\s", text):
        raise ValueError
    return text.rstrip("/")


def public_url(text: str) -> str:
    """The origin of the login pages, checked against Spotify's rules for redirect URIs.

    Returns it as browsers write it in a Host header: lower case, without the default port.
    Source: developer.spotify.com, "Redirect URIs" (since April 2025).
    """
    parts = urlsplit(url(text))
    if parts.hostname == "localhost":
        raise InvalidSettingError(
            "says localhost, which Spotify refuses. Write http://127.0.0.1 with your port."
        )
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise InvalidSettingError(
            "must be just the address, without a path: https://music.example.org"
        )
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1"):
        raise InvalidSettingError(
            "must start with https:// (Spotify allows http only for 127.0.0.1 and [::1])."
        )
    return str(yarl.URL(text).origin())


def host(text: str) -> str:
    """A host name or an address; an IPv6 address may be in brackets."""
    name = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if re.search(r"[/\s]", name) or (":" in name and _address(name) is None):
        raise InvalidSettingError(
            "must be just a host, such as 127.0.0.1. The port has its own setting, PORT."
        )
    return name


def networks(text: str) -> tuple[Network, ...]:
    """The networks and addresses in a list with commas or spaces."""
    return tuple(_network(part) for part in text.replace(",", " ").split())


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise InvalidSettingError(
            "has a part that is not an address or a network. Write for example 127.0.0.1, "
            "172.16.0.0/12."
        ) from None
    raise InvalidSettingError(
        f"names an address inside the network {network}. Write {network}, or the address without "
        "the slash."
    )


def _address(text: str) -> object:
    """The IP address; None if it is not one."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class DatabaseLocation:
    """Where the database is.

    path  the SQLite file; with PostgreSQL, a file name for the bot's own files beside it
    url   of the PostgreSQL database; may have a password
    """

    path: Path
    url: str | None = field(default=None, repr=False)

    def files(self, environ: Mapping[str, str]) -> Path:
        """`path`, with PostgreSQL in the folder that systemd lets a service write to."""
        return Path(environ.get("STATE_DIRECTORY", ""), self.path) if self.url else self.path


def database(text: str) -> DatabaseLocation:
    if "://" in text:
        return DatabaseLocation(Path(_POSTGRES_FILES), _postgres_url(text))
    try:
        path = Path(text).expanduser()
    except RuntimeError:  # no such user
        raise InvalidSettingError("names a home folder that does not exist.") from None
    try:
        if exists(path) and path.is_dir():
            raise InvalidSettingError("names a folder. Name a file, such as tonearm.sqlite3.")
        os.stat(f"{path.parent}/")
    except FileNotFoundError:
        raise InvalidSettingError("is in a folder that does not exist. Make it first.") from None
    except OSError as error:
        raise InvalidSettingError(f"cannot be used. {file_error(error, path)}") from None
    return DatabaseLocation(path)


def _postgres_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("postgresql", "postgres"):
        raise InvalidSettingError(
            "is neither a file nor the URL of a PostgreSQL database: "
            "postgresql://user:password@host/name."
        )
    if not parts.path.strip("/"):
        raise InvalidSettingError("names no database: postgresql://user:password@host/name.")
    if find_spec("asyncpg") is None:
        raise InvalidSettingError(
            "is a PostgreSQL database, for which a package is missing. Run make postgres."
        )
    return text


@dataclass(frozen=True)
class Process:
    """One of the processes that share the work: its number from 1 on, and how many there are.

    A number above the count is a spare: it has the shards of the process `count` before it, while
    that one is replaced.
    """

    number: int
    count: int


def process(text: str) -> Process:
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
    if not found or not 1 <= int(found[1]) <= 2 * int(found[2]):
        raise ValueError
    return Process(int(found[1]), int(found[2]))


def discord_ids(text: str) -> frozenset[int]:
    """The IDs in a list with commas or spaces."""
    parts = text.replace(",", " ").split()
    return frozenset(int(matching("[0-9]{15,20}")(part)) for part in parts)


def keys(text: str) -> tuple[bytes, ...]:
    return tuple(parse_key(part) for part in text.replace(",", " ").split())
