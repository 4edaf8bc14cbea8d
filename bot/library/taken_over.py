"""The entries of a list that were taken over from an earlier export, in place of a reading."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bot.spotify.list_totals import ListTotals
from bot.spotify.raw_entries import RawEntry

# Lines to read from the disk at a time.
_CHUNK = 500


@dataclass(frozen=True)
class TakenOver:
    """All entries of a list.

    lines    makes an iterator of Spotify's JSON of the entries, in order; it blocks
    count    of the entries
    total    Spotify's count now
    earlier  how many of the entries are from the earlier export
    read_at  when these were read, in ISO 8601
    """

    lines: Callable[[], Iterator[bytes]] = field(repr=False)
    count: int
    total: int | None
    earlier: int = 0
    read_at: str = ""


class TakenOverReader:
    """Yields the entries; see `export_lists.ListReader`."""

    def __init__(self, taken_over: TakenOver) -> None:
        self._taken_over = taken_over
        self.totals = ListTotals()
        self.totals.add(taken_over.total)
        self.read_count = 0
        self.moved = False
        self.complete = True

    @property
    def total(self) -> int | None:
        return self.totals.latest

    @property
    def missing(self) -> int:
        return self.totals.missing(self.read_count)

    async def __aiter__(self) -> AsyncIterator[RawEntry[Any]]:
        lines = self._taken_over.lines()
        while chunk := await asyncio.to_thread(lambda: list(islice(lines, _CHUNK))):
            for line in chunk:
                self.read_count += 1
                yield RawEntry(None, line)
