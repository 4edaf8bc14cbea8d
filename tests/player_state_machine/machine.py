"""Commands and presses, devices and clocks, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Self

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sandbox.discord.state import Message
from sandbox.message_text import BUTTON, SELECT, SELECT_TYPES, walk_components
from sandbox.spotify import Device, Player
from tests.login_state_machine.weighted_steps import WeightedSteps
from tests.player_state_machine.input_strategies import (
    apply_disturbance,
    command_lines,
    disturbances,
    recovery_time,
)
from tests.player_state_machine.invariants import PlayerInvariants, UserAction
from tests.player_state_machine.player_app import USERS, PlayerApp, PlayerEnvironment

# Seconds between two things that are done: sooner, they were a double press.
SECONDS_BETWEEN_ACTIONS = 1.0
# Nothing here is about links.
# What discord.py calls the tasks of commands and presses.
BOT_TASK_PREFIXES = ("CommandTree-invoker", "discord-ui-")
EXCLUDED_BUTTON_PREFIXES = ("login:", "unlink:")
SHARING_USER = "grace"
CHANNELS_OF_USER = {"ada": ("music", "music", "dm"), "mallory": ("music", "music", "dm")}
INTERVALS_S = (2.0, 5.0, 20.0, 20.0, 70.0, 70.0, 150.0, 150.0, 400.0, 1000.0, 3600.0)

users = st.sampled_from((*USERS[:3] * 4, USERS[3]))
indexes = st.integers(0, 999)
step = WeightedSteps()

Option = tuple[Message, str, str | None, int]


class PlayerStateMachine(RuleBasedStateMachine):
    env: PlayerEnvironment
    app_class: type[PlayerApp]

    @classmethod
    def configured(
        cls, env: PlayerEnvironment, app_class: type[PlayerApp] = PlayerApp
    ) -> type[Self]:
        """This machine, in a world of its own, with a house of this kind."""
        return type(cls.__name__, (cls,), {"env": env, "app_class": app_class})

    def __init__(self) -> None:
        super().__init__()
        world = self.env
        world.reset_services()
        records = list(world.spotify.catalogue.albums.values())
        for user, record in zip(("ada", "grace", "mallory"), records[3:], strict=False):
            self._player(user).play(context=record.uri, index=1, position=20_000)
        self.sleeping_devices: dict[str, list[Device]] = {user: [] for user in USERS}
        self.app = self.app_class(world.clock, world.discord, world.spotify, world.settings)
        world.run(self.app.start())
        self.checker = PlayerInvariants(world)

    @initialize()
    def open_panels(self) -> None:
        """Everybody plays and has a panel, and one of them shows what they do."""
        assert self.app.bot is not None
        self.env.run(
            self.app.bot.services.reply_visibility.share(self.env.user_id(SHARING_USER), True)
        )
        self.checker.state.sharers.add(SHARING_USER)
        for user in USERS[:3]:
            self._perform(UserAction(user, "/now"), 0)

    def teardown(self) -> None:
        self.env.run(self.app.stop())

    @rule(data=st.data())
    def run_step(self, data: st.DataObject) -> None:
        step.run_one(self, data)

    # ---- what people do

    @step(
        14, user=users, channel_index=indexes, command_line=command_lines, disturbance=disturbances
    )
    def run_command(
        self, user: str, channel_index: int, command_line: str, disturbance: str
    ) -> None:
        self.env.run(self._advance_clock(SECONDS_BETWEEN_ACTIONS))
        self._perform(UserAction(user, command_line, disturbance=disturbance), channel_index)

    @step(
        14,
        lambda self: any(self.visible_options(user, "music") for user in USERS),
        user=users,
        channel_index=indexes,
        index=indexes,
        disturbance=st.one_of(disturbances, disturbances, disturbances, st.just("twice")),
    )
    def press_component(self, user: str, channel_index: int, index: int, disturbance: str) -> None:
        """Any button or choice of any message that they see, the newest more often."""
        self.env.run(self._advance_clock(SECONDS_BETWEEN_ACTIONS))
        found = self.visible_options(user, _channel_of(user, channel_index))
        if found:
            post, custom_id, value, select = found[index * index // 999 % len(found)]
            act = UserAction(user, pressed=post, custom_id=custom_id, disturbance=disturbance)
            self._perform(act, channel_index, value, select)

    @step(1, user=users, target=users)
    def view_other_user(self, user: str, target: str) -> None:
        seat = self.env.discord.user_client(user, "music")
        self.checker.snapshot()
        self.env.run(self._run_all([seat.use_context_menu("What are they playing?", user=target)]))
        self.checker.check(UserAction(user, "menu"))

    # ---- what happens by itself

    @step(5, seconds=st.sampled_from(INTERVALS_S))
    def advance_time(self, seconds: float) -> None:
        self.checker.snapshot()
        self.env.run(self._advance_clock(seconds))
        self.checker.check(UserAction())

    @step(2, user=users, event=st.sampled_from(("play", "pause", "next", "louder", "start")))
    def use_spotify_app(self, user: str, event: str) -> None:
        player = self._player(user)
        awake = [device for device in player.devices if device.id]
        if event == "start" and awake:
            record = list(self.env.spotify.catalogue.albums.values())[7]
            player.play(context=record.uri, device=awake[-1])
        elif player.device is None or player.item is None:
            return
        match event:
            case "play":
                player.resume()
            case "pause":
                player.pause()
            case "next" if player.upcoming():
                player.next()
            case "louder" if player.device and player.device.volume is not None:
                player.set_volume(player.device, 77)
        self.checker.state.stale.add(user)

    @step(2, user=users, event=st.sampled_from(("sleeps", "sleeps", "idles", "wakes", "wakes")))
    def change_device(self, user: str, event: str) -> None:
        player = self._player(user)
        if event == "sleeps" and player.device is not None:
            self.sleeping_devices[user].append(player.deactivate_device())
        elif event == "idles":
            player.device = None
        elif event == "wakes" and self.sleeping_devices[user]:
            player.devices.append(self.sleeping_devices[user].pop())
        self.checker.state.stale.add(user)

    @step(2, user=users)
    def toggle_ad(self, user: str) -> None:
        player = self._player(user)
        player.interlude = None if player.interlude or not player.is_playing else "ad"
        self.checker.state.stale.add(user)

    @step(1, user=users, seeking=st.booleans())
    def toggle_restriction(self, user: str, seeking: bool) -> None:
        player = self._player(user)
        if player.disallowed_actions:
            player.disallow()
        else:
            player.disallow("seeking" if seeking else "toggling_shuffle")
        self.checker.state.stale.add(user)

    @step(1)
    def restart_bot(self) -> None:
        self.env.run(self.app.restart())
        self.checker.state.latest_panels.clear()
        self.checker.snapshot()

    # ---- within

    def _player(self, user: str) -> Player:
        return self.env.spotify.accounts[user].player

    def visible_options(self, user: str, channel_name: str) -> list[Option]:
        """All that this user can press or pick there, of the newest messages first."""
        channel = self.env.discord.state.find_channel(
            self.env.discord.state.users[user], channel_name
        )
        found: list[Option] = []
        for post in reversed(channel.messages[-30:]):
            if post.visible_to(self.env.discord.state.users[user]):
                found += _options_of(post)
        return found

    def _perform(
        self, act: UserAction, channel_index: int, value: str | None = None, select: int = 0
    ) -> None:
        seat = self.env.discord.user_client(act.user, _channel_of(act.user, channel_index))
        times = 2 if act.disturbance == "twice" and act.pressed else 1
        self.checker.snapshot()
        apply_disturbance(self.env.spotify, act.disturbance)
        self.env.discord.duplicate_interactions = act.disturbance == "duplicate"
        if act.pressed is None:
            works = [seat.run(act.line)]
        elif value is None:
            works = [seat.press(act.pressed.data, act.custom_id) for _ in range(times)]
        else:
            works = [seat.pick(act.pressed.data, value, select=select) for _ in range(times)]
        self.env.run(self._run_all(works))
        if act.custom_id in ("set:replies:on", "set:replies:off"):
            shares = self.checker.state.sharers
            (shares.add if act.custom_id.endswith("on") else shares.discard)(act.user)
        self.checker.check(act)
        self.env.clear_faults()
        self.env.discord.duplicate_interactions = False
        if seconds := recovery_time(act.disturbance):
            self.env.run(self._advance_clock(seconds))
            self.checker.snapshot()

    async def _run_all(self, coroutines: Sequence[Coroutine[Any, Any, object]]) -> None:
        await asyncio.gather(*coroutines)
        await self._wait_for_bot()

    async def _advance_clock(self, seconds: float) -> None:
        self.env.clock.advance(seconds)
        await self._wait_for_bot()

    async def _wait_for_bot(self) -> None:
        """Let all end that is under way."""
        bot = self.app.bot
        assert bot is not None
        while True:
            for _ in range(12):
                await _run_event_loop_once()
            tasks = [
                task
                for task in asyncio.all_tasks()
                if task.get_name().startswith(BOT_TASK_PREFIXES)
            ]
            tasks += bot.services.panels._tasks
            if not tasks:
                return
            await asyncio.gather(*tasks, return_exceptions=True)


def _options_of(post: Message) -> list[Option]:
    found: list[Option] = []
    selects = 0
    for part in walk_components(post.data):
        custom_id = part.get("custom_id", "")
        usable = (
            custom_id
            and not part.get("disabled")
            and not custom_id.startswith(EXCLUDED_BUTTON_PREFIXES)
        )
        if part["type"] == BUTTON and usable:
            found.append((post, custom_id, None, 0))
        if part["type"] == SELECT and usable:
            found += [(post, custom_id, one["value"], selects) for one in part["options"][:3]]
        selects += part["type"] in SELECT_TYPES
    return found


def _channel_of(user: str, index: int) -> str:
    places = CHANNELS_OF_USER.get(user, ("music",))
    return places[index % len(places)]


async def _run_event_loop_once() -> None:
    """Whatever can happen now happens."""
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned
