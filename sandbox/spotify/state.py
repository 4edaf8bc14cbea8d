"""The state of the simulated Spotify: apps, accounts, tokens, catalogue and playlists."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from sandbox.notifier import ChangeNotifier
from sandbox.spotify.oauth_tokens import TokenStore
from sandbox.spotify.stale_state import StaleState

from ..clock import Clock
from .accounts import Account, App
from .catalogue import Album, Artist, Audiobook, Catalogue, Show, make_id
from .devices import Device
from .player import Player
from .playlists import Playlist, PlaylistItem

DAY = 86_400.0


@dataclass
class SpotifyState:
    """`origin` is the API's, for the links in its responses."""

    clock: Clock
    rng: random.Random
    changes: ChangeNotifier
    catalogue: Catalogue
    tokens: TokenStore
    apps: dict[str, App] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    playlists: dict[str, Playlist] = field(default_factory=dict)
    stale_state: StaleState = field(default_factory=StaleState)
    origin: str = ""
    legacy_field_names: bool = False  # playlists have `track` and `tracks`, as before 2026

    def tracks_of(self, context: str) -> list[str]:
        """The playable URIs of a context, in its order; empty for an unknown context."""
        playlist = self.playlists.get(context.removeprefix("spotify:playlist:"))
        if playlist is not None:
            uris = [item.uri for item in playlist.items if item.uri]
            return [uri for uri in uris if self.is_playable(uri)]
        match self.catalogue.find_item(context):
            case Album(tracks=tracks):
                return [track.uri for track in tracks if track.playable]
            case Artist(id=id_):
                tracks = list(self.catalogue.tracks.values())
                by_artist = [t for t in tracks if id_ in (a.id for a in t.artists)]
                return [track.uri for track in by_artist if track.playable][:10]
            case Show(episodes=episodes):
                return [episode.uri for episode in reversed(episodes)]
            case Audiobook(chapters=chapters):
                return [chapter.uri for chapter in chapters]
        return []

    def duration_of(self, uri: str) -> int:
        """The duration in milliseconds. Raises LookupError for a URI that cannot be played."""
        item = self.catalogue.find_playable(uri)
        if item is None:
            raise LookupError(f"{uri} cannot be played")
        return item.duration

    def is_playable(self, uri: str) -> bool:
        """Whether this is a track or an episode that was not withdrawn."""
        item = self.catalogue.find_playable(uri)
        return item is not None and item.playable

    def add_account(self, name: str, *, premium: bool, devices: list[Device]) -> Account:
        """Add a user with nothing saved and nothing playing."""
        player = Player(
            self.clock,
            devices,
            duration_of=self.duration_of,
            tracks_of=self.tracks_of,
            on_change=self.changes.notify,
            rng=self.rng,
        )
        self.accounts[name] = Account(
            name=name,
            id=f"31{make_id('user', name)}".lower(),
            account_id=make_id("account", name)[:10],
            display_name=name.capitalize(),
            premium=premium,
            player=player,
            clock=self.clock,
            on_change=self.changes.notify,
        )
        return self.accounts[name]

    def add_playlist(
        self,
        name: str,
        owner: str,
        *uris: str | None,
        public: bool = True,
        collaborators: set[str] | None = None,
        description: str = "",
    ) -> Playlist:
        """Add a playlist, on its owner's list unless the owner is Spotify."""
        added_at = self.clock() - DAY
        playlist = Playlist(
            id=make_id("playlist", owner, name, str(len(self.playlists))),
            name=name,
            owner=owner,
            description=description,
            public=public,
            collaborative=collaborators is not None,
            collaborators=collaborators or set(),
            items=[
                PlaylistItem(uri, added_at, owner) if uri else PlaylistItem(None) for uri in uris
            ],
        )
        self.playlists[playlist.id] = playlist
        if owner in self.accounts:
            self.accounts[owner].playlists.insert(0, playlist)
        self.changes.notify()
        return playlist
