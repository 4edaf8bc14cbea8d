"""`make capacity`: the table in docs/capacity.md, computed from bench.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

DOCUMENT, RESULTS = Path("docs/capacity.md"), Path("bench.json")
_BEGIN, _END = "<!-- begin of `make capacity` -->\n", "<!-- end of `make capacity` -->\n"
SERVERS = (1_000, 10_000, 20_000, 100_000, 1_000_000)
# Assumptions about people: interactions of a server a day, reads of the store for each, links for
# each server, and the share of them that is active in the busiest hour.
INTERACTIONS, READS, LINKS, ACTIVE = 10, 5, 1, 0.1
# Discord's documentation: servers of a shard, seconds between two IDENTIFYs of a bucket, starts of
# shards a day; and from 150,000 servers on, more starts a day and larger buckets (assumed: 16).
_SHARD, _IDENTIFY, _STARTS, _LARGE, _CONCURRENCY = 1_000, 5, 1_000, 150_000, 16
_LINK_BYTES = 1_900


Results = Mapping[str, float]


@dataclass(frozen=True)
class Figure:
    """A measured number.

    value     of 2026-11-28 on a shared machine with two cores; used if a row is missing
    rows      in bench.json
    compute   from the medians of these rows
    decimals  to show
    """

    name: str
    value: float
    unit: str
    rows: tuple[str, ...]
    compute: Callable[..., float] = lambda ours: ours
    decimals: int = 0

    def read(self, results: Results) -> float:
        if not self.is_measured(results):
            return self.value
        return self.compute(*(results[row] for row in self.rows))

    def is_measured(self, results: Results) -> bool:
        return all(row in results for row in self.rows)


_MEMORY, _SERVER_MEMORY = "memory of a process", "memory for each server"
_INTERACTIONS, _RENEWALS = "interactions of a process", "renewals of a process in the store"
FIGURES = (
    Figure(_MEMORY, 73, "MiB", ("memory of a process on PostgreSQL, peer SQLite",)),
    Figure(
        _SERVER_MEMORY,
        1.7,
        "KiB",
        ("memory in 1,000 servers", "idle memory"),
        lambda many, idle: max(0.0, many - idle) * 1_024 / 1_000,
        decimals=1,
    ),
    Figure(
        _INTERACTIONS,
        500,
        "/s",
        ("500 interactions at once, all answered",),
        lambda seconds: 500 / seconds,
    ),
    Figure(
        _RENEWALS, 140, "/s", ("renewals a second in the store, 1 × 4 at once, peer 1 process",)
    ),
)


@dataclass(frozen=True)
class Capacity:
    """What a number of servers needs."""

    servers: int
    shards: int
    start_seconds: int
    restarts_a_day: int
    memory: float
    interactions: float
    core_share: float
    reads: float
    renewals: float
    renewal_share: float
    link_megabytes: float
    knob: str


def capacity(servers: int, figures: Mapping[str, float]) -> Capacity:
    """The formulas of the model; memory is of one process that has all shards, in MiB."""
    shards = ceil(servers / _SHARD)
    large = servers >= _LARGE
    starts = max(2_000, servers * 5 // 1_000) if large else _STARTS
    renewals = servers * LINKS * ACTIVE / 3_600
    interactions = servers * INTERACTIONS / 86_400
    return Capacity(
        servers,
        shards,
        ceil(shards / (_CONCURRENCY if large else 1)) * _IDENTIFY,
        starts // shards,
        figures[_MEMORY] + 0.05 * shards + figures[_SERVER_MEMORY] / 1_024 * servers,
        interactions,
        interactions / figures[_INTERACTIONS],
        interactions * READS,
        renewals,
        renewals / figures[_RENEWALS],
        servers * LINKS * _LINK_BYTES / 1e6,
        _knob(servers),
    )


def _knob(servers: int) -> str:
    if servers <= 20_000:
        return "none: SQLite, one process"
    if servers <= 100_000:
        return "PostgreSQL, 2 to 4 processes"
    return f"PostgreSQL, {ceil(servers / 100_000)} processes, 2,000 servers a shard"


def table(results: Results) -> str:
    """The generated part of the document; `results` are medians by the names of their rows."""
    figures = {figure.name: figure.read(results) for figure in FIGURES}
    lines = ["| measured | | from |", "|---|---|---|"]
    for figure in FIGURES:
        measured = ", ".join(f"“{row}”" for row in figure.rows)
        origin = measured if figure.is_measured(results) else "2026-11-28, not measured again"
        value = f"{figures[figure.name]:,.{figure.decimals}f} {figure.unit}"
        lines.append(f"| {figure.name} | {value} | {origin} |")
    columns = [capacity(servers, figures) for servers in SERVERS]
    rows: tuple[tuple[str, Callable[[Capacity], str]], ...] = (
        ("shards, 1,000 servers each", lambda c: f"{c.shards:,}"),
        ("start of all shards", lambda c: f"{c.start_seconds:,} s"),
        ("full restarts a day", lambda c: f"{c.restarts_a_day:,}"),
        ("memory, all in one process", lambda c: f"{c.memory:,.0f} MiB"),
        ("interactions a second", lambda c: f"{c.interactions:,.1f}"),
        ("share of one core", lambda c: f"{c.core_share:.1%}"),
        ("reads of the store a second", lambda c: f"{c.reads:,.1f}"),
        ("renewals a second, two commits each", lambda c: f"{c.renewals:,.2f}"),
        ("share of what one process renews", lambda c: f"{c.renewal_share:.1%}"),
        ("rows of links", lambda c: f"{c.link_megabytes:,.0f} MB"),
        ("what to turn", lambda c: c.knob),
    )
    lines += ["", "| servers | " + " | ".join(f"{n:,}" for n in SERVERS) + " |"]
    lines.append("|---" * (len(SERVERS) + 1) + "|")
    lines += [
        f"| {name} | " + " | ".join(show(column) for column in columns) + " |"
        for name, show in rows
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    results = {}
    if RESULTS.exists():
        results = {row["name"]: row["ours"] for row in json.loads(RESULTS.read_text())}
    before, _, rest = DOCUMENT.read_text().partition(_BEGIN)
    after = rest.partition(_END)[2]
    DOCUMENT.write_text(f"{before}{_BEGIN}{table(results)}{_END}{after}")


if __name__ == "__main__":
    main()
