"""Reminders before a Spotify login ends: 30 days and 7 days, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.spotify.consent import DAY, MONTHS, ends_at
from bot.store import Link, Store
from bot.ui.text import safe

DAYS = (7, 30)

# No login ends sooner than this after its consent, so younger ones need not be looked at.
_YOUNG = (MONTHS * 28 - max(DAYS)) * DAY


@dataclass(frozen=True)
class Reminder:
    discord_id: int
    says: str


class Reminders:
    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._links = store.links
        self._clock = clock

    async def due(self) -> list[Reminder]:
        """Those to send now. Each is marked as sent: better none than two."""
        now = self._clock()
        found = []
        for link in await self._links.older_than(now - _YOUNG):
            days = _days_due(link, now)
            if days is not None and await self._links.remind(link, days):
                found.append(Reminder(link.discord_id, _says(link)))
        return found


def _days_due(link: Link, now: float) -> int | None:
    """Which reminder is due; the nearer one alone where both are."""
    left = (ends_at(link.authorized_at) - now) / DAY
    if left <= 0:
        return None
    days = next((days for days in DAYS if left <= days), None)
    return days if days is not None and link.reminded not in (days, min(DAYS)) else None


def _says(link: Link) -> str:
    ends = int(ends_at(link.authorized_at))
    return (
        f"Your Spotify login for **{safe(link.name)}** ends on <t:{ends}:D> (<t:{ends}:R>), as "
        "Spotify ends every login after six months. Press the button to link again; your settings "
        "stay. /settings turns these reminders off."
    )
