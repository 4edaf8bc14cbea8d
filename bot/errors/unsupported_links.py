"""Sentences for links to Spotify that apps cannot open: what each kind of link leads to."""

from __future__ import annotations

_KINDS = "a track, album, artist, playlist, show, episode or audiobook"

START_PAGE = f"That link opens Spotify’s start page. Paste a link to {_KINDS}."
LIBRARY = (
    "That link opens your own library, which I can’t list. Paste a link to something in it, or "
    "play your liked songs with /play and the word liked."
)
SEARCH_PAGE = "That link opens Spotify’s search. Use /search instead."
DEAD_HOST = (
    "Links from link.tospotify.com no longer work. Paste one from open.spotify.com, or type the "
    "name instead."
)
OTHER_HOST = (
    "I can’t read links to that part of Spotify. Paste one from open.spotify.com, or type the name "
    "instead."
)
_BROWSE_PAGE = (
    "That link leads to a page of Spotify that apps can’t open. Open it, and paste a link to "
    "something on it."
)
_JAM = "That link invites you to a Jam, which apps can’t join. Open it in Spotify instead."

# By the first word of the path.
PAGES: dict[str, str] = {
    "user": (
        "That link leads to someone’s profile, which apps can’t open. Paste a link to one of "
        "their playlists instead."
    ),
    "concert": (
        "That link leads to a concert, which I can’t play. Paste a link to the artist instead."
    ),
    "chapter": (
        "That link leads to one chapter of an audiobook. Paste a link to the audiobook instead."
    ),
    "prerelease": (
        "That link leads to something that isn’t out yet. Paste a link to it when it is out."
    ),
    "local": (
        "That link leads to a file on someone’s own device, which apps can’t play. Type the name "
        "to search for it instead."
    ),
    **dict.fromkeys(("socialsession", "jam"), _JAM),
    **dict.fromkeys(
        ("genre", "section", "station", "radio", "blend", "wrapped", "concerts", "venue", "dj"),
        _BROWSE_PAGE,
    ),
}
# The pages that also occur in URIs.
URI_WORDS = tuple(PAGES)


def mistyped(kind: str) -> str:
    """For a link to an item of this kind with an invalid ID."""
    return f"That {kind} link is incomplete or mistyped. Copy it again from Spotify."
