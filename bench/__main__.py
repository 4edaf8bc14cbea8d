"""`make bench`: measure, print the table, write bench.json."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench import linking, slash
from bench.table import Row, show


async def measure() -> list[Row]:
    return [*await slash.measure(), *await linking.measure()]


if __name__ == "__main__":
    show(asyncio.run(measure()), Path("bench.json"))
