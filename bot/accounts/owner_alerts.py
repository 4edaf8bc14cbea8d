"""Alerts for the bot's owner: a used-up quota, trouble with the disk, refused logins."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from bot.accounts.metrics import Metrics
from bot.accounts.quota import Quota
from bot.errors.storage import StorageError
from bot.spotify.rate_limiter import DAY
from bot.store import Store

# Bytes on the database's disk below which there is too little room.
MIN_FREE_BYTES = 200_000_000
# Refused renewals within a day that are more than a few people who ended their logins.
MIN_REFUSED = 5


class OwnerAlerts:
    """At most one alert of each kind in a day, also over a restart.

    enabled  whether the owner wants them
    now      seconds since 1970
    """

    def __init__(
        self,
        store: Store,
        quota: Quota,
        metrics: Metrics,
        *,
        enabled: bool,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._quota = quota
        self._metrics = metrics
        self._enabled = enabled
        self._now = now
        self._sent: dict[str, float] = {}
        self._unstored: set[str] = set()
        self._refused: deque[tuple[float, int]] = deque([(now(), 0)])

    async def due(self) -> list[str]:
        """The alerts to send now, as Markdown. Each is marked as sent first."""
        if not self._enabled:
            return []
        await self._store_marks()
        return [text for kind, text in self._problems() if await self._mark(kind)]

    def _problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong now, by kind."""
        exhausted = [
            group.exhausted_until
            for group in self._quota.report().usage
            if group.exhausted_until is not None and not group.user_owned
        ]
        if exhausted:
            yield (
                "quota",
                (
                    "Spotify’s daily limit for your app is used up in part. It works again "
                    f"<t:{int(max(exhausted))}:R>. /usage shows what used it."
                ),
            )
        free = self._store.free_bytes()
        if (error := self._store.last_error) is not None:
            yield "disk", f"I can’t save anything: {error} Until then, nobody can link."
        elif free is not None and free < MIN_FREE_BYTES:
            yield "disk", f"There are only {free // 1_000_000} MB left on my disk. Make room soon."
        if (refused := self._refused_today()) >= MIN_REFUSED:
            yield (
                "refused",
                (
                    f"Spotify refused {refused} logins in a day, so those people have to link "
                    "again. If they didn’t end them, check your app in Spotify’s dashboard."
                ),
            )

    def _refused_today(self) -> int:
        now, total = self._now(), self._metrics.refused_renewals
        while len(self._refused) > 1 and self._refused[1][0] < now - DAY:
            self._refused.popleft()
        if self._refused[-1][1] != total:
            self._refused.append((now, total))
        return total - self._refused[0][1]

    async def _mark(self, kind: str) -> bool:
        """Whether an alert of this kind may be sent; then it counts as sent."""
        now, sent = self._now(), self._sent.get(kind)
        with suppress(StorageError, ValueError):
            sent = max(sent or 0.0, float(await self._store.get_meta(_note(kind)) or 0))
        if sent is not None and 0 <= now - sent < DAY:
            return False
        self._sent[kind] = now
        self._unstored.add(kind)
        await self._store_marks()
        return True

    async def _store_marks(self) -> None:
        """Store what was sent. The disk may be what an alert is about, so this is tried again."""
        with suppress(StorageError):
            for kind in list(self._unstored):
                await self._store.set_meta(_note(kind), str(int(self._sent[kind])))
                self._unstored.remove(kind)


def _note(kind: str) -> str:
    return f"owner alert {kind}"
