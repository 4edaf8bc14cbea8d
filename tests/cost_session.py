"""The state that the measured actions share: a linked user and her latest message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness, LoginOffer
from sandbox.message_text import controls
from sandbox.spotify import Player


class CostSession:
    """Ada, who is linked, and the latest message that she uses.

    `pressed_ids` holds the custom_id of every button and select that she has used.
    """

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
        """A link to a song that no search of this session finds."""
        track = self.harness.spotify.catalogue.regular_tracks[-1]
        return f"https://open.spotify.com/track/{track.id}"

    @property
    def album_url(self) -> str:
        """A link to an album of eight songs."""
        albums = self.harness.spotify.catalogue.albums.values()
        album = next(album for album in albums if len(album.tracks) == 8)
        return f"https://open.spotify.com/album/{album.id}"

    @property
    def user_id(self) -> int:
        """Ada's Discord user ID."""
        return int(self.harness.discord.state.users["ada"].id)

    @property
    def player(self) -> Player:
        """Ada's simulated Spotify player."""
        return self.harness.spotify.accounts["ada"].player

    async def run(self, line: str, user: str = "ada") -> None:
        """Run a slash command; its reply becomes the latest message."""
        self.reply = await self.harness.discord.user_client(user, "music").run(line)
        self.message = self.reply.message

    async def press(self, label: str, user: UserClient | None = None) -> Reply:
        """Press a button of the latest message."""
        buttons = controls(self.message).values()
        self.pressed_ids |= {button.custom_id for button in buttons if button.label == label}
        return await (user or self.ada).press(self.message, label)

    async def select(self, number: int, select: int = 0) -> Reply:
        """Choose an option of a select menu of the latest message; both count from 0."""
        options = [option for option in controls(self.message).values() if option.choice]
        option = [option for option in options if option.select == select][number]
        self.pressed_ids.add(option.custom_id)
        return await self.ada.pick(self.message, option.choice or "", select=select)


SessionStep = Callable[[CostSession], Awaitable[object]]


@dataclass(frozen=True)
class CostedAction:
    """An action that people take, described in words.

    prepare           runs before the action; its calls are not counted
    keep_login_fresh  no time passes after `prepare`, because a login link expires after 10 minutes
    keep_panel        counts the calls that refresh an open panel after the action
    """

    description: str
    perform: SessionStep
    prepare: SessionStep | None = None
    keep_login_fresh: bool = False
    keep_panel: bool = False


def run_command(line: str, until: str = "") -> SessionStep:
    async def step(session: CostSession) -> None:
        await session.run(
            line.replace("LINK", session.track_url).replace("ALBUM", session.album_url)
        )
        if until and session.reply:
            await session.reply.wait_for(until)

    return step


def press_button(label: str) -> SessionStep:
    return lambda session: session.press(label)


async def select_second(session: CostSession) -> None:
    await session.select(1)
