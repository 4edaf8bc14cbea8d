"""The state of the pretend Spotify, without any server: what there is and who there is."""

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
    """`origin` is the API's own, for the links in its answers."""

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
    legacy_field_names: bool = False  # playlists say `track` and `tracks`, as they did before 2026

    def tracks_of(self, context: str) -> list[str]:
        """The URIs that this context would play, in its order; empty for an unknown one."""
        playlist = self.playlists.get(context.removeprefix("spotify:playlist:"))
        if playlist is not None:
            return [
                entry.uri for entry in playlist.items if entry.uri and self.is_playable(entry.uri)
            ]
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
        """Milliseconds. Raises LookupError for what does not sound."""
        audible = self.catalogue.find_playable(uri)
        if audible is None:
            raise LookupError(f"{uri} is nothing that sounds")
        return audible.duration

    def is_playable(self, uri: str) -> bool:
        """Whether this can be heard: a track or an episode that was not withdrawn."""
        audible = self.catalogue.find_playable(uri)
        return audible is not None and audible.playable

    def add_account(self, name: str, *, premium: bool, devices: list[Device]) -> Account:
        """A new person, with nothing saved and nothing playing."""
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
        """A new playlist, on its owner's list unless it is Spotify's own."""
        id_ = make_id("playlist", owner, name, str(len(self.playlists)))
        now = self.clock()
        playlist = Playlist(
            id=id_,
            name=name,
            owner=owner,
            description=description,
            public=public,
            collaborative=collaborators is not None,
            collaborators=collaborators or set(),
            items=[
                PlaylistItem(uri, now - DAY, owner) if uri else PlaylistItem(None) for uri in uris
            ],
        )
        self.playlists[id_] = playlist
        if owner in self.accounts:
            self.accounts[owner].playlists.insert(0, playlist)
        self.changes.notify()
        return playlist
