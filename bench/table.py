"""Rows of a bench: printed as a table, and kept as bench.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles


@dataclass(frozen=True)
class Row:
    """One figure. `aim` is the most it may be; `peer` is the same figure of whom it is held to."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    peer: float | None = None

    @property
    def met(self) -> bool | None:
        return None if self.aim is None else self.value <= self.aim


def percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def show(rows: list[Row], kept: Path) -> None:
    """Print the table and write it to `kept`."""
    kept.write_text(json.dumps([asdict(row) | {"met": row.met} for row in rows], indent=1) + "\n")
    lines = [("what", "value", "unit", "aim", "met", "peer")]
    for row in rows:
        met = {True: "yes", False: "NO", None: ""}[row.met]
        lines.append(
            (row.name, f"{row.value:.2f}", row.unit, _number(row.aim), met, _number(row.peer))
        )
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (
            cell.ljust(width) if place in (0, 2) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join((first, *others)))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
