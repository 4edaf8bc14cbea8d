"""`make bench`: measure, print the table, write bench.json."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench import slash
from bench.table import show

if __name__ == "__main__":
    show(asyncio.run(slash.measure()), Path("bench.json"))
