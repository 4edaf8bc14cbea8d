"""What a refused refresh token means: its login has ended, or Spotify has an outage."""

from __future__ import annotations

from collections.abc import Callable

# Spotify once answered invalid_grant for all users. The first refusal of a user is taken for such
# an outage if it makes so many refused users within so many seconds, and no renewal succeeded
# since. Every later refusal of the same user is the truth.
OUTAGE_THRESHOLD = 3
OUTAGE_WINDOW = 5 * 60

# Seconds after which a login that has ended is tried again, if its user comes back: an outage may
# have ended it.
RETRY_INTERVAL = 60


class RefusedLogins:
    """The users whose last renewal Spotify refused, since the bot started."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._started_at = self._renewed_at = monotonic()
        self._refused_at: dict[int, float] = {}

    def may_retry(self, user_id: int) -> bool:
        """Whether to try a login again that has ended."""
        refused_at = self._refused_at.get(user_id, self._started_at)
        return self._monotonic() - refused_at >= RETRY_INTERVAL

    def on_refused(self, user_id: int) -> bool:
        """Spotify refused a renewal of this user. True if that is taken for an outage."""
        now, is_first = self._monotonic(), user_id not in self._refused_at
        self._refused_at[user_id] = now
        since = max(now - OUTAGE_WINDOW, self._renewed_at)
        recent = sum(at > since for at in self._refused_at.values())
        return is_first and recent >= OUTAGE_THRESHOLD

    def on_renewed(self, user_id: int) -> None:
        """A renewal of this user succeeded, so Spotify has no outage."""
        self._renewed_at = self._monotonic()
        self.forget(user_id)

    def forget(self, user_id: int) -> None:
        self._refused_at.pop(user_id, None)
