"""A bare discord.py bot, the peer of Tonearm: `python -m bench.bare_bot`.

Its commands make the calls to Spotify that Tonearm makes, in the same order and equally in
parallel, with bare aiohttp, and answer with as many requests to Discord. It imports the libraries
that Tonearm imports, so that their memory counts on both sides.

Environment: DISCORD_API_URL, DISCORD_TOKEN, SPOTIFY_API_URL; INTENTS, the gateway intents as a
number; and ACCESS_TOKENS, a JSON file with the Spotify access token of each Discord user.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

# What Tonearm imports besides.
for _name in (
    "aiohttp.web",
    "aiosqlite",
    "cachetools",
    "cryptography.hazmat.primitives.ciphers.aead",
    "discord.ext.commands",
    "discord.ext.tasks",
    "dotenv",
    "msgspec",
    "prometheus_client",
):
    import_module(_name)

DISCORD_API_URL = os.environ["DISCORD_API_URL"]
SPOTIFY_API_URL = os.environ["SPOTIFY_API_URL"]
ACCESS_TOKENS: dict[str, str] = json.loads(Path(os.environ["ACCESS_TOKENS"]).read_text())

_TRACK_URI = re.compile(r"spotify:track:\w+")


class BareBot(discord.AutoShardedClient):
    http_session: aiohttp.ClientSession

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents._from_value(int(os.environ["INTENTS"])))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        self.http_session = aiohttp.ClientSession()
        self.add_view(Controls())
        await self.tree.sync()

    async def close(self) -> None:
        await self.http_session.close()
        await super().close()

    async def spotify(self, user: discord.abc.User, method: str, path: str, **query: Any) -> Any:
        """The decoded response to a GET; None for other methods, and without a body."""
        headers = {"Authorization": f"Bearer {ACCESS_TOKENS[str(user.id)]}"}
        url = f"{SPOTIFY_API_URL}/{path}"
        async with self.http_session.request(
            method, url, params=query, headers=headers, raise_for_status=True
        ) as response:
            body = await response.read()
            return json.loads(body) if body and method == "GET" else None

    async def player_text(self, user: discord.abc.User) -> str:
        player = await self.spotify(user, "GET", "me/player", additional_types="track,episode")
        return f"{player['item']['name']} {player['item']['uri']}"

    async def is_liked(self, user: discord.abc.User, uri: str) -> bool:
        (liked,) = await self.spotify(user, "GET", "me/library/contains", uris=uri)
        return bool(liked)


Interaction = discord.Interaction[BareBot]


class Controls(ui.View):
    """The buttons below the reply of /now, which holds the URI of what plays."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Pause", custom_id="pause")
    async def pause(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await self._press(interaction, "me/player/pause")

    @ui.button(label="Resume", custom_id="resume")
    async def resume(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await self._press(interaction, "me/player/play")

    async def _press(self, interaction: Interaction, path: str) -> None:
        await interaction.response.defer()
        bot, user = interaction.client, interaction.user
        assert interaction.message is not None
        match = _TRACK_URI.search(interaction.message.content)
        assert match is not None
        _, liked = await asyncio.gather(
            bot.spotify(user, "PUT", path), bot.is_liked(user, match.group())
        )
        text = await bot.player_text(user)
        await interaction.edit_original_response(content=f"{text} {liked}", view=Controls())


bare_bot = BareBot()


@bare_bot.tree.command()
async def nothing(interaction: Interaction) -> None:
    """Answer at once."""
    await interaction.response.send_message("Nothing.", ephemeral=True)


@bare_bot.tree.command()
async def later(interaction: Interaction) -> None:
    """Defer, then answer."""
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send("Nothing.")


@bare_bot.tree.command()
async def pause(interaction: Interaction) -> None:
    """Pause, and say what is paused."""
    await interaction.response.defer(ephemeral=True)
    bot, user = interaction.client, interaction.user
    await bot.spotify(user, "PUT", "me/player/pause")
    await interaction.followup.send(await bot.player_text(user))


@bare_bot.tree.command()
async def now(interaction: Interaction) -> None:
    """Say what plays and whether it is liked, with buttons."""
    await interaction.response.defer(ephemeral=True)
    bot, user = interaction.client, interaction.user
    text = await bot.player_text(user)
    match = _TRACK_URI.search(text)
    assert match is not None
    liked = await bot.is_liked(user, match.group())
    await interaction.edit_original_response(content=f"{text} {liked}", view=Controls())


@bare_bot.tree.command()
async def play(interaction: Interaction, what: str) -> None:
    """Complete what is typed from the user's playlists and a search."""
    await interaction.response.send_message(what, ephemeral=True)


@play.autocomplete("what")
async def complete_what(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    bot, user = interaction.client, interaction.user
    playlists, found = await asyncio.gather(
        bot.spotify(user, "GET", "me/playlists", limit=50, offset=0),
        bot.spotify(
            user, "GET", "search", q=typed, type="track,album,artist,playlist,show", limit=6,
            offset=0,
        ),
    )  # fmt: skip
    items = [item for page in (playlists, *found.values()) for item in page["items"] if item]
    return [app_commands.Choice(name=it["name"][:100], value=it["uri"]) for it in items[:25]]


if __name__ == "__main__":
    Route.BASE = DISCORD_API_URL
    bare_bot.run(os.environ["DISCORD_TOKEN"], log_handler=None)
