"""`make bench`: measure, print the table, write bench.json."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench import calls, linking, remote, slash
from bench.reading import race
from bench.table import Row, show


async def measure() -> list[Row]:
    return [
        *await slash.measure(),
        *await remote.measure(),
        *await linking.measure(),
        *await race.measure(),
        *await calls.measure(),
    ]


if __name__ == "__main__":
    show(asyncio.run(measure()), Path("bench.json"))
