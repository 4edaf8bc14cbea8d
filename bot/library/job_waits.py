"""After which errors of Spotify a job waits, and how long."""

from __future__ import annotations

import math
from enum import StrEnum

from bot.errors.bot_error import BotError
from bot.errors.spotify import (
    BackgroundBudgetExceeded,
    OwnAppQuotaExceeded,
    QuotaExceeded,
    RateLimited,
    ShareExceeded,
    SpotifyDown,
)

# The failures of Spotify in a row, without progress, after which a job ends; and the seconds to
# wait after the first one, which double with each.
_MAX_FAILURES, _FIRST_DELAY = 8, 5.0


class WaitReason(StrEnum):
    """Why a job waits; the store holds the value."""

    TURN = "turn"
    """Others work."""
    RATE = "rate"
    """Spotify limits the rate of the app's calls."""
    QUOTA = "quota"
    """The daily quota of the operator's app is used up."""
    OWN_QUOTA = "own-quota"
    """That of an app which the user brought, or of a former one of the operator's."""
    SHARE = "share"
    """The user's share of it."""
    BACKGROUND = "background"
    """The share of all long work."""
    OUTAGE = "outage"
    """Spotify does not answer."""
    UNKNOWN = ""
    """An earlier process has not stored why."""

    @classmethod
    def _missing_(cls, _value: object) -> WaitReason:
        return cls.UNKNOWN  # a reason of another version


# The first class that an error is of counts.
_LIMITS: dict[type[RateLimited | BackgroundBudgetExceeded], WaitReason] = {
    ShareExceeded: WaitReason.SHARE,
    OwnAppQuotaExceeded: WaitReason.OWN_QUOTA,
    QuotaExceeded: WaitReason.QUOTA,
    RateLimited: WaitReason.RATE,
    BackgroundBudgetExceeded: WaitReason.BACKGROUND,
}


class JobWaits:
    """The waits of one job."""

    def __init__(self) -> None:
        self._failures = 0
        self._progress: object = None

    def after(self, error: BotError, progress: object) -> tuple[WaitReason, float]:
        """Why and how many seconds to wait before the work goes on. Raises `error` if never.

        progress  any value that changes when the work gets further
        """
        match error:
            case RateLimited() | BackgroundBudgetExceeded() if math.isfinite(error.retry_after):
                self._failures = 0
                reason = next(each for kind, each in _LIMITS.items() if isinstance(error, kind))
                return reason, error.retry_after
            case SpotifyDown():
                self._failures = self._failures + 1 if progress == self._progress else 1
                self._progress = progress
                if self._failures < _MAX_FAILURES:
                    return WaitReason.OUTAGE, _FIRST_DELAY * 2.0 ** (self._failures - 1)
        raise error
