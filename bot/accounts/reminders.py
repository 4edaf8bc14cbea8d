"""Reminders before a Spotify login ends: 30 days and 7 days, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.spotify.consent_expiry import CONSENT_MONTHS, DAY, consent_expires_at
from bot.store import LinkedAccount, Store
from bot.text.escape import safe

REMINDER_DAYS = (7, 30)

# No login ends sooner than this after its consent, so younger ones need not be looked at.
_MIN_AGE = (CONSENT_MONTHS * 28 - max(REMINDER_DAYS)) * DAY


@dataclass(frozen=True)
class Reminder:
    discord_id: int
    text: str


class Reminders:
    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._accounts = store.accounts
        self._clock = clock

    async def due(self) -> list[Reminder]:
        """Those to send now. Each is marked as sent: better none than two."""
        now = self._clock()
        found = []
        for link in await self._accounts.authorized_before(now - _MIN_AGE):
            days = _days_due(link, now)
            if days is not None and await self._accounts.mark_reminded(link, days):
                found.append(Reminder(link.discord_id, _text(link)))
        return found


def _days_due(account: LinkedAccount, now: float) -> int | None:
    """Which reminder is due; the nearer one alone where both are."""
    left = (consent_expires_at(account.authorized_at) - now) / DAY
    if left <= 0:
        return None
    days = next((days for days in REMINDER_DAYS if left <= days), None)
    return (
        days
        if days is not None and account.last_reminder not in (days, min(REMINDER_DAYS))
        else None
    )


def _text(account: LinkedAccount) -> str:
    ends = int(consent_expires_at(account.authorized_at))
    return (
        f"Your Spotify login for **{safe(account.name)}** ends on <t:{ends}:D> (<t:{ends}:R>), as "
        "Spotify ends every login after six months. Press the button to link again; your settings "
        "stay. /settings turns these reminders off."
    )
