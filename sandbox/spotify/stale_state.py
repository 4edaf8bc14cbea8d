"""Delays the visible player state: after a command, some reads still show the state before it."""

from __future__ import annotations

from .player import Player


class StaleState:
    """The players as they were before the last command, for accounts with stale reads left."""

    def __init__(self) -> None:
        self._reads = 0
        self._stale_players: dict[str, tuple[Player, int]] = {}

    def serve(self, reads: int) -> None:
        """Make this many reads after each command stale; 0 for none."""
        self._reads = reads
        self._stale_players.clear()

    def record(self, account: str, before: Player) -> None:
        """Note a successful command; `before` is the player as it would be without it."""
        if self._reads:
            self._stale_players[account] = before, self._reads

    def next_player(self, account: str, current: Player) -> Player:
        """The player that the next read shows. Each call counts as one read."""
        before, left = self._stale_players.pop(account, (current, 0))
        if left > 1:
            self._stale_players[account] = before, left - 1
        return before
