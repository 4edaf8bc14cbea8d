"""`python -m tests.durability.child_process`: store operations in a process that is killed.

Each line of the input starts a process: the database, the number of the first operation, the
maximum number of operations, how many are acknowledged before the timer for SIGKILL starts, and
the timer's seconds. The output has a line for each acknowledged operation, and one that names the
signal that ended the process.
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
    """Run operations until the process is killed."""
    async with Store.open(path, KEYS) as store:
        for number in range(first, first + max_operations):
            if number == first + acknowledged:
                kill_after(delay)
            description = await run_operation(store, number)
            os.write(1, f"{description}\n".encode())
        if max_operations == acknowledged:
            kill_after(delay)
        await asyncio.Event().wait()


def kill_after(seconds: float) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()


def main() -> None:
    """Fork for each line of the input, which is faster than to start Python."""
    for line in sys.stdin:
        path, first, max_operations, acknowledged, delay = line.split("\t")
        process = os.fork()
        if process == 0:
            operations = run_operations(
                Path(path), int(first), int(max_operations), int(acknowledged), float(delay)
            )
            asyncio.run(operations)
        _, status = os.waitpid(process, 0)
        os.write(1, f"ended by {-os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
