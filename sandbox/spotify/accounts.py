"""The simulated Spotify's accounts with their libraries, and its registered apps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..clock import Clock
from .catalogue import GENERATED_ID_PREFIX, generated_uri
from .devices import Device
from .player import Player
from .playlists import Playlist

SaveOrder = Literal["last is newest", "first is newest", "by ID"]
SavedItem = tuple[str, float | None]  # a URI and its time; very old items have none


@dataclass
class App:
    """A registered app. If its owner has no Premium, the API refuses every call."""

    client_id: str
    redirect_uris: list[str] = field(default_factory=list)
    allowed_accounts: set[str] = field(default_factory=set)  # names; Spotify permits five
    owner_premium: bool = True
    client_secret: str = field(default="", repr=False)
    name: str = "Tonearm"


@dataclass(eq=False)
class Account:
    """A user's account. Each list of saved items is newest first.

    Tests may fill and change the lists directly, even with 100,000 entries: the API builds its
    objects page by page. Call `on_change` after such a change.
    """

    name: str
    id: str
    account_id: str | None
    display_name: str
    premium: bool
    player: Player
    clock: Clock
    on_change: Callable[[], None]
    liked: list[SavedItem] = field(default_factory=list)
    albums: list[SavedItem] = field(default_factory=list)
    shows: list[SavedItem] = field(default_factory=list)
    episodes: list[SavedItem] = field(default_factory=list)
    audiobooks: list[SavedItem] = field(default_factory=list)
    artists: list[SavedItem] = field(default_factory=list)
    users: list[SavedItem] = field(default_factory=list)
    playlists: list[Playlist | None] = field(default_factory=list)  # the API shows None as null
    closed_devices: list[Device] = field(default_factory=list)  # Spotify is not open on these
    total_surplus: int = 0  # how many more liked songs `total` claims than there are
    # How items that were saved in one second are listed: Spotify documents no order.
    batch_order: SaveOrder = "last is newest"

    def saved_items(self, kind: str) -> list[SavedItem]:
        """The list for items of this kind ("track", "album", …)."""
        lists = {
            "track": self.liked,
            "local": self.liked,
            "album": self.albums,
            "show": self.shows,
            "episode": self.episodes,
            "audiobook": self.audiobooks,
            "artist": self.artists,
            "user": self.users,
        }
        return lists[kind]

    def saved_uris(self, kind: str) -> set[str]:
        """The URIs of the saved items of this kind."""
        return {uri for uri, _ in self.saved_items(kind)}

    def save(self, *uris: str) -> None:
        """Save the URIs that are not saved yet, in `batch_order`."""
        now = self.clock()
        for uri in dict.fromkeys(uris):
            items = self.saved_items(uri_kind(uri))
            if uri not in self.saved_uris(uri_kind(uri)):
                place = 0 if self.batch_order == "last is newest" else _of_this_second(items, now)
                items.insert(place, (uri, now))
                if self.batch_order == "by ID":
                    items[: place + 1] = sorted(items[: place + 1])
        self.on_change()

    def remove(self, *uris: str) -> None:
        """Remove the URIs that are saved."""
        for kind in {uri_kind(uri) for uri in uris}:
            items = self.saved_items(kind)
            items[:] = [item for item in items if item[0] not in set(uris)]
        self.on_change()

    def like(self, *uris: str) -> None:
        """Like the tracks, one after the other."""
        self.save(*uris)

    def like_generated(self, count: int) -> None:
        """Like `count` generated songs, an hour apart, before all other liked songs."""
        end = min((at for _, at in self.liked if at is not None), default=self.clock())
        first = sum(GENERATED_ID_PREFIX in uri for uri, _ in self.liked)
        self.liked += [
            (generated_uri(number), end - 3600.0 * (number - first + 1))
            for number in range(first, first + count)
        ]
        self.on_change()

    def unlike_generated(self) -> None:
        """Remove all generated songs from the liked songs."""
        self.liked = [item for item in self.liked if GENERATED_ID_PREFIX not in item[0]]
        self.on_change()

    def toggle_device(self, name: str) -> None:
        """Close Spotify on this device, or open it there. Raises LookupError."""
        for device in [*self.player.devices, *self.closed_devices]:
            if device.name != name:
                continue
            if device in self.closed_devices:
                self.closed_devices.remove(device)
                self.player.devices.append(device)
            else:
                if device is self.player.device:
                    self.player.device = None
                self.player.devices.remove(device)
                self.closed_devices.append(device)
            self.on_change()
            return
        raise LookupError(f"there is no device {name}")


def _of_this_second(items: list[SavedItem], now: float) -> int:
    """How many of the newest items were saved in the same second."""
    same = itertools.takewhile(lambda item: item[1] is not None and int(item[1]) == int(now), items)
    return sum(1 for _ in same)


def uri_kind(uri: str) -> str:
    """The kind in a URI: "spotify:track:…" is a "track"."""
    return uri.split(":", 2)[1]
