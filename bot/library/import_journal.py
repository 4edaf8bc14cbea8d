"""What an import has done, as it is known after a kill at any moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec

from bot.library.append_log import AppendLog

FILE = "journal.jsonl"


class BatchOrder(StrEnum):
    """How Spotify lists the items that one call saves; it documents nothing about that."""

    LAST_IS_NEWEST = "last is newest"
    FIRST_IS_NEWEST = "first is newest"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Began(msgspec.Struct, frozen=True, tag="began"):
    """The account's own playlists before the first one is created, as IDs."""

    playlists: list[str]


class Sent(msgspec.Struct, frozen=True, tag="sent"):
    """A write of the URIs from `start` to `stop` is about to be sent."""

    step: int
    start: int
    stop: int


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The URIs of the step up to `stop` are dealt with; Spotify refused some of them."""

    step: int
    stop: int
    refused: list[str] = []
    snapshot_id: str = ""


class Creating(msgspec.Struct, frozen=True, tag="creating"):
    """The playlist of the step is about to be created."""

    step: int


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The playlist of the step, and how many entries it had before; `created`: it is new."""

    step: int
    playlist: str
    total: int
    created: bool = False
    snapshot_id: str = ""


class Learned(msgspec.Struct, frozen=True, tag="learned"):
    """How Spotify lists what one call saves."""

    order: BatchOrder


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The rest of a step is not done. `why` is a sentence for the user."""

    step: int
    why: str


class Undoing(msgspec.Struct, frozen=True, tag="undoing"):
    """The step is being reversed in a playlist that has `total` entries."""

    step: int
    total: int


class Undone(msgspec.Struct, frozen=True, tag="undone"):
    """The step is reversed; `left` of its items could not be removed."""

    step: int
    removed: int
    left: int = 0


Record = Began | Sent | Done | Creating | Opened | Learned | Failed | Undoing | Undone


@dataclass
class StepState:
    """How far a step is.

    done      its URIs that are dealt with
    sent      the batch that may have been written: (start, stop); None: none
    refused   URIs that Spotify refused
    creating  whether its playlist may have been created
    opened    its playlist
    """

    done: int = 0
    sent: tuple[int, int] | None = None
    refused: list[str] = field(default_factory=list)
    creating: bool = False
    opened: Opened | None = None
    snapshot_id: str = ""
    failed: str = ""
    undoing: Undoing | None = None
    undone: Undone | None = None


class Journal:
    """The records of one import, and what they add up to.

    began  the playlists before the first new one; None: none was created
    order  how Spotify lists what one call saves; None: not learned yet
    """

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._log: AppendLog[Record] = AppendLog(folder / FILE, Record)  # type: ignore[arg-type]
        self.began: list[str] | None = None
        self.order: BatchOrder | None = None
        self._steps: dict[int, StepState] = {}
        self._apply(self._log.read())

    def step(self, number: int) -> StepState:
        return self._steps.setdefault(number, StepState())

    @property
    def created(self) -> set[str]:
        """The IDs of the playlists that the import made."""
        opened = (state.opened for state in self._steps.values())
        return {each.playlist for each in opened if each is not None and each.created}

    def add(self, *records: Record) -> None:
        """Raises OSError."""
        self._log.append(*records)
        self._apply(records)

    def _apply(self, records: Iterable[Record]) -> None:
        for record in records:
            match record:
                case Began(playlists=playlists):
                    self.began = playlists
                case Learned(order=order):
                    self.order = order
                case _:
                    self._apply_to_step(record)

    def _apply_to_step(self, record: Record) -> None:
        assert not isinstance(record, Began | Learned)
        state = self.step(record.step)
        match record:
            case Sent(start=start, stop=stop):
                state.sent = start, stop
            case Done(stop=stop, refused=refused, snapshot_id=snapshot_id):
                state.done, state.sent = stop, None
                state.refused += refused
                state.snapshot_id = snapshot_id or state.snapshot_id
            case Creating():
                state.creating = True
            case Opened():
                state.opened, state.creating = record, False
                state.snapshot_id = record.snapshot_id
            case Failed(why=why):
                state.failed = why
            case Undoing():
                state.undoing = record
            case Undone():
                state.undone = record
