"""The connection to Discord: its options, and the timeouts of requests and of closing."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket

from bot.interactions.components import skip_view_of_pressed_message
from bot.interactions.discord_errors import DISCORD_ERRORS, UnconfirmedResponses
from bot.interactions.sharding import Sharding

# Seconds for one request to Discord: in all, to connect, and between two reads of the response.
# Replies have shorter timeouts: see `bot.interactions.responses`.
REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=60.0, sock_connect=5.0, sock_read=15.0)
# The longest wait for Discord's rate limit, in seconds. A request that must wait longer fails.
MAX_RATE_LIMIT_WAIT = 30.0
# Seconds to close the gateway properly, and then to abort its connection.
CLOSE_TIMEOUT, CUT_TIMEOUT = 0.4, 0.2

# Hide two warnings of discord.py: about missing modules for voice, which the bot does not use,
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False
# and about the guild cache without the guilds intent, which the bot does not read.
logging.getLogger("discord.state").addFilter(
    lambda record: not record.getMessage().startswith("Guilds intent seems to be disabled")
)

# discord.py logs a traceback if Discord refuses autocomplete choices. That is normal: the user
# types on, or Discord is busy.
logging.getLogger("discord.app_commands.tree").addFilter(
    lambda record: not (record.exc_info and isinstance(record.exc_info[1], DISCORD_ERRORS))
)


def _shorten(record: logging.LogRecord) -> bool:
    """Replace the traceback of a failed connection, which the library tries again, by its class."""
    if record.exc_info:
        error = record.exc_info[1]
        status = getattr(error, "status", "")
        record.msg = f"{record.getMessage()} ({type(error).__name__} {status}".rstrip() + ")"
        record.args, record.exc_info = (), None
    return True


logging.getLogger("discord.shard").addFilter(_shorten)


class Connection(commands.AutoShardedBot):
    """discord.py's bot. Unlike Bot, AutoShardedBot tries again if its first connection fails.

    unconfirmed  the first responses that Discord may have accepted although their request failed
    """

    def __init__(
        self, tree: type[app_commands.CommandTree[commands.AutoShardedBot]], sharding: Sharding
    ) -> None:
        self._sharding = sharding
        self.unconfirmed = UnconfirmedResponses()
        self._connected_shards: set[int] = set()
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=tree,
            intents=discord.Intents.none(),  # interactions need none
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            http_trace=self.unconfirmed.trace_config(),
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT,
        )
        skip_view_of_pressed_message(self)

    @property
    def is_connected(self) -> bool:
        """Whether Discord's gateway delivers interactions, over all shards."""
        expected = set(self._connection.shard_ids)  # those that are not launched yet, too
        return bool(expected) and self._connected_shards >= expected

    async def on_shard_connect(self, shard_id: int) -> None:
        # It has got READY. "shard_ready" comes two seconds later, for servers that nobody reads.
        self._connected_shards.add(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._connected_shards.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        self._connected_shards.discard(shard_id)

    async def setup_hook(self) -> None:
        # discord.py 2.7.1 uses aiohttp's timeout of five minutes, and has no option for it.
        self.http._HTTPClient__session._timeout = REQUEST_TIMEOUT  # type: ignore[attr-defined]
        # After a session that cannot be resumed, discord.py 2.7.1 connects to this attribute and
        # not to the address it was given.
        try:
            shards, gateway, limit = await self.http.get_bot_gateway()
        except (LookupError, TypeError, ValueError) as error:
            raise discord.GatewayNotFound from error
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        if chosen := await self._sharding.choose(shards, dict(limit)):
            self.shard_count, self.shard_ids = chosen

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        await self._sharding.wait_to_identify(shard_id, initial=initial)

    async def close(self) -> None:
        """Close the connection within CLOSE_TIMEOUT + CUT_TIMEOUT, even without an answer."""
        closing = asyncio.ensure_future(super().close())
        await asyncio.wait({closing}, timeout=CLOSE_TIMEOUT)
        if not closing.done():
            await self.http.close()
            await asyncio.wait({closing}, timeout=CUT_TIMEOUT)
            closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
