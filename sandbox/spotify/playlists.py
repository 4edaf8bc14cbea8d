"""Playlists: lists that somebody owns and others may follow or work on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One place in a playlist. `uri` None is a track that is gone; old entries have no date."""

    uri: str | None
    added_at: float | None = None
    added_by: str | None = None  # the name of an account


@dataclass(eq=False)
class Playlist:
    """`owner` and `collaborators` are names of accounts; the owner "spotify" is editorial."""

    id: str
    name: str
    owner: str
    description: str = ""
    public: bool = True
    collaborative: bool = False
    collaborators: set[str] = field(default_factory=set)
    items: list[Entry] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    overstated: int = 0  # how many more items `total` claims than the pages hold

    def __post_init__(self) -> None:
        self.edited()

    @property
    def uri(self) -> str:
        return f"spotify:playlist:{self.id}"

    @property
    def snapshot_id(self) -> str:
        """The version it is in now."""
        return self.snapshots[-1]

    def edited(self) -> None:
        """Begin a new version; the older ones stay known."""
        version = f"{len(self.snapshots) + 1},{self.id}"
        self.snapshots.append(hashlib.sha256(version.encode()).hexdigest()[:32])

    def opens_to(self, name: str) -> bool:
        """Whether this account may read and change the items."""
        return name == self.owner or (self.collaborative and name in self.collaborators)

    def put(self, entries: list[Entry], position: int | None = None) -> None:
        at = len(self.items) if position is None else position
        self.items[at:at] = entries
        self.edited()

    def remove(self, uris: set[str]) -> None:
        """Every copy of these URIs."""
        self.items[:] = [entry for entry in self.items if entry.uri not in uris]
        self.edited()

    def move(self, start: int, length: int, before: int) -> None:
        """The items from `start` on to in front of the one now at `before`."""
        moved = self.items[start : start + length]
        del self.items[start : start + length]
        at = before if before <= start else max(start, before - len(moved))
        self.items[at:at] = moved
        self.edited()
