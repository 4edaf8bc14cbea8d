"""Decides whether a refused refresh token means that its login has ended or an outage."""

from __future__ import annotations

from collections.abc import Callable

# Spotify once answered invalid_grant for all users. A user's first refusal counts as such an outage
# if at least this many users were refused within this many seconds, without a successful renewal in
# between. Every later refusal of that user means that the login has ended.
OUTAGE_THRESHOLD = 3
OUTAGE_WINDOW = 5 * 60

# Seconds before a login that has ended is tried again at its user's next command, because an outage
# may have ended it.
RETRY_INTERVAL = 60


class RefusedLogins:
    """The users whose last renewal Spotify refused, since the bot started."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._started_at = self._renewed_at = monotonic()
        self._refused_at: dict[int, float] = {}

    def may_retry(self, user_id: int) -> bool:
        """Whether to try the user's ended login again."""
        refused_at = self._refused_at.get(user_id, self._started_at)
        return self._monotonic() - refused_at >= RETRY_INTERVAL

    def on_refused(self, user_id: int) -> bool:
        """Record a refused renewal of this user; whether it counts as an outage."""
        now, is_first = self._monotonic(), user_id not in self._refused_at
        self._refused_at[user_id] = now
        since = max(now - OUTAGE_WINDOW, self._renewed_at)
        recent = sum(at > since for at in self._refused_at.values())
        return is_first and recent >= OUTAGE_THRESHOLD

    def on_renewed(self, user_id: int) -> None:
        """Record a successful renewal of this user, which shows that there is no outage."""
        self._renewed_at = self._monotonic()
        self.forget(user_id)

    def forget(self, user_id: int) -> None:
        self._refused_at.pop(user_id, None)
