"""The messages about backups: the question, their state, and what changed in a library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.library.backup import BackupResult
from bot.library.library_diff import Change, ChangedItem, LibraryDiff, ListDiff
from bot.store import Backup, Interval, StopReason
from bot.text.escape import safe
from bot.text.items import count
from bot.views import cards
from bot.views.export import export_message

# Lists, and items of one kind, that a message names one by one.
_MAX_LISTS, _MAX_NAMED = 10, 5
# Characters of a name.
_MAX_NAME = 60

_HOW_OFTEN = {Interval.WEEK: "every week", Interval.MONTH: "every month"}
_STOPPED = {
    StopReason.NO_MESSAGES: "I couldn’t send you direct messages",
    StopReason.LOGIN: "Spotify no longer accepts your login",
    StopReason.ERRORS: "three in a row failed",
}

OFF = "Your backups are off. For some, use /backup every and choose week or month."
TURNED_OFF = "Your backups are off now. The files that I sent you stay yours."
CANCELLED = "No backups, then. You can turn them on at any time with /backup every."


class ConfirmBackups(PersistentButton, template=r"backup:on:(?P<every>week|month)"):
    """Turns backups on."""

    def __init__(self, every: str) -> None:
        self.every = Interval(every)
        style = discord.ButtonStyle.success
        label = f"Back up {_HOW_OFTEN[self.every]}"
        super().__init__(ui.Button(label=label, style=style, custom_id=f"backup:on:{every}"))


class CancelBackups(PersistentButton, template="backup:no"):
    """Leaves backups off."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Cancel", custom_id="backup:no"))


def question(every: Interval) -> Reply:
    """Asks whether to make backups."""
    text = (
        f"Then I send you your library {_HOW_OFTEN[every]} by direct message, with a list of what "
        "changed. The files are yours alone: I keep only the ID of my last message. The first one "
        "comes now."
    )
    return Reply(text, cards.buttons(ConfirmBackups(every.value), CancelBackups()))


def turned_on(every: Interval) -> str:
    """What the user reads in a direct message when backups begin."""
    return (
        f"Backups are on: I send you your library here {_HOW_OFTEN[every]}. The first one comes in "
        "a moment. To change that, use /backup every."
    )


def state(backup: Backup, now: float) -> str:
    """Whether backups are on, and when the next one comes; `now` is in seconds since 1970."""
    if backup.every is not None:
        due = math.ceil(backup.due)
        when = f"comes <t:{due}:f>" if backup.due > now else "comes in a moment"
        return (
            f"I back up your library {_HOW_OFTEN[backup.every]}. The next one {when}. "
            "Turn that off with /backup every."
        )
    if backup.stopped is None:
        return OFF
    return f"Your backups stopped, because {_STOPPED[backup.stopped]}. {_again(backup.stopped)}"


def _again(reason: StopReason) -> str:
    link = "Use /link first. " if reason is StopReason.LOGIN else ""
    return f"{link}Turn them on again with /backup every."


def stopped_by_user(*, is_scheduled: bool) -> str:
    """What the user reads after *Stop*."""
    text = "Stopped. Nothing is kept."
    if is_scheduled:
        text += " Your next backup comes at its usual time; /backup every turns them off."
    return text


def stopped(reason: StopReason) -> str:
    """What the user reads when backups stop by themselves."""
    return f"I’ve turned off your backups, because {_STOPPED[reason]}. {_again(reason)}"


# ---- what changed


def diff_text(diff: LibraryDiff) -> str:
    """What changed, in a few lines; a table has the rest."""
    since = _day(diff.since)
    if diff.is_empty:
        return f"Nothing has changed since {since}, as far as Spotify says."
    lines = [f"**What changed since {since}**", *_playlist_lines(diff.playlists)]
    lines += [_list_line(each) for each in diff.lists[:_MAX_LISTS]]
    if more := len(diff.lists) - _MAX_LISTS:
        lines += [f"{count(more, 'more list')} changed."] if more > 0 else []
    gone = [item for each in diff.lists for item in each.changes if item.change is Change.GONE]
    if gone:
        lines.append(f"Gone from Spotify: {_names(gone)}")
    if diff.guessed:
        names = ", ".join(f"**{safe(name, _MAX_NAME)}**" for name in diff.guessed[:_MAX_NAMED])
        lines.append(
            f"Only the name of a file says what this is: {names}{_more(len(diff.guessed))}."
        )
    if diff.unread:
        names = ", ".join(
            f"**{safe(name, _MAX_NAME)}**" if name else "a list whose name the file doesn’t say"
            for name in diff.unread[:_MAX_NAMED]
        )
        lines.append(f"I couldn’t compare {names}{_more(len(diff.unread))}.")
    return "\n".join(lines)


def _day(date: str) -> str:
    """A date in the reader's time zone."""
    try:
        return f"<t:{int(datetime.fromisoformat(date).timestamp())}:f>"
    except (ValueError, OverflowError):
        return "your earlier export"


def _playlist_lines(playlists: Sequence[ChangedItem]) -> Iterator[str]:
    words = {
        Change.ADDED: "New playlists",
        Change.REMOVED: "Playlists no longer in your library",
    }
    for change, title in words.items():
        if items := [item for item in playlists if item.change is change]:
            yield f"{title}: {_names(items)}"
    if renamed := [item for item in playlists if item.change is Change.RENAMED]:
        names = (
            f"**{safe(item.old_name, _MAX_NAME)}** is now **{safe(item.name, _MAX_NAME)}**"
            for item in renamed
        )
        yield f"Renamed: {_listed(names, len(renamed))}"


def _list_line(each: ListDiff) -> str:
    parts = [f"{number:,} {change}" for change in Change if (number := each.count(change))]
    if each.is_reordered:
        parts.append("in another order")
    if not each.is_complete:
        parts.append("not read to its end")
    return f"**{safe(each.name, _MAX_NAME) or 'Untitled'}**: {', '.join(parts)}"


def _names(items: Sequence[ChangedItem]) -> str:
    return _listed(
        (f"**{safe(item.name, _MAX_NAME) or 'Untitled'}**" for item in items), len(items)
    )


def _listed(names: Iterable[str], number: int) -> str:
    shown = [name for name, _ in zip(names, range(_MAX_NAMED), strict=False)]
    return ", ".join(shown) + _more(number)


def _more(number: int) -> str:
    return f" and {number - _MAX_NAMED:,} more" if number > _MAX_NAMED else ""


def result_text(result: BackupResult, *, only_changes: bool) -> str:
    """What a backup found."""
    if result.diff is None:
        return export_message(result.export)
    text = diff_text(result.diff)
    if only_changes:
        return text
    if not result.files:
        return f"{text} My last message with a file still has your whole library."
    return f"{text}\n{export_message(result.export)}"
