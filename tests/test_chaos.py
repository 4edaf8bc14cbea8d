"""Thirty people use the bot for ten simulated minutes: everything fails in turn, and ten kills."""

from __future__ import annotations

import asyncio
import gc
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import discord
import pytest
from discord import ui

from bot.store.sqlite_connections import Connections
from sandbox.discord import UserClient
from sandbox.discord.awaiting_reply import NoResponse
from sandbox.discord.state import DM, Channel, User
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.notifier import BotExited
from sandbox.spotify import generated_uri
from sandbox.spotify.devices import Device
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.spotify_client.network import FixedRandom
from tests.storage_health import maintain

PEOPLE, ROUNDS, ROUND_SECONDS, AT_ONCE = 30, 60, 10.0, 6
KILL_EVERY = 6
# Allows for what is in progress, and for objects that the garbage collector has not reached.
MAX_GROWTH = 20

# What people read after a write: it is done, it may be done, or it is not done.
_DONE = re.compile("^(-# )?(Queued|Added to|Now in|Already in)")
_UNKNOWN = re.compile("Not sure|may be done|may not have|Check before")


@dataclass
class Attempt:
    """A write that somebody asked for. `told` is what they read; None: the bot was killed."""

    user: str
    kind: str
    uri: str
    told: str | None = None

    @property
    def least_and_most(self) -> tuple[int, int]:
        """How often the write may have taken effect."""
        if self.told is not None and _DONE.search(self.told):
            return 1, 1
        return (0, 1) if self.told is None or _UNKNOWN.search(self.told) else (0, 0)


@dataclass
class Machine:
    """The machine of the bot: its disk outlives a kill."""

    disk: SimulatedDisk = field(default_factory=SimulatedDisk)

    @asynccontextmanager
    async def connect(self, path: Path) -> AsyncIterator[Connections]:
        async with connect_to(self.disk)(path) as connections:
            yield connections


class Chaos:
    def __init__(self, harness: Harness, machine: Machine) -> None:
        self.harness = harness
        self.machine = machine
        self.rng = random.Random(1)
        self.attempts: list[Attempt] = []
        self.users: dict[str, UserClient] = {}
        self.playlists: dict[str, str] = {}
        self._uris = iter(map(generated_uri, range(100_000)))
        self._killed = asyncio.Event()
        self._round_began = 0.0

    async def add_person(self, number: int) -> None:
        """Somebody on Discord who is linked to an account with a playlist of their own."""
        name, spotify, state = f"user{number}", self.harness.spotify, self.harness.discord.state
        phone = Device(f"{number:0>40}", "Phone", "Smartphone")
        spotify.apps[spotify.client_id].allowed_accounts.add(name)
        account = spotify.state.add_account(name, premium=True, devices=[phone])
        context = next(iter(spotify.catalogue.albums.values())).uri
        account.player.play(context=context, index=1, position=1_000, device=phone)
        state.users[name] = user = User(state.snowflake(), name, name.title())
        channel = Channel(state.snowflake(), "dm", DM, (user,))
        state.channels[channel.id] = channel
        self.users[name] = await self.harness.link_account(name, place="dm")
        self.playlists[name] = spotify.state.add_playlist(f"Mix {number}", name).uri

    async def act(self) -> None:
        """Something that a random person does; a write is noted before it is asked for."""
        name = self.rng.choice(list(self.users))
        uri = next(self._uris)
        link = f"https://open.spotify.com/track/{uri.rpartition(':')[2]}"
        kind, line = self.rng.choice(
            (
                ("queue", f"/queue add what:{link}"),
                ("save", f"/save what:{link}"),
                ("add", f"/playlist add what:{link} to:{self.playlists[name]}"),
                ("read", "/now"),
                ("read", f"/search harbour {len(self.attempts)}"),
                ("read", "/settings"),
                ("read", "/devices"),
            )
        )
        attempt = Attempt(name, kind, uri)
        self.attempts.append(attempt)
        killed = self._killed
        try:
            reply = await self.users[name].run(line)
        except (NoResponse, TimeoutError, BotExited):
            assert killed.is_set(), f"{line} got no answer"
            return
        attempt.told = reply.text
        assert attempt.told or killed.is_set(), f"{line} got no answer"

    async def kill(self) -> None:
        """End the bot: it sends nothing more, and the next one finds what it has written."""
        harness, self.machine.disk = self.harness, self.machine.disk.after_kill()
        cut = [
            each.faults.add(Fault(action="reset", times=None))
            for each in (harness.discord, harness.spotify)
        ]
        self._killed.set()
        await harness.discord.gateway.drop_connections()
        await harness.stop()
        for fault in cut:
            fault.times = 0
        self._killed = asyncio.Event()

    async def begin_trouble(self, number: int) -> None:
        """What goes wrong from this round on."""
        spotify, disk = self.harness.spotify, self.machine.disk
        if number % 12 == 3:
            disk.fill()
        if number % 12 == 8:
            disk.repair()
        spotify.faults.clear()
        if number % 10 in (4, 5):
            for fault in (
                Fault("/v1/", probability=0.2, times=None, status=503),
                Fault("/v1/", probability=0.1, times=None, status=502, runs_first=True),
                Fault("/v1/", probability=0.1, times=None, action="reset", runs_first=True),
            ):
                spotify.faults.add(fault)
        if number % 30 == 13:
            spotify.add_rate_limit(15)
        if number % 15 == 9:
            self.harness.clock.step(self.rng.choice((-7200, 7200, 90_000)))
        if number % 5 == 1:
            spotify.tokens.expire_access_tokens()

    async def round(self, number: int, *, kills: bool) -> None:
        """What six people do at once, with the trouble of this round."""
        await self.begin_trouble(number)
        self._round_began = self.harness.clock()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self.act())
            before = self.harness.discord.changes.version
            await self.harness.discord.changes.wait_for_change(before)
            if number % 7 == 2:
                await self.drop_gateway()
            if kills and number % KILL_EVERY == KILL_EVERY - 1:
                await self.kill()
        if not self.harness.is_running:
            await self.start()
        await maintain(self.harness)
        self.harness.clock.advance(ROUND_SECONDS)

    async def drop_gateway(self) -> None:
        """Drop the connection once everybody's command has arrived, and wait for the next one."""
        discord_, since = self.harness.discord, self._round_began
        await discord_.changes.wait_until(
            lambda: all(
                each.response_type is not None
                for each in discord_.interactions.all()
                if each.created_at >= since
            )
        )
        resumes = discord_.gateway.resumes
        await discord_.gateway.drop_connections()
        await discord_.changes.wait_until(lambda: discord_.gateway.resumes > resumes)

    async def start(self) -> None:
        """The operator makes room, since no bot starts on a full disk."""
        self.machine.disk.repair()
        await self.harness.start()

    def times_done(self, attempt: Attempt) -> int:
        """How often the write took effect at Spotify."""
        spotify = self.harness.spotify
        match attempt.kind:
            case "queue":
                return len(
                    [
                        call
                        for call in spotify.calls_to("POST", "me/player/queue")
                        if call.executed and call.query["uri"] == attempt.uri
                    ]
                )
            case "save":
                liked = spotify.accounts[attempt.user].liked
                return [uri for uri, _ in liked].count(attempt.uri)
            case "add":
                playlist = spotify.state.playlists[self.playlists[attempt.user].split(":")[2]]
                return [item.uri for item in playlist.items].count(attempt.uri)
        return 0

    async def quiet(self) -> Counter[str]:
        """End all trouble, and let a day pass; the live objects of which a leak has more then."""
        self.harness.spotify.faults.clear()
        self.machine.disk.repair()
        self.harness.clock.advance(90_000)
        await maintain(self.harness)
        gc.collect()
        kinds = ui.View, ui.LayoutView, discord.Interaction, discord.Message, aiohttp.ClientSession
        live = [each for each in gc.get_objects() if isinstance(each, kinds)]
        return Counter(type(each).__name__ for each in [*live, *asyncio.all_tasks()])


@pytest.mark.slow
async def test_ten_minutes_of_chaos_lose_no_link_and_double_no_write() -> None:
    machine = Machine()
    async with run_harness(
        connect_database=machine.connect,
        rng=FixedRandom(0.001),
        shutdown_timeout=0.0,
        SPOTIFY_DAILY_CALLS="100000",
    ) as harness:
        chaos = Chaos(harness, machine)
        for number in range(PEOPLE):
            await chaos.add_person(number)
        for number in range(ROUNDS):
            await chaos.round(number, kills=True)
        await chaos.quiet()
        for user in chaos.users.values():
            assert "On Spotify" in (await user.run("/now")).text  # no link is lost
        before = await chaos.quiet()
        for number in range(ROUNDS // 4):
            await chaos.round(number, kills=False)
        growth = await chaos.quiet() - before
        assert max(growth.values(), default=0) <= MAX_GROWTH, growth

        writes = [attempt for attempt in chaos.attempts if attempt.kind != "read"]
        for attempt in writes:
            least, most = attempt.least_and_most
            assert least <= chaos.times_done(attempt) <= most, attempt
        # Everything that the test is about has happened.
        assert len([attempt for attempt in chaos.attempts if attempt.told is None]) >= 10
        assert len([attempt for attempt in writes if attempt.least_and_most == (1, 1)]) >= 50
        for text in ("disk is full", "Too many requests", "isn’t responding", "Not sure"):
            assert any(text in (attempt.told or "") for attempt in chaos.attempts), text
