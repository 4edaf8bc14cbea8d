"""Playlists: lists that somebody owns and others may follow or work on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PlaylistItem:
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
    items: list[PlaylistItem] = field(default_factory=list)
    snapshot_ids: list[str] = field(default_factory=list)
    total_surplus: int = 0  # how many more items `total` claims than the pages hold

    def __post_init__(self) -> None:
        self.new_snapshot()

    @property
    def uri(self) -> str:
        return f"spotify:playlist:{self.id}"

    @property
    def snapshot_id(self) -> str:
        """The version it is in now."""
        return self.snapshot_ids[-1]

    def new_snapshot(self) -> None:
        """Begin a new version; the older ones stay known."""
        version = f"{len(self.snapshot_ids) + 1},{self.id}"
        self.snapshot_ids.append(hashlib.sha256(version.encode()).hexdigest()[:32])

    def is_open_to(self, name: str) -> bool:
        """Whether this account may read and change the items."""
        return name == self.owner or (self.collaborative and name in self.collaborators)

    def insert(self, items: list[PlaylistItem], position: int | None = None) -> None:
        at = len(self.items) if position is None else position
        self.items[at:at] = items
        self.new_snapshot()

    def remove(self, uris: set[str]) -> None:
        """Every copy of these URIs."""
        self.items[:] = [entry for entry in self.items if entry.uri not in uris]
        self.new_snapshot()

    def move(self, start: int, length: int, before: int) -> None:
        """The items from `start` on to in front of the one now at `before`."""
        moved = self.items[start : start + length]
        del self.items[start : start + length]
        at = before if before <= start else max(start, before - len(moved))
        self.items[at:at] = moved
        self.new_snapshot()
