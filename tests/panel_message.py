"""Ada's panel as a test reads it, and the time in which it is drawn again by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.message_text import BUTTON, render_message, walk_components
from sandbox.spotify import Player

Json = dict[str, Any]
ACTIVE_STYLE = 3  # the style of what is on


def panel_buttons(message: Json) -> dict[str, Json]:
    """Those of a panel, by their emoji."""
    found = [part for part in walk_components(message) if part["type"] == BUTTON]
    return {part["emoji"]["name"]: part for part in found if "emoji" in part}


def disabled_buttons(message: Json) -> set[str]:
    """Which of them cannot be pressed, by their emoji."""
    return {emoji for emoji, part in panel_buttons(message).items() if part.get("disabled")}


def button_action(message: Json, emoji: str) -> str:
    """What a button does."""
    return str(panel_buttons(message)[emoji]["custom_id"]).split(":", 2)[2]


@dataclass
class PanelMessage:
    """A panel in a message, and the player that it shows."""

    harness: Harness
    user: UserClient
    reply: Reply

    @property
    def id(self) -> str:
        return str(self.reply.message["id"])

    @property
    def message(self) -> Json:
        (found,) = [one for one in self.user.messages() if one["id"] == self.id]
        return found

    @property
    def text(self) -> str:
        return render_message(self.message, numbered=False)

    def is_live(self) -> bool:
        """Whether it says how long ago it was so: it is drawn again by itself."""
        return self._as_of_line.endswith(":R>")

    @property
    def as_of(self) -> int:
        """In seconds since 1970."""
        return int(self._as_of_line.split(":")[1])

    @property
    def _as_of_line(self) -> str:
        (said,) = [line for line in self.text.splitlines() if line.startswith("As of <t:")]
        return said

    @property
    def player(self) -> Player:
        return self.harness.spotify.accounts[self.user.user].player

    @property
    def edit_count(self) -> int:
        """How often it was edited, the deferred reply that it took the place of included."""
        world = self.harness.discord.state
        post = world.find_message(self.id, self.user._channel)
        assert post is not None
        return post.edit_count

    def track_title(self) -> str:
        """Of what the player plays."""
        assert self.player.item is not None
        thing: Any = self.harness.spotify.catalogue.find_item(self.player.item)
        return str(thing.name)

    async def wait_for_text(self, text: str) -> None:
        """Wait until the panel says so."""
        await self.user.wait_for_message(
            lambda one: one["id"] == self.id and text in render_message(one)
        )

    async def press(self, emoji: str) -> Reply:
        return await self.user.press(self.message, emoji)

    async def advance(self, seconds: float) -> None:
        """Let time pass, and let end all that begins with it."""
        await wait_for_redraws(self.harness)
        self.harness.clock.advance(seconds)
        await wait_for_redraws(self.harness)


def count_panels(harness: Harness) -> int:
    """How many panels the bot has in memory."""
    assert harness.bot is not None
    return len(harness.bot.services.panels)


async def wait_for_redraws(harness: Harness) -> None:
    """Until no panel is being drawn; a command goes over the wire and back meanwhile."""
    assert harness.bot is not None
    await harness.discord.user_client("linus", "dm").run("/privacy")
    await harness.bot._in_flight._idle.wait()
    while drawing := list(harness.bot.services.panels._tasks):
        await asyncio.gather(*drawing, return_exceptions=True)


async def open_panel(harness: Harness, user: UserClient, options: str = "") -> PanelMessage:
    """The panel of somebody who listens to the second song of a record."""
    player, spotify = harness.spotify.accounts[user.user].player, harness.spotify
    record = next(iter(spotify.catalogue.albums.values()))
    player.play(context=record.uri, index=1, position=20_000, device=player.devices[0])
    return PanelMessage(harness, user, await user.run(f"/now {options}".strip()))
