"""Reads what people paste: links to open.spotify.com and spotify: URIs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from bot.errors import UnreadableLink

Kind = Literal["track", "album", "artist", "playlist", "show", "episode", "audiobook"]
KINDS: tuple[Kind, ...] = get_args(Kind)

ID = re.compile(r"[0-9A-Za-z]{22}")
_PASTED = re.compile(
    r"(?i)https?://[^\s<>]+|\b(?:open|play)\.spotify\.com/[^\s<>]+|"
    rf"\bspotify:(?:{'|'.join(KINDS)}|user)\b[^\s<>]*"
)


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


def read(text: str) -> Uri | None:
    """The first item that `text` links to; None where it is words without a link.

    Raises UnreadableLink where its link or URI leads to nothing usable.
    """
    found = _PASTED.search(text)
    if found is None:
        return None
    pasted = found[0].rstrip(".,;:!?)\"'”’")
    if pasted.lower().startswith("spotify:"):
        return _from_parts(pasted.split(":")[1:])
    try:
        url = urlsplit(pasted if "//" in pasted else f"https://{pasted}")
    except ValueError:
        raise UnreadableLink("malformed link") from None
    if url.hostname in ("spotify.link", "spotify.app.link"):
        raise UnreadableLink("short link", says=_SHORT)
    if url.hostname not in ("open.spotify.com", "play.spotify.com"):
        raise UnreadableLink("elsewhere", says=_ELSEWHERE)
    return _from_parts([part for part in url.path.split("/") if part])


_ELSEWHERE = (
    "That link does not lead to Spotify. Paste one from open.spotify.com, or type the name instead."
)
_SHORT = (
    "That is a short link, which does not say what it leads to. Open it, and paste the link from "
    "open.spotify.com, or type the name instead."
)


def _from_parts(parts: list[str]) -> Uri:
    """`parts` may begin with a locale ("intl-de"), "embed", or the old "user/<name>"."""
    while parts and (parts[0].startswith("intl-") or parts[0] == "embed"):
        parts = parts[1:]
    if len(parts) == 4 and parts[0] == "user" and parts[2] == "playlist":
        parts = parts[2:]
    kind = next((kind for kind in KINDS if parts[:1] == [kind]), None)
    if kind is None:
        raise UnreadableLink("unknown kind of link")
    if len(parts) != 2 or not ID.fullmatch(parts[1]):
        raise UnreadableLink(
            "malformed id",
            says=f"That {kind} link is incomplete or mistyped. Copy it again from Spotify.",
        )
    return Uri(kind, parts[1])
