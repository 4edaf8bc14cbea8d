"""What was spent at Spotify, and what it still lets us spend: kept over restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.spotify.endpoints import GROUPS, Group
from bot.spotify.gate import DAY, HOUR, Gate, Hour
from bot.store import Exhausted, Spent, Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Usage:
    """Of one client id and group: calls of the last 24 hours, and until when Spotify takes none.

    brought  an app of somebody's own, not the operator's
    until    seconds since 1970; None while calls are taken
    """

    brought: bool
    group: Group
    commands: int
    background: int
    until: float | None


@dataclass(frozen=True)
class Spending:
    """What is spent and what is allowed.

    daily           calls that Spotify is expected to allow in a group
    share           how many of them exports may take
    slow_until      until when the operator's app goes slowly because of a rate limit, or None
    brought_slowed  how many of the apps that people brought do
    """

    usage: Sequence[Usage]
    daily: int
    share: int
    slow_until: float | None
    brought_slowed: int


class Quota:
    """The gate, and its memory: a used-up quota is written down at once, counts now and then."""

    def __init__(
        self, store: Store, clock: Callable[[], float], *, client_id: str, daily: int
    ) -> None:
        self._store = store
        self._clock = clock
        self._client_id = client_id
        self._saved: tuple[list[Spent], float] | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self.gate = Gate(clock, daily=daily, opened=self._opened)

    async def load(self) -> None:
        """Remember what was before a restart."""
        for quota in await self._store.spending.exhausted():
            if (group := _group(quota.endpoints)) and quota.until > self._clock():
                self.gate.close(quota.client_id, group, quota.until)
        for spent in await self._store.spending.spent():
            if group := _group(spent.endpoints):
                self.gate.remember(
                    Hour(spent.client_id, group, spent.start, spent.commands, spent.background)
                )

    async def save(self) -> None:
        """Write down what was spent in this hour and the last one; older hours do not change.

        Once an hour in any case, since what is over is erased with it.
        """
        await asyncio.gather(*self._writing, return_exceptions=True)
        for app in self.gate.apps:
            await self.forget(app)  # whoever brought it may have come to no link, or be gone
        now = self._clock()
        hours = [
            Spent(hour.app, hour.group, hour.start, hour.commands, hour.background)
            for hour in self.gate.hours()
            if hour.app and hour.start > now - 2 * HOUR
        ]
        state = hours, now // HOUR
        if state != self._saved:
            await self._store.spending.record(hours, since=now - DAY - HOUR, now=now)
            self._saved = state

    async def forget(self, client_id: str) -> None:
        """Erase what is known of an app that somebody brought, once nobody uses it any more."""
        if client_id != self._client_id and not await self._store.links.uses(client_id):
            self.gate.forget(client_id)
            await self._store.spending.forget(client_id)

    def spending(self) -> Spending:
        gate, mine = self.gate, self._client_id
        slow = {app: until for app in gate.apps if (until := gate.slow_until(app))}
        return Spending(
            usage=self._usage(),
            daily=gate.daily,
            share=gate.share,
            slow_until=slow.pop(mine, None),
            brought_slowed=len(slow),
        )

    def _usage(self) -> Sequence[Usage]:
        """All that was spent and all that is used up, the operator's app first."""
        found = []
        for app in sorted(self.gate.apps, key=lambda app: app != self._client_id):
            closed = self.gate.closed(app)
            for group in GROUPS:
                commands, background = self.gate.spent(app, group)
                if commands or background or group in closed:
                    brought = app != self._client_id
                    found.append(Usage(brought, group, commands, background, closed.get(group)))
        return found

    def _opened(self, client_id: str, group: Group, until: float) -> None:
        writing = asyncio.create_task(self._exhausted(Exhausted(client_id, group, until)))
        self._writing.add(writing)
        writing.add_done_callback(self._written)

    def _written(self, writing: asyncio.Task[None]) -> None:
        self._writing.discard(writing)
        if not writing.cancelled() and (error := writing.exception()):
            _log.error("a used-up quota could not be written down", exc_info=error)

    async def _exhausted(self, quota: Exhausted) -> None:
        await self._store.spending.exhaust(quota)
        await self.forget(quota.client_id)  # whoever brought it may have gone meanwhile


def _group(name: str) -> Group | None:
    """None for a group of another version of Tonearm."""
    return next((group for group in GROUPS if group == name), None)
