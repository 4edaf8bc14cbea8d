"""Reads what people paste: links to open.spotify.com and spotify: URIs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from bot.errors import UnreadableLink

Kind = Literal["track", "album", "artist", "playlist", "show", "episode", "audiobook"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ID = re.compile(r"[0-9A-Za-z]{22}")
_LOOKS_PASTED = re.compile(r"<?(https?://|spotify:|(open|play)\.spotify\.com/)", re.IGNORECASE)


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
    """The item that `text` links to; None where it is no link but words.

    Raises UnreadableLink where it is a link or URI that leads to nothing usable.
    """
    text = text.strip()
    if not _LOOKS_PASTED.match(text):
        return None
    text = text.strip("<>")
    if text.lower().startswith("spotify:"):
        parts = text.split(":")[1:]
    else:
        try:
            url = urlsplit(text if "//" in text else f"https://{text}")
        except ValueError:
            raise UnreadableLink("malformed link") from None
        if url.hostname not in ("open.spotify.com", "play.spotify.com"):
            raise UnreadableLink(says=_ELSEWHERE)
        parts = [part for part in url.path.split("/") if part]
    return _from_parts(parts)


_ELSEWHERE = (
    "That link does not lead to Spotify. Paste one from open.spotify.com, or type the name instead."
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
    if len(parts) != 2 or not _ID.fullmatch(parts[1]):
        raise UnreadableLink(
            "malformed id",
            says=f"That {kind} link is incomplete or mistyped. Copy it again from Spotify.",
        )
    return Uri(kind, parts[1])
