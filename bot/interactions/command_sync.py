"""Writes the commands to Discord, which limits how often a bot may do that, and reads their IDs."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.errors.storage import StorageError
from bot.interactions.discord_errors import DISCORD_ERRORS, OUR_MISTAKES, code_of
from bot.interactions.mentions import CommandMentions
from bot.store import Store

_log = logging.getLogger(__name__)

# Seconds for one attempt, and seconds that the bot's start waits for the first attempt.
ATTEMPT_TIMEOUT, START_TIMEOUT = 60.0, 5.0
# Seconds until the second attempt. Each later wait is twice as long, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 60.0, 6 * 3600.0

# The key in the store for Discord's last problem with the commands; its value is empty if none.
PROBLEM_NOTE = "commands refused"


class CommandSync:
    """Writes the commands if they have changed since they were last written.

    If Discord refuses them, users keep the commands that it accepted last, and a later attempt
    follows.

    problem  why Discord refused the commands the last time, such as "503"; else empty
    """

    def __init__(
        self,
        store: Store,
        mentions: CommandMentions,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.problem = ""
        self._retry_after = 0.0
        self._store = store
        self._mentions = mentions
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    async def start(self, tree: app_commands.CommandTree[Any]) -> None:
        """Start, and wait at most START_TIMEOUT for the first attempt."""
        attempted = asyncio.Event()
        self._task = asyncio.create_task(self._run(tree, attempted))
        waiting = asyncio.ensure_future(attempted.wait())
        await asyncio.wait(
            {self._task, waiting}, timeout=START_TIMEOUT, return_when=asyncio.FIRST_COMPLETED
        )
        waiting.cancel()

    async def close(self) -> None:
        """Stop trying."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, tree: app_commands.CommandTree[Any], attempted: asyncio.Event) -> None:
        wait = FIRST_WAIT
        while True:
            has_commands = await self._attempt(tree)
            if not self._mentions.known:
                await self._read_ids(tree)
            attempted.set()
            if has_commands and self._mentions.known:
                return
            seconds = max(wait, self._retry_after)
            if not has_commands:
                _log.warning(
                    "Discord did not take the commands (%s). Users have the earlier ones. "
                    "The next attempt is in %.0f minutes.",
                    self.problem,
                    seconds / 60,
                )
            await self._sleep(seconds)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _attempt(self, tree: app_commands.CommandTree[Any]) -> bool:
        """Whether Discord has the commands now."""
        self._retry_after = 0.0
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT):
                await self._write(tree)
        except DISCORD_ERRORS as error:
            self.problem = _describe(error)
            if isinstance(error, discord.RateLimited):
                self._retry_after = error.retry_after
        except StorageError as error:
            _log.warning("cannot remember which commands Discord has: %s", error)
            return True
        else:
            self.problem = ""
        await self._note_problem()
        return not self.problem

    async def _write(self, tree: app_commands.CommandTree[Any]) -> None:
        payload = [command.to_dict(tree) for command in tree.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        key = f"commands of {tree.client.application_id}"
        if await self._store.get_meta(key) != digest:
            self._mentions.learn(await tree.sync())
            await self._store.set_meta(key, digest)
            _log.info("wrote %d commands to Discord", len(payload))

    async def _read_ids(self, tree: app_commands.CommandTree[Any]) -> None:
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT):
                self._mentions.learn(await tree.fetch_commands())
        except DISCORD_ERRORS as error:
            _log.info("replies do not mention commands yet: %s", type(error).__name__)

    async def _note_problem(self) -> None:
        """Store the problem for other programs, if it has changed."""
        try:
            if (await self._store.get_meta(PROBLEM_NOTE) or "") != self.problem:
                await self._store.set_meta(PROBLEM_NOTE, self.problem)
        except StorageError as error:
            _log.warning("cannot store what Discord said about the commands: %s", error)


def _describe(error: Exception) -> str:
    """The HTTP status, with Discord's text if the commands are malformed; else the class."""
    if code_of(error) in OUR_MISTAKES:
        return str(error)
    return str(error.status) if isinstance(error, discord.HTTPException) else type(error).__name__
