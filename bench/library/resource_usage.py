"""Measures what a reader uses while it reads: time, processor time and memory of its process."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

API_URL = os.environ.get("API_URL", "")
TOKEN = os.environ.get("TOKEN", "")


@dataclass
class Usage:
    """A reader counts its songs here and keeps none of them.

    size   of the file that it wrote, if any, in bytes
    calls  that it made, if it counts them
    """

    songs: int = 0
    size: int = 0
    calls: int = 0


@contextmanager
def measured() -> Iterator[Usage]:
    """Print one line of JSON with the usage within the context.

    Memory is the highest resident set size in MiB, minus the one before (Linux).
    """
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # resets the highest resident set size
    resident = _read_status("VmRSS")
    started, cpu_started = perf_counter(), process_time()
    usage = Usage()
    yield usage
    wall, cpu = perf_counter() - started, process_time() - cpu_started
    memory = (_read_status("VmHWM") - resident) / 1024
    result = {"songs": usage.songs, "size": usage.size, "calls": usage.calls}
    print(json.dumps(result | {"wall": wall, "cpu": cpu, "memory": memory}))


def _read_status(name: str) -> int:
    """KiB, from a line of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
