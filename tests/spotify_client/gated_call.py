"""Calls that pass the gate, without anybody who sends them."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.bot_error import BotError
from bot.spotify.endpoint_groups import Group
from bot.spotify.rate_limiter import RateLimiter


def run_gated_call(
    gate: RateLimiter, fault: BotError | None = None, group: Group = "search", *, app: str = "app"
) -> None:
    """One that is let through, and ends so."""
    assert gate.acquire(app, group) == 0
    with suppress(BotError), gate.track(app, group):
        if fault:
            raise fault
