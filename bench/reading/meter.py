"""What a reader spends while it reads: time, processor time and memory, of its own process."""

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
class Meter:
    """A reader counts its songs here, and keeps none."""

    songs: int = 0


@contextmanager
def metered() -> Iterator[Meter]:
    """Write one line of JSON about what happens inside.

    Memory is the most that was resident at any moment, less what was resident before (Linux).
    """
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _resident("VmRSS")
    began, spent = perf_counter(), process_time()
    meter = Meter()
    yield meter
    wall, cpu = perf_counter() - began, process_time() - spent
    memory = (_resident("VmHWM") - before) / 1024
    print(json.dumps({"songs": meter.songs, "wall": wall, "cpu": cpu, "memory": memory}))


def _resident(name: str) -> int:
    """KiB, by a line of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
