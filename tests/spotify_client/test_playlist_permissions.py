"""Only a playlist's owner may change it, and collaborators its items."""

from __future__ import annotations

import pytest

from bot.errors.login import MissingScope
from bot.errors.spotify import NotPermitted
from bot.spotify import Spotify
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import playlist_named, to_uri, track_uris
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.test_playlists import (
    FOLLOWED_NAME,
    SHARED_NAME,
    entry_uris,
    generated_uris,
)


async def test_playlists_of_others_cannot_be_changed(fake: FakeSpotify, spotify: Spotify) -> None:
    followed = playlist_named(fake, FOLLOWED_NAME)
    before, uri = entry_uris(followed), to_uri(followed.uri)
    for change in (
        spotify.playlists.edit(uri, name="Mine"),
        spotify.playlists.add(uri, *generated_uris(1)),
        spotify.playlists.remove(uri, to_uri(before[0] or "")),
        spotify.playlists.reorder(uri, 0, 2),
        spotify.playlists.replace(uri),
    ):
        with pytest.raises(NotPermitted):
            await change
    assert (followed.name, entry_uris(followed)) == (FOLLOWED_NAME, before)


async def test_collaborator_changes_items_but_not_name(fake: FakeSpotify, spotify: Spotify) -> None:
    shared = playlist_named(fake, SHARED_NAME)
    await spotify.playlists.add(to_uri(shared.uri), *generated_uris(1), position=0)
    assert shared.items[0].added_by == "ada"
    with pytest.raises(NotPermitted):
        await spotify.playlists.edit(to_uri(shared.uri), name="Mine")


@pytest.mark.parametrize("public", [True, False])
async def test_public_and_private_playlists_need_separate_scopes(
    fake: FakeSpotify, make_client: ClientFactory, public: bool
) -> None:
    uris = map(str, track_uris(fake, 5))
    uri = to_uri(fake.state.add_playlist("Five", "ada", *uris, public=public).uri)
    right, wrong = ("public", "private") if public else ("private", "public")
    await make_client(scopes=[f"playlist-modify-{right}"]).playlists.add(uri, *generated_uris(1))
    with pytest.raises(MissingScope):
        await make_client(scopes=[f"playlist-modify-{wrong}"]).playlists.add(
            uri, *generated_uris(1)
        )
