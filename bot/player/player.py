"""Performs player actions: session, target device, attempt, another attempt, outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from weakref import WeakValueDictionary

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import NothingPlaying
from bot.errors.spotify import DeviceChoiceNeeded, PlayerRestricted, PremiumRequired
from bot.interactions.progress import StoppableWork
from bot.player import bulk_queue, handlers
from bot.player.actions import (
    LIKED_SONGS,
    LISTED_ITEMS,
    SKIPS,
    PlayerAction,
    play_action,
    queue_action,
)
from bot.player.bulk_queue import QueueRequest, plan_queue
from bot.player.command import Command
from bot.player.context import ActionContext
from bot.player.devices import device_needed, find_device, pick_device
from bot.player.history import UserHistory
from bot.player.memory import PlayerMemory
from bot.player.outcome import Outcome
from bot.player.resolve import resolve
from bot.player.situation import Situation, situation_of
from bot.player.start import play_songs
from bot.player.state import Sleep
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.entries import Entries
from bot.spotify.models import Device, Playback
from bot.spotify.uris import Uri
from bot.store import Store

# Seconds to queue several songs: MAX_SONGS take one call each.
QUEUE_TIMEOUT = 120.0

_NOTHING_TO_PAUSE = "Nothing is playing, so there is nothing to pause. Start something with /play."
_NO_VOLUME_TO_SHOW = "Nothing is playing, so there is no volume to see. Start something with /play."
# These actions need an active device; activating one for them would be useless.
_ACTIVE_DEVICE_ONLY = {
    PlayerAction("pause"): _NOTHING_TO_PAUSE,
    PlayerAction("volume"): _NO_VOLUME_TO_SHOW,
}

OnChange = Callable[[int, Playback | None, bool], None]
"""Called after a user's command, with the player's new state if that is known, and whether more
than the queue may have changed."""


class Player:
    """Performs the player actions of all users."""

    def __init__(
        self,
        sessions: Sessions,
        store: Store,
        history: UserHistory,
        sleep: Sleep,
        on_change: OnChange,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._preferences = store.preferences
        self._history = history
        self._monotonic = monotonic
        self._sleep = sleep
        self._on_change = on_change
        self._memory = PlayerMemory(longest_command=QUEUE_TIMEOUT, monotonic=monotonic)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def forget(self, user_id: int) -> None:
        """The user has unlinked: remember nothing of them, nor of their commands in progress."""
        self._memory.forget(user_id)

    def expire(self) -> None:
        """Remove expired entries from memory."""
        self._memory.expire()

    def was_refused(self, user_id: int) -> bool:
        """Whether Spotify refused the user's last command because they have no Premium."""
        return self._memory.was_refused(user_id)

    # ---- entries

    async def play(
        self, user_id: int, query: str, *, on: str | None = None, shuffle: bool | None = None
    ) -> Outcome:
        """Play what the query, link or `liked` resolves to. Raises as `resolve` and `perform`."""
        spotify = await self._sessions.session(user_id)
        spotify.require_player_quota()
        resolved = await resolve(spotify, query)
        item = resolved.items[0] if resolved.items else None
        action = PlayerAction("play", LIKED_SONGS, shuffle)
        if item is not None:
            uri = replace(item.require_uri(), start_ms=resolved.start_ms)
            action = play_action(uri, shuffle)
        run = partial(handlers.perform, action)
        return await self._execute(
            Command(user_id, spotify, action, run, on, item, note=resolved.note)
        )

    async def perform(
        self, user_id: int, action: PlayerAction, *, on: str | None = None, item: Item | None = None
    ) -> Outcome:
        """Perform the action on the device with this ID or name, else on the active one.

        If none is active, use the default device, or the only one there is.
        item  to play or queue, if it is known already

        Raises BotError; DeviceChoiceNeeded if the user has to choose or activate a device.
        """
        spotify = await self._sessions.session(user_id)
        run = partial(handlers.perform, action)
        return await self._execute(Command(user_id, spotify, action, run, on, item))

    async def queue(
        self, user_id: int, query: str, *, on: str | None = None, now: bool = False
    ) -> Outcome | QueueRequest:
        """Queue what the query or links resolve to, or return the request to be confirmed.

        now  skip to the first song as well

        Raises as `play`, and NothingToQueue.
        """
        spotify = await self._sessions.session(user_id)
        spotify.require_player_quota()
        resolved = await resolve(spotify, query, limit=bulk_queue.MAX_LINKS, liked=False)
        request = await plan_queue(spotify, resolved.items, resolved.links_left_out)
        if request.needs_confirmation:
            return request
        note = request.left_out_note if request.links_left_out else resolved.note
        return await self._queue(user_id, spotify, request.items, on=on, now=now, note=note)

    async def queue_items(
        self,
        user_id: int,
        uris: Sequence[Uri],
        *,
        on: str | None = None,
        now: bool = False,
        work: StoppableWork | None = None,
    ) -> Outcome:
        """Queue all songs of these items, which the user has confirmed and can stop."""
        spotify = (await self._sessions.session(user_id)).with_timeout(QUEUE_TIMEOUT)
        spotify.require_player_quota()
        items = [await spotify.catalogue.item(uri) for uri in uris]
        return await self._queue(user_id, spotify, items, on=on, now=now, work=work)

    async def play_items(
        self, user_id: int, uris: Sequence[Uri], *, on: str | None = None
    ) -> Outcome:
        """Play these items in one call: a single one as a whole, of several the songs."""
        if len(uris) == 1:
            return await self.perform(user_id, play_action(uris[0]), on=on)
        spotify = (await self._sessions.session(user_id)).with_timeout(QUEUE_TIMEOUT)
        spotify.require_player_quota()
        items = [await spotify.catalogue.item(uri) for uri in uris]
        songs = await bulk_queue.expand(spotify, items)
        run = partial(play_songs, songs)
        action = PlayerAction("play", LISTED_ITEMS)
        note = bulk_queue.unusable_note(songs)
        return await self._execute(
            Command(user_id, spotify, action, run, on, note=note, listed=items)
        )

    async def _queue(
        self,
        user_id: int,
        spotify: Spotify,
        items: Sequence[Item],
        *,
        on: str | None,
        now: bool,
        note: str = "",
        work: StoppableWork | None = None,
    ) -> Outcome:
        songs = await bulk_queue.expand(spotify, items, work)
        if work and work.stop_requested:
            return bulk_queue.NOTHING_QUEUED
        uri = songs[0].uri if len(songs) == 1 else None
        if uri:
            action = queue_action(uri, now=now)
        else:
            action = PlayerAction("queue", LISTED_ITEMS, now=now)
            spotify = spotify.with_timeout(QUEUE_TIMEOUT)
        run = partial(bulk_queue.queue_tracks, songs, now=now, work=work)
        note = note or bulk_queue.unusable_note(songs)
        listed = () if uri else items
        return await self._execute(
            Command(user_id, spotify, action, run, on, note=note, listed=listed)
        )

    # ---- the pipeline

    async def _execute(self, command: Command) -> Outcome:
        """Run the command and publish its outcome.

        Serialises a user's commands, so that each reply shows its own result. Queueing is exempt.
        """
        started_at = self._monotonic()
        lock = self._locks.setdefault(command.user_id, asyncio.Lock())
        try:
            async with nullcontext() if command.action.verb == "queue" else lock:
                outcome = await self._run(command)
        except BotError as error:
            if isinstance(error, PremiumRequired):
                self._memory.record_refusal(command.user_id)
            if isinstance(error, DeviceChoiceNeeded):
                command.add_to_question(error)
            if command.action.verb == "jump":  # it may have skipped some of the tracks
                self._on_change(command.user_id, None, True)
            raise
        if not self._memory.was_forgotten(command.user_id, started_at):
            self._publish(command, outcome)
        return command.with_note(outcome)

    async def _run(self, command: Command) -> Outcome:
        """Attempt it on the target device; if none is active, activate one and attempt again."""
        action, on = command.action, command.on
        device = await find_device(command.spotify, action, on) if on else None
        context = ActionContext(
            command.spotify,
            monotonic=self._monotonic,
            sleep=self._sleep,
            device=device.id if device else None,
            item=command.item,
            muted_volumes=self._memory.muted_volumes(command.user_id),
            last_played=self._memory.last_played(command.user_id),
        )
        outcome = None
        if device is None or device.is_active or action.activates_device:
            outcome = await command.attempt(context)
        if outcome is None:
            device, outcome = await self._activate_and_attempt(command, context, device)
        return command.with_device_name(outcome, device)

    async def _activate_and_attempt(
        self, command: Command, context: ActionContext, device: Device | None
    ) -> tuple[Device, Outcome]:
        """Attempt it on a device that is not active; return this device as well.

        device  that the user named; else the default device, or the only one there is

        Raises DeviceChoiceNeeded if there is neither, or if the device cannot be activated.
        """
        action, player = command.action, command.spotify.player
        if action in _ACTIVE_DEVICE_ONLY:
            if situation_of(await player.state()) is not Situation.INACTIVE:
                raise PlayerRestricted("no active device, but a state")
            raise NothingPlaying("no device", message=_ACTIVE_DEVICE_ONLY[action])
        devices: Entries[Device] = Entries()
        if device is None:
            devices = await player.devices()
            default = (await self._preferences.get(command.user_id)).device
            device = pick_device(devices, default)
        if device is None or device.id is None:
            raise device_needed(action, devices)
        if not action.activates_device:
            command = replace(command, run=partial(self._transfer_and_run, command, device.id))
        context = replace(context, device=device.id, just_transferred=True)
        outcome = await command.attempt(context)
        if outcome is None:
            raise device_needed(action, devices or await player.devices())
        return device, outcome

    async def _transfer_and_run(
        self, command: Command, device_id: str, context: ActionContext
    ) -> Outcome:
        play = command.action.now or command.action.verb in SKIPS
        await command.spotify.player.transfer(device_id, play=play)
        try:
            return await command.run(context)
        except BotError:  # the transfer itself has succeeded
            self._on_change(command.user_id, None, True)
            raise

    def _publish(self, command: Command, outcome: Outcome) -> None:
        """Update the memory, the history and the live panel."""
        user_id, action = command.user_id, command.action
        self._memory.record(user_id, action, outcome)
        if outcome.item is not None:
            self._history.add_item(user_id, outcome.item)
        self._on_change(user_id, outcome.state, action.changes_playback)
