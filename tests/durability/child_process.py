"""`python -m tests.durability.child`: lives a store's life in a process that is killed.

Each line of the input is a life: the database, the first act, how many at most, how many are to be
acknowledged before the end, and how many seconds later SIGKILL comes. A line goes out after each
act that was acknowledged, and one that says how the process ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from bot.store import Store
from tests.durability.store_operations import KEYS, run_operation


async def run_operations(
    path: Path, first: int, max_operations: int, acknowledged: int, delay: float
) -> None:
    """Until killed."""
    async with Store.open(path, KEYS) as store:
        for number in range(first, first + max_operations):
            if number == first + acknowledged:
                kill_after(delay)
            done = await run_operation(store, number)
            os.write(1, f"{done}\n".encode())
        if max_operations == acknowledged:
            kill_after(delay)
        await asyncio.Event().wait()


def kill_after(seconds: float) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()


def main() -> None:
    """A fork for each life, since nothing takes longer than Python's own start."""
    for line in sys.stdin:
        path, first, most, acknowledged, delay = line.split("\t")
        process = os.fork()
        if process == 0:
            life = run_operations(
                Path(path), int(first), int(most), int(acknowledged), float(delay)
            )
            asyncio.run(life)
        _, status = os.waitpid(process, 0)
        os.write(1, f"ended by {-os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
