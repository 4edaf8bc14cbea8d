"""Songs of a playlist in messages: as lines, and as options of a menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord
from discord import ui

from bot.library.duplicates import Reason
from bot.library.listed_songs import ListedSong
from bot.spotify.models import Playlist
from bot.text.escape import safe, single_line
from bot.text.items import count
from bot.views import cards

# Songs that a card names, and options of a menu, of which Discord allows 25.
MAX_NAMED, MAX_OPTIONS = 10, 25
MAX_NAME, MAX_LABEL, _MAX_VALUE = 60, 90, 100

UNDO = "Use /undo to take that back."
_UNREAD = "I couldn’t read {entries} of it, so I may have missed some."

# What else is in the playlist, as the reason why a song is redundant.
REASONS = {
    Reason.SAME: "",
    Reason.RECORDING: "the same recording",
    Reason.NAME: "same title, artists and length",
    Reason.GONE: "can’t be played any more",
}


def container(lines: Iterable[str], *rows: cards.Row) -> ui.LayoutView:
    """A message of these lines, without the empty ones, and Spotify's name below them."""
    return cards.container("\n".join([*filter(None, lines), "-# On Spotify"]), *rows)


def small(*notes: str) -> str:
    """The notes, without the empty ones, on a line in small print."""
    text = " ".join(filter(None, notes))
    return f"-# {text}" if text else ""


def unread_note(number: int) -> str:
    return _UNREAD.format(entries=count(number, "entry")) if number else ""


def link(playlist: Playlist) -> str:
    return f"[{safe(playlist.name) or 'Untitled'}]({playlist.require_uri().link})"


def plain(song: ListedSong) -> str:
    """Title and artists, escaped and without a link."""
    parts = [safe(song.title, MAX_NAME) or "Untitled", safe(song.artists, MAX_NAME)]
    return " · ".join(filter(None, parts))


def linked(song: ListedSong) -> str:
    """The same with the title as a link; a local file has none."""
    title = safe(song.title, MAX_NAME) or "Untitled"
    title = f"[{title}]({song.link})" if song.link else title
    return " · ".join(filter(None, [title, safe(song.artists, MAX_NAME)]))


def bullets(texts: Sequence[str]) -> list[str]:
    """The first texts as a list."""
    shown = [f"- {text}" for text in texts[:MAX_NAMED]]
    more = len(texts) - len(shown)
    return [*shown, f"-# And {more:,} more"] if more else shown


def named(songs: Sequence[ListedSong]) -> list[str]:
    return bullets([linked(song) for song in songs])


def options(songs: Iterable[tuple[ListedSong, str]]) -> list[discord.SelectOption]:
    """The first songs, each with a note, for a menu; the value is the URI.

    Some local files have longer URIs than Discord allows a value.
    """
    return [
        discord.SelectOption(
            label=single_line(song.title, MAX_LABEL) or "Untitled",
            description=single_line(" · ".join(filter(None, [single_line(song.artists, 50), note])))
            or None,
            value=song.uri,
        )
        for song, note in songs
        if len(song.uri) <= _MAX_VALUE
    ][:MAX_OPTIONS]
