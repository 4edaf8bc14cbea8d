"""The message with the result of a backup: what changed in a library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.library.backup import BackupResult
from bot.library.library_diff import Change, ChangedItem, LibraryDiff, ListDiff
from bot.text.escape import safe
from bot.text.items import count
from bot.views.export import export_message

# Lists, and items of one kind, that a message names one by one.
_MAX_LISTS, _MAX_NAMED = 10, 5
# Characters of a name.
_MAX_NAME = 60


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
