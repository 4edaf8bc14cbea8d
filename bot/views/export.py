"""The message with the file of an export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.text.escape import safe
from bot.text.items import count

if TYPE_CHECKING:
    from bot.library.export import Export
    from bot.library.export_report import ListReport

STOPPED = "Stopped. Nothing is kept; run /export again whenever you like."

_PARTS = (
    " It’s in {} parts, since it’s too big for one file here. Each works by itself, and /import "
    "takes them all at once."
)
# Lists that a message names one by one.
_MAX_NAMED = 3


def export_message(export: Export) -> str:
    """How much the files have, and what they lack."""
    return _contents(export) + (_PARTS.format(len(export.files)) if len(export.files) > 1 else "")


def _contents(export: Export) -> str:
    return _read(export) + _taken_over(export)


def _taken_over(export: Export) -> str:
    """About entries that come from an earlier export."""
    if not export.since:
        return ""
    earlier = sum(report.earlier for report in export.reports)
    if not earlier:
        return " Nothing in your earlier export was of use for this, so I read everything."
    entries = "1 entry is" if earlier == 1 else f"{earlier:,} entries are"
    return f" {entries} from your earlier export."


def _read(export: Export) -> str:
    if len(export.reports) == 1 and not _left_out(export):
        return _one_list(export.reports[0])
    lists = [report for report in export.reports if report.exported]
    playlists = [report for report in lists if report.noun == "song"]
    others: Counter[str] = Counter()
    for report in lists:
        if report.noun != "song":
            others[report.noun] += report.exported
    parts = [count(number, noun) for noun, number in others.items()]
    if playlists:
        songs = count(sum(report.exported for report in playlists), "song")
        parts.append(f"{count(len(playlists), 'playlist')} with {songs}")
    text = f"Here’s your library: {', '.join(parts) or 'nothing yet'}."
    unavailable = sum(report.unavailable for report in export.reports)
    if unavailable:
        entries = "1 entry is" if unavailable == 1 else f"{unavailable:,} entries are"
        text += f" {entries} unavailable; the file says which."
    text += _linkless(sum(report.linkless for report in export.reports))
    return text + _left_out(export) + _doubtful(export.reports)


def _one_list(report: ListReport) -> str:
    verb = "is" if report.exported == 1 else "are"
    whose = (
        "the " + count(report.exported, "song")
        if report.noun == "song"
        else ("your " + count(report.exported, report.noun))
    )
    where = f" of **{safe(report.name)}**" if report.noun == "song" else ""
    text = f"Here {verb} {whose}{where}."
    text += _linkless(report.linkless)
    if report.unavailable:
        are = "is" if report.unavailable == 1 else "are"
        text += f" Spotify lists {report.unavailable:,} more that {are} unavailable."
    if report.gap:
        text += f" The rest is missing: {report.gap}. Try again later."
    elif report.missing:
        text += f" Spotify counts {report.missing:,} more than it gave me. Try again later."
    elif not report.complete:
        text += " Spotify’s list didn’t end where it should, so there may be more. Try again later."
    elif report.counts:
        low, high = report.counts
        text += (
            f" While I read them, Spotify counted between {low:,} and {high:,}; "
            "these are all that it gave me."
        )
    if not report.is_current:
        text += " They changed while I read them, so some that you removed may still be there."
    return text


def _linkless(entries: int) -> str:
    """About local files in a format of links."""
    if not entries:
        return ""
    those = "1 entry has no link, so it isn’t" if entries == 1 else None
    return f" {those or f'{entries:,} entries have no link, so they aren’t'} in this format."


def _left_out(export: Export) -> str:
    text = ""
    if export.left_out:
        nouns = [f"{noun}s" for noun in dict.fromkeys(export.left_out)]
        those = " or ".join(part for part in (", ".join(nouns[:-1]), nouns[-1]) if part)
        text += f" This format can’t hold {those}."
    if export.hidden:
        others = "playlist is" if export.hidden == 1 else "playlists are"
        text += f" {export.hidden:,} {others} not yours: Spotify only shows those to their owners."
    if export.failed:
        names = ", ".join(f"**{safe(name)}**" for name, _ in export.failed[:_MAX_NAMED])
        more = len(export.failed) - _MAX_NAMED
        names += f" and {more:,} more" if more > 0 else ""
        text += f" I couldn’t read {names}; the file says why."
    if export.unreadable:
        text += f" I couldn’t read the names of {count(export.unreadable, 'more playlist')}."
    return text


def _doubtful(reports: Sequence[ListReport]) -> str:
    text = ""
    if cut := [report for report in reports if report.gap]:
        names = ", ".join(f"**{safe(report.name)}**" for report in cut[:_MAX_NAMED])
        text = f" I couldn’t read all of {names}; the file says why."
    if moved := [report for report in reports if not report.is_current]:
        names = ", ".join(f"**{safe(report.name)}**" for report in moved[:_MAX_NAMED])
        text += f" {names} changed while I read, so some that you removed may still be there."
    doubtful = [each for each in reports if not each.gap and (each.missing or not each.complete)]
    if not doubtful:
        return text
    names = ", ".join(f"**{safe(report.name)}**" for report in doubtful[:_MAX_NAMED])
    return f"{text} Spotify may have more in {names} than it gave me. Try again later."
