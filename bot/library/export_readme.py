"""The README.txt of an export, and its table of skipped entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.library.export_report import ListReport, Part
from bot.library.formats.csv_text import cell_text, csv_text

ABOUT_ZIP = (
    "The CSV files are for people: they begin with a byte order mark, which Excel needs. For an "
    "importer, export in the format csv, whose files have none. "
    "library.json has everything that Spotify says about each item, unchanged."
)
MAY_BE_GONE = "it changed while it was read: what was removed meanwhile may still be in it"
_HIDDEN = "not your playlist: Spotify shows what is in it only to its owner"


@dataclass(frozen=True)
class ExportSummary:
    """What an export has, and what it lacks.

    hidden      names of playlists that Spotify shows only to their owners
    failed      names of lists that could not be read, with reasons
    left_out    names of lists that the format cannot hold
    unreadable  the number of playlists that could not be read in the list of playlists
    """

    reports: Sequence[ListReport]
    hidden: Sequence[str] = ()
    failed: Sequence[tuple[str, str]] = ()
    left_out: Sequence[str] = ()
    unreadable: int = 0

    def skipped_rows(self) -> list[tuple[str, int | None, str]]:
        """What the files lack, with reasons: the list, the position from 1 in it, the reason.

        The position is None if it is about the whole list.
        """
        return list(self._rows())

    def _rows(self) -> Iterator[tuple[str, int | None, str]]:
        for report in self.reports:
            yield from ((report.name, position, reason) for position, reason in report.skipped)
            if more := report.skipped_count - len(report.skipped):
                yield report.name, None, f"{more:,} more entries are skipped"
            if report.gap:
                yield report.name, None, f"the rest is missing: {report.gap}"
            elif report.missing:
                yield report.name, None, f"Spotify counts {report.missing:,} more than it lists"
            elif not report.complete:
                yield report.name, None, "there may be more: Spotify’s list had no end"
            if not report.is_current:
                yield report.name, None, MAY_BE_GONE
        yield from ((name, None, _HIDDEN) for name in self.hidden)
        yield from ((name, None, reason) for name, reason in self.failed)
        yield from ((name, None, "this format cannot hold it") for name in self.left_out)
        if self.unreadable:
            yield "Playlists", None, f"{self.unreadable:,} could not be read"


def readme_text(
    summary: ExportSummary,
    *,
    about: str,
    is_csv: bool,
    exported_at: str,
    raw: bool,
    part: Part | None = None,
) -> str:
    """What the archive has, and what it lacks.

    about   a sentence about its files
    is_csv  whether a spreadsheet opens them, and might run a cell as a formula
    part    if the archive is one of several
    """
    lines = [
        "Your Spotify library, exported by Tonearm",
        f"Read from Spotify: {exported_at}",
        *([_PART.format(part.number, part.count)] if part else []),
        "",
        "What is in it",
        *(report_line(report) for report in summary.reports),
        "",
        "Files",
        about,
        f"skipped{part.suffix if part else ''}.csv lists what couldn’t be exported, and why. "
        "It’s absent if there’s nothing.",
    ]
    if is_csv:
        lines += ["", _FORMULAS_RAW if raw else _FORMULAS_SAFE]
    if any(report.earlier for report in summary.reports):
        lines += ["", _TAKEN_OVER]
    if any(report.local for report in summary.reports):
        lines += ["", "Local files are listed by name. Spotify does not have the music."]
    if summary.hidden:
        lines += ["", "Spotify shows what is in these playlists only to their owners:"]
        lines += [f"  {_plain(name)}" for name in summary.hidden]
    if summary.failed:
        lines += ["", "These could not be read:"]
        lines += [f"  {_plain(name)}: {reason}" for name, reason in summary.failed]
    if summary.left_out:
        lines += ["", "This format cannot hold: " + ", ".join(map(_plain, summary.left_out))]
    if summary.unreadable:
        lines += [
            "",
            f"Playlists that Spotify lists but that could not be read: {summary.unreadable}",
        ]
    return "\n".join(lines) + "\n"


_PART = "Part {} of {}. Each part works by itself; a list may go on in the next one."
_TAKEN_OVER = (
    "Entries that are taken over come from your earlier export, with the names of that day. "
    "A playlist is taken over if Spotify says that it is the same version. Saved items are "
    "compared by the newest ones and by Spotify’s count. Artists are compared by the first 50 and "
    "by the count. An export without since: reads everything."
)
_FORMULAS_SAFE = (
    "Names that a spreadsheet would run as formulas begin with an apostrophe in the CSV files. "
    "An export in JSON has them unchanged, and so has one with the option raw."
)
_FORMULAS_RAW = (
    "Careful: the CSV files have all names unchanged (the option raw). "
    "A spreadsheet may run a name that begins with =, +, - or @ as a formula."
)


def skipped_csv(rows: Sequence[tuple[str, int | None, str]], *, raw: bool) -> Iterator[str]:
    """The text of the table of skipped entries, in chunks."""
    texts = ((name, cell_text(position), reason) for name, position, reason in rows)
    return csv_text(("List", "Position", "Reason"), texts, byte_order_mark=True, raw=raw)


def report_line(report: ListReport, table: str = ", see skipped.csv") -> str:
    """The list's name, how many entries the file has, and what is special about them.

    table  where the skipped entries are listed
    """
    notes = []
    if report.earlier:
        notes.append(f"{report.earlier:,} taken over from {report.read_at}")
    if report.local:
        notes.append(
            f"{report.local:,} of them {'a local file' if report.local == 1 else 'local files'}"
        )
    if report.skipped_count:
        notes.append(f"{report.skipped_count:,} skipped{table}")
    if report.gap:
        notes.append(f"the rest is missing: {report.gap}")
    elif report.missing:
        notes.append(f"Spotify counts {report.missing:,} more than it lists")
    elif not report.complete:
        notes.append("Spotify’s list had no end")
    elif report.counts:
        low, high = report.counts
        notes.append(f"Spotify counted between {low:,} and {high:,}")
    if not report.is_current:
        notes.append(MAY_BE_GONE)
    note = f" ({'; '.join(notes)})" if notes else ""
    return f"  {_plain(report.name)}: {report.exported:,}{note}"


def _plain(name: str) -> str:
    """The name on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())
