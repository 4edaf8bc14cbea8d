"""Adding to a playlist: to which one, what it has already, and what was added."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import discord
from discord import ui

from bot.errors.content import NothingFound
from bot.interactions.components import PersistentButton, PersistentSelect
from bot.interactions.responses import Reply
from bot.library.duplicates import Reason
from bot.library.playlist_additions import MAX_LINKS, MAX_SONGS, SongsToAdd
from bot.library.playlist_items import Added, AlreadyThere, Duplicates
from bot.library.playlists import WritablePlaylists
from bot.player.resolve import Resolved
from bot.spotify.uris import Kind, Uri
from bot.text.escape import bold, single_line
from bot.text.items import count, links_left_out, numbered_items
from bot.views import cards, song_lines

_CANCELLED = "Cancelled. Nothing was added."
_NO_PLAYLIST = "You have no playlist to add to. Make one with /playlist create."
_MORE = "These are the first of yours. For another one, use /playlist add."


class Place(StrEnum):
    """Where songs are added; part of a custom_id."""

    END = "end"
    TOP = "top"


class Answer(StrEnum):
    """The answers to the question about duplicates; part of a custom_id."""

    ADD = "add"
    SKIP = "skip"
    CANCEL = "cancel"

    @property
    def duplicates(self) -> Duplicates:
        return Duplicates.SKIP if self is Answer.SKIP else Duplicates.ADD


class AnswerButton(
    PersistentButton,
    template=rf"plist:dup:(?P<answer>{'|'.join(Answer)}):(?P<place>{'|'.join(Place)}):"
    r"(?P<playlist_id>[0-9A-Za-z]{22})",
):
    """Answers the question about duplicates. The links of its message are what is to be added."""

    def __init__(self, answer: str, place: str, playlist_id: str, label: str = "") -> None:
        self.answer = Answer(answer)
        self.place = Place(place)
        self.playlist = Uri(Kind.PLAYLIST, playlist_id)
        custom_id = f"plist:dup:{answer}:{place}:{playlist_id}"
        super().__init__(ui.Button(label=label or None, custom_id=custom_id))


class TargetSelect(PersistentSelect, template=rf"plist:to:(?P<place>{'|'.join(Place)})"):
    """Selects the playlist for what its message links to."""

    def __init__(self, place: str, options: list[discord.SelectOption]) -> None:
        self.place = Place(place)
        custom_id = f"plist:to:{place}"
        placeholder = "Choose a playlist"
        super().__init__(ui.Select(custom_id=custom_id, options=options, placeholder=placeholder))

    @property
    def playlist(self) -> Uri:
        """The selected one."""
        return Uri(Kind.PLAYLIST, self.value)


def target_question(
    resolved: Resolved, playlists: WritablePlaylists, place: Place, first: Sequence[str]
) -> Reply:
    """The question to which playlist the items are to be added. Raises NothingFound without one.

    first  the IDs of the playlists that come first in the menu
    """
    writable = playlists.playlists.require(NothingFound("no playlist", message=_NO_PLAYLIST))
    rank = {playlist_id: number for number, playlist_id in enumerate(first)}
    ordered = sorted(writable, key=lambda playlist: rank.get(playlist.id or "", len(rank)))
    options = [
        discord.SelectOption(
            label=single_line(playlist.name, song_lines.MAX_LABEL) or "Untitled",
            description=None if playlist.total is None else count(playlist.total, "song"),
            value=playlist.id or "",
        )
        for playlist in ordered[: song_lines.MAX_OPTIONS]
    ]
    more = len(writable) > len(options) or playlists.more
    lines = ["### Add to which playlist?", *numbered_items(resolved.items, song_lines.MAX_NAME)]
    notes = [*_resolved_notes(resolved), _MORE if more else "", writable.unread_note]
    row: cards.Row = ui.ActionRow(TargetSelect(place, options))
    view = song_lines.container([*lines, song_lines.small(*notes)], row)
    return Reply(view=view, private=True)


def cancelled_card() -> ui.LayoutView:
    """That nothing was added."""
    return cards.container(_CANCELLED)


def added_reply(
    result: Added | AlreadyThere, resolved: Resolved, wanted: SongsToAdd, place: Place
) -> Reply:
    """What was added, or the question about what the playlist has already."""
    if isinstance(result, AlreadyThere):
        return Reply(view=_question(result, resolved, place), private=True)
    name, added = song_lines.link(result.playlist), len(result.songs)
    items, notes = resolved.items, _resolved_notes(resolved)
    if result.skipped and added:
        were = "was" if result.skipped == 1 else "were"
        notes.append(f"{count(result.skipped, 'song')} {were} in it already.")
    if wanted.left_out:
        notes.append(f"These are the first {MAX_SONGS:,}. Add the others in Spotify.")
    if wanted.unusable:
        notes.append(f"Apps can’t add {count(wanted.unusable, 'song')} of that.")
    if not added:
        text = f"All of that is in {name} already, so nothing was added."
        return Reply(view=song_lines.container([text, song_lines.small(*notes)]))
    where = "at the top of" if place is Place.TOP else "to"
    number = "" if added == 1 else f"{count(added, 'song')} "
    heading = f"Added {number}{where} {name}"
    small = song_lines.small(*notes, song_lines.UNDO)
    if len(items) == 1 and added == 1 and items[0].kind in (Kind.TRACK, Kind.EPISODE):
        return Reply(view=cards.card(items[0], heading=f"-# {heading}", below=small))
    lines = [f"### {heading}", *song_lines.named(result.songs), small]
    return Reply(view=song_lines.container(lines))


def _resolved_notes(resolved: Resolved) -> list[str]:
    left_out = links_left_out(resolved.links_left_out, MAX_LINKS)
    return [f"{note}." for note in (left_out, resolved.note) if note]


def _question(question: AlreadyThere, resolved: Resolved, place: Place) -> ui.LayoutView:
    """Only what is to be added has links, since the answer reads them back."""
    total, found = len(question.songs), question.found
    name = bold(question.playlist.name)
    are = f"{len(found):,} of {total:,} {'is' if len(found) == 1 else 'are'} in"
    lines = [f"### {'Already in' if total == 1 else are} {name}{'' if total == 1 else ' already'}"]
    if total > 1 or set(found.values()) != {Reason.SAME}:
        lines += song_lines.bullets(
            [
                " · ".join(
                    filter(None, [song_lines.plain(question.songs[n]), song_lines.REASONS[reason]])
                )
                for n, reason in sorted(found.items())
            ]
        )
        lines.append("To add:")
    lines += numbered_items(resolved.items, song_lines.MAX_NAME)
    notes = [*_resolved_notes(resolved), song_lines.unread_note(question.unread)]
    lines.append(song_lines.small(*notes))
    answers = [(Answer.ADD, "Add anyway"), (Answer.CANCEL, "Cancel")]
    if new := total - len(found):
        answers.insert(1, (Answer.SKIP, f"Add only the {new:,} new"))
    playlist_id = question.playlist.require_uri().id
    row: cards.Row = ui.ActionRow(
        *(AnswerButton(answer, place, playlist_id, label) for answer, label in answers)
    )
    return song_lines.container(lines, row)
