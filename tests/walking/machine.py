"""Commands and presses, devices and clocks, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Self

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sandbox.discord.world import Post
from sandbox.readable import BUTTON, SELECT, SELECTS, walk
from sandbox.spotify import Device, Player
from tests.linking.steps import Steps
from tests.walking.place import USERS, House, World
from tests.walking.steps import how_long, lines, season, spices
from tests.walking.watch import Act, Watch

# Seconds between two things that are done: sooner, they were a double press.
BETWEEN = 1.0
# Nothing here is about links.
# What discord.py calls the tasks of commands and presses.
INVOKED = ("CommandTree-invoker", "discord-ui-")
NOT_PRESSED = ("login:", "unlink:")
SHARER = "grace"
PLACES = {"ada": ("music", "music", "dm"), "mallory": ("music", "music", "dm")}
MOMENTS = (2.0, 5.0, 20.0, 20.0, 70.0, 70.0, 150.0, 150.0, 400.0, 1000.0, 3600.0)

users = st.sampled_from((*USERS[:3] * 4, USERS[3]))
number = st.integers(0, 999)
step = Steps()

Choice = tuple[Post, str, str | None, int]


class Machine(RuleBasedStateMachine):
    world: World
    kind: type[House]

    @classmethod
    def at(cls, world: World, kind: type[House] = House) -> type[Self]:
        """This machine, in a world of its own, with a house of this kind."""
        return type(cls.__name__, (cls,), {"world": world, "kind": kind})

    def __init__(self) -> None:
        super().__init__()
        world = self.world
        world.reset()
        records = list(world.spotify.catalogue.albums.values())
        for user, record in zip(("ada", "grace", "mallory"), records[3:], strict=False):
            self._player(user).start(context=record.uri, at=1, position=20_000)
        self.asleep: dict[str, list[Device]] = {user: [] for user in USERS}
        self.house = self.kind(world.clock, world.discord, world.spotify, world.settings)
        world.run(self.house.start())
        self.watch = Watch(world)

    @initialize()
    def it_begins(self) -> None:
        """Everybody plays and has a panel, and one of them shows what they do."""
        assert self.house.bot is not None
        self.world.run(self.house.bot.replies.share(self.world.user_id(SHARER), True))
        self.watch.model.shares.add(SHARER)
        for user in USERS[:3]:
            self._act(Act(user, "/now"), 0)

    def teardown(self) -> None:
        self.world.run(self.house.stop())

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        step.take(self, data)

    # ---- what people do

    @step(14, user=users, place=number, line=lines, spice=spices)
    def types(self, user: str, place: int, line: str, spice: str) -> None:
        self.world.run(self._pass(BETWEEN))
        self._act(Act(user, line, spice=spice), place)

    @step(
        14,
        lambda self: any(self.choices(user, "music") for user in USERS),
        user=users,
        place=number,
        which=number,
        spice=st.one_of(spices, spices, spices, st.just("twice")),
    )
    def presses(self, user: str, place: int, which: int, spice: str) -> None:
        """Any button or choice of any message that they see, the newest more often."""
        self.world.run(self._pass(BETWEEN))
        found = self.choices(user, _place(user, place))
        if found:
            post, custom_id, value, select = found[which * which // 999 % len(found)]
            act = Act(user, pressed=post, custom_id=custom_id, spice=spice)
            self._act(act, place, value, select)

    @step(1, user=users, whom=users)
    def looks_at(self, user: str, whom: str) -> None:
        seat = self.world.discord.seat(user, "music")
        self.watch.look()
        self.world.run(self._do([seat.menu("What are they playing?", user=whom)]))
        self.watch.check(Act(user, "menu"))

    # ---- what happens by itself

    @step(5, seconds=st.sampled_from(MOMENTS))
    def time_passes(self, seconds: float) -> None:
        self.watch.look()
        self.world.run(self._pass(seconds))
        self.watch.check(Act())

    @step(2, user=users, how=st.sampled_from(("play", "pause", "next", "louder", "start")))
    def they_use_spotify_itself(self, user: str, how: str) -> None:
        player = self._player(user)
        awake = [device for device in player.devices if device.id]
        if how == "start" and awake:
            record = list(self.world.spotify.catalogue.albums.values())[7]
            player.start(context=record.uri, device=awake[-1])
        elif player.device is None or player.item is None:
            return
        match how:
            case "play":
                player.resume()
            case "pause":
                player.pause()
            case "next" if player.coming():
                player.next()
            case "louder" if player.device and player.device.volume is not None:
                player.set_volume(player.device, 77)
        self.watch.model.astray.add(user)

    @step(2, user=users, how=st.sampled_from(("sleeps", "sleeps", "idles", "wakes", "wakes")))
    def a_device(self, user: str, how: str) -> None:
        player = self._player(user)
        if how == "sleeps" and player.device is not None:
            self.asleep[user].append(player.fall_asleep())
        elif how == "idles":
            player.device = None
        elif how == "wakes" and self.asleep[user]:
            player.devices.append(self.asleep[user].pop())
        self.watch.model.astray.add(user)

    @step(2, user=users)
    def an_ad_begins_or_ends(self, user: str) -> None:
        player = self._player(user)
        player.interlude = None if player.interlude or not player.is_playing else "ad"
        self.watch.model.astray.add(user)

    @step(1, user=users, seeking=st.booleans())
    def something_is_forbidden(self, user: str, seeking: bool) -> None:
        player = self._player(user)
        if player.forbidden:
            player.forbid()
        else:
            player.forbid("seeking" if seeking else "toggling_shuffle")
        self.watch.model.astray.add(user)

    @step(1)
    def the_bot_is_restarted(self) -> None:
        self.world.run(self.house.restart())
        self.watch.model.latest.clear()
        self.watch.look()

    # ---- within

    def _player(self, user: str) -> Player:
        return self.world.spotify.accounts[user].player

    def choices(self, user: str, place: str) -> list[Choice]:
        """All that this user can press or pick there, of the newest messages first."""
        channel = self.world.discord.world.channel(self.world.discord.world.users[user], place)
        found: list[Choice] = []
        for post in reversed(channel.posts[-30:]):
            if post.visible_to(self.world.discord.world.users[user]):
                found += _choices(post)
        return found

    def _act(self, act: Act, place: int, value: str | None = None, select: int = 0) -> None:
        seat = self.world.discord.seat(act.user, _place(act.user, place))
        times = 2 if act.spice == "twice" and act.pressed else 1
        self.watch.look()
        season(self.world.spotify, act.spice)
        self.world.discord.duplicate_interactions = act.spice == "duplicate"
        if act.pressed is None:
            works = [seat.run(act.line)]
        elif value is None:
            works = [seat.press(act.pressed.data, act.custom_id) for _ in range(times)]
        else:
            works = [seat.pick(act.pressed.data, value, select=select) for _ in range(times)]
        self.world.run(self._do(works))
        if act.custom_id in ("set:replies:on", "set:replies:off"):
            shares = self.watch.model.shares
            (shares.add if act.custom_id.endswith("on") else shares.discard)(act.user)
        self.watch.check(act)
        self.world.calm()
        self.world.discord.duplicate_interactions = False
        if seconds := how_long(act.spice):
            self.world.run(self._pass(seconds))
            self.watch.look()

    async def _do(self, works: Sequence[Coroutine[Any, Any, object]]) -> None:
        await asyncio.gather(*works)
        await self._settle()

    async def _pass(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        await self._settle()

    async def _settle(self) -> None:
        """Let all end that is under way."""
        bot = self.house.bot
        assert bot is not None
        while True:
            for _ in range(12):
                await _turn()
            tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith(INVOKED)]
            tasks += bot.panels._tasks
            if not tasks:
                return
            await asyncio.gather(*tasks, return_exceptions=True)


def _choices(post: Post) -> list[Choice]:
    found: list[Choice] = []
    selects = 0
    for part in walk(post.data):
        custom_id = part.get("custom_id", "")
        usable = custom_id and not part.get("disabled") and not custom_id.startswith(NOT_PRESSED)
        if part["type"] == BUTTON and usable:
            found.append((post, custom_id, None, 0))
        if part["type"] == SELECT and usable:
            found += [(post, custom_id, one["value"], selects) for one in part["options"][:3]]
        selects += part["type"] in SELECTS
    return found


def _place(user: str, which: int) -> str:
    places = PLACES.get(user, ("music",))
    return places[which % len(places)]


async def _turn() -> None:
    """Whatever can happen now happens."""
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned
