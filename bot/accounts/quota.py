"""What was spent at Spotify, and what it still lets us spend: kept over restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.spotify.endpoint_groups import GROUPS, Group
from bot.spotify.limits import DAY, HOUR, HourlyCalls, RateLimiter
from bot.store import ExhaustedQuota, HourlyUsage, Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GroupUsage:
    """Of one client id and group: calls of the last 24 hours, and until when Spotify takes none.

    brought  an app of somebody's own, not the operator's
    until    seconds since 1970; None while calls are taken
    """

    user_owned: bool
    group: Group
    commands: int
    background: int
    exhausted_until: float | None


@dataclass(frozen=True)
class UsageReport:
    """What is spent and what is allowed.

    daily           calls that Spotify is expected to allow in a group
    share           how many of them exports may take
    slow_until      until when the operator's app goes slowly because of a rate limit, or None
    brought_slowed  how many of the apps that people brought do
    """

    usage: Sequence[GroupUsage]
    daily_limit: int
    background_limit: int
    throttled_until: float | None
    user_owned_throttled: int


class Quota:
    """The gate, and its memory: a used-up quota is written down at once, counts now and then."""

    def __init__(
        self, store: Store, clock: Callable[[], float], *, client_id: str, daily_limit: int
    ) -> None:
        self._store = store
        self._clock = clock
        self._client_id = client_id
        self._saved: tuple[list[HourlyUsage], float] | None = None
        self._writes: set[asyncio.Task[None]] = set()
        self.limiter = RateLimiter(
            clock, daily_limit=daily_limit, on_quota_exceeded=self._on_quota_exceeded
        )

    async def load(self) -> None:
        """Remember what was before a restart."""
        for quota in await self._store.api_usage.exhausted_quotas():
            if (group := _known_group(quota.group)) and quota.until > self._clock():
                self.limiter.mark_exhausted(quota.client_id, group, quota.until)
        for spent in await self._store.api_usage.hourly_usage():
            if group := _known_group(spent.group):
                self.limiter.restore(
                    HourlyCalls(
                        spent.client_id, group, spent.start, spent.commands, spent.background
                    )
                )

    async def save(self) -> None:
        """Write down what was spent in this hour and the last one; older hours do not change.

        Once an hour in any case, since what is over is erased with it.
        """
        await asyncio.gather(*self._writes, return_exceptions=True)
        for app in self.limiter.client_ids:
            await self.forget_client(app)  # whoever brought it may have come to no link, or be gone
        now = self._clock()
        hours = [
            HourlyUsage(hour.client_id, hour.group, hour.start, hour.commands, hour.background)
            for hour in self.limiter.hourly_calls()
            if hour.client_id and hour.start > now - 2 * HOUR
        ]
        state = hours, now // HOUR
        if state != self._saved:
            await self._store.api_usage.record(hours, since=now - DAY - HOUR, now=now)
            self._saved = state

    async def forget_client(self, client_id: str) -> None:
        """Erase what is known of an app that somebody brought, once nobody uses it any more."""
        if client_id != self._client_id and not await self._store.accounts.is_client_used(
            client_id
        ):
            self.limiter.forget_client(client_id)
            await self._store.api_usage.delete(client_id)

    def report(self) -> UsageReport:
        gate, mine = self.limiter, self._client_id
        slow = {app: until for app in gate.client_ids if (until := gate.throttled_until(app))}
        return UsageReport(
            usage=self._usage(),
            daily_limit=gate.daily_limit,
            background_limit=gate.background_limit,
            throttled_until=slow.pop(mine, None),
            user_owned_throttled=len(slow),
        )

    def _usage(self) -> Sequence[GroupUsage]:
        """All that was spent and all that is used up, the operator's app first."""
        found = []
        for app in sorted(self.limiter.client_ids, key=lambda app: app != self._client_id):
            closed = self.limiter.exhausted_quotas(app)
            for group in GROUPS:
                commands, background = self.limiter.calls_last_day(app, group)
                if commands or background or group in closed:
                    brought = app != self._client_id
                    found.append(
                        GroupUsage(brought, group, commands, background, closed.get(group))
                    )
        return found

    def _on_quota_exceeded(self, client_id: str, group: Group, until: float) -> None:
        writing = asyncio.create_task(self._save_exhausted(ExhaustedQuota(client_id, group, until)))
        self._writes.add(writing)
        writing.add_done_callback(self._on_written)

    def _on_written(self, write: asyncio.Task[None]) -> None:
        self._writes.discard(write)
        if not write.cancelled() and (error := write.exception()):
            _log.error("a used-up quota could not be written down", exc_info=error)

    async def _save_exhausted(self, quota: ExhaustedQuota) -> None:
        await self._store.api_usage.mark_exhausted(quota)
        await self.forget_client(quota.client_id)  # whoever brought it may have gone meanwhile


def _known_group(name: str) -> Group | None:
    """None for a group of another version of Tonearm."""
    return next((group for group in GROUPS if group == name), None)
