"""Spotify's quotas: how many calls each app has made, and what a restart must not forget."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.config import Settings
from bot.errors.storage import StorageError
from bot.spotify.call_shares import CallShares, PersonalShare, PersonsHour
from bot.spotify.endpoint_groups import GROUPS, Group
from bot.spotify.rate_limiter import DAY, HOUR, HourlyCalls, RateLimiter
from bot.store import ExhaustedQuota, HourlyUsage, Store

# What people can call who search without linking.
_VISITORS_GROUPS: tuple[Group, ...] = ("search", "catalogue")

# PostgreSQL takes messages of 8,000 bytes, and one count has up to 60.
_CALLS_IN_MESSAGE = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GroupUsage:
    """The calls of one app to one group of endpoints.

    user_owned       whether a user brought the app; otherwise it is the operator's
    commands         calls for commands in the last 24 hours
    background       calls for long work in the last 24 hours
    exhausted_until  when Spotify accepts calls again, in seconds since 1970; None: it does now
    """

    user_owned: bool
    group: Group
    commands: int
    background: int
    exhausted_until: float | None


@dataclass(frozen=True)
class UsageReport:
    """The calls of all apps, and their limits.

    daily_limit           calls a day that Spotify is expected to allow in each group
    background_limit      how many of them long work may use
    throttled_until       how long a rate limit slows the operator's app down, or None
    user_owned_throttled  how many of the users' own apps a rate limit slows down
    """

    usage: Sequence[GroupUsage]
    daily_limit: int
    background_limit: int
    throttled_until: float | None
    user_owned_throttled: int


@dataclass(frozen=True)
class People:
    """How many people are linked, how many of them through the operator's app, and are blocked."""

    linked: int
    with_operators_app: int
    blocked: int


class Quota:
    """The rate limiter, and the storage of its counts.

    An exhausted quota is stored at once, the counts whenever `save` is called. If the disk refuses
    a write, a later `save` repeats it, so that neither commands nor the shutdown fail.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        now: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._now = now
        self._client_id = settings.spotify_client_id
        # What the store has of each hour, with the calls of other processes.
        self._recorded: dict[tuple[str, str, int], HourlyUsage] = {}
        self._saved: tuple[list[HourlyUsage], float] | None = None
        self._writes: set[asyncio.Task[None]] = set()
        self._unsaved: set[ExhaustedQuota] = set()
        open_groups = _VISITORS_GROUPS if settings.spotify_client_secret else ()
        daily_limit = settings.spotify_daily_calls
        self.shares = CallShares(now=now, daily_limit=daily_limit, open_groups=open_groups)
        self.limiter = RateLimiter(
            now=now,
            monotonic=monotonic,
            daily_limit=daily_limit,
            on_quota_exceeded=self._on_quota_exceeded,
        )

    async def load(self) -> None:
        """Restore the state of the rate limiter after a restart."""
        await self._look_for_others()
        for quota in await self._store.api_usage.exhausted_quotas():
            if group := _known_group(quota.group):
                self.limiter.mark_exhausted(quota.client_id, group, quota.until)
        for hour in await self._store.api_usage.hourly_usage():
            if group := _known_group(hour.group):
                self._add_to_counts(hour, group, hour.commands, hour.background)
                self._recorded[hour.client_id, hour.group, hour.start] = hour

    async def save(self) -> None:
        """Store the counts of this hour and the last one; older counts do not change.

        Writes at least once an hour, since the write also erases obsolete counts.
        """
        await asyncio.gather(*self._writes, return_exceptions=True)
        with suppress(StorageError):
            await self._save()

    async def share_of(
        self, person: int, client_id: str, *, is_long: bool = False
    ) -> PersonalShare | None:
        """The person's share of the operator's app; None for an app that a user brought.

        is_long  for long work, which may use up its part of the share at once
        """
        if self._is_user_owned(client_id):
            return None
        if not self.shares.is_shared and (is_long or self.shares.has_spent(person)):
            await self._look_for_others()  # somebody may have linked in the last minute
        return PersonalShare(self.shares, person, is_long)

    async def update_shares(self) -> None:
        """Forget the calls of people that are too old, and see who shares the app now.

        Raises StorageError.
        """
        self.shares.expire()
        await self._look_for_others()

    async def _look_for_others(self) -> None:
        """Find out whether several people are linked through the operator's app."""
        count = await self._store.accounts.count_of_app(self._client_id)
        self.shares.is_shared = count > 1

    async def _save(self) -> None:
        for quota in list(self._unsaved):
            await self._save_exhausted(quota)
        for client_id in self.limiter.client_ids:
            await self.forget_client(client_id)  # its user may not have linked, or have unlinked
        now = self._now()
        hours = [
            HourlyUsage(hour.client_id, hour.group, hour.start, hour.commands, hour.background)
            for hour in self.limiter.hourly_calls()
            if hour.client_id and hour.start > now - 2 * HOUR
        ]
        state = hours, now // HOUR
        if state != self._saved:
            added = [more for hour in hours if (more := self._since_recorded(hour))]
            await self._store.api_usage.add(added, since=now - DAY - HOUR, now=now)
            self._recorded |= {(hour.client_id, hour.group, hour.start): hour for hour in hours}
            self._saved = state
        new_calls = self.shares.take_new()
        if self._store.leases is not None:
            await self._read_others()
            await self._tell_calls(new_calls)

    async def _tell_calls(self, calls: Counter[PersonsHour]) -> None:
        """Tell the other processes the calls of each person; a later `save` repeats it."""
        entries = list(calls.items())
        try:
            for start in range(0, len(entries), _CALLS_IN_MESSAGE):
                some = entries[start : start + _CALLS_IN_MESSAGE]
                await self._store.tell("calls", *((*key, count) for key, count in some))
                calls -= Counter(dict(some))
        except StorageError:
            self.shares.put_back(calls)
            raise

    def calls_elsewhere(self, *entries: tuple[int, str, int, int]) -> None:
        """Count the calls that another process has sent for people."""
        for person, name, start, count in entries:
            if group := _known_group(name):
                self.shares.add(person, group, start, count)

    def _since_recorded(self, hour: HourlyUsage) -> HourlyUsage | None:
        """The calls of this hour that are not in the store yet; None without any."""
        recorded = self._recorded.get((hour.client_id, hour.group, hour.start))
        if recorded is None:
            return hour
        commands = hour.commands - recorded.commands
        background = hour.background - recorded.background
        if commands <= 0 and background <= 0:
            return None
        return replace(hour, commands=commands, background=background)

    async def _read_others(self) -> None:
        """Add to the counts what other processes have stored since the last time."""
        for hour in await self._store.api_usage.hourly_usage():
            key = hour.client_id, hour.group, hour.start
            group, recorded = _known_group(hour.group), self._recorded.get(key)
            commands = hour.commands - (recorded.commands if recorded else 0)
            background = hour.background - (recorded.background if recorded else 0)
            if group is not None and (commands > 0 or background > 0):
                self._add_to_counts(hour, group, commands, background)
                self._recorded[key] = hour

    def _add_to_counts(
        self, hour: HourlyUsage, group: Group, commands: int, background: int
    ) -> None:
        self.limiter.restore(HourlyCalls(hour.client_id, group, hour.start, commands, background))

    async def forget_client(self, client_id: str) -> None:
        """Erase the counts of a user's own app if no account or login uses it any more.

        Raises StorageError; the next `save` then erases them.
        """
        is_used = self._store.accounts.is_client_used
        if self._is_user_owned(client_id) and not await is_used(client_id):
            await self._store.api_usage.delete(client_id)
            self.limiter.forget_client(client_id)
            for key in [key for key in self._recorded if key[0] == client_id]:
                del self._recorded[key]

    async def people(self) -> People:
        """Raises StorageError."""
        accounts = self._store.accounts
        return People(
            linked=await accounts.count(),
            with_operators_app=await accounts.count_of_app(self._client_id),
            blocked=len(await self._store.blocked.all()),
        )

    def report(self) -> UsageReport:
        limiter = self.limiter
        throttled = {
            client_id: until
            for client_id in limiter.client_ids
            if (until := limiter.throttled_until(client_id))
        }
        return UsageReport(
            usage=self._usage(),
            daily_limit=limiter.daily_limit,
            background_limit=limiter.background_limit,
            throttled_until=throttled.pop(self._client_id, None),
            user_owned_throttled=len(throttled),
        )

    def _usage(self) -> Sequence[GroupUsage]:
        """The groups with calls or an exhausted quota, those of the operator's app first."""
        usage = []
        for client_id in sorted(self.limiter.client_ids, key=self._is_user_owned):
            exhausted = self.limiter.exhausted_quotas(client_id)
            for group in GROUPS:
                commands, background = self.limiter.calls_last_day(client_id, group)
                if commands or background or group in exhausted:
                    usage.append(
                        GroupUsage(
                            self._is_user_owned(client_id),
                            group,
                            commands,
                            background,
                            exhausted.get(group),
                        )
                    )
        return usage

    def _is_user_owned(self, client_id: str) -> bool:
        return client_id != self._client_id

    def _on_quota_exceeded(self, client_id: str, group: Group, until: float) -> None:
        write = asyncio.create_task(self._save_exhausted(ExhaustedQuota(client_id, group, until)))
        self._writes.add(write)
        write.add_done_callback(self._on_written)

    def _on_written(self, write: asyncio.Task[None]) -> None:
        self._writes.discard(write)
        error = None if write.cancelled() else write.exception()
        if error is not None and not isinstance(error, StorageError):
            _log.error("could not store an exhausted quota", exc_info=error)

    async def _save_exhausted(self, quota: ExhaustedQuota) -> None:
        self._unsaved.add(quota)
        await self._store.api_usage.mark_exhausted(quota)
        self._unsaved.discard(quota)
        await self.forget_client(quota.client_id)  # its user may have unlinked meanwhile


def _known_group(name: str) -> Group | None:
    """The group with this name; None for a group of another version of Tonearm."""
    return next((group for group in GROUPS if group == name), None)
