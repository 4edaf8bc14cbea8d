"""Ada's panel in a test: its text and buttons, and a clock that triggers its refreshes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.message_text import BUTTON, render_message, walk_components
from sandbox.spotify import Player

Json = dict[str, Any]
ACTIVE_STYLE = 3  # green: the style of a toggle that is on


def panel_buttons(message: Json) -> dict[str, Json]:
    """Emoji → button component."""
    buttons = [part for part in walk_components(message) if part["type"] == BUTTON]
    return {part["emoji"]["name"]: part for part in buttons if "emoji" in part}


def disabled_buttons(message: Json) -> set[str]:
    """The emoji of the disabled buttons."""
    return {emoji for emoji, part in panel_buttons(message).items() if part.get("disabled")}


def button_action(message: Json, emoji: str) -> str:
    """The action at the end of this button's custom_id."""
    return str(panel_buttons(message)[emoji]["custom_id"]).split(":", 2)[2]


@dataclass
class PanelMessage:
    """A panel's message and the simulated player that it shows."""

    harness: Harness
    user: UserClient
    reply: Reply

    @property
    def id(self) -> str:
        return str(self.reply.message["id"])

    @property
    def message(self) -> Json:
        (message,) = [post for post in self.user.messages() if post["id"] == self.id]
        return message

    @property
    def text(self) -> str:
        """Without its link to Spotify."""
        lines = render_message(self.message, numbered=False).splitlines()
        return "\n".join(line for line in lines if "[link]" not in line)

    def is_live(self) -> bool:
        """Whether the panel refreshes itself; only then is its time relative."""
        return self._time[1] == "R"

    @property
    def as_of(self) -> int:
        """The panel's time, in seconds since 1970."""
        return int(self._time[0])

    @property
    def _time(self) -> tuple[str, str]:
        """The panel's time, and how Discord shows it: R is relative."""
        ((seconds, style),) = re.findall(r"Updated <t:(\d+):(\w)>", self.text)
        return seconds, style

    @property
    def player(self) -> Player:
        return self.harness.spotify.accounts[self.user.user].player

    @property
    def edit_count(self) -> int:
        """The number of edits, the one that replaced the deferred reply included."""
        message = self.harness.discord.state.find_message(self.id, self.user._channel)
        assert message is not None
        return message.edit_count

    def track_title(self) -> str:
        """The title of the player's current item."""
        assert self.player.item is not None
        item: Any = self.harness.spotify.catalogue.find_item(self.player.item)
        return str(item.name)

    async def wait_for_text(self, text: str) -> None:
        """Wait until the panel contains this text."""
        await self.user.wait_for_message(
            lambda message: message["id"] == self.id and text in render_message(message)
        )

    async def press(self, emoji: str) -> Reply:
        return await self.user.press(self.message, emoji)

    async def advance(self, seconds: float) -> None:
        """Advance the clock, and wait for the redraws that this starts."""
        await wait_for_redraws(self.harness)
        self.harness.clock.advance(seconds)
        await wait_for_redraws(self.harness)


def count_panels(harness: Harness) -> int:
    """The number of panels that the bot tracks."""
    assert harness.bot is not None
    return len(harness.bot.services.panels)


async def wait_for_icons(harness: Harness) -> None:
    """Wait until the bot has uploaded its icons, or has given up."""
    assert harness.bot is not None
    upload = harness.bot.services.icons._task
    assert upload is not None
    await asyncio.wait({upload})


async def wait_for_redraws(harness: Harness) -> None:
    """Wait until no panel is being redrawn.

    A command of another user first gives earlier gateway events time to arrive.
    """
    assert harness.bot is not None
    await harness.discord.user_client("linus", "dm").run("/privacy")
    await harness.bot._in_flight._idle.wait()
    while redraws := list(harness.bot.services.panels._tasks):
        await asyncio.wait(redraws)


async def open_panel(harness: Harness, user: UserClient, options: str = "") -> PanelMessage:
    """Play the second track of an album, and open the user's panel."""
    player = harness.spotify.accounts[user.user].player
    album = next(iter(harness.spotify.catalogue.albums.values()))
    player.play(context=album.uri, index=1, position=20_000, device=player.devices[0])
    return PanelMessage(harness, user, await user.run(f"/now {options}".strip()))
