"""Sleep timers: pause a user's player at a time, or at the end of a track.

A timer for tracks reads the player once for each track, when the track should be over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import NoSleepTimer, NothingPlaying
from bot.errors.spotify import OutcomeUnknown, RateLimited, SpotifyDown
from bot.errors.storage import StorageError
from bot.player.actions import PlayerAction
from bot.player.parsing import SleepRequest
from bot.player.player import Player
from bot.player.situation import require_item
from bot.player.state import Sleep
from bot.spotify.models import Playback
from bot.store import SleepTimer, Store

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Seconds before the end of the last track at which the bot reads and then pauses the player.
# Spotify needs some tenths of a second, and the next track must not be heard.
_LAST_LOOK, _PAUSE_BEFORE_END = 3.0, 1.0
# Seconds after the end of a track at which the next one has started.
_NEXT_TRACK_DELAY = 1.0
# Seconds by which the progress that Spotify reports may differ from the clock.
_TOLERANCE = 2.0
# Seconds after which the bot looks again at what it cannot count, and how often before it pauses.
_HIDDEN_DELAY, _MAX_HIDDEN_LOOKS = 20.0, 6
# How often a call is repeated if Spotify fails, and after how many seconds, or after the seconds
# that Spotify asks for if they are no more than the maximum.
_MAX_RETRIES, _RETRY_DELAY, _MAX_RETRY_DELAY = 8, 15.0, 120.0
# After a restart, a timer that is overdue by more than this many seconds is dropped.
_MAX_DELAY = 15 * 60.0

_PAUSED = "The music is paused. Use /resume first, or a time such as 30m."
_NO_LENGTH = "I can’t tell when this ends. Use a time, such as 30m."


class SleepTimers:
    """At most one timer for each user, in the store and as a task."""

    def __init__(
        self,
        sessions: Sessions,
        player: Player,
        store: Store,
        sleep: Sleep,
        *,
        now: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._player = player
        self._table = store.sleep_timers
        self._now = now
        self._sleep = sleep
        self._timers: dict[int, SleepTimer] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def get(self, user_id: int) -> SleepTimer | None:
        """The user's timer, whichever process waits for it."""
        return self._timers.get(user_id) or await self._table.elsewhere(user_id)

    def is_doubtful(self, user_id: int) -> bool:
        """Whether the pause will be refused unless the user gets Premium until then."""
        return self._player.was_refused(user_id)

    async def start(self, user_id: int, request: SleepRequest) -> SleepTimer:
        """Start a timer instead of the user's earlier one.

        Raises NotLinked; NothingPlaying if there is no track to count from.
        """
        if request.tracks is None:
            timer = SleepTimer(user_id, self._now() + request.seconds)
        else:
            spotify = await self._sessions.session(user_id)
            playback = await spotify.player.state()
            timer = self._after_tracks(user_id, playback, request.tracks)
            if playback is None or playback.progress_ms is None:
                raise NothingPlaying("no progress", message=_NO_LENGTH)
        await self._table.set(timer)
        self._schedule(timer)
        return timer

    async def cancel(self, user_id: int) -> None:
        """Raises NoSleepTimer."""
        is_deleted = await self._table.delete(user_id)
        if user_id not in self._timers and not is_deleted:
            raise NoSleepTimer
        self.forget(user_id)

    async def load(self) -> None:
        """Start the stored timers again."""
        for timer in await self._table.own():
            if timer.due < self._now() - _MAX_DELAY:
                await self._table.delete(timer.discord_id)
            else:
                self._schedule(timer)

    def forget(self, user_id: int) -> None:
        """Stop the user's timer. The store erases it with the user's link."""
        self._timers.pop(user_id, None)
        if task := self._tasks.pop(user_id, None):
            task.cancel()

    async def close(self) -> None:
        """Stop all timers; the store keeps them."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _after_tracks(self, user_id: int, playback: Playback | None, tracks: int) -> SleepTimer:
        """A timer for this many tracks, including the current one. Raises NothingPlaying."""
        item = require_item(playback)
        if playback is None or playback.is_playing is False:
            raise NothingPlaying("paused", message=_PAUSED)
        if not item.duration_ms:
            raise NothingPlaying("no length", message=_NO_LENGTH)
        left = (item.duration_ms - (playback.progress_ms or 0)) / 1000
        return SleepTimer(user_id, self._now() + left + _delay(tracks), tracks, item.id)

    def _schedule(self, timer: SleepTimer) -> None:
        self.forget(timer.discord_id)
        self._timers[timer.discord_id] = timer
        task = asyncio.create_task(self._run(timer))
        self._tasks[timer.discord_id] = task

    async def _run(self, timer: SleepTimer) -> None:
        try:
            await self._wait_and_pause(timer)
        except BotError as error:
            _log.info("a sleep timer could not pause: %s", type(error).__name__)
        except Exception:
            _log.exception("a sleep timer failed")
        if self._tasks.get(timer.discord_id) is asyncio.current_task():
            del self._tasks[timer.discord_id]
            del self._timers[timer.discord_id]
            with suppress(StorageError):  # the store has logged it; a restart drops the old timer
                await self._table.delete(timer.discord_id)

    async def _wait_and_pause(self, timer: SleepTimer) -> None:
        """Pause the player when it is time. Raises BotError."""
        hidden_looks = 0
        while True:
            await self._sleep(max(0.0, timer.due - self._now()))
            if timer.tracks_left is None:
                break
            playback = await self._retry(partial(self._read, timer.discord_id))
            if playback is None or playback.is_playing is False:
                return  # paused already
            item, tracks = playback.item, timer.tracks_left
            if item is None or not item.duration_ms:
                # An ad, or something that Spotify does not show: look again when it may be over.
                hidden_looks += 1
                if tracks == 1 or hidden_looks > _MAX_HIDDEN_LOOKS:
                    break
                timer = replace(timer, due=self._now() + _HIDDEN_DELAY)
                continue
            # After a restart the item is unknown: `due` is before the end of the last track only.
            is_over = item.id != timer.item or self._is_repeated(timer, playback)
            tracks -= is_over if timer.item else tracks > 1
            if tracks <= 0:
                break
            timer = self._after_tracks(timer.discord_id, playback, tracks)
            if timer.due <= self._now() and tracks == 1:
                await self._sleep(timer.due + _LAST_LOOK - _PAUSE_BEFORE_END - self._now())
                break
            self._timers[timer.discord_id] = timer
            with suppress(StorageError):  # the timer goes on in memory
                await self._table.set(timer)
        if not await self._is_own(timer):
            return  # another process got a newer timer, or a cancellation
        # Pausing twice does no harm, so it is repeated even if Spotify may have done it.
        await self._retry(partial(self._player.perform, timer.discord_id, PlayerAction("pause")))

    async def _is_own(self, timer: SleepTimer) -> bool:
        try:
            return await self._table.is_own(timer.discord_id)
        except StorageError:
            return True  # the user has asked for it, and no later word is known

    def _is_repeated(self, timer: SleepTimer, playback: Playback) -> bool:
        """Whether the track has ended and started again: it plays no longer than since its end."""
        since_end = self._now() - (timer.due - _delay(timer.tracks_left))
        if since_end < 0 or playback.progress_ms is None:
            return False
        return playback.progress_ms / 1000 <= since_end + _TOLERANCE

    async def _read(self, user_id: int) -> Playback | None:
        return await (await self._sessions.session(user_id)).player.state()

    async def _retry(self, call: Callable[[], Awaitable[T]]) -> T:
        """The result of the call, which is repeated while Spotify fails. Raises BotError."""
        for _ in range(_MAX_RETRIES):
            try:
                return await call()
            except RateLimited as error:
                if error.retry_after > _MAX_RETRY_DELAY:
                    raise
                delay = max(_RETRY_DELAY, error.retry_after)
            except (SpotifyDown, OutcomeUnknown):
                delay = _RETRY_DELAY
            await self._sleep(delay)
        return await call()


def _delay(tracks: int | None) -> float:
    """Seconds after the end of a track, or before it if negative, at which the player is read."""
    return -_LAST_LOOK if tracks == 1 else _NEXT_TRACK_DELAY
