"""Reads what people paste: links to open.spotify.com and spotify: URIs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from bot.errors.content import UnreadableLink


class Kind(StrEnum):
    """A type of catalogue item, as Spotify's URIs, links and endpoints name it."""

    TRACK = "track"
    ALBUM = "album"
    ARTIST = "artist"
    PLAYLIST = "playlist"
    SHOW = "show"
    EPISODE = "episode"
    AUDIOBOOK = "audiobook"


ID_PATTERN = re.compile(r"[0-9A-Za-z]{22}")

# Where Spotify's short links are; under open.spotify.com, those that begin with /s/ (since 2026).
SHORT_HOSTS = ("spotify.link", "spotify.app.link")
_LONG_HOSTS = ("open.spotify.com", "play.spotify.com")
_HOSTS = "|".join(re.escape(host) for host in (*_LONG_HOSTS, *SHORT_HOSTS))
# What an address is made of, in text or in a page.
_URL_CHARACTERS = r"[^\s<>\"'`|*,、]+"
_LINK_PATTERN = re.compile(
    rf"(?i)https?://{_URL_CHARACTERS}|(?<![\w.@/-])(?:{_HOSTS})/{_URL_CHARACTERS}|"
    rf"\bspotify:(?:{'|'.join(Kind)}|user)\b(?:{_URL_CHARACTERS})?"
)
_SHORT_PATH = re.compile(r"/(?:s/)?[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class Uri:
    """One item of Spotify's: `str()` is its URI, `link` its page."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"spotify:{self.kind}:{self.id}"

    @property
    def link(self) -> str:
        return f"https://open.spotify.com/{self.kind}/{self.id}"


@dataclass(frozen=True)
class ShortLink:
    """A link that does not say what it leads to; always https. `short_links.follow` asks."""

    url: str = field(repr=False)


def find_links(text: str, kind: Kind | None = None) -> list[Uri | ShortLink]:
    """All items that `text` links to, in order, each once; empty for words without a link.

    Where the kind is known, an id alone will do.
    What leads elsewhere is passed over where something usable is beside it; else UnreadableLink.
    """
    if kind is not None and ID_PATTERN.fullmatch(text.strip()):
        return [Uri(kind, text.strip())]
    found: dict[Uri | ShortLink, None] = {}
    wrong: UnreadableLink | None = None
    for pasted in _LINK_PATTERN.findall(text):
        try:
            found[_parse_link(pasted.rstrip(".,;:!?)\"'”’"))] = None
        except UnreadableLink as unreadable:
            wrong = wrong or unreadable
    if wrong is not None and not found:
        raise wrong
    return list(found)


def _parse_link(pasted: str) -> Uri | ShortLink:
    if pasted.lower().startswith("spotify:"):
        return _uri_from_path(pasted.split(":")[1:])
    try:
        url = urlsplit(pasted if "//" in pasted else f"https://{pasted}")
        plain = url.username is None and url.port in (None, 80, 443)
    except ValueError:
        raise UnreadableLink("malformed link") from None
    if not plain or url.hostname not in (*_LONG_HOSTS, *SHORT_HOSTS):
        raise UnreadableLink("elsewhere", message=_NOT_SPOTIFY_MESSAGE)
    if url.hostname in SHORT_HOSTS or url.path.startswith("/s/"):
        if not _SHORT_PATH.fullmatch(url.path):
            raise UnreadableLink("malformed short link")
        query = f"?{url.query}" if url.query else ""
        return ShortLink(f"https://{url.hostname}{url.path}{query}")
    return _uri_from_path([part for part in url.path.split("/") if part])


_NOT_SPOTIFY_MESSAGE = (
    "That link does not lead to Spotify. Paste one from open.spotify.com, or type the name instead."
)


def _uri_from_path(parts: list[str]) -> Uri:
    """`parts` may begin with a locale ("intl-de"), "embed", or the old "user/<name>"."""
    while parts and (parts[0].startswith("intl-") or parts[0] == "embed"):
        parts = parts[1:]
    if len(parts) == 4 and parts[0] == "user" and parts[2] == "playlist":
        parts = parts[2:]
    if not parts or parts[0] not in set(Kind):
        raise UnreadableLink("unknown kind of link")
    kind = Kind(parts[0])
    if len(parts) != 2 or not ID_PATTERN.fullmatch(parts[1]):
        raise UnreadableLink(
            "malformed id",
            message=f"That {kind} link is incomplete or mistyped. Copy it again from Spotify.",
        )
    return Uri(kind, parts[1])
