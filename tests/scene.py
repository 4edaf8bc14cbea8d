"""Ada, who is linked, and what she has before her: where it is counted what things cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.discord import Reply, Seat
from sandbox.readable import controls
from sandbox.spotify import Player
from sandbox.stage import Offer, Stage


class Scene:
    """Ada, who is linked, and what she has before her; `pressed` are the ids of her buttons."""

    def __init__(self, on: Stage, ada: Seat) -> None:
        self.stage = on
        self.ada = ada
        self.pressed: set[str] = set()
        self.message: dict[str, Any] = {}
        self.reply: Reply | None = None
        self.offer: Offer | None = None
        self.code = ""
        self.panel = ""

    @property
    def link(self) -> str:
        """Of a song that no search of this scene finds."""
        return f"https://open.spotify.com/track/{self.stage.spotify.catalogue.stock[-1].id}"

    @property
    def album(self) -> str:
        """A link to one of eight songs."""
        albums = self.stage.spotify.catalogue.albums.values()
        found = next(album for album in albums if len(album.tracks) == 8)
        return f"https://open.spotify.com/album/{found.id}"

    @property
    def user(self) -> int:
        """Ada's ID at Discord."""
        return int(self.stage.discord.world.users["ada"].id)

    @property
    def player(self) -> Player:
        """Ada's."""
        return self.stage.spotify.accounts["ada"].player

    async def run(self, line: str, who: str = "ada") -> None:
        self.reply = await self.stage.discord.seat(who, "music").run(line)
        self.message = self.reply.message

    async def press(self, label: str, seat: Seat | None = None) -> Reply:
        found = controls(self.message).values()
        self.pressed |= {one.custom_id for one in found if one.label == label}
        return await (seat or self.ada).press(self.message, label)

    async def pick(self, number: int, select: int = 0) -> Reply:
        """Of a menu of her message, counted from 0."""
        found = [one for one in controls(self.message).values() if one.choice]
        choice = [one for one in found if one.select == select][number]
        self.pressed.add(choice.custom_id)
        return await self.ada.pick(self.message, choice.choice or "", select=select)


Step = Callable[[Scene], Awaitable[object]]


@dataclass(frozen=True)
class Deed:
    """Something that people do, in words, and what comes before it without being counted.

    hasty  what comes before it is not forgotten: a login has ten minutes
    """

    what: str
    do: Step
    before: Step | None = None
    hasty: bool = False
