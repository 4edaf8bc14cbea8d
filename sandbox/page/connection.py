"""The websocket of one browser tab: pushes the state and performs actions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from sandbox.discord import ClientValidationError, Discord, NoResponse, UserClient
from sandbox.notifier import BotExited, ChangeNotifier
from sandbox.page import actions
from sandbox.spotify import Account, Spotify
from sandbox.spotify.scenarios import Scenarios

DEFAULT_CHANNEL = "music"  # all users are members
PUSH_INTERVAL = 0.03  # seconds between two pushes


class PageConnection:
    """Pushes the whole state after each change, and performs the user's actions."""

    def __init__(
        self,
        discord: Discord,
        spotify: Spotify,
        scenarios: Scenarios,
        socket: web.WebSocketResponse,
    ) -> None:
        self._discord = discord
        self._spotify = spotify
        self._scenarios = scenarios
        self._socket = socket
        self._user, self._place, self._account = "ada", DEFAULT_CHANNEL, "ada"
        self._changed = asyncio.Event()
        self._ended = False

    async def serve(self) -> None:
        """Serve the tab until it closes."""
        async with asyncio.TaskGroup() as group:
            tasks = {
                group.create_task(self._push_state()),
                group.create_task(self._watch_changes(self._discord.changes)),
                group.create_task(self._watch_changes(self._spotify.changes)),
            }
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    task = group.create_task(self._handle_message(message.data))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
            for task in tasks:
                task.cancel()

    async def _watch_changes(self, changes: ChangeNotifier) -> None:
        version = changes.version
        try:
            while True:
                version = await changes.wait_for_change(version, timeout=math.inf)
                self._changed.set()
        except BotExited:
            self._ended = True
            self._changed.set()

    async def _push_state(self) -> None:
        shown = ""
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            state = json.dumps(self._state())
            if state != shown:
                await self._send(state)
                shown = state
            await asyncio.sleep(PUSH_INTERVAL)

    def _state(self) -> dict[str, Any]:
        return {
            "discord": self._discord.page_view(self._user, self._place),
            "spotify": self._spotify.page_view(self._account),
            "scenarios": self._scenarios.view(self._spotify.accounts[self._account]),
            "ended": self._ended,
        }

    async def _send(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):  # the tab may close meanwhile
            await self._socket.send_str(text)

    async def _handle_message(self, message: str) -> None:
        reply: dict[str, Any] = {}
        try:
            action = actions.decode(message)
            reply["id"] = action.id
            reply["result"] = await self._perform(action)
        except msgspec.MsgspecError as error:
            reply["refused"] = f"The page sent an invalid action: {error}."
        except (NoResponse, TimeoutError):
            reply["result"] = None  # the chat shows the missing response
        except (ClientValidationError, BotExited, LookupError) as error:
            reply["refused"] = _error_text(error)
        await self._send(json.dumps(reply))

    async def _perform(self, action: actions.AnyAction) -> object:
        client = self._discord.user_client(self._user, self._place)
        match action:
            case actions.Look():
                self._changed.set()
            case actions.Switch():
                self._switch(action)
            case actions.Say(content=content):
                client.send(content)
            case actions.Complete(line=line):
                return await client.autocomplete(line)
            case actions.Run(line=line, files=files):
                await client.run(line, files)
            case actions.Menu(name=name, user=user, message=message):
                target = None if message is None else _find_message(client, message)
                await client.use_context_menu(name, message=target, user=user)
            case actions.Forward(message=message, place=place):
                self._forward(_find_message(client, message), place)
            case actions.Press(message=message, button=button):
                await client.press(_find_message(client, message), button)
            case actions.Pick(message=message, values=values, select=select):
                await client.pick(_find_message(client, message), *values, select=select)
            case actions.Submit(values=filled, files=files):
                if client.modal is None:
                    raise ClientValidationError("That form is not open any more.")
                await client.submit(client.modal, **filled | files)
            case actions.Dismiss():
                client.dismiss_modal()
            case actions.Play():
                _toggle_playback(self._spotify.accounts[self._account])
            case actions.ToggleDevice(name=name):
                self._spotify.accounts[self._account].toggle_device(name)
            case actions.SwitchScenario(name=name, on=on):
                self._scenarios.switch(self._spotify.accounts[self._account], name, on)
        return None

    def _forward(self, message: dict[str, Any], place: str) -> None:
        """Forward a message to another channel of the same user."""
        try:
            target = self._discord.user_client(self._user, place)
        except LookupError as error:
            raise ClientValidationError(str(error)) from None
        target.forward(message)

    def _switch(self, action: actions.Switch) -> None:
        """Switch user, channel or account; a user who is no member of the channel gets #music."""
        try:
            view = self._discord.page_view(action.user, DEFAULT_CHANNEL)
        except LookupError as error:
            raise ClientValidationError(str(error)) from None
        in_guilds = (channel for guild in view["guilds"] for channel in guild["places"])
        known = any(c["place"] == action.place for c in (*view["direct"], *in_guilds))
        if action.account not in self._spotify.accounts:
            raise ClientValidationError(f"Spotify has no account {action.account}.")
        self._user, self._place = action.user, action.place if known else DEFAULT_CHANNEL
        self._account = action.account
        self._changed.set()


def _find_message(user_client: UserClient, message_id: str) -> dict[str, Any]:
    for message in user_client.messages():
        if message["id"] == message_id:
            return message
    raise ClientValidationError("That message is gone.")


def _toggle_playback(account: Account) -> None:
    player = account.player
    songs = [uri for uri, _ in account.liked if uri.startswith("spotify:track:")]
    if player.item is None or player.device is None:
        if not songs:
            raise ClientValidationError(f"{account.display_name} has no liked songs to play")
        player.play(*songs)
    elif player.is_playing:
        player.pause()
    else:
        player.resume()


def _error_text(error: Exception) -> str:
    text = str(error).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
