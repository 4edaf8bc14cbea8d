"""One open browser tab: who it is, what it sees, and what it wants done."""

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

DEFAULT_CHANNEL = "music"  # everybody may sit there
PUSH_INTERVAL = 0.03  # seconds; what changes in between is shown together


class PageConnection:
    """Pushes the whole state at every change, and carries actions to the user's seat."""

    def __init__(self, discord: Discord, spotify: Spotify, socket: web.WebSocketResponse) -> None:
        self._discord = discord
        self._spotify = spotify
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
            "ended": self._ended,
        }

    async def _send(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):  # the tab closes while we speak
            await self._socket.send_str(text)

    async def _handle_message(self, message: str) -> None:
        answer: dict[str, Any] = {}
        try:
            action = actions.decode(message)
            answer["id"] = action.id
            answer["result"] = await self._perform(action)
        except msgspec.MsgspecError as error:
            answer["refused"] = f"The page said something that is no action: {error}."
        except (NoResponse, TimeoutError):
            answer["result"] = None  # the chat shows what was not answered, or not yet
        except (ClientValidationError, BotExited) as error:
            answer["refused"] = _error_text(error)
        await self._send(json.dumps(answer))

    async def _perform(self, action: actions.AnyAction) -> object:
        seat = self._discord.user_client(self._user, self._place)
        match action:
            case actions.Look():
                self._changed.set()
            case actions.Switch():
                self._switch(action)
            case actions.Say(content=content):
                seat.send(content)
            case actions.Complete(line=line):
                return await seat.autocomplete(line)
            case actions.Run(line=line):
                await seat.run(line)
            case actions.Menu(name=name, user=user, message=message):
                target = None if message is None else _find_message(seat, message)
                await seat.use_context_menu(name, message=target, user=user)
            case actions.Forward(message=message, place=place):
                self._forward(_find_message(seat, message), place)
            case actions.Press(message=message, button=button):
                await seat.press(_find_message(seat, message), button)
            case actions.Pick(message=message, values=values, select=select):
                await seat.pick(_find_message(seat, message), *values, select=select)
            case actions.Submit(values=filled, files=files):
                if seat.modal is None:
                    raise ClientValidationError("That form is not open any more.")
                await seat.submit(seat.modal, **filled | files)
            case actions.Dismiss():
                seat.dismiss_modal()
            case actions.Play():
                _toggle_playback(self._spotify.accounts[self._account])
        return None

    def _forward(self, message: dict[str, Any], place: str) -> None:
        """Say a message again in another place of the same user, as Discord's client does."""
        try:
            there = self._discord.user_client(self._user, place)
        except LookupError as error:
            raise ClientValidationError(str(error)) from None
        there.forward(message)

    def _switch(self, action: actions.Switch) -> None:
        """Sit down elsewhere; who may not go there finds themselves in #music."""
        try:
            view = self._discord.page_view(action.user, DEFAULT_CHANNEL)
        except LookupError as error:
            raise ClientValidationError(str(error)) from None
        rooms = [*view["direct"], *(room for guild in view["guilds"] for room in guild["places"])]
        known = any(room["place"] == action.place for room in rooms)
        if action.account not in self._spotify.accounts:
            raise ClientValidationError(
                f"There is no account {action.account} at the pretend Spotify."
            )
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
            raise ClientValidationError(
                f"{account.display_name} likes no song that could be played"
            )
        player.play(*songs)
    elif player.is_playing:
        player.pause()
    else:
        player.resume()


def _error_text(error: Exception) -> str:
    said = str(error).rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."
