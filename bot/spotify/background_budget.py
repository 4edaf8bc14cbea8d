"""How many calls background work may make, by the app's limit and the person's share of it."""

from __future__ import annotations

from typing import NamedTuple

from bot.spotify.call_shares import PersonalShare
from bot.spotify.endpoint_groups import Group
from bot.spotify.rate_limiter import RateLimiter


class BackgroundBudget(NamedTuple):
    """The calls of a group of endpoints that background work may make.

    available     now
    daily         in a day
    is_own_share  whether the share of the person who asks is what limits them
    """

    available: int
    daily: int
    is_own_share: bool = False


def background_budget(
    limiter: RateLimiter, client_id: str, group: Group, share: PersonalShare | None
) -> BackgroundBudget:
    """The smaller one of what the app has left and of what the person has left."""
    available, daily = limiter.available(client_id, group), limiter.background_limit
    left = share.left(group) if share else None
    if share is None or left is None or left >= available:
        return BackgroundBudget(available, daily)
    return BackgroundBudget(left, min(daily, share.limit(group)), is_own_share=True)
