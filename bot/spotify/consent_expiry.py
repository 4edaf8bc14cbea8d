"""The lifetime of a Spotify login: six months from the user's consent, whatever is renewed.

Source: Spotify's announcement of 18 June 2026, in force since 20 July 2026.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

CONSENT_MONTHS = 6
DAY = 24 * 60 * 60


def consent_expires_at(authorized_at: float) -> float:
    """When a consent ends, in seconds since 1970: on the same day and time six months later."""
    start = datetime.fromtimestamp(authorized_at, UTC)
    years, month = divmod(start.month - 1 + CONSENT_MONTHS, 12)
    year, month = start.year + years, month + 1
    day = min(start.day, monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day).timestamp()
