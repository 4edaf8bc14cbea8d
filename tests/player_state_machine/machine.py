"""The rules of the state machine: commands, presses, device changes and passing time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Self

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sandbox.discord.state import Message
from sandbox.message_text import BUTTON, SELECT, walk_components
from sandbox.spotify import Device, Player
from tests.login_state_machine.weighted_steps import WeightedSteps
from tests.player_state_machine.input_strategies import (
    apply_disturbance,
    command_lines,
    disturbances,
    recovery_time,
)
from tests.player_state_machine.invariants import PlayerInvariants
from tests.player_state_machine.player_app import USERS, PlayerApp, PlayerEnvironment
from tests.player_state_machine.user_action import UserAction

# A shorter time between two presses would make them a double press.
SECONDS_BETWEEN_ACTIONS = 1.0
# The names that discord.py gives to the tasks of commands and presses.
BOT_TASK_PREFIXES = ("CommandTree-invoker", "discord-ui-")
EXCLUDED_BUTTON_PREFIXES = ("login:", "unlink:")  # every user stays linked
SHARING_USER = "grace"
CHANNELS_OF_USER = {"ada": ("music", "music", "dm"), "mallory": ("music", "music", "dm")}
INTERVALS_S = (2.0, 5.0, 20.0, 20.0, 70.0, 70.0, 150.0, 150.0, 400.0, 1000.0, 3600.0)

users = st.sampled_from((*USERS[:3] * 4, USERS[3]))
indexes = st.integers(0, 999)
step = WeightedSteps()

Option = tuple[Message, str, str | None, int]


class PlayerStateMachine(RuleBasedStateMachine):
    env: PlayerEnvironment
    app_type: type[PlayerApp]

    @classmethod
    def configured(
        cls, env: PlayerEnvironment, app_type: type[PlayerApp] = PlayerApp
    ) -> type[Self]:
        """A subclass of this machine for this environment and app."""
        return type(cls.__name__, (cls,), {"env": env, "app_type": app_type})

    def __init__(self) -> None:
        super().__init__()
        env = self.env
        env.reset_services()
        albums = list(env.spotify.catalogue.albums.values())
        for user, album in zip(("ada", "grace", "mallory"), albums[3:], strict=False):
            self._player(user).play(context=album.uri, index=1, position=20_000)
        self.sleeping_devices: dict[str, list[Device]] = {user: [] for user in USERS}
        self.app = self.app_type(env.clock, env.discord, env.spotify, env.settings)
        env.run(self.app.start())
        self.checker = PlayerInvariants(env)

    @initialize()
    def open_panels(self) -> None:
        """Three users play and open a panel; one of them shares replies."""
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

    # ---- actions of users

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
        """Press any visible button or option; newer messages are more likely."""
        self.env.run(self._advance_clock(SECONDS_BETWEEN_ACTIONS))
        options = self.visible_options(user, _channel_of(user, channel_index))
        if options:
            post, custom_id, value, select = options[index * index // 999 % len(options)]
            action = UserAction(user, pressed=post, custom_id=custom_id, disturbance=disturbance)
            self._perform(action, channel_index, value, select)

    @step(1, user=users, target=users)
    def view_other_user(self, user: str, target: str) -> None:
        client = self.env.discord.user_client(user, "music")
        self.checker.snapshot()
        self.env.run(
            self._run_all([client.use_context_menu("What are they playing?", user=target)])
        )
        self.checker.check(UserAction(user, "menu"))

    # ---- other events

    @step(5, seconds=st.sampled_from(INTERVALS_S))
    def advance_time(self, seconds: float) -> None:
        self.checker.snapshot()
        self.env.run(self._advance_clock(seconds))
        self.checker.check(UserAction())

    @step(2, user=users, event=st.sampled_from(("play", "pause", "next", "louder", "start")))
    def use_spotify_app(self, user: str, event: str) -> None:
        player = self._player(user)
        usable = [device for device in player.devices if device.id]
        if event == "start" and usable:
            album = list(self.env.spotify.catalogue.albums.values())[7]
            player.play(context=album.uri, device=usable[-1])
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

    # ---- helpers

    def _player(self, user: str) -> Player:
        return self.env.spotify.accounts[user].player

    def visible_options(self, user: str, channel_name: str) -> list[Option]:
        """All buttons and options that this user can use in the channel, newest message first."""
        channel = self.env.discord.state.find_channel(
            self.env.discord.state.users[user], channel_name
        )
        options: list[Option] = []
        for post in reversed(channel.messages[-30:]):
            if post.visible_to(self.env.discord.state.users[user]):
                options += _options_of(post)
        return options

    def _perform(
        self, action: UserAction, channel_index: int, value: str | None = None, select: int = 0
    ) -> None:
        client = self.env.discord.user_client(action.user, _channel_of(action.user, channel_index))
        times = 2 if action.disturbance == "twice" and action.pressed else 1
        self.checker.snapshot()
        apply_disturbance(self.env.spotify, action.disturbance)
        self.env.discord.duplicate_interactions = action.disturbance == "duplicate"
        if action.pressed is None:
            interactions = [client.run(action.line)]
        elif value is None:
            interactions = [
                client.press(action.pressed.data, action.custom_id) for _ in range(times)
            ]
        else:
            interactions = [
                client.pick(action.pressed.data, value, select=select) for _ in range(times)
            ]
        self.env.run(self._run_all(interactions))
        if action.custom_id in ("set:replies:on", "set:replies:off"):
            sharers = self.checker.state.sharers
            (sharers.add if action.custom_id.endswith("on") else sharers.discard)(action.user)
        self.checker.check(action)
        self.env.clear_faults()
        self.env.discord.duplicate_interactions = False
        if seconds := recovery_time(action.disturbance):
            self.env.run(self._advance_clock(seconds))
            self.checker.snapshot()

    async def _run_all(self, coroutines: Sequence[Coroutine[Any, Any, object]]) -> None:
        await asyncio.gather(*coroutines)
        await self._wait_for_bot()

    async def _advance_clock(self, seconds: float) -> None:
        self.env.clock.advance(seconds)
        await self._wait_for_bot()

    async def _wait_for_bot(self) -> None:
        """Wait until the bot has no running task."""
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
    options: list[Option] = []
    selects = 0
    for part in walk_components(post.data):
        custom_id = part.get("custom_id", "")
        usable = (
            custom_id
            and not part.get("disabled")
            and not custom_id.startswith(EXCLUDED_BUTTON_PREFIXES)
        )
        if part["type"] == BUTTON and usable:
            options.append((post, custom_id, None, 0))
        if part["type"] == SELECT and usable:
            options += [
                (post, custom_id, option["value"], selects) for option in part["options"][:3]
            ]
        selects += part["type"] == SELECT
    return options


def _channel_of(user: str, index: int) -> str:
    channels = CHANNELS_OF_USER.get(user, ("music",))
    return channels[index % len(channels)]


async def _run_event_loop_once() -> None:
    """Let every callback that is ready run."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_soon(done.set_result, None)
    await done
