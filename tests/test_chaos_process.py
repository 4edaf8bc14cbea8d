"""The real program is killed ten times under load, while Spotify replaces all refresh tokens."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.discord import UserClient
from sandbox.harness import Harness, bot_environment, run_harness
from tests.program import run_program
from tests.test_chaos import Chaos, Machine

PEOPLE, KILLS, MAX_CALLS = 8, 10, 40
# What people do again and again, so that the caches are full after the first rounds.
_LINES = ("/now", "/queue add what:harbour", "/search lantern", "/settings", "/volume +1", "/undo")
WARM_UP, LOAD = 10, 25  # rounds
# MiB that the load may add: much less than 5 KB for each command.
MAX_GROWTH = 6.0


class StillClock(Clock):
    """The time of the services: no deadline of theirs passes because the machine is slow."""

    def monotonic(self) -> float:
        return self._advanced


class ProcessChaos(Chaos):
    """People who use a real process, on the database and the services of a harness."""

    def __init__(self, harness: Harness) -> None:
        super().__init__(harness, Machine())
        folder = harness.settings.database.parent
        self.environ = bot_environment(harness.discord, harness.spotify, folder) | {
            "SPOTIFY_DAILY_CALLS": "1000000",
            "LOG_LEVEL": "error",  # nobody reads the pipe before the end
        }

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Process]:
        discord = self.harness.discord
        async with run_program(Path(self.environ["DATABASE"]).parent, self.environ) as process:
            discord.changes.bot_task = asyncio.ensure_future(process.wait())
            try:
                await discord.wait_until_ready(timeout=60)
                yield process
            finally:
                discord.changes.bot_task = None

    async def use_until_killed(self, process: Process) -> None:
        """Everybody uses the bot, which is killed when a certain call arrives at Spotify."""

        def kill() -> None:
            self._killed.set()
            process.kill()

        async def use() -> None:
            while not self._killed.is_set():
                await self.act()

        self._killed = asyncio.Event()
        self.harness.spotify.on(" /v1/", kill, after=self.rng.randrange(MAX_CALLS))
        async with asyncio.TaskGroup() as group:
            for _ in range(PEOPLE):
                group.create_task(use())
        await process.wait()

    async def repeat(self, rounds: int) -> None:
        """Everybody sends the same commands, so many times."""

        async def use(user: UserClient) -> None:
            for line in _LINES * rounds:
                await user.run(line)

        async with asyncio.TaskGroup() as group:
            for user in self.users.values():
                group.create_task(use(user))

    def refresh_tokens(self) -> dict[str, str]:
        """By account."""
        consents = self.harness.spotify.tokens._consents.values()
        return {each.account: each.refresh_token for each in consents}

    async def link_again(self, before: Mapping[str, str], used: Collection[str | None]) -> None:
        """Those who lost their link link again.

        before  the refresh tokens before the last process
        used    the accounts of which Spotify got a call with a token of the last process
        """
        now = self.refresh_tokens()
        for name, user in self.users.items():
            text = (await user.run("/now")).text
            if "isn’t responding" in text:  # the third refusal in a row looks like an outage
                text = (await user.run("/now")).text
            if "On Spotify" in text:
                continue
            assert "login has ended" in text, text
            # Spotify has replaced the token in the very moment of the kill.
            assert now[name] != before[name], f"the link of {name} was lost"
            assert name not in used, f"the new token of {name} was used before it was stored"
            await self.harness.link_in_browser(name, place="dm")


def _memory(process: Process) -> float:
    """The resident memory in MiB (Linux)."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@pytest.mark.slow
async def test_ten_kills_lose_no_token_in_use_and_the_last_process_does_not_grow() -> None:
    async with run_harness(clock=StillClock()) as harness:
        chaos, spotify = ProcessChaos(harness), harness.spotify
        for number in range(PEOPLE):
            await chaos.add_person(number)
        await harness.stop()
        spotify.oauth.refresh_token_reply = "new"
        before, used = chaos.refresh_tokens(), set[str | None]()
        for _ in range(KILLS):
            async with chaos.run() as process:
                await chaos.link_again(before, used)
                # From here on, each account is renewed once.
                spotify.tokens.expire_access_tokens()
                before, calls = chaos.refresh_tokens(), len(spotify.calls)
                await chaos.use_until_killed(process)
            used = {call.account for call in spotify.calls[calls:] if call.status != 401}
        async with chaos.run() as process:
            await chaos.link_again(before, used)
            await chaos.repeat(WARM_UP)
            warm = _memory(process)
            await chaos.repeat(LOAD)
            assert _memory(process) < warm + MAX_GROWTH
        writes = [attempt for attempt in chaos.attempts if attempt.kind != "read"]
        for attempt in writes:
            least, most = attempt.least_and_most
            assert least <= chaos.times_done(attempt) <= most, attempt
        assert len([attempt for attempt in chaos.attempts if attempt.told is None]) >= KILLS
