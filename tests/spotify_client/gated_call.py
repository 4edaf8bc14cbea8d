"""Calls through the rate limiter without a network."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.bot_error import BotError
from bot.spotify.endpoint_groups import Group
from bot.spotify.rate_limiter import RateLimiter


def run_gated_call(
    gate: RateLimiter, fault: BotError | None = None, group: Group = "search", *, app: str = "app"
) -> None:
    """Let a call through, and end it with this outcome."""
    assert gate.acquire(app, group) == 0
    with suppress(BotError), gate.track(app, group):
        if fault:
            raise fault
