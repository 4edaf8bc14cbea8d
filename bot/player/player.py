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

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import NothingPlaying
from bot.errors.spotify import DeviceChoiceNeeded, DeviceNotFound, NoActiveDevice, PlayerRestricted
from bot.player import devices, resolve
from bot.player.actions import LIKED_SONGS, LISTED_ITEMS, PlayerAction, play_action, queue_action
from bot.player.bulk_queue import (
    MAX_LINKS,
    Progress,
    QueueRequest,
    expand,
    plan_queue,
    queue_tracks,
)
from bot.player.confirm import Sleep
from bot.player.context import ActionContext
from bot.player.device_question import (
    DEVICE_NOT_FOUND,
    activates_device,
    device_needed,
    find_device,
)
from bot.player.handlers import perform
from bot.player.history import UserHistory
from bot.player.outcome import Outcome
from bot.player.restrictions import explain_restriction
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Device, Playback
from bot.spotify.uris import Uri
from bot.store import Store
from bot.text.escape import safe
from bot.text.items import numbered_items

# Seconds for a hundred songs, one call each.
QUEUE_TIMEOUT = 120.0
# Of so many people it is known what played last, for so many seconds.
_LAST_PLAYED_SIZE, _LAST_PLAYED_TTL = 1000, 60.0

_NOTHING_TO_PAUSE = "Nothing is playing, so there is nothing to pause. Start something with /play."
_NO_VOLUME_TO_SHOW = "Nothing is playing, so there is no volume to see. Start something with /play."
# No device is woken for these: what is said instead.
_ACTIVE_DEVICE_ONLY = {
    PlayerAction("pause"): _NOTHING_TO_PAUSE,
    PlayerAction("volume"): _NO_VOLUME_TO_SHOW,
}

Run = Callable[[ActionContext], Awaitable[Outcome]]
OnChange = Callable[[int, Playback | None], None]
"""Told that somebody's player was told to do something, and what it is like now, where known."""


class Player:
    """Does what people ask of their player."""

    def __init__(
        self,
        accounts: Sessions,
        store: Store,
        recents: UserHistory,
        clock: Callable[[], float],
        sleep: Sleep,
        changed: OnChange,
    ) -> None:
        self._accounts = accounts
        self._preferences = store.preferences
        self._on_change = changed
        self._history = recents
        self._sleep = sleep
        self._clock = clock
        # What each one's player showed last: what still shows it after a skip is late.
        self._last_played: TTLCache[int, Hashable] = TTLCache(
            _LAST_PLAYED_SIZE, _LAST_PLAYED_TTL, timer=clock
        )
        # When somebody left while a command of theirs was under way.
        self._unlinked_at: TTLCache[int, float] = TTLCache(
            _LAST_PLAYED_SIZE, QUEUE_TIMEOUT, timer=clock
        )
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def forget(self, user_id: int) -> None:
        """They have left; nothing of what is still under way is remembered either."""
        self._last_played.pop(user_id, None)
        self._unlinked_at[user_id] = self._clock()

    async def play(
        self, user_id: int, what: str, *, on: str | None = None, shuffle: bool | None = None
    ) -> Outcome:
        """Play what these words, this link or `liked` mean. Raises as `wanted.meant` and `do`."""
        spotify = await self._accounts.session(user_id)
        spotify.require_player_quota()
        meant = await resolve.resolve(spotify, what)
        item = meant.items[0] if meant.items else None
        deed = (
            PlayerAction("play", LIKED_SONGS, shuffle)
            if item is None
            else _play_item_action(item, shuffle)
        )
        return await _with_note(meant.note, self._serialised(user_id, spotify, deed, on, item))

    async def perform(
        self, user_id: int, deed: PlayerAction, *, on: str | None = None, item: Item | None = None
    ) -> Outcome:
        """Carry it out as this user, on the device with this id or name, else the active one.

        Where none is active, their default device is used, or the only one there is.
        `item`: what is to be played or queued, where it is known already.
        Raises Faults; DeviceChoiceNeeded, where a device has to be chosen or woken first.
        """
        return await self._serialised(
            user_id, await self._accounts.session(user_id), deed, on, item
        )

    async def queue(
        self, user_id: int, what: str, *, on: str | None = None, now: bool = False
    ) -> Outcome | QueueRequest:
        """Queue what these words or links mean; or say how much that is, where it is much.

        `now`: skip to it as well. Raises as `play`, and NothingToQueue.
        """
        spotify = await self._accounts.session(user_id)
        spotify.require_player_quota()
        meant = await resolve.resolve(spotify, what, limit=MAX_LINKS, liked=False)
        found = plan_queue(meant.items, meant.links_left_out)
        if found.needs_confirmation:
            return found
        note = found.left_out_note if found.links_left_out else meant.note
        return await _with_note(note, self._queue(user_id, spotify, found.items, on, now, None))

    async def queue_items(
        self,
        user_id: int,
        uris: Sequence[Uri],
        *,
        on: str | None = None,
        now: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Queue all songs of these, after it was asked whether they should be."""
        spotify = (await self._accounts.session(user_id)).with_timeout(timeout=QUEUE_TIMEOUT)
        spotify.require_player_quota()
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
    ) -> Outcome:
        songs = await expand(spotify, items)
        if len(songs) > 1:
            spotify = spotify.with_timeout(timeout=QUEUE_TIMEOUT)

        async def act(doing: ActionContext) -> Outcome:
            return await queue_tracks(songs, doing, now=now, progress=progress)

        one = songs[0].uri if len(songs) == 1 else None
        deed = queue_action(one, now=now) if one else PlayerAction("queue", LISTED_ITEMS, now=now)
        try:
            return await self._serialised(user_id, spotify, deed, on, songs[0], act)
        except DeviceChoiceNeeded as needed:
            if not one:  # what is too long for a button stands in the message
                needed.message = "\n".join([needed.message, *numbered_items(items)])
            raise

    async def _serialised(
        self,
        user_id: int,
        spotify: Spotify,
        deed: PlayerAction,
        on: str | None,
        item: Item | None,
        act: Run | None = None,
    ) -> Outcome:
        """One after the other: each says what the player is like. But nothing waits for a queue."""
        began = self._clock()
        turn = self._locks.setdefault(user_id, asyncio.Lock())
        async with nullcontext() if deed.verb == "queue" else turn:
            done = await self._run(user_id, spotify, deed, on, item, act)
        if self._unlinked_at.get(user_id, -math.inf) < began:
            self._remember(user_id, deed, done)
        return done

    def _remember(self, user_id: int, deed: PlayerAction, done: Outcome) -> None:
        if deed.verb in ("next", "previous"):
            self._last_played.pop(user_id, None)
        if now := done.state.item if done.state else done.item if deed.verb == "play" else None:
            self._last_played[user_id] = now.identity
        if done.item is not None:
            self._history.add_item(user_id, done.item)
        if deed != PlayerAction("volume") and (deed.verb != "queue" or deed.now):
            self._on_change(user_id, done.state)

    async def _run(
        self,
        user_id: int,
        spotify: Spotify,
        deed: PlayerAction,
        on: str | None,
        item: Item | None,
        act: Run | None,
    ) -> Outcome:
        device = await find_device(spotify, deed, on) if on else None
        last = self._last_played.get(user_id)
        there = device.id if device else None
        doing = ActionContext(spotify, self._clock, self._sleep, there, item, last)
        act = act or partial(perform, deed)
        done = None
        if device is None or device.is_active or activates_device(deed):
            try:
                done = await _attempt(deed, doing, act)
            except DeviceChoiceNeeded:
                raise
            except NoActiveDevice:
                pass
        if done is None:
            device, done = await self._activate_and_run(user_id, deed, doing, device, act)
        if device and device.name and (done.state is None or done.state.item is None):
            head, dot, rest = done.message.partition(". ")
            where = "to" if deed.verb == "move" else "on"
            done = replace(done, message=f"{head} {where} {safe(device.name)}{dot}{rest}")
        return done

    async def _activate_and_run(
        self,
        user_id: int,
        deed: PlayerAction,
        doing: ActionContext,
        device: Device | None,
        act: Run,
    ) -> tuple[Device, Outcome]:
        """The same on a device that has to be made the active one first, and which that is."""
        if deed in _ACTIVE_DEVICE_ONLY:
            raise NothingPlaying("no device", message=_ACTIVE_DEVICE_ONLY[deed])
        player = doing.spotify.player
        there_are: list[Device] = []
        if device is None:
            there_are = await player.devices()
            default = (await self._preferences.get(user_id)).device
            device = devices.pick_device(there_are, default)
        if device is None or device.id is None:
            raise device_needed(deed, there_are)
        there = device.id

        async def moved(doing: ActionContext) -> Outcome:
            if activates_device(deed):
                return await act(doing)
            await player.transfer(there, play=deed.now or deed.verb in ("next", "previous"))
            try:
                return await act(doing)
            except BotError:  # it moved all the same
                self._on_change(user_id, None)
                raise

        try:
            done = await _attempt(deed, replace(doing, device=there, just_transferred=True), moved)
        except DeviceChoiceNeeded:
            raise
        except NoActiveDevice:
            raise device_needed(deed, there_are or await player.devices()) from None
        return device, done


async def _with_note(note: str, doing: Awaitable[Outcome]) -> Outcome:
    """A sentence said of what was done, or with the question on which device."""
    try:
        done = await doing
    except DeviceChoiceNeeded as needed:
        needed.message = f"{note}. {needed.message}" if note else needed.message
        raise
    return replace(done, message=f"{done.message}. {note}") if note else done


def _play_item_action(item: Item, shuffle: bool | None) -> PlayerAction:
    return play_action(item.require_uri(), shuffle)


async def _attempt(deed: PlayerAction, doing: ActionContext, act: Run) -> Outcome:
    try:
        return await act(doing)
    except PlayerRestricted as refused:
        return await explain_restriction(deed, doing, refused)
    except DeviceNotFound as gone:
        if gone.message != DeviceNotFound.message:  # some of it was done there
            raise
        raise device_needed(deed, await doing.spotify.player.devices(), DEVICE_NOT_FOUND) from None
