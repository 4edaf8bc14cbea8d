"""The player's state told late: for a while after a command, the API shows how it was before."""

from __future__ import annotations

from .player import Player


class StaleState:
    """`reads` is how many answers are late after each command; 0 for none."""

    def __init__(self) -> None:
        self._reads = 0
        self._stale_players: dict[str, tuple[Player, int]] = {}

    @property
    def reads(self) -> int:
        return self._reads

    @reads.setter
    def reads(self, reads: int) -> None:
        self._reads = reads
        self._stale_players.clear()

    def record(self, account: str, before: Player) -> None:
        """A command was obeyed; `before` is the player as it would be without it."""
        if self._reads:
            self._stale_players[account] = before, self._reads

    def next_player(self, account: str, now: Player) -> Player:
        """The player that the next answer tells of. Asking counts as a read."""
        before, left = self._stale_players.pop(account, (now, 0))
        if left > 1:
            self._stale_players[account] = before, left - 1
        return before
