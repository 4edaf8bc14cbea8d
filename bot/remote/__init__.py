"""From what somebody asks for to what is played: a remote for each person's own player."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from weakref import WeakValueDictionary

from cachetools import TTLCache

from bot.accounts import Accounts
from bot.errors import (
    DeviceGone,
    DeviceNeeded,
    Fault,
    NoActiveDevice,
    NothingPlaying,
    Restricted,
)
from bot.remote import devices, wanted
from bot.remote.after import Sleep
from bot.remote.asking import GONE, named, needed, wakes
from bot.remote.deeds import LIKED, THESE, Deed, playing, queueing
from bot.remote.doing import Doing
from bot.remote.recents import Recents
from bot.remote.refused import understood
from bot.remote.several import LINKS, Heap, Progress, heap, queue_all, songs_of
from bot.remote.ways import carry_out
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Device, Playback
from bot.spotify.uris import Uri
from bot.store import Store
from bot.ui.queue import list_of
from bot.ui.replies import Done
from bot.ui.text import safe

# Seconds for a hundred songs, one call each.
LONGEST = 120.0
# Of so many people it is known what played last, for so many seconds.
_PEOPLE, _LATELY = 1000, 60.0

_NO_MUSIC = "Nothing is playing, so there is nothing to pause. Start something with /play."
_NO_VOLUME = "Nothing is playing, so there is no volume to see. Start something with /play."
# No device is woken for these: what is said instead.
_ONLY_AWAKE = {Deed("pause"): _NO_MUSIC, Deed("volume"): _NO_VOLUME}

Act = Callable[[Doing], Awaitable[Done]]
Changed = Callable[[int, Playback | None], None]
"""Told that somebody's player was told to do something, and what it is like now, where known."""


class Remote:
    """Does what people ask of their player."""

    def __init__(
        self,
        accounts: Accounts,
        store: Store,
        recents: Recents,
        clock: Callable[[], float],
        sleep: Sleep,
        changed: Changed,
    ) -> None:
        self._accounts = accounts
        self._preferences = store.preferences
        self._changed = changed
        self._recents = recents
        self._sleep = sleep
        self._clock = clock
        # What each one's player showed last: what still shows it after a skip is late.
        self._last: TTLCache[int, Hashable] = TTLCache(_PEOPLE, _LATELY, timer=clock)
        # When somebody left while a command of theirs was under way.
        self._left: TTLCache[int, float] = TTLCache(_PEOPLE, LONGEST, timer=clock)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def forget(self, user_id: int) -> None:
        """They have left; nothing of what is still under way is remembered either."""
        self._last.pop(user_id, None)
        self._left[user_id] = self._clock()

    async def play(
        self, user_id: int, what: str, *, on: str | None = None, shuffle: bool | None = None
    ) -> Done:
        """Play what these words, this link or `liked` mean. Raises as `wanted.meant` and `do`."""
        spotify = await self._accounts.session(user_id)
        spotify.check_commands()
        meant = await wanted.meant(spotify, what)
        item = meant.items[0] if meant.items else None
        deed = Deed("play", LIKED, shuffle) if item is None else _play(item, shuffle)
        return await _noted(meant.note, self._do(user_id, spotify, deed, on, item))

    async def do(
        self, user_id: int, deed: Deed, *, on: str | None = None, item: Item | None = None
    ) -> Done:
        """Carry it out as this user, on the device with this id or name, else the active one.

        Where none is active, their default device is used, or the only one there is.
        `item`: what is to be played or queued, where it is known already.
        Raises Faults; DeviceNeeded, where a device has to be chosen or woken first.
        """
        return await self._do(user_id, await self._accounts.session(user_id), deed, on, item)

    async def queue(
        self, user_id: int, what: str, *, on: str | None = None, now: bool = False
    ) -> Done | Heap:
        """Queue what these words or links mean; or say how much that is, where it is much.

        `now`: skip to it as well. Raises as `play`, and NothingToQueue.
        """
        spotify = await self._accounts.session(user_id)
        spotify.check_commands()
        meant = await wanted.meant(spotify, what, most=LINKS, liked=False)
        found = heap(meant.items, meant.more)
        if found.asks:
            return found
        note = found.left_out if found.more else meant.note
        return await _noted(note, self._queue(user_id, spotify, found.items, on, now, None))

    async def queue_these(
        self,
        user_id: int,
        uris: Sequence[Uri],
        *,
        on: str | None = None,
        now: bool = False,
        progress: Progress | None = None,
    ) -> Done:
        """Queue all songs of these, after it was asked whether they should be."""
        spotify = (await self._accounts.session(user_id)).anew(within=LONGEST)
        spotify.check_commands()
        items = [await spotify.catalogue.item(uri) for uri in uris]
        return await self._queue(user_id, spotify, items, on, now, progress)

    async def _queue(
        self,
        user_id: int,
        spotify: Spotify,
        items: Sequence[Item],
        on: str | None,
        now: bool,
        progress: Progress | None,
    ) -> Done:
        songs = await songs_of(spotify, items)
        if len(songs) > 1:
            spotify = spotify.anew(within=LONGEST)

        async def act(doing: Doing) -> Done:
            return await queue_all(songs, doing, now=now, progress=progress)

        one = songs[0].uri if len(songs) == 1 else None
        deed = queueing(one, now=now) if one else Deed("queue", THESE, now=now)
        try:
            return await self._do(user_id, spotify, deed, on, songs[0], act)
        except DeviceNeeded as needed:
            if not one:  # what is too long for a button stands in the message
                needed.says = "\n".join([needed.says, *list_of(items)])
            raise

    async def _do(
        self,
        user_id: int,
        spotify: Spotify,
        deed: Deed,
        on: str | None,
        item: Item | None,
        act: Act | None = None,
    ) -> Done:
        """One after the other: each says what the player is like. But nothing waits for a queue."""
        began = self._clock()
        turn = self._turns.setdefault(user_id, asyncio.Lock())
        async with nullcontext() if deed.verb == "queue" else turn:
            done = await self._done(user_id, spotify, deed, on, item, act)
        if self._left.get(user_id, -math.inf) < began:
            self._remember(user_id, deed, done)
        return done

    def _remember(self, user_id: int, deed: Deed, done: Done) -> None:
        if deed.verb in ("next", "previous"):
            self._last.pop(user_id, None)
        if now := done.state.item if done.state else done.item if deed.verb == "play" else None:
            self._last[user_id] = now.identity
        if done.item is not None:
            self._recents.add(user_id, done.item)
        if deed != Deed("volume") and (deed.verb != "queue" or deed.now):
            self._changed(user_id, done.state)

    async def _done(
        self,
        user_id: int,
        spotify: Spotify,
        deed: Deed,
        on: str | None,
        item: Item | None,
        act: Act | None,
    ) -> Done:
        device = await named(spotify, deed, on) if on else None
        last = self._last.get(user_id)
        there = device.id if device else None
        doing = Doing(spotify, self._clock, self._sleep, there, item, last)
        act = act or partial(carry_out, deed)
        done = None
        if device is None or device.is_active or wakes(deed):
            try:
                done = await _tried(deed, doing, act)
            except DeviceNeeded:
                raise
            except NoActiveDevice:
                pass
        if done is None:
            device, done = await self._elsewhere(user_id, deed, doing, device, act)
        if device and device.name and (done.state is None or done.state.item is None):
            head, dot, rest = done.says.partition(". ")
            where = "to" if deed.verb == "move" else "on"
            done = replace(done, says=f"{head} {where} {safe(device.name)}{dot}{rest}")
        return done

    async def _elsewhere(
        self,
        user_id: int,
        deed: Deed,
        doing: Doing,
        device: Device | None,
        act: Act,
    ) -> tuple[Device, Done]:
        """The same on a device that has to be made the active one first, and which that is."""
        if deed in _ONLY_AWAKE:
            raise NothingPlaying("no device", says=_ONLY_AWAKE[deed])
        player = doing.spotify.player
        there_are: list[Device] = []
        if device is None:
            there_are = await player.devices()
            default = (await self._preferences.of(user_id)).device
            device = devices.without_asking(there_are, default)
        if device is None or device.id is None:
            raise needed(deed, there_are)
        there = device.id

        async def moved(doing: Doing) -> Done:
            if wakes(deed):
                return await act(doing)
            await player.transfer(there, play=deed.now or deed.verb in ("next", "previous"))
            try:
                return await act(doing)
            except Fault:  # it moved all the same
                self._changed(user_id, None)
                raise

        try:
            done = await _tried(deed, replace(doing, device=there, moved=True), moved)
        except DeviceNeeded:
            raise
        except NoActiveDevice:
            raise needed(deed, there_are or await player.devices()) from None
        return device, done


async def _noted(note: str, doing: Awaitable[Done]) -> Done:
    """A sentence said of what was done, or with the question on which device."""
    try:
        done = await doing
    except DeviceNeeded as needed:
        needed.says = f"{note}. {needed.says}" if note else needed.says
        raise
    return replace(done, says=f"{done.says}. {note}") if note else done


def _play(item: Item, shuffle: bool | None) -> Deed:
    assert item.uri is not None, "the catalogue has ids"
    return playing(item.uri, shuffle)


async def _tried(deed: Deed, doing: Doing, act: Act) -> Done:
    try:
        return await act(doing)
    except Restricted as refused:
        return await understood(deed, doing, refused)
    except DeviceGone as gone:
        if gone.says != DeviceGone.says:  # some of it was done there
            raise
        raise needed(deed, await doing.spotify.player.devices(), GONE) from None
