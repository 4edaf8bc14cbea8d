"""Removing from a playlist: which songs, and its duplicates."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton, PersistentSelect
from bot.library.duplicates import Reason, Redundant
from bot.library.playlist_items import MAX_TIDIED, Found, Removed, Tidiness
from bot.spotify.uris import Kind, Uri
from bot.text.items import count
from bot.views import cards, song_lines

_LOCAL_LOST = "/undo can’t put back files from a computer: only Spotify’s own app adds those."
_EVERY_COPY = "Spotify removes every copy of a song at once."
_FIRST_STAYS = (
    "The first copy of each stays where it is. Spotify may then say that it was added today."
)
_CALLS = "Removing them uses about {calls} of the bot’s daily Spotify requests."
_NAMELESS = "{entries} no longer on Spotify. Apps can’t remove that; do it in Spotify."
_LOCAL = "{copies} of files from a computer. Apps can’t remove that; do it in Spotify."
_LATER = "That’s the first {shown}. Type more words to find others."

# Up to this many calls need no mention.
_FEW_CALLS = 10
_ID = r"[0-9A-Za-z]{22}"


class RemoveSelect(PersistentSelect, template=rf"plist:remove:(?P<playlist_id>{_ID})"):
    """Removes every copy of the selected songs of a playlist."""

    def __init__(self, playlist_id: str, options: list[discord.SelectOption]) -> None:
        self.playlist = Uri(Kind.PLAYLIST, playlist_id)
        super().__init__(_menu(f"plist:remove:{playlist_id}", options))

    @property
    def uris(self) -> frozenset[str]:
        """Those of the selected songs."""
        return frozenset(self.item.values)


class TidySelect(PersistentSelect, template=rf"plist:tidy:(?P<playlist_id>{_ID})"):
    """Removes the redundant copies of the selected songs of a playlist."""

    def __init__(self, playlist_id: str, options: list[discord.SelectOption]) -> None:
        self.playlist = Uri(Kind.PLAYLIST, playlist_id)
        super().__init__(_menu(f"plist:tidy:{playlist_id}", options))

    @property
    def uris(self) -> frozenset[str]:
        """Those of the selected songs."""
        return frozenset(self.item.values)


class TidyAllButton(PersistentButton, template=rf"plist:tidyall:(?P<playlist_id>{_ID})"):
    """Removes all redundant copies in the playlist."""

    def __init__(self, playlist_id: str, label: str = "") -> None:
        self.playlist = Uri(Kind.PLAYLIST, playlist_id)
        style = discord.ButtonStyle.danger
        custom_id = f"plist:tidyall:{playlist_id}"
        super().__init__(ui.Button(label=label or None, style=style, custom_id=custom_id))


def _menu(custom_id: str, options: list[discord.SelectOption]) -> ui.Select[Any]:
    return ui.Select(
        custom_id=custom_id,
        options=options,
        max_values=len(options),
        placeholder="Choose what to remove",
    )


def is_question_needed(found: Found) -> bool:
    """False for a single entry that can be put back."""
    (song, copies), *others = found.songs
    return bool(others) or copies > 1 or song.is_local


def remove_question(found: Found) -> ui.LayoutView:
    """The question which of the songs are to be removed."""
    options = song_lines.options(
        (song, "" if copies == 1 else f"{copies} copies") for song, copies in found.songs
    )
    name, songs = song_lines.link(found.playlist), len(found.songs)
    heading, question = f"{songs:,} matching songs in {name}", "Which should go?"
    if songs == 1:
        song, copies = found.songs[0]
        times = f" {copies:,} times" if copies > 1 else ""
        heading, question = f"{song_lines.plain(song)} is in {name}{times}", "Should it go?"
    notes = [_EVERY_COPY] if any(copies > 1 for _, copies in found.songs) else []
    if any(song.is_local for song, _ in found.songs):
        notes.append(_LOCAL_LOST)
    if songs > len(options):
        notes.append(_LATER.format(shown=len(options)))
    lines = [f"### {heading}", question, song_lines.small(*notes)]
    row: cards.Row = ui.ActionRow(RemoveSelect(found.playlist.require_uri().id, options))
    return song_lines.container(lines, row)


def removed_card(removed: Removed) -> ui.LayoutView:
    """What was removed."""
    songs, name = len(removed.songs), song_lines.link(removed.playlist)
    copies = f" ({removed.entries:,} copies)" if removed.entries > songs else ""
    lines = [f"### Removed {count(songs, 'song')}{copies} from {name}"]
    notes = [song_lines.UNDO] if any(not song.is_local for song in removed.songs) else []
    if any(song.is_local for song in removed.songs):
        notes.append(_LOCAL_LOST)
    return song_lines.container(
        [*lines, *song_lines.named(removed.songs), song_lines.small(*notes)]
    )


def tidy_card(tidiness: Tidiness, removed: Removed | None = None) -> ui.LayoutView:
    """What can be tidied, below what was tidied a moment ago."""
    name, redundant = song_lines.link(tidiness.playlist), tidiness.redundant
    number = sum(len(group.indices) for group in redundant)
    lines: list[str] = []
    if removed is not None:
        done = f"Removed {count(removed.entries, 'entry')} from {name}."
        lines = [f"{done} {song_lines.UNDO}" if removed.entries else "Nothing was removed."]
    if redundant:
        lines.append(f"### {count(number, 'entry')} to tidy in {name}")
        lines += song_lines.bullets([_line(group) for group in redundant])
    elif removed is None:
        lines += [f"### {name} is tidy", "There are no duplicates in it."]
    lines.append(song_lines.small(*_notes(tidiness)))
    options = song_lines.options((group.song, _reason(group)) for group in redundant)
    if not options:
        return song_lines.container(lines)
    playlist_id = tidiness.playlist.require_uri().id
    select: cards.Row = ui.ActionRow(TidySelect(playlist_id, options))
    first = sum(len(group.indices) for group in redundant[:MAX_TIDIED])
    label = f"Remove all {number:,}" if first == number else f"Remove the first {first:,}"
    label = "Remove it" if number == 1 else label
    every: cards.Row = ui.ActionRow(TidyAllButton(playlist_id, label))
    return song_lines.container(lines, select, every)


def _notes(tidiness: Tidiness) -> list[str]:
    notes = [_FIRST_STAYS] if any(group.kept is not None for group in tidiness.redundant) else []
    moves = sum(group.reason is Reason.SAME for group in tidiness.redundant[:MAX_TIDIED])
    if moves > _FEW_CALLS:
        notes.append(_CALLS.format(calls=moves + 2))
    if nameless := tidiness.nameless:
        entries = f"{count(nameless, 'entry')} {'is' if nameless == 1 else 'are'}"
        notes.append(_NAMELESS.format(entries=entries))
    if repeated := tidiness.repeated:
        copies = "There’s 1 extra copy" if repeated == 1 else f"There are {repeated:,} extra copies"
        notes.append(_LOCAL.format(copies=copies))
    return [*notes, song_lines.unread_note(tidiness.unread)]


def _line(group: Redundant) -> str:
    """The entry with its number, and why it is redundant."""
    link = " of" if group.reason is Reason.SAME else " as"
    place = "" if group.kept is None else f"{link} number {group.kept + 1:,}"
    return f"{group.indices[0] + 1:,}\\. {song_lines.linked(group.song)} · {_reason(group)}{place}"


def _reason(group: Redundant) -> str:
    extra = len(group.indices)
    copies = "1 extra copy" if extra == 1 else f"{extra:,} extra copies"
    return song_lines.REASONS[group.reason] or copies
