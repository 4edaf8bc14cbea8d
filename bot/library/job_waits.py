"""After which errors of Spotify a job waits, and how long."""

from __future__ import annotations

import math
from enum import Enum, auto

from bot.errors.bot_error import BotError
from bot.errors.spotify import BackgroundBudgetExceeded, RateLimited, SpotifyDown

# The failures of Spotify in a row, without progress, after which a job ends; and the seconds to
# wait after the first one, which double with each.
_MAX_FAILURES, _FIRST_DELAY = 8, 5.0


class WaitReason(Enum):
    """Why a job waits: other jobs work, a quota is used up, or Spotify does not answer."""

    TURN = auto()
    QUOTA = auto()
    OUTAGE = auto()


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
                return WaitReason.QUOTA, error.retry_after
            case SpotifyDown():
                self._failures = self._failures + 1 if progress == self._progress else 1
                self._progress = progress
                if self._failures < _MAX_FAILURES:
                    return WaitReason.OUTAGE, _FIRST_DELAY * 2.0 ** (self._failures - 1)
        raise error
