"""The four sample accounts with their devices, libraries, playlists and history."""

from __future__ import annotations

import random

from sandbox.notifier import ChangeNotifier
from sandbox.spotify import sample_catalogue
from sandbox.spotify.oauth_tokens import TokenStore
from sandbox.spotify.state import DAY, SpotifyState

from ..clock import Clock
from .devices import Device
from .player import PlayedTrack


def sample_state(clock: Clock, seed: int, changes: ChangeNotifier) -> SpotifyState:
    """A state with the four accounts. The seed only affects random choices made later."""
    state = SpotifyState(
        clock, random.Random(seed), changes, sample_catalogue.build_catalogue(), TokenStore(clock)
    )
    _add_accounts(state)
    _fill_libraries(state)
    _add_playlists(state)
    return state


def _add_accounts(state: SpotifyState) -> None:
    laptop = Device("5fbb3ba6aa454b5534c4ba43a8c7e8e45a63ad0e", "Ada's Laptop", "Computer")
    ada = state.add_account(
        "ada",
        premium=True,
        devices=[
            laptop,
            Device("ed01a3ca8def0a1772eab7be6c4b0bb37b06163e", "Kitchen Speaker", "Speaker", 35),
            Device("74ASZWbe4lXaubB36ztrGX7a1b2c3d4e5f60718a", "Ada's Phone", "Smartphone",
                   volume=None, supports_volume=False),
            Device("0d1841b0976bae2a3a310dd74c0f3df354899bc8", "Hallway TV", "TV",
                   volume=None, supports_volume=False, is_restricted=True),
            Device(None, "The Van", "Automobile", volume=None, supports_volume=False,
                   is_restricted=True),
        ],
    )  # fmt: skip
    grace = state.add_account(
        "grace",
        premium=True,
        devices=[Device("a1d4c0ffee5a1dbeef0192837465546372819f0e", "Grace's Phone", "Smartphone")],
    )
    state.add_account(
        "linus",
        premium=False,
        devices=[Device("b2e5d1a0ff6b2ecf00a3948576657483920a1f0b", "Linus's Laptop", "Computer")],
    )
    state.add_account(
        "mallory",
        premium=True,
        devices=[
            Device("c3f6e2b1007c3fd011b4a59687768594a31b200c", "Mallory's Phone", "Smartphone")
        ],
    )
    album = next(iter(state.catalogue.albums.values()))
    ada.player.play(context=album.uri, index=1, position=48_000, device=laptop)
    ada.player.pause()
    grace.player.device = grace.player.devices[0]


def _fill_libraries(state: SpotifyState) -> None:
    """Liked, saved and followed items, and the history; some names are hostile."""
    catalogue, now = state.catalogue, state.clock()
    stock = catalogue.regular_tracks
    hostile = [track for track in catalogue.tracks.values() if track not in stock]
    ada, grace, linus = (state.accounts[name] for name in ("ada", "grace", "linus"))
    chosen = [*stock[9:150:6], *hostile, *catalogue.local.values()]
    ada.liked = [(track.uri, now - DAY * (n + 1)) for n, track in enumerate(chosen)]
    grace.liked = [(track.uri, now - DAY * (n + 1)) for n, track in enumerate(stock[3:40:4])]
    linus.liked = [(track.uri, now - DAY) for track in stock[5:8]]
    ada.albums = [(album.uri, now - DAY * 2) for album in list(catalogue.albums.values())[:12:2]]
    ada.artists = [(artist.uri, now - DAY * 3) for artist in list(catalogue.artists.values())[:7]]
    episodes = [episode.uri for episode in catalogue.episodes.values()]
    ada.shows = [(show.uri, now - DAY * 4) for show in catalogue.shows.values()]
    ada.episodes = [(uri, now - DAY * 5) for uri in episodes[:3]]
    ada.audiobooks = [(book.uri, now - DAY * 6) for book in catalogue.audiobooks.values()]
    ada.player.played.extend(
        PlayedTrack(track.uri, now - 600.0 * (12 - n), track.album.uri)
        for n, track in enumerate(stock[20:32])
    )


def _add_playlists(state: SpotifyState) -> None:
    catalogue, ada = state.catalogue, state.accounts["ada"]
    stock = [track.uri for track in catalogue.regular_tracks]
    local, episode = next(iter(catalogue.local)), next(iter(catalogue.episodes.values())).uri
    hard = [track.uri for track in catalogue.tracks.values() if track.uri not in set(stock)]
    state.add_playlist("Harbour Evenings", "ada", *stock[:130:3], description="For the quay.")
    state.add_playlist("Hard to Print", "ada", *hard, None, local, episode, public=False)
    state.add_playlist("=SUM(1) @everyone **mix**", "ada", stock[1], None, stock[1], public=False)
    shared = state.add_playlist(
        "Potluck", "grace", *stock[40:60], public=False, collaborators={"ada"}
    )
    followed = state.add_playlist("Grace's Mornings", "grace", *stock[60:75])
    state.add_playlist("Today's Brightest Lanterns", "spotify", *stock[:20])
    ada.playlists += [None, shared, followed]
