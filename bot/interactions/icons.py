"""The bot's own icons on buttons: application emoji, which Discord keeps after one upload."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import discord
from discord import ui

_log = logging.getLogger(__name__)

# The plain emoji of a button, and the name of the icon that replaces it. A view names the plain
# emoji, which is what users see until the icons are uploaded.
ICON_NAMES = {
    "▶️": "play",
    "⏸️": "pause",
    "⏮️": "previous",
    "⏭️": "next",
    "⏪": "rewind",
    "⏩": "forward",
    "◀️": "back",
    "🔀": "shuffle",
    "🔁": "repeat",
    "🔂": "repeat_one",
    "🔄": "refresh",
    "🔉": "quieter",
    "🔊": "louder",
    "🔇": "mute",
    "🔗": "link",
    "🔈": "unmute",
    "🎚️": "volume",
    "🤍": "like",
    "💚": "liked",
    "➕": "add",
    "📜": "queue",
    "📱": "devices",
}
# An emoji of the application with this name is shown on buttons that open Spotify. The operator may
# upload Spotify's mark as that: Spotify gives it to developers, but not for redistribution.
SPOTIFY_MARK = "spotify"
_SPOTIFY_URL = "https://open.spotify.com"

ReadImages = Callable[[], Mapping[str, bytes]]
"""Returns the image of each icon by its name; none if buttons are to keep their plain emoji."""

# Seconds for all uploads; they wait for Discord's rate limit.
_TIMEOUT = 600.0
# Hexadecimal digits of an image's hash in the emoji's name.
_HASH_LENGTH = 8


def read_images() -> dict[str, bytes]:
    """Icon name → PNG of at most 256 KiB, which `make icons` draws."""
    folder = Path(__file__).parent / "icon_images"
    return {name: (folder / f"{name}.png").read_bytes() for name in ICON_NAMES.values()}


class Icons:
    """Uploads the icons that Discord does not have yet, and puts them on buttons.

    An emoji's name ends with the hash of its image, so a changed icon is uploaded as a new one.
    Until all icons are there, or if Discord refuses one, buttons keep their plain emoji.
    """

    def __init__(self, images: Mapping[str, bytes]) -> None:
        self._images = images
        self._emoji: dict[str, discord.PartialEmoji] = {}
        self._mark: discord.PartialEmoji | None = None
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """The number of icons in use."""
        return len(self._emoji)

    def start(self, client: discord.Client) -> None:
        """Upload in the background: the bot's start does not wait for it."""
        if self._images:
            self._task = asyncio.create_task(self._load(client))

    async def close(self) -> None:
        """Stop uploading."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def disable(self) -> None:
        """Show plain emoji until the next start: Discord has refused a message."""
        self._emoji, self._mark = {}, None

    def show_on(self, view: ui.View | ui.LayoutView) -> None:
        """Replace the plain emoji on the buttons of a view, and icons that are not in use."""
        for item in view.walk_children():
            button = item.item if isinstance(item, ui.DynamicItem) else item
            if isinstance(button, ui.Button):
                self._show_on_button(button)

    def _show_on_button(self, button: ui.Button[Any]) -> None:
        emoji = button.emoji
        if emoji is None:
            if (button.url or "").startswith(_SPOTIFY_URL):
                button.emoji = self._mark
        elif emoji.id is None:
            button.emoji = self._emoji.get(emoji.name, emoji)
        elif plain := _plain_emoji(emoji):
            # A button that was read from a message may have an icon that is not in use any more.
            button.emoji = self._emoji.get(plain, plain)
        elif button.label:
            button.emoji = self._mark

    async def _load(self, client: discord.Client) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                found = {emoji.name: emoji for emoji in await client.fetch_application_emojis()}
                mark = found.get(SPOTIFY_MARK)
                icons = {
                    plain: await self._upload(client, ICON_NAMES[plain], found)
                    for plain in ICON_NAMES
                }
        except Exception as error:  # plain emoji do as well
            _log.info("buttons keep plain emoji: %s", type(error).__name__)
            return
        self._mark = _partial(mark) if mark else None
        self._emoji = icons

    async def _upload(
        self, client: discord.Client, name: str, found: Mapping[str, discord.Emoji]
    ) -> discord.PartialEmoji:
        """The emoji of an icon, which is uploaded if Discord does not have it."""
        image = self._images[name]
        emoji_name = f"{name}_{hashlib.sha256(image).hexdigest()[:_HASH_LENGTH]}"
        emoji = found.get(emoji_name)
        if emoji is None:
            emoji = await client.create_application_emoji(name=emoji_name, image=image)
        return _partial(emoji)


def _partial(emoji: discord.Emoji) -> discord.PartialEmoji:
    return discord.PartialEmoji(name=emoji.name, id=emoji.id)


def _plain_emoji(icon: discord.PartialEmoji) -> str:
    """The plain emoji that an icon replaces; empty for another application emoji."""
    name = icon.name[: -_HASH_LENGTH - 1]
    return next((plain for plain, icon_name in ICON_NAMES.items() if icon_name == name), "")
