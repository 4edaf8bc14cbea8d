"""Says why an export has nothing in it."""

from __future__ import annotations

from bot.errors.content import NothingToExport
from bot.library import export_lists
from bot.library.export_files import ExportContents
from bot.spotify.entries import Entries

_ONLY_LOCAL_FILES = (
    "Those are only local files, which have no links, so that format can’t list them. "
    "Choose another one, such as CSV."
)
_NO_PLAYLISTS = (
    "You have no playlists there yet, so there’s nothing to export. Make one with /playlist create."
)
_EMPTY_PLAYLISTS = "Those playlists are empty, so there’s nothing to export."
_NO_TOP = "Spotify knows no top songs or artists of yours yet, so there’s nothing to export."
_NO_SONGS = (
    "There are no songs or episodes in that, and this format holds nothing else. "
    "Choose another one, such as JSON."
)


def _nothing_in(contents: ExportContents) -> str | None:
    """What to say if a selection of several lists is empty; None for the whole library."""
    match contents.origin.selection:
        case export_lists.TOP:
            return _NO_TOP
        case export_lists.PLAYLISTS | export_lists.OWN_PLAYLISTS:
            return _EMPTY_PLAYLISTS if contents.lists else _NO_PLAYLISTS
    return None


def require_entries(contents: ExportContents) -> None:
    """Raises NothingToExport if all lists are empty, ListUnreadable if no entry is readable."""
    if contents.hidden or any(report.exported for report in contents.reports):
        return
    lists, message = contents.lists, _nothing_in(contents)
    if any(report.linkless for report in contents.reports):
        raise NothingToExport(message=_ONLY_LOCAL_FILES)
    unread = sum(report.skipped_count + report.missing for report in contents.reports)
    if contents.left_out:
        message = _NO_SONGS
    elif len(lists) == 1:
        message = lists[0].source.nothing
    nothing = NothingToExport(message=message)
    Entries((), unreadable=unread + contents.unreadable + len(contents.failed)).require(nothing)
