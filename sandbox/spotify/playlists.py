"""Playlists, which one account owns and others may follow or edit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

# The latest versions whose items are remembered.
_MAX_VERSIONS = 8


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
    _versions: dict[str, tuple[PlaylistItem, ...]] = field(default_factory=dict, repr=False)

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
        self._versions[self.snapshot_id] = tuple(self.items)
        if len(self._versions) > _MAX_VERSIONS:
            del self._versions[next(iter(self._versions))]

    def items_at(self, snapshot_id: str) -> Sequence[PlaylistItem]:
        """The items of a version; of the oldest ones, only their ids are remembered."""
        is_current = snapshot_id == self.snapshot_id
        return self.items if is_current else self._versions.get(snapshot_id, self.items)

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

    def move(self, start: int, length: int, before: int, snapshot_id: str) -> None:
        """Move `length` items from `start` to before the item at `before`.

        The numbers refer to the items at that snapshot; those that are gone since are ignored.
        """
        then = self.items_at(snapshot_id)
        wanted = {id(item) for item in then[start : start + length]}
        moved = [item for item in self.items if id(item) in wanted]
        others = [item for item in self.items if id(item) not in wanted]
        places = {id(item): index for index, item in enumerate(others)}
        following = (places[id(item)] for item in then[before:] if id(item) in places)
        at = next(following, len(others))
        self.items[:] = [*others[:at], *moved, *others[at:]]
        self.new_snapshot()
