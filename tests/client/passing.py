"""Calls that pass the gate, without anybody who sends them."""

from __future__ import annotations

from contextlib import suppress

from bot.errors import Fault
from bot.spotify.endpoints import Group
from bot.spotify.gate import Gate


def call(
    gate: Gate, fault: Fault | None = None, group: Group = "search", *, app: str = "app"
) -> None:
    """One that is let through, and ends so."""
    assert gate.admit(app, group) == 0
    with suppress(Fault), gate.passing(app, group):
        if fault:
            raise fault
