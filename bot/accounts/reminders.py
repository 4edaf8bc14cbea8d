"""Reminders that a Spotify login expires: one 30 days before, and one 7 days before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.errors.storage import StorageError
from bot.spotify.consent_expiry import CONSENT_MONTHS, DAY, consent_expires_at
from bot.store import LinkedAccount, Store
from bot.text.escape import safe

REMINDER_DAYS = (7, 30)

# Seconds after the consent before which no reminder can be due; a month has at least 28 days.
_MIN_AGE = (CONSENT_MONTHS * 28 - max(REMINDER_DAYS)) * DAY


@dataclass(frozen=True)
class Reminder:
    discord_id: int
    text: str


class Reminders:
    def __init__(self, store: Store, *, now: Callable[[], float]) -> None:
        self._accounts = store.accounts
        self._now = now

    async def due(self) -> list[Reminder]:
        """The reminders to send now. Each is marked as sent first, so that none is sent twice.

        If the disk refuses the mark, the reminder stays due.
        """
        now = self._now()
        reminders = []
        with suppress(StorageError):
            for account in await self._accounts.authorized_before(now - _MIN_AGE):
                days = _days_due(account, now)
                if days is not None and await self._accounts.mark_reminded(account, days):
                    reminders.append(Reminder(account.discord_id, _text(account)))
        return reminders


def _days_due(account: LinkedAccount, now: float) -> int | None:
    """Which of REMINDER_DAYS is due and not sent yet; the later reminder if both are."""
    days_left = (consent_expires_at(account.authorized_at) - now) / DAY
    if days_left <= 0 or account.last_reminder == min(REMINDER_DAYS):
        return None
    days = next((days for days in REMINDER_DAYS if days_left <= days), None)
    return None if days == account.last_reminder else days


def _text(account: LinkedAccount) -> str:
    expires_at = int(consent_expires_at(account.authorized_at))
    return (
        f"Your Spotify login for **{safe(account.name)}** expires on <t:{expires_at}:D> "
        f"(<t:{expires_at}:R>). Spotify logins last six months. Press the button to "
        "link again; your settings stay. You can turn these reminders off in /settings."
    )
