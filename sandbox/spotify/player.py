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

REMEMBERED = 50  # recently played
HEARD = 30.0  # seconds after which a track counts as played
FORETOLD = 20  # how much of what comes next the API tells

Repeat = Literal["off", "track", "context"]
Interlude = Literal["ad", "unknown"]


@dataclass(frozen=True)
class Played:
    uri: str
    at: float
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
        note: Callable[[], None],
        chance: random.Random,
    ) -> None:
        self.devices = devices
        self.context: str | None = None
        self.queue: list[str] = []
        self.repeat: Repeat = "off"
        self.shuffle = False
        self.forbidden: frozenset[Action] = frozenset()
        self._interlude: Interlude | None = None
        self.played: deque[Played] = deque(maxlen=REMEMBERED)  # oldest first
        self.changed = clock()
        self._clock = clock
        self._duration_of = duration_of
        self._tracks_of = tracks_of
        self._note = note
        self._chance = chance
        self._device: Device | None = None
        self._item: str | None = None
        self._from_queue = False
        self._tracks: list[str] = []  # the context in its own order
        self._order: list[str] = []  # the context as it is played
        self._at = 0
        self._playing = False
        self._offset = 0.0  # milliseconds into the item at `_since`
        self._since = clock()

    # ---- looking

    @property
    def device(self) -> Device | None:
        """The active device. Set None to let all of them fall asleep."""
        return self._device if self._device in self.devices else None

    @device.setter
    def device(self, device: Device | None) -> None:
        self._settle()
        if device is None:
            self._stand_still()
        self._device = device
        self._touch()

    @property
    def interlude(self) -> Interlude | None:
        """What sounds instead of the item, which waits meanwhile. Set it to start or end one."""
        return self._interlude

    @interlude.setter
    def interlude(self, interlude: Interlude | None) -> None:
        self._settle()
        self._offset, self._since = self._position(), self._clock()
        self._interlude = interlude
        self._touch()

    @property
    def item(self) -> str | None:
        """The URI of what is playing or paused."""
        self._settle()
        return self._item

    @property
    def is_playing(self) -> bool:
        self._settle()
        return self._playing

    @property
    def progress(self) -> int:
        """Milliseconds into the item."""
        self._settle()
        return int(self._position())

    def coming(self) -> list[str]:
        """What will play after this item: the queue first, then the context."""
        self._settle()
        ahead = self._order[self._at + 1 :][:FORETOLD]
        if self.repeat == "context" and self._order:
            while len(ahead) < FORETOLD:
                ahead += self._order[: FORETOLD - len(ahead)]
        return [*self.queue, *ahead][:FORETOLD]

    @property
    def at_start(self) -> bool:
        """Whether there is nothing to go back to."""
        self._settle()
        first = self._at == 0 and not self._from_queue and self.repeat != "context"
        return first or not self._order

    def twin(self) -> Player:
        """A copy that goes on by itself, unheard, from how it is now."""
        self._settle()
        twin = copy.copy(self)
        twin.devices = [copy.copy(device) for device in self.devices]
        twin._device = twin.devices[self.devices.index(self.device)] if self.device else None
        twin.queue, twin.played = list(self.queue), self.played.copy()
        twin._note = lambda: None
        return twin

    # ---- what happens to it

    def forbid(self, *actions: Action) -> None:
        """From now on these may not be done, such as "seeking"; without any, all may again."""
        if unknown := set(actions) - set(get_args(Action)):
            raise ValueError(f"Spotify knows no action {', '.join(sorted(unknown))}")
        self.forbidden = frozenset(actions)
        self._touch()

    def fall_asleep(self) -> Device:
        """The active device stops and leaves the list; append it to `devices` to wake it."""
        device = self.device
        if device is None:
            raise LookupError("no device is awake")
        self.device = None
        self.devices.remove(device)
        return device

    # ---- doing

    def start(
        self,
        *uris: str,
        context: str | None = None,
        at: int = 0,
        position: int = 0,
        device: Device | None = None,
    ) -> None:
        """As if its person pressed play: these URIs, or a context, from its number `at` on."""
        self._settle()
        self._remember(self._clock())
        self._tracks = list(uris) if uris else self._tracks_of(context or "")
        if not self._tracks:
            raise LookupError(f"there is nothing to play in {context}")
        self.context = None if uris else context
        self._arrange(at)
        self._device = device or self.device or next(d for d in self.devices if d.id)
        self._begin(self._tracks[at], self._clock(), position)
        self._playing = True
        self._touch()

    def resume(self, device: Device | None = None) -> None:
        self._settle()
        self._device = device or self._device
        self._offset, self._since = self._position(), self._clock()
        self._playing = True
        self._touch()

    def pause(self) -> None:
        self._settle()
        self._stand_still()
        self._touch()

    def next(self) -> None:
        self._settle()
        self._step(self._clock())
        self._touch()

    def previous(self) -> None:
        """The track before this one, however far this one has come."""
        self._settle()
        now = self._clock()
        self._remember(now)
        if not self._from_queue:
            self._at = (self._at - 1) % len(self._order)
        self._begin(self._order[self._at], now)
        self._touch()

    def seek(self, position: int) -> None:
        """Beyond the end means the next one, as at Spotify."""
        self._settle()
        if self._item is not None and position >= self._duration_of(self._item):
            self._step(self._clock())
        else:
            self._offset, self._since = position, self._clock()
        self._touch()

    def set_repeat(self, repeat: Repeat) -> None:
        self._settle()
        self.repeat = repeat
        self._touch()

    def set_shuffle(self, shuffle: bool) -> None:
        self._settle()
        self.shuffle = shuffle
        if self._order:
            self._arrange(self._tracks.index(self._order[self._at]))
        self._touch()

    def set_volume(self, device: Device, volume: int) -> None:
        device.volume = volume
        self._touch()

    def enqueue(self, uri: str) -> None:
        self._settle()
        self.queue.append(uri)
        self._touch()

    # ---- time

    def _position(self) -> float:
        if not self._playing or self._interlude:
            return self._offset
        return self._offset + (self._clock() - self._since) * 1000

    def _settle(self) -> None:
        """Let end what has ended by now."""
        while self._playing and self._item is not None and not self._interlude:
            left = self._duration_of(self._item) - self._position()
            if left > 0:
                return
            ended = self._clock() + left / 1000
            if self.repeat == "track":
                self._remember(ended)
                self._begin(self._item, ended)
            else:
                self._step(ended)
            self.changed = ended

    def _step(self, now: float) -> None:
        """To the queue's first, else to the context's next, else to its start and stop there."""
        self._remember(now)
        if self.queue:
            self._begin(self.queue.pop(0), now)
            self._from_queue = True
            return
        over = self._at + 1 >= len(self._order)
        self._at = 0 if over else self._at + 1
        if over and self.repeat != "context":
            self._playing = False
        if self._order:
            self._begin(self._order[self._at], now)

    def _begin(self, uri: str, now: float, position: int = 0) -> None:
        self._item, self._from_queue = uri, False
        self._offset, self._since = position, now

    def _remember(self, now: float) -> None:
        """Count the item as played if it was heard long enough; episodes never count."""
        heard = self._offset / 1000 + (now - self._since if self._playing else 0)
        if self._item is not None and self._item.startswith("spotify:track:") and heard >= HEARD:
            self.played.append(Played(self._item, now, self.context))

    def _arrange(self, at: int) -> None:
        """Put the context in the order in which it is played, from its number `at` on."""
        self._order, self._at = list(self._tracks), at
        if self.shuffle:
            current = self._order.pop(at)
            self._chance.shuffle(self._order)
            self._order.insert(0, current)
            self._at = 0

    def _stand_still(self) -> None:
        self._offset, self._playing = self._position(), False

    def _touch(self) -> None:
        self.changed = self._clock()
        self._note()
