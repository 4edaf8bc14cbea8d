"""A user's player: devices, current item, queue and context, driven by the clock."""

from __future__ import annotations

import copy
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import get_args

from ..clock import Clock
from .actions import Action, Interlude, Repeat
from .devices import Device

MAX_PLAYED = 50  # entries of recently played
MIN_PLAYED_SECONDS = 30.0  # a track that played less does not count as played
MAX_UPCOMING = 20  # how many upcoming items the API shows


@dataclass(frozen=True)
class PlayedTrack:
    uri: str
    played_at: float
    context: str | None

    @property
    def played_at_ms(self) -> int:
        return int(self.played_at * 1000)


class Player:
    """Catches up with the clock at every access: ended tracks give way to the next ones.

    duration_of  the duration of a URI in milliseconds
    tracks_of    the URIs in a context
    on_change    called after each command
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
        self._tracks: list[str] = []  # of the context, in its own order
        self._play_order: list[str] = []  # `_tracks`, shuffled or not
        self._index = 0
        self._is_playing = False
        self._base_position = 0.0  # milliseconds into the item at `_base_time`
        self._base_time = clock()

    # ---- state

    @property
    def device(self) -> Device | None:
        """The active device. Setting None deactivates all devices."""
        return self._device if self._device in self.devices else None

    @device.setter
    def device(self, device: Device | None) -> None:
        with self._change():
            if device is None:
                self._stop()
            self._device = device

    @property
    def interlude(self) -> Interlude | None:
        """What plays instead of the item, which is on hold. Set it to start or end an interlude."""
        return self._interlude

    @interlude.setter
    def interlude(self, interlude: Interlude | None) -> None:
        with self._change():
            self._base_position, self._base_time = self._position(), self._clock()
            self._interlude = interlude

    @property
    def item(self) -> str | None:
        """The URI of the playing or paused item."""
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
        """The URIs after this item: first the queue, then the context."""
        self._catch_up()
        ahead = self._play_order[self._index + 1 :][:MAX_UPCOMING]
        if self.repeat == "context" and self._play_order:
            while len(ahead) < MAX_UPCOMING:
                ahead += self._play_order[: MAX_UPCOMING - len(ahead)]
        return [*self.queue, *ahead][:MAX_UPCOMING]

    @property
    def at_start(self) -> bool:
        """Whether there is no previous track."""
        self._catch_up()
        at_first = self._index == 0 and not self._item_from_queue
        return not self._play_order or (at_first and self.repeat != "context")

    def clone(self) -> Player:
        """A copy that plays on independently and reports no changes."""
        self._catch_up()
        clone = copy.copy(self)
        clone.devices = [copy.copy(device) for device in self.devices]
        clone._device = clone.devices[self.devices.index(self.device)] if self.device else None
        clone.queue, clone.played = list(self.queue), self.played.copy()
        clone._on_change = lambda: None
        return clone

    # ---- outside events

    def disallow(self, *actions: Action) -> None:
        """Disallow exactly these actions, such as "seeking", from now on."""
        if unknown := set(actions) - set(get_args(Action)):
            raise ValueError(f"Spotify knows no action {', '.join(sorted(unknown))}")
        self.disallowed_actions = frozenset(actions)
        self._mark_changed()

    def deactivate_device(self) -> Device:
        """Stop and remove the active device; append it to `devices` to bring it back."""
        device = self.device
        if device is None:
            raise LookupError("no device is active")
        self.device = None
        self.devices.remove(device)
        return device

    # ---- commands

    def play(
        self,
        *uris: str,
        context: str | None = None,
        index: int = 0,
        position: int = 0,
        device: Device | None = None,
    ) -> None:
        """Play these URIs or a context from the given index. `position` is in milliseconds."""
        with self._change():
            self._record_played(self._clock())
            self._tracks = list(uris) if uris else self._tracks_of(context or "")
            if not self._tracks:
                raise LookupError(f"there is nothing to play in {context}")
            self.context = None if uris else context
            self._build_play_order(index)
            self._device = device or self.device or next(d for d in self.devices if d.id)
            self._start_item(self._tracks[index], self._clock(), position)
            self._is_playing = True

    def resume(self, device: Device | None = None) -> None:
        with self._change():
            self._device = device or self._device
            self._base_position, self._base_time = self._position(), self._clock()
            self._is_playing = True

    def pause(self) -> None:
        with self._change():
            self._stop()

    def next(self) -> None:
        with self._change():
            self._advance(self._clock())

    def previous(self) -> None:
        """Go to the previous track, whatever the position in this one."""
        with self._change():
            now = self._clock()
            self._record_played(now)
            if not self._item_from_queue:
                self._index = (self._index - 1) % len(self._play_order)
            self._start_item(self._play_order[self._index], now)

    def seek(self, position: int) -> None:
        """Seek to milliseconds; past the end it skips to the next item, as Spotify does."""
        with self._change():
            if self._item is not None and position >= self._duration_of(self._item):
                self._advance(self._clock())
            else:
                self._base_position, self._base_time = position, self._clock()

    def set_repeat(self, repeat: Repeat) -> None:
        with self._change():
            self.repeat = repeat

    def set_shuffle(self, shuffle: bool) -> None:
        with self._change():
            self.shuffle = shuffle
            if self._play_order:
                self._build_play_order(self._tracks.index(self._play_order[self._index]))

    def set_volume(self, device: Device, volume: int) -> None:
        device.volume = volume
        self._mark_changed()

    def enqueue(self, uri: str) -> None:
        with self._change():
            self.queue.append(uri)

    # ---- time

    def _position(self) -> float:
        if not self._is_playing or self._interlude:
            return self._base_position
        return self._base_position + (self._clock() - self._base_time) * 1000

    def _catch_up(self) -> None:
        """Advance past every item that has ended by now."""
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
        """Start the next item of the queue or the context; at the end, stop at the first."""
        self._record_played(now)
        if self.queue:
            self._start_item(self.queue.pop(0), now)
            self._item_from_queue = True
            return
        at_end = self._index + 1 >= len(self._play_order)
        self._index = 0 if at_end else self._index + 1
        if at_end and self.repeat != "context":
            self._is_playing = False
        if self._play_order:
            self._start_item(self._play_order[self._index], now)

    def _start_item(self, uri: str, now: float, position: int = 0) -> None:
        self._item, self._item_from_queue = uri, False
        self._base_position, self._base_time = position, now

    def _record_played(self, now: float) -> None:
        """Add the item to `played` if it is a track and played long enough."""
        seconds = self._base_position / 1000 + (now - self._base_time if self._is_playing else 0)
        is_track = (self._item or "").startswith("spotify:track:")
        if self._item and is_track and seconds >= MIN_PLAYED_SECONDS:
            self.played.append(PlayedTrack(self._item, now, self.context))

    def _build_play_order(self, index: int) -> None:
        """Order the context for playing, with the track at `index` as the current one."""
        self._play_order, self._index = list(self._tracks), index
        if self.shuffle:
            current = self._play_order.pop(index)
            self._rng.shuffle(self._play_order)
            self._play_order.insert(0, current)
            self._index = 0

    def _stop(self) -> None:
        self._base_position, self._is_playing = self._position(), False

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Wraps a command: catches up with the clock first, and reports the change at the end."""
        self._catch_up()
        yield
        self._mark_changed()

    def _mark_changed(self) -> None:
        self.changed_at = self._clock()
        self._on_change()
