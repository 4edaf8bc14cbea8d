"""The kinds of interactions that are measured: how a user does each at Tonearm and at the peer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.users import LinkedUser
from sandbox.discord import UserClient
from sandbox.discord.state import Json

# How many users run their first command at the same time.
SET_UP_CONCURRENCY = 20

# The panel's buttons at Tonearm, by a part of their custom_ids, and at the bare bot.
OUR_BUTTONS, PEER_BUTTONS = (":pause", ":resume"), ("Pause", "Resume")
WORDS = "lantern", "sparrow", "orchard", "harbour", "envelope", "typewriter"


class Kind:
    """A command that both bots have. `turn` counts the interactions of a user."""

    name = ""
    command = ""
    peer_command = ""

    def __init__(self, users: Sequence[LinkedUser]) -> None:
        self.users = users

    def prepare(self, user: LinkedUser, turn: int) -> None:
        """Put the account's player into the state that the interaction expects."""
        # A panel of paused music is not updated later.
        user.play(paused=True)

    async def ours(self, user: LinkedUser, turn: int) -> None:
        await user.ours.run(self.command)

    async def peer(self, user: LinkedUser, turn: int) -> None:
        await user.peer.run(self.peer_command or self.command)

    async def set_up(self, user: LinkedUser) -> None:
        """Interact once at both bots before the measurement."""
        self.prepare(user, 0)
        await self.ours(user, 0)
        self.prepare(user, 0)
        await self.peer(user, 0)


class Pause(Kind):
    name = command = "/pause"

    def prepare(self, user: LinkedUser, turn: int) -> None:
        user.play()


class Now(Kind):
    name = command = "/now"


class Account(Kind):
    """A command without a call to Spotify."""

    name = command = "/account"
    peer_command = "/later"


class NowOrNothing(Kind):
    """Only the first answers compare."""

    name = command = "/now"
    peer_command = "/nothing"


class Press(Kind):
    """Pause and resume in turn on the panel that each user opened."""

    name = "a press"

    def __init__(self, users: Sequence[LinkedUser]) -> None:
        super().__init__(users)
        self._panels: dict[str, tuple[Json, Json]] = {}

    def prepare(self, user: LinkedUser, turn: int) -> None:
        user.play(paused=turn % 2 == 1)

    async def ours(self, user: LinkedUser, turn: int) -> None:
        message, _ = self._panels[user.account.name]
        await user.ours.press(message, OUR_BUTTONS[turn % 2])

    async def peer(self, user: LinkedUser, turn: int) -> None:
        _, message = self._panels[user.account.name]
        await user.peer.press(message, PEER_BUTTONS[turn % 2])

    async def set_up(self, user: LinkedUser) -> None:
        user.play()
        ours, peer = await user.ours.run("/now"), await user.peer.run("/now")
        self._panels[user.account.name] = ours.message, peer.message


class Completion(Kind):
    name = "a completion"

    async def ours(self, user: LinkedUser, turn: int) -> None:
        await self._complete(user.ours, turn)

    async def peer(self, user: LinkedUser, turn: int) -> None:
        await self._complete(user.peer, turn)

    async def _complete(self, client: UserClient, turn: int) -> None:
        choices = await client.autocomplete(f"/play what:{WORDS[turn % len(WORDS)]}")
        assert choices


async def set_up(kinds: Sequence[Kind]) -> None:
    """Set up all users of all kinds, which also renews their access tokens."""
    for kind in kinds:
        for start in range(0, len(kind.users), SET_UP_CONCURRENCY):
            users = kind.users[start : start + SET_UP_CONCURRENCY]
            await asyncio.gather(*(kind.set_up(user) for user in users))
