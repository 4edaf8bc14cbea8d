"""Playlists, which one account owns and others may follow or edit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PlaylistItem:
    """One entry. `uri` None is a track that no longer exists; old entries have no date."""

    uri: str | None
    added_at: float | None = None
    added_by: str | None = None  # the name of an account


@dataclass(eq=False)
class Playlist:
    """`owner` and `collaborators` are account names; Spotify's own have the owner "spotify"."""

    id: str
    name: str
    owner: str
    description: str = ""
    public: bool = True
    collaborative: bool = False
    collaborators: set[str] = field(default_factory=set)
    items: list[PlaylistItem] = field(default_factory=list)
    snapshot_ids: list[str] = field(default_factory=list)
    total_surplus: int = 0  # how many more items `total` claims than there are

    def __post_init__(self) -> None:
        self.new_snapshot()

    @property
    def uri(self) -> str:
        return f"spotify:playlist:{self.id}"

    @property
    def snapshot_id(self) -> str:
        """The id of the current version."""
        return self.snapshot_ids[-1]

    def new_snapshot(self) -> None:
        """Start a new version; older ids stay valid."""
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
        """Remove every copy of these URIs."""
        self.items[:] = [entry for entry in self.items if entry.uri not in uris]
        self.new_snapshot()

    def move(self, start: int, length: int, before: int) -> None:
        """Move `length` items from `start` to before the item at `before`."""
        moved = self.items[start : start + length]
        del self.items[start : start + length]
        at = before if before <= start else max(start, before - len(moved))
        self.items[at:at] = moved
        self.new_snapshot()
