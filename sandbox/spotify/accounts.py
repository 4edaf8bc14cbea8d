"""Who has an account at the pretend Spotify, and what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..clock import Clock
from .catalogue import GENERATED_ID_PREFIX, generated_uri
from .player import Player
from .playlists import Playlist

SavedItem = tuple[str, float | None]  # a URI, and when it was saved: of very old ones nobody knows


@dataclass
class App:
    """An app as its owner registered it. Without Premium of the owner it is refused everything."""

    client_id: str
    redirect_uris: list[str] = field(default_factory=list)
    allowed_accounts: set[str] = field(default_factory=set)  # names of accounts, at most five
    owner_premium: bool = True
    client_secret: str = field(default="", repr=False)
    name: str = "Tonearm"


@dataclass(eq=False)
class Account:
    """A person's account. Each list of what they saved is newest first.

    The lists may be filled and changed directly, with 100,000 entries too: what they hold is made
    into answers page by page, when it is asked for. `note` then tells who waits for a change.
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
    playlists: list[Playlist | None] = field(default_factory=list)  # None is shown as null
    total_surplus: int = 0  # how many more liked songs `total` claims than the pages hold

    def saved_items(self, kind: str) -> list[SavedItem]:
        """The list in which things of this kind ("track", "album", …) are kept."""
        shelves = {
            "track": self.liked,
            "local": self.liked,
            "album": self.albums,
            "show": self.shows,
            "episode": self.episodes,
            "audiobook": self.audiobooks,
            "artist": self.artists,
            "user": self.users,
        }
        return shelves[kind]

    def saved_uris(self, kind: str) -> set[str]:
        """The URIs of this kind that are saved."""
        return {uri for uri, _ in self.saved_items(kind)}

    def save(self, *uris: str) -> None:
        """Save each that is not saved yet, the last one being the newest."""
        held = {kind: self.saved_uris(kind) for kind in {uri_kind(uri) for uri in uris}}
        for uri in dict.fromkeys(uris):
            if uri not in held[uri_kind(uri)]:
                self.saved_items(uri_kind(uri)).insert(0, (uri, self.clock()))
        self.on_change()

    def remove(self, *uris: str) -> None:
        """Take each off its shelf, if it is there."""
        gone = set(uris)
        for kind in {uri_kind(uri) for uri in uris}:
            shelf = self.saved_items(kind)
            shelf[:] = [entry for entry in shelf if entry[0] not in gone]
        self.on_change()

    def like(self, *uris: str) -> None:
        """As if the person had pressed the heart on each track in turn."""
        self.save(*uris)

    def like_generated(self, count: int) -> None:
        """`count` generated songs, liked an hour apart in the years before all others."""
        end = min((at for _, at in self.liked if at is not None), default=self.clock())
        first = sum(GENERATED_ID_PREFIX in uri for uri, _ in self.liked)
        self.liked += [
            (generated_uri(number), end - 3600.0 * (number - first + 1))
            for number in range(first, first + count)
        ]
        self.on_change()


def uri_kind(uri: str) -> str:
    """The second part: "spotify:track:…" is a "track"."""
    return uri.split(":", 2)[1]
