"""A person's player: devices, what sounds and what comes next, moved along by the clock."""

from __future__ import annotations

import copy
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from ..clock import Clock
from .actions import Action
from .devices import Device

MAX_PLAYED = 50  # recently played
MIN_PLAYED_SECONDS = 30.0  # seconds after which a track counts as played
MAX_UPCOMING = 20  # how much of what comes next the API tells

Repeat = Literal["off", "track", "context"]
Interlude = Literal["ad", "unknown"]


@dataclass(frozen=True)
class PlayedTrack:
    uri: str
    played_at: float
    context: str | None


class Player:
    """What is playing is settled whenever somebody looks: tracks end, the next begin.

    duration_of gives milliseconds for a URI; tracks_of the URIs that a context's URI holds;
    note is called after each change made by hand.
    """

    def __init__(
        self,
        clock: Clock,
        devices: list[Device],
        *,
        duration_of: Callable[[str], int],
        tracks_of: Callable[[str], list[str]],
        on_change: Callable[[], None],
        rng: random.Random,
    ) -> None:
        self.devices = devices
        self.context: str | None = None
        self.queue: list[str] = []
        self.repeat: Repeat = "off"
        self.shuffle = False
        self.disallowed_actions: frozenset[Action] = frozenset()
        self._interlude: Interlude | None = None
        self.played: deque[PlayedTrack] = deque(maxlen=MAX_PLAYED)  # oldest first
        self.changed_at = clock()
        self._clock = clock
        self._duration_of = duration_of
        self._tracks_of = tracks_of
        self._on_change = on_change
        self._rng = rng
        self._device: Device | None = None
        self._item: str | None = None
        self._item_from_queue = False
        self._tracks: list[str] = []  # the context in its own order
        self._play_order: list[str] = []  # the context as it is played
        self._index = 0
        self._is_playing = False
        self._base_position = 0.0  # milliseconds into the item at `_since`
        self._base_time = clock()

    # ---- looking

    @property
    def device(self) -> Device | None:
        """The active device. Set None to let all of them fall asleep."""
        return self._device if self._device in self.devices else None

    @device.setter
    def device(self, device: Device | None) -> None:
        self._catch_up()
        if device is None:
            self._stop()
        self._device = device
        self._mark_changed()

    @property
    def interlude(self) -> Interlude | None:
        """What sounds instead of the item, which waits meanwhile. Set it to start or end one."""
        return self._interlude

    @interlude.setter
    def interlude(self, interlude: Interlude | None) -> None:
        self._catch_up()
        self._base_position, self._base_time = self._position(), self._clock()
        self._interlude = interlude
        self._mark_changed()

    @property
    def item(self) -> str | None:
        """The URI of what is playing or paused."""
        self._catch_up()
        return self._item

    @property
    def is_playing(self) -> bool:
        self._catch_up()
        return self._is_playing

    @property
    def progress(self) -> int:
        """Milliseconds into the item."""
        self._catch_up()
        return int(self._position())

    def upcoming(self) -> list[str]:
        """What will play after this item: the queue first, then the context."""
        self._catch_up()
        ahead = self._play_order[self._index + 1 :][:MAX_UPCOMING]
        if self.repeat == "context" and self._play_order:
            while len(ahead) < MAX_UPCOMING:
                ahead += self._play_order[: MAX_UPCOMING - len(ahead)]
        return [*self.queue, *ahead][:MAX_UPCOMING]

    @property
    def at_start(self) -> bool:
        """Whether there is nothing to go back to."""
        self._catch_up()
        first = self._index == 0 and not self._item_from_queue and self.repeat != "context"
        return first or not self._play_order

    def clone(self) -> Player:
        """A copy that goes on by itself, unheard, from how it is now."""
        self._catch_up()
        twin = copy.copy(self)
        twin.devices = [copy.copy(device) for device in self.devices]
        twin._device = twin.devices[self.devices.index(self.device)] if self.device else None
        twin.queue, twin.played = list(self.queue), self.played.copy()
        twin._on_change = lambda: None
        return twin

    # ---- what happens to it

    def disallow(self, *actions: Action) -> None:
        """From now on these may not be done, such as "seeking"; without any, all may again."""
        if unknown := set(actions) - set(get_args(Action)):
            raise ValueError(f"Spotify knows no action {', '.join(sorted(unknown))}")
        self.disallowed_actions = frozenset(actions)
        self._mark_changed()

    def deactivate_device(self) -> Device:
        """The active device stops and leaves the list; append it to `devices` to wake it."""
        device = self.device
        if device is None:
            raise LookupError("no device is awake")
        self.device = None
        self.devices.remove(device)
        return device

    # ---- doing

    def play(
        self,
        *uris: str,
        context: str | None = None,
        index: int = 0,
        position: int = 0,
        device: Device | None = None,
    ) -> None:
        """As if its person pressed play: these URIs, or a context, from its number `at` on."""
        self._catch_up()
        self._record_played(self._clock())
        self._tracks = list(uris) if uris else self._tracks_of(context or "")
        if not self._tracks:
            raise LookupError(f"there is nothing to play in {context}")
        self.context = None if uris else context
        self._build_play_order(index)
        self._device = device or self.device or next(d for d in self.devices if d.id)
        self._start_item(self._tracks[index], self._clock(), position)
        self._is_playing = True
        self._mark_changed()

    def resume(self, device: Device | None = None) -> None:
        self._catch_up()
        self._device = device or self._device
        self._base_position, self._base_time = self._position(), self._clock()
        self._is_playing = True
        self._mark_changed()

    def pause(self) -> None:
        self._catch_up()
        self._stop()
        self._mark_changed()

    def next(self) -> None:
        self._catch_up()
        self._advance(self._clock())
        self._mark_changed()

    def previous(self) -> None:
        """The track before this one, however far this one has come."""
        self._catch_up()
        now = self._clock()
        self._record_played(now)
        if not self._item_from_queue:
            self._index = (self._index - 1) % len(self._play_order)
        self._start_item(self._play_order[self._index], now)
        self._mark_changed()

    def seek(self, position: int) -> None:
        """Beyond the end means the next one, as at Spotify."""
        self._catch_up()
        if self._item is not None and position >= self._duration_of(self._item):
            self._advance(self._clock())
        else:
            self._base_position, self._base_time = position, self._clock()
        self._mark_changed()

    def set_repeat(self, repeat: Repeat) -> None:
        self._catch_up()
        self.repeat = repeat
        self._mark_changed()

    def set_shuffle(self, shuffle: bool) -> None:
        self._catch_up()
        self.shuffle = shuffle
        if self._play_order:
            self._build_play_order(self._tracks.index(self._play_order[self._index]))
        self._mark_changed()

    def set_volume(self, device: Device, volume: int) -> None:
        device.volume = volume
        self._mark_changed()

    def enqueue(self, uri: str) -> None:
        self._catch_up()
        self.queue.append(uri)
        self._mark_changed()

    # ---- time

    def _position(self) -> float:
        if not self._is_playing or self._interlude:
            return self._base_position
        return self._base_position + (self._clock() - self._base_time) * 1000

    def _catch_up(self) -> None:
        """Let end what has ended by now."""
        while self._is_playing and self._item is not None and not self._interlude:
            left = self._duration_of(self._item) - self._position()
            if left > 0:
                return
            ended = self._clock() + left / 1000
            if self.repeat == "track":
                self._record_played(ended)
                self._start_item(self._item, ended)
            else:
                self._advance(ended)
            self.changed_at = ended

    def _advance(self, now: float) -> None:
        """To the queue's first, else to the context's next, else to its start and stop there."""
        self._record_played(now)
        if self.queue:
            self._start_item(self.queue.pop(0), now)
            self._item_from_queue = True
            return
        over = self._index + 1 >= len(self._play_order)
        self._index = 0 if over else self._index + 1
        if over and self.repeat != "context":
            self._is_playing = False
        if self._play_order:
            self._start_item(self._play_order[self._index], now)

    def _start_item(self, uri: str, now: float, position: int = 0) -> None:
        self._item, self._item_from_queue = uri, False
        self._base_position, self._base_time = position, now

    def _record_played(self, now: float) -> None:
        """Count the item as played if it was heard long enough; episodes never count."""
        heard = self._base_position / 1000 + (now - self._base_time if self._is_playing else 0)
        if (
            self._item is not None
            and self._item.startswith("spotify:track:")
            and heard >= MIN_PLAYED_SECONDS
        ):
            self.played.append(PlayedTrack(self._item, now, self.context))

    def _build_play_order(self, index: int) -> None:
        """Put the context in the order in which it is played, from its number `at` on."""
        self._play_order, self._index = list(self._tracks), index
        if self.shuffle:
            current = self._play_order.pop(index)
            self._rng.shuffle(self._play_order)
            self._play_order.insert(0, current)
            self._index = 0

    def _stop(self) -> None:
        self._base_position, self._is_playing = self._position(), False

    def _mark_changed(self) -> None:
        self.changed_at = self._clock()
        self._on_change()
