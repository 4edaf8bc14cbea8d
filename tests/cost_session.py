"""Ada, who is linked, and what she has before her: where it is counted what things cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness, LoginOffer
from sandbox.message_text import controls
from sandbox.spotify import Player


class CostSession:
    """Ada, who is linked, and what she has before her; `pressed` are the ids of her buttons."""

    def __init__(self, harness: Harness, ada: UserClient) -> None:
        self.harness = harness
        self.ada = ada
        self.pressed_ids: set[str] = set()
        self.message: dict[str, Any] = {}
        self.reply: Reply | None = None
        self.login_offer: LoginOffer | None = None
        self.code = ""
        self.panel_id = ""

    @property
    def track_url(self) -> str:
        """Of a song that no search of this scene finds."""
        return (
            f"https://open.spotify.com/track/{self.harness.spotify.catalogue.regular_tracks[-1].id}"
        )

    @property
    def album_url(self) -> str:
        """A link to one of eight songs."""
        albums = self.harness.spotify.catalogue.albums.values()
        found = next(album for album in albums if len(album.tracks) == 8)
        return f"https://open.spotify.com/album/{found.id}"

    @property
    def user_id(self) -> int:
        """Ada's ID at Discord."""
        return int(self.harness.discord.state.users["ada"].id)

    @property
    def player(self) -> Player:
        """Ada's."""
        return self.harness.spotify.accounts["ada"].player

    async def run(self, line: str, user: str = "ada") -> None:
        self.reply = await self.harness.discord.user_client(user, "music").run(line)
        self.message = self.reply.message

    async def press(self, label: str, user: UserClient | None = None) -> Reply:
        found = controls(self.message).values()
        self.pressed_ids |= {one.custom_id for one in found if one.label == label}
        return await (user or self.ada).press(self.message, label)

    async def select(self, number: int, select: int = 0) -> Reply:
        """Of a menu of her message, counted from 0."""
        found = [one for one in controls(self.message).values() if one.choice]
        choice = [one for one in found if one.select == select][number]
        self.pressed_ids.add(choice.custom_id)
        return await self.ada.pick(self.message, choice.choice or "", select=select)


SessionStep = Callable[[CostSession], Awaitable[object]]


@dataclass(frozen=True)
class CostedAction:
    """Something that people do, in words, and what comes before it without being counted.

    hasty  what comes before it is not forgotten: a login has ten minutes
    """

    description: str
    perform: SessionStep
    prepare: SessionStep | None = None
    keep_login_fresh: bool = False
