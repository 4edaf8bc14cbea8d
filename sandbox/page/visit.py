"""One open browser tab: who it is, what it sees, and what it wants done."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from sandbox.changes import BotDied, Changes
from sandbox.discord import Discord, NoAnswer, Refused, Seat
from sandbox.page import actions
from sandbox.spotify import Account, Spotify

HOME = "music"  # everybody may sit there
BREATH = 0.03  # seconds; what changes in between is shown together


class Visit:
    """Pushes the whole state at every change, and carries actions to the user's seat."""

    def __init__(self, discord: Discord, spotify: Spotify, wire: web.WebSocketResponse) -> None:
        self._discord = discord
        self._spotify = spotify
        self._wire = wire
        self._user, self._place, self._account = "ada", HOME, "ada"
        self._changed = asyncio.Event()
        self._ended = False

    async def last(self) -> None:
        """Serve the tab until it closes."""
        async with asyncio.TaskGroup() as group:
            tasks = {
                group.create_task(self._push()),
                group.create_task(self._watch(self._discord.changes)),
                group.create_task(self._watch(self._spotify.changes)),
            }
            async for message in self._wire:
                if message.type is WSMsgType.TEXT:
                    task = group.create_task(self._serve(message.data))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
            for task in tasks:
                task.cancel()

    async def _watch(self, changes: Changes) -> None:
        version = changes.version
        try:
            while True:
                version = await changes.after(version, timeout=math.inf)
                self._changed.set()
        except BotDied:
            self._ended = True
            self._changed.set()

    async def _push(self) -> None:
        shown = ""
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            state = json.dumps(self._state())
            if state != shown:
                await self._tell(state)
                shown = state
            await asyncio.sleep(BREATH)

    def _state(self) -> dict[str, Any]:
        return {
            "discord": self._discord.view(self._user, self._place),
            "spotify": self._spotify.view(self._account),
            "ended": self._ended,
        }

    async def _tell(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):  # the tab closes while we speak
            await self._wire.send_str(text)

    async def _serve(self, said: str) -> None:
        answer: dict[str, Any] = {}
        try:
            action = actions.decode(said)
            answer["id"] = action.id
            answer["result"] = await self._do(action)
        except msgspec.MsgspecError as error:
            answer["refused"] = f"The page said something that is no action: {error}."
        except (NoAnswer, TimeoutError):
            answer["result"] = None  # the chat shows what was not answered, or not yet
        except (Refused, BotDied) as error:
            answer["refused"] = _sentence(error)
        await self._tell(json.dumps(answer))

    async def _do(self, action: actions.AnyAction) -> object:
        seat = self._discord.seat(self._user, self._place)
        match action:
            case actions.Look():
                self._changed.set()
            case actions.Switch():
                self._switch(action)
            case actions.Say(content=content):
                seat.say(content)
            case actions.Complete(line=line):
                return await seat.complete(line)
            case actions.Run(line=line, files=files):
                await seat.run(line, files=files)
            case actions.Menu(name=name, user=user, message=message):
                target = None if message is None else _message(seat, message)
                await seat.menu(name, message=target, user=user)
            case actions.Forward(message=message, place=place):
                self._forward(_message(seat, message), place)
            case actions.Press(message=message, button=button):
                await seat.press(_message(seat, message), button)
            case actions.Pick(message=message, values=values, select=select):
                await seat.pick(_message(seat, message), *values, select=select)
            case actions.Submit(values=filled, files=files):
                if seat.modal is None:
                    raise Refused("That form is not open any more.")
                await seat.submit(seat.modal, **filled | files)
            case actions.Dismiss():
                seat.dismiss()
            case actions.Play():
                _play(self._spotify.accounts[self._account])
        return None

    def _forward(self, message: dict[str, Any], place: str) -> None:
        """Say a message again in another place of the same user, as Discord's client does."""
        try:
            there = self._discord.seat(self._user, place)
        except LookupError as error:
            raise Refused(str(error)) from None
        there.forward(message)

    def _switch(self, wanted: actions.Switch) -> None:
        """Sit down elsewhere; who may not go there finds themselves in #music."""
        try:
            view = self._discord.view(wanted.user, HOME)
        except LookupError as error:
            raise Refused(str(error)) from None
        rooms = [*view["direct"], *(room for guild in view["guilds"] for room in guild["places"])]
        known = any(room["place"] == wanted.place for room in rooms)
        if wanted.account not in self._spotify.accounts:
            raise Refused(f"There is no account {wanted.account} at the pretend Spotify.")
        self._user, self._place = wanted.user, wanted.place if known else HOME
        self._account = wanted.account
        self._changed.set()


def _message(seat: Seat, message_id: str) -> dict[str, Any]:
    for message in seat.messages():
        if message["id"] == message_id:
            return message
    raise Refused("That message is gone.")


def _play(account: Account) -> None:
    player = account.player
    songs = [uri for uri, _ in account.liked if uri.startswith("spotify:track:")]
    if player.item is None or player.device is None:
        if not songs:
            raise Refused(f"{account.display_name} likes no song that could be played")
        player.start(*songs)
    elif player.is_playing:
        player.pause()
    else:
        player.resume()


def _sentence(error: Exception) -> str:
    said = str(error).rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."
