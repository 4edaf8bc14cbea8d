"""Adding to a playlist: to which one, what it has already, and what was added."""

from __future__ import annotations

from enum import StrEnum

from discord import ui

from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.library.duplicates import Reason
from bot.library.playlist_additions import MAX_SONGS, SongsToAdd
from bot.library.playlist_items import Added, AlreadyThere, Duplicates
from bot.player.resolve import Resolved
from bot.spotify.uris import Kind, Uri
from bot.text.escape import bold
from bot.text.items import count, numbered_items
from bot.views import cards, song_lines
from bot.views.playlist_targets import Place, resolved_notes

_CANCELLED = "Cancelled. Nothing was added."


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
    items, notes = resolved.items, resolved_notes(resolved)
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
    notes = [*resolved_notes(resolved), song_lines.unread_note(question.unread)]
    lines.append(song_lines.small(*notes))
    answers = [(Answer.ADD, "Add anyway"), (Answer.CANCEL, "Cancel")]
    if new := total - len(found):
        answers.insert(
            1,
            (Answer.SKIP, "Add only the new one" if new == 1 else f"Add only the {new:,} new ones"),
        )
    playlist_id = question.playlist.require_uri().id
    row: cards.Row = ui.ActionRow(
        *(AnswerButton(answer, place, playlist_id, label) for answer, label in answers)
    )
    return song_lines.container(lines, row)
