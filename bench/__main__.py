"""`make bench`: measure, print the table, write bench.json."""

from __future__ import annotations

import argparse
import asyncio
import compileall
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import commands, load, logins, operating, overhead, postgres, rate_limit, saving, startup
from bench.exports import measure as exports
from bench.library import comparison
from bench.playlists import measure as playlists
from bench.report import Row, report

PARTS = {
    "commands": commands.measure,
    "load": load.measure,
    "startup": startup.measure,
    "logins": logins.measure,
    "library": comparison.measure,
    "saving": saving.measure,
    "playlists": playlists.measure,
    "exports": exports.measure,
    "operating": operating.measure,
    "postgres": postgres.measure,
    "overhead": overhead.measure,
    "rate-limit": rate_limit.measure,
}


async def measure(parts: Sequence[str], rounds: int) -> list[Row]:
    rows = []
    for part in parts:
        print(f"{part} …", file=sys.stderr)
        rows += await PARTS[part](rounds)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=[*PARTS], help="the parts to measure"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of each measurement")
    arguments = parser.parse_args()
    # As `make install` does; the libraries, which the peers share, are compiled, too.
    compileall.compile_dir("bot", quiet=1)
    compileall.compile_dir("cogs", quiet=1)
    rows = asyncio.run(measure(arguments.only, arguments.rounds))
    report(rows, Path("bench.json"))


if __name__ == "__main__":
    main()
