"""The README.txt of an export, and its table of skipped entries."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from bot.library.export_report import ListReport
from bot.library.formats.csv_text import csv_text


def readme_text(
    reports: Sequence[ListReport],
    *,
    exported_at: str,
    raw: bool,
    hidden: Sequence[str],
    failed: Sequence[tuple[str, str]],
    left_out: Sequence[str],
    unreadable: int,
) -> str:
    """What the archive has, and what it lacks.

    hidden      names of playlists that Spotify shows only to their owners
    failed      names of lists that could not be read, with reasons
    left_out    names of lists that the format cannot carry
    unreadable  the number of playlists whose name could not be read
    """
    lines = [
        "Your Spotify library, exported by Tonearm",
        f"Read from Spotify: {exported_at}",
        "",
        "What is in it",
        *(_line(report) for report in reports),
        "",
        "Files",
        "The CSV files are for spreadsheets and importers.",
        "They begin with a byte order mark, which Excel needs. Some importers need it removed.",
        "library.json has everything that Spotify says about each item, unchanged.",
        "skipped.csv lists what couldn’t be exported, and why. It’s absent if there’s nothing.",
        "",
        _FORMULAS_RAW if raw else _FORMULAS_SAFE,
    ]
    if any(report.local for report in reports):
        lines += ["", "Local files are listed by name. Spotify does not have the music."]
    if hidden:
        lines += ["", "Spotify shows what is in these playlists only to their owners:"]
        lines += [f"  {_plain(name)}" for name in hidden]
    if failed:
        lines += ["", "These could not be read:"]
        lines += [f"  {_plain(name)}: {reason}" for name, reason in failed]
    if left_out:
        lines += ["", "This format cannot hold: " + ", ".join(map(_plain, left_out))]
    if unreadable:
        lines += ["", f"Playlists that Spotify lists but that could not be read: {unreadable}"]
    return "\n".join(lines) + "\n"


_FORMULAS_SAFE = (
    "Names that a spreadsheet would run as formulas begin with an apostrophe in the CSV files. "
    "The JSON has them unchanged, and so has an export with raw:true."
)
_FORMULAS_RAW = (
    "Careful: the CSV files have all names unchanged (raw:true). "
    "A spreadsheet may run a name that begins with =, +, - or @ as a formula."
)


def skipped_csv(reports: Sequence[ListReport]) -> list[str]:
    """The text of the table of skipped entries, in chunks; empty if there are none."""
    rows = [
        (report.name, position, reason)
        for report in reports
        for position, reason in islice(report.skipped, None)
    ]
    if not rows:
        return []
    return list(csv_text(("List", "Position", "Reason"), rows, byte_order_mark=True))


def _line(report: ListReport) -> str:
    notes = []
    if report.local:
        notes.append(f"{report.local:,} of them local files")
    if report.skipped_count:
        notes.append(f"{report.skipped_count:,} skipped, see skipped.csv")
    if report.missing:
        notes.append(f"Spotify counts {report.missing:,} more than it lists")
    elif not report.complete:
        notes.append("Spotify’s list had no end")
    elif report.counts:
        low, high = report.counts
        notes.append(f"Spotify counted between {low:,} and {high:,}")
    note = f" ({'; '.join(notes)})" if notes else ""
    return f"  {_plain(report.name)}: {report.exported:,}{note}"


def _plain(name: str) -> str:
    """The name on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())
