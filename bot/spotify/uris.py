"""Parses the links and URIs of Spotify that users paste."""

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

# The hosts of short links; since 2026 also open.spotify.com, with paths that begin with /s/.
SHORT_HOSTS = ("spotify.link", "spotify.app.link")
_LONG_HOSTS = ("open.spotify.com", "play.spotify.com")
_HOSTS = "|".join(re.escape(host) for host in (*_LONG_HOSTS, *SHORT_HOSTS))
# The characters that a URL may have in a message or in a page.
_URL_CHARACTERS = r"[^\s<>\"'`|*,、]+"
_LINK_PATTERN = re.compile(
    rf"(?i)https?://{_URL_CHARACTERS}|(?<![\w.@/-])(?:{_HOSTS})/{_URL_CHARACTERS}|"
    rf"\bspotify:(?:{'|'.join(Kind)}|user)\b(?:{_URL_CHARACTERS})?"
)
_SHORT_PATH = re.compile(r"/(?:s/)?[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class Uri:
    """The URI of an item, which is its `str()`; `link` is the URL of its page."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"spotify:{self.kind}:{self.id}"

    @property
    def link(self) -> str:
        return f"https://open.spotify.com/{self.kind}/{self.id}"


@dataclass(frozen=True)
class ShortLink:
    """An https link that redirects to an item; `ShortLinks.follow` finds that out."""

    url: str = field(repr=False)


def find_links(text: str, kind: Kind | None = None) -> list[Uri | ShortLink]:
    """The items that `text` links to, in order, without duplicates; empty without a link.

    If the kind is known, the text may be an ID alone. Ignores links to other sites if there is a
    usable one; otherwise raises UnreadableLink.
    """
    if kind is not None and ID_PATTERN.fullmatch(text.strip()):
        return [Uri(kind, text.strip())]
    links: dict[Uri | ShortLink, None] = {}
    first_error: UnreadableLink | None = None
    for match in _LINK_PATTERN.findall(text):
        try:
            links[_parse_link(match.rstrip(".,;:!?)\"'”’"))] = None
        except UnreadableLink as error:
            first_error = first_error or error
    if first_error is not None and not links:
        raise first_error
    return list(links)


def _parse_link(link: str) -> Uri | ShortLink:
    if link.lower().startswith("spotify:"):
        return _uri_from_path(link.split(":")[1:])
    try:
        url = urlsplit(link if "//" in link else f"https://{link}")
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
    """The item of a path; it may begin with a locale ("intl-de"), "embed" or "user/<name>"."""
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
