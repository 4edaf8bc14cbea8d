"""A small bot on real discord.py with a command of each kind, for tests of the simulators."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import Interaction, app_commands
from discord.ext import commands

from sandbox.discord import Discord
from tests.simulators.discord_bot_extras import inspect, measure, retract
from tests.simulators.discord_bot_views import Card, Panel, Survey

ALL_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
ContextMenu = app_commands.ContextMenu
ALL_INSTALLATIONS = app_commands.AppInstallationType(guild=True, user=True)


class SmallBot(commands.AutoShardedBot):
    """Has a command of each kind. `heard` has the interactions that reached it.

    `errors` has what its commands raised; `/hang` sets `hanging` and waits for `released`.
    The choices of `/spell` for a text in `held` wait for its event.
    """

    def __init__(self) -> None:
        super().__init__(
            "!",
            intents=discord.Intents(guilds=True),
            max_messages=None,
            guild_ready_timeout=0,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_contexts=ALL_CONTEXTS,
            allowed_installs=ALL_INSTALLATIONS,
        )
        self.received: list[Interaction] = []
        self.errors: asyncio.Queue[Exception] = asyncio.Queue()
        self.held: dict[str, asyncio.Event] = {}
        self.hanging, self.released = asyncio.Event(), asyncio.Event()
        self.tree.error(self._error)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library waits five seconds here before it identifies again."""

    async def setup_hook(self) -> None:
        self.add_view(Panel())
        everything: list[app_commands.Command[Any, ..., Any] | ContextMenu | app_commands.Group]
        everything = [panel, slow, tell, song, card, shout, plain, hang, survey]
        everything += [queue, quote, greet, inspect, measure, retract, spell]
        for command in everything:
            self.tree.add_command(command)
        await self.tree.sync()

    async def on_interaction(self, interaction: Interaction) -> None:
        self.received.append(interaction)

    async def _error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        cause = error.__cause__
        self.errors.put_nowait(cause if isinstance(cause, Exception) else error)


@app_commands.command()
async def panel(interaction: Interaction) -> None:
    """Show buttons."""
    await interaction.response.send_message("Stopped", view=Panel())


@app_commands.command()
async def slow(interaction: Interaction, private: bool = False) -> None:
    """Think, answer, and go on."""
    await interaction.response.defer(ephemeral=private)
    file = discord.File(io.BytesIO(b"a,b\n"), "songs.csv")
    await interaction.edit_original_response(content="Half", attachments=[file])
    await interaction.edit_original_response(content="Done")
    await interaction.followup.send("And more")


@app_commands.command()
async def tell(interaction: Interaction) -> None:
    """Write a DM."""
    try:
        await interaction.user.send("Psst")
    except discord.Forbidden as error:
        await interaction.response.send_message(f"closed: {error.code}", ephemeral=True)
    else:
        await interaction.response.send_message("Sent", ephemeral=True)


@app_commands.command()
async def song(interaction: Interaction, name: str, times: int = 1) -> None:
    """Name a song."""
    await interaction.response.send_message(f"{name} x {times}")


@song.autocomplete("name")
async def _names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    names = [name for name in ("Lantern", "Landslide", "Moon") if current.lower() in name.lower()]
    return [app_commands.Choice(name=name, value=f"id:{name}") for name in names]


@app_commands.command()
async def card(interaction: Interaction) -> None:
    """Show a layout."""
    file = discord.File(io.BytesIO(b"x"), "lyrics.txt")
    await interaction.response.send_message(view=Card("lyrics.txt"), file=file)


@app_commands.command()
async def shout(interaction: Interaction, who: str, quietly: bool = False) -> None:
    """Say a name aloud."""
    allowed = discord.AllowedMentions.none() if quietly else discord.AllowedMentions.all()
    await interaction.response.send_message(f"Hey {who}", allowed_mentions=allowed)


@app_commands.command()
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def plain(interaction: Interaction) -> None:
    """A command for servers."""
    await interaction.response.send_message("Here")


@app_commands.command()
async def hang(interaction: Interaction) -> None:
    """Answer only when told to."""
    bot = interaction.client
    assert isinstance(bot, SmallBot)
    bot.hanging.set()
    await bot.released.wait()
    await interaction.response.send_message("At last")


@app_commands.command()
async def spell(interaction: Interaction, word: str, times: app_commands.Range[int, 1, 3]) -> None:
    """Say a word."""
    await interaction.response.send_message(word * times)


@spell.autocomplete("word")
async def _words(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    bot = interaction.client
    assert isinstance(bot, SmallBot)
    if current in bot.held:
        await bot.held[current].wait()
    return [app_commands.Choice(name=f"{current}…", value=current)]


@app_commands.command()
async def survey(interaction: Interaction) -> None:
    """Open a form."""
    await interaction.response.send_modal(Survey())


queue = app_commands.Group(name="queue", description="The queue")


@queue.command(name="add")
@app_commands.choices(where=[app_commands.Choice(name="At the end", value="end")])
async def _add(
    interaction: Interaction, what: str, now: bool = False, where: str = "front"
) -> None:
    """Put a song into the queue."""
    await interaction.response.send_message(f"{what}, now={now}, where={where}")


@app_commands.context_menu(name="Quote this")
async def quote(interaction: Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"{message.author.name}: {message.content}")


@app_commands.context_menu(name="Greet")
async def greet(interaction: Interaction, user: discord.User) -> None:
    await interaction.response.send_message(f"Hello {user.display_name}")


@asynccontextmanager
async def run_bot(discord_server: Discord, bot: SmallBot) -> AsyncIterator[SmallBot]:
    """Run the bot with the simulated Discord until the end of the block."""
    route, websocket = discord.http.Route, discord.gateway.DiscordWebSocket
    real = route.BASE, websocket.DEFAULT_GATEWAY
    route.BASE, websocket.DEFAULT_GATEWAY = (
        discord_server.url,
        yarl.URL(discord_server.gateway.resume_url),
    )
    life = asyncio.create_task(bot.start(discord_server.token))
    discord_server.changes.bot_task = life
    try:
        await discord_server.wait_until_ready()
        yield bot
    finally:
        discord_server.changes.bot_task = None
        await bot.close()
        await asyncio.gather(life, return_exceptions=True)
        route.BASE, websocket.DEFAULT_GATEWAY = real
