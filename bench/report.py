"""Rows of results: printed as a table and written to bench.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

HEADINGS = ("what", "ours", "peer", "unit", "ratio", "p10–p90", "aim", "met")
_RIGHT_ALIGNED = ("ours", "peer", "ratio", "p10–p90", "aim", "met")


@dataclass(frozen=True)
class Row:
    """One result.

    ours, peer  medians of the rounds, in `unit`
    ratio       the median of the rounds' ratios of ours to the peer's
    spread      the 10th and the 90th percentile of these ratios: the noise of the run
    aim         the most that the ratio may be; None for a row that only informs
    """

    name: str
    ours: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    aim: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the ratio is at most the aim; None without an aim."""
        return None if self.aim is None or self.ratio is None else self.ratio <= self.aim


def compare(
    name: str,
    rounds: Sequence[tuple[float, float]],
    *,
    unit: str,
    scale: float = 1.0,
    aim: float | None = None,
) -> Row:
    """A row of rounds, each a pair of figures: ours and the peer's, both measured in that round.

    `scale` converts the figures to `unit`.
    """
    ratios = [ours / peer for ours, peer in rounds]
    return Row(
        name,
        median(ours for ours, _ in rounds) * scale,
        unit,
        median(peer for _, peer in rounds) * scale,
        median(ratios),
        (percentile(ratios, 10), percentile(ratios, 90)),
        aim,
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Interpolated between the values; a single value is its own percentile."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def report(rows: Sequence[Row], file: Path) -> None:
    """Print the table and write the rows to `file` as JSON."""
    results = [asdict(row) | {"met": row.met} for row in rows]
    file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, HEADINGS, strict=True)
        print("  ".join(_align(cell, width, heading) for cell, width, heading in cells).rstrip())


def _cells(row: Row) -> tuple[str, ...]:
    spread = "" if row.spread is None else f"{row.spread[0]:.2f}–{row.spread[1]:.2f}"
    met = {True: "yes", False: "NO", None: ""}[row.met]
    ratio, aim = _number(row.ratio), _number(row.aim)
    return row.name, _number(row.ours), _number(row.peer), row.unit, ratio, spread, aim, met


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _align(cell: str, width: int, heading: str) -> str:
    return cell.rjust(width) if heading in _RIGHT_ALIGNED else cell.ljust(width)
