"""Ada's panel as a test reads it, and the time in which it is drawn again by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from sandbox.discord import Reply, Seat
from sandbox.readable import BUTTON, readable, walk
from sandbox.spotify import Player
from sandbox.stage import Stage

Json = dict[str, Any]
ON = 3  # the style of what is on


def buttons(message: Json) -> dict[str, Json]:
    """Those of a panel, by their emoji."""
    found = [part for part in walk(message) if part["type"] == BUTTON]
    return {part["emoji"]["name"]: part for part in found if "emoji" in part}


def off(message: Json) -> set[str]:
    """Which of them cannot be pressed, by their emoji."""
    return {emoji for emoji, part in buttons(message).items() if part.get("disabled")}


def act(message: Json, emoji: str) -> str:
    """What a button does."""
    return str(buttons(message)[emoji]["custom_id"]).split(":", 2)[2]


@dataclass
class Panel:
    """A panel in a message, and the player that it shows."""

    stage: Stage
    seat: Seat
    reply: Reply

    @property
    def id(self) -> str:
        return str(self.reply.message["id"])

    @property
    def message(self) -> Json:
        (found,) = [one for one in self.seat.messages() if one["id"] == self.id]
        return found

    @property
    def text(self) -> str:
        return readable(self.message, numbered=False)

    def live(self) -> bool:
        """Whether it says how long ago it was so: it is drawn again by itself."""
        return self._dated.endswith(":R>")

    @property
    def as_of(self) -> int:
        """In seconds since 1970."""
        return int(self._dated.split(":")[1])

    @property
    def _dated(self) -> str:
        (said,) = [line for line in self.text.splitlines() if line.startswith("As of <t:")]
        return said

    @property
    def player(self) -> Player:
        return self.stage.spotify.accounts[self.seat.user].player

    @property
    def edits(self) -> int:
        """How often it was edited, the deferred reply that it took the place of included."""
        world = self.stage.discord.world
        post = world.find(self.id, self.seat._channel)
        assert post is not None
        return post.edits

    def title(self) -> str:
        """Of what the player plays."""
        assert self.player.item is not None
        thing: Any = self.stage.spotify.catalogue.find(self.player.item)
        return str(thing.name)

    async def until(self, says: str) -> None:
        """Wait until the panel says so."""
        await self.seat.until(lambda one: one["id"] == self.id and says in readable(one))

    async def press(self, emoji: str) -> Reply:
        return await self.seat.press(self.message, emoji)

    async def later(self, seconds: float) -> None:
        """Let time pass, and let end all that begins with it."""
        await settled(self.stage)
        self.stage.clock.advance(seconds)
        await settled(self.stage)


def count(stage: Stage) -> int:
    """How many panels the bot has in memory."""
    assert stage.bot is not None
    return len(stage.bot.panels)


async def settled(stage: Stage) -> None:
    """Until no panel is being drawn; a command goes over the wire and back meanwhile."""
    assert stage.bot is not None
    await stage.discord.seat("linus", "dm").run("/privacy")
    await stage.bot._idle.wait()
    while drawing := list(stage.bot.panels._tasks):
        await asyncio.gather(*drawing, return_exceptions=True)


async def opened(stage: Stage, seat: Seat, options: str = "") -> Panel:
    """The panel of somebody who listens to the second song of a record."""
    player, spotify = stage.spotify.accounts[seat.user].player, stage.spotify
    record = next(iter(spotify.catalogue.albums.values()))
    player.start(context=record.uri, at=1, position=20_000, device=player.devices[0])
    return Panel(stage, seat, await seat.run(f"/now {options}".strip()))
