"""Says why an export has nothing in it."""

from __future__ import annotations

from bot.errors.content import NothingToExport
from bot.library.export_files import ExportContents
from bot.spotify.entries import Entries

_ONLY_LOCAL_FILES = (
    "Those are only local files, which have no links, so that format can’t list them. "
    "Choose another one, such as CSV."
)
_NO_SONGS = (
    "You have no songs or episodes yet, and that format holds nothing else. "
    "Choose another one, such as JSON."
)


def require_entries(contents: ExportContents) -> None:
    """Raises NothingToExport if all lists are empty, ListUnreadable if no entry is readable."""
    if contents.hidden or any(report.exported for report in contents.reports):
        return
    lists, message = contents.lists, None
    if any(report.linkless for report in contents.reports):
        raise NothingToExport(message=_ONLY_LOCAL_FILES)
    unread = sum(report.skipped_count + report.missing for report in contents.reports)
    if contents.left_out:
        message = _NO_SONGS
    elif len(lists) == 1:
        message = lists[0].source.nothing
    nothing = NothingToExport(message=message)
    Entries((), unreadable=unread + contents.unreadable + len(contents.failed)).require(nothing)
