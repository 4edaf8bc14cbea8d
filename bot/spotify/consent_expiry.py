"""How long a Spotify login lasts: six months from the user's consent, renewals or not.

Source: Spotify's announcement of 18 June 2026, in force since 20 July 2026.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

CONSENT_MONTHS = 6
DAY = 24 * 60 * 60


def consent_expires_at(authorized_at: float) -> float:
    """The end of a consent, in seconds since 1970: the same day and time six months later."""
    began = datetime.fromtimestamp(authorized_at, UTC)
    years, month = divmod(began.month - 1 + CONSENT_MONTHS, 12)
    year, month = began.year + years, month + 1
    day = min(began.day, monthrange(year, month)[1])
    return began.replace(year=year, month=month, day=day).timestamp()
