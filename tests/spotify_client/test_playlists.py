"""Playlists: the list of them, their items, and every way to change one."""

from __future__ import annotations

import pytest

from bot.errors.spotify import BadRequest, NotFound, NotPermitted
from bot.spotify import Spotify
from bot.spotify.models import Episode, Track
from bot.spotify.uris import Kind, Uri
from sandbox.spotify import Playlist, PlaylistItem, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import (
    UNKNOWN_ID,
    any_uri,
    collect,
    playlist_named,
    to_uri,
    track_uris,
)
from tests.spotify_client.client_factory import ClientFactory

OWN_NAME, SHARED_NAME, FOLLOWED_NAME = "Harbour Evenings", "Potluck", "Grace's Mornings"


def generated_uris(count: int) -> list[Uri]:
    """This many generated songs."""
    return [to_uri(generated_uri(number)) for number in range(count)]


def entry_uris(playlist: Playlist) -> list[str | None]:
    return [entry.uri for entry in playlist.items]


@pytest.fixture
def playlist(fake: FakeSpotify) -> Playlist:
    """A playlist of Ada's with five songs."""
    return fake.state.add_playlist("Five", "ada", *map(str, track_uris(fake, 5)), public=False)


@pytest.fixture
def uri(playlist: Playlist) -> Uri:
    return to_uri(playlist.uri)


# ---- which


@pytest.mark.parametrize("old_names", [False, True])
async def test_mine_lists_own_shared_followed_and_null(
    fake: FakeSpotify, spotify: Spotify, old_names: bool
) -> None:
    fake.state.legacy_field_names = old_names
    mine = [playlist async for playlist in spotify.playlists.mine()]
    shown = {
        playlist.name: (playlist.total, playlist.owner and playlist.owner.display_name)
        for playlist in mine
        if playlist
    }
    assert [playlist is None for playlist in mine] == [False] * 3 + [True] + [False] * 2
    assert shown[OWN_NAME] == (44, "Ada")
    assert shown[SHARED_NAME] == (20, "Grace")
    assert shown[FOLLOWED_NAME] == (15, "Grace")
    assert [playlist.name for playlist in mine if playlist and playlist.collaborative] == [
        SHARED_NAME
    ]


@pytest.mark.parametrize(
    ("scopes", "sees"),
    [
        ([], {OWN_NAME, FOLLOWED_NAME}),
        (["playlist-read-collaborative"], {OWN_NAME, FOLLOWED_NAME, SHARED_NAME}),
        (
            ["playlist-read-private"],
            {OWN_NAME, FOLLOWED_NAME, "Hard to Print", "=SUM(1) @everyone **mix**"},
        ),
    ],
)
async def test_missing_scope_hides_playlists_silently(
    make_client: ClientFactory, scopes: list[str], sees: set[str]
) -> None:
    mine = make_client(scopes=scopes).playlists.mine()
    assert {playlist.name async for playlist in mine if playlist} == sees


# ---- what is in them


@pytest.mark.parametrize("old_names", [False, True])
async def test_items_with_missing_fields(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri, old_names: bool
) -> None:
    fake.state.legacy_field_names = old_names
    local = next(iter(fake.catalogue.local))
    playlist.items[2:] = [
        PlaylistItem(local, 0.0, "ada"),
        PlaylistItem(str(any_uri(fake, Kind.EPISODE)), None, None),
        PlaylistItem(None),
    ]
    items = spotify.playlists.items(uri)
    entries = [entry async for entry in items if entry]
    song, _, file, episode, gone = entries
    assert isinstance(song.item, Track)
    assert song.item.uri == track_uris(fake, 1)[0]
    assert song.added_by is not None
    assert song.added_by.id == fake.accounts["ada"].id
    assert isinstance(file.item, Track)
    assert (file.is_local, file.item.uri, file.item.raw_uri) == (True, None, local)
    assert isinstance(episode.item, Episode)
    assert (episode.added_at, episode.added_by) == (None, None)
    assert gone.item is None
    assert (items.total, items.read_count, items.missing) == (5, 5, 0)


async def test_long_playlist_is_complete_and_in_order(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri
) -> None:
    playlist.insert([PlaylistItem(str(song), 0.0, "ada") for song in generated_uris(300)])
    entries = [entry async for entry in spotify.playlists.items(uri) if entry]
    assert [str(entry.item and entry.item.uri) for entry in entries] == entry_uris(playlist)


async def test_collaborator_reads_items(fake: FakeSpotify, spotify: Spotify) -> None:
    assert (
        len(await collect(spotify.playlists.items(to_uri(playlist_named(fake, SHARED_NAME).uri))))
        == 20
    )


async def test_items_of_other_users_playlists_are_forbidden(
    fake: FakeSpotify, spotify: Spotify
) -> None:
    with pytest.raises(NotPermitted):
        await collect(spotify.playlists.items(to_uri(playlist_named(fake, FOLLOWED_NAME).uri)))


async def test_unknown_playlists(spotify: Spotify) -> None:
    nothing = Uri(Kind.PLAYLIST, UNKNOWN_ID)
    for way in (
        collect(spotify.playlists.items(nothing)),
        spotify.playlists.edit(nothing, name="x"),
        spotify.playlists.add(nothing, *generated_uris(1)),
        spotify.playlists.remove(nothing, *generated_uris(1)),
        spotify.playlists.reorder(nothing, 0, 1),
        spotify.playlists.replace(nothing),
    ):
        with pytest.raises(NotFound):
            await way


# ---- making and editing


async def test_create_is_private_by_default(fake: FakeSpotify, spotify: Spotify) -> None:
    made = await spotify.playlists.create("New", description="Not old")
    new = fake.playlists[made.id or ""]
    assert (new.name, new.description, new.owner) == ("New", "Not old", "ada")
    assert (new.public, new.collaborative, made.total) == (False, False, 0)
    assert fake.accounts["ada"].playlists[0] is new


@pytest.mark.parametrize(("public", "collaborative"), [(True, False), (False, True)])
async def test_create_with_given_visibility(
    fake: FakeSpotify, spotify: Spotify, public: bool, collaborative: bool
) -> None:
    made = await spotify.playlists.create("New", public=public, collaborative=collaborative)
    new = fake.playlists[made.id or ""]
    assert (new.public, new.collaborative) == (public, collaborative)


async def test_create_with_invalid_values_is_rejected(fake: FakeSpotify, spotify: Spotify) -> None:
    before = len(fake.playlists)
    with pytest.raises(BadRequest):
        await spotify.playlists.create("New", public=True, collaborative=True)
    with pytest.raises(BadRequest):
        await spotify.playlists.create(" ")
    assert len(fake.playlists) == before


async def test_edit_changes_only_given_fields(
    spotify: Spotify, playlist: Playlist, uri: Uri
) -> None:
    await spotify.playlists.edit(uri, name="Six")
    await spotify.playlists.edit(uri, description="Said")
    await spotify.playlists.edit(uri, collaborative=True)
    assert (playlist.name, playlist.description, playlist.public) == ("Six", "Said", False)
    assert playlist.collaborative
    await spotify.playlists.edit(uri, public=True, collaborative=False, description="")
    assert (playlist.name, playlist.description, playlist.public) == ("Six", "", True)


# ---- what goes in and out


async def test_add_at_end_at_position_and_twice(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri
) -> None:
    before, (song, *_) = entry_uris(playlist), track_uris(fake, 1)
    await spotify.playlists.add(uri, song, any_uri(fake, Kind.EPISODE))
    await spotify.playlists.add(uri, song, position=1)
    assert entry_uris(playlist) == [
        before[0], str(song), *before[1:], str(song), str(any_uri(fake, Kind.EPISODE)),
    ]  # fmt: skip


@pytest.mark.parametrize("position", [None, 0, 3])
async def test_add_many_in_order(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri, position: int | None
) -> None:
    before, added = entry_uris(playlist), [str(song) for song in generated_uris(250)]
    await spotify.playlists.add(uri, *generated_uris(250), position=position)
    at = len(before) if position is None else position
    assert entry_uris(playlist) == [*before[:at], *added, *before[at:]]
    assert [call.method for call in fake.calls] == ["POST"] * 3


async def test_add_invalid_items_is_rejected(
    spotify: Spotify, playlist: Playlist, uri: Uri
) -> None:
    before = entry_uris(playlist)
    with pytest.raises(BadRequest):
        await spotify.playlists.add(uri, Uri(Kind.TRACK, UNKNOWN_ID))
    with pytest.raises(BadRequest):
        await spotify.playlists.add(uri, *generated_uris(1), position=6)
    assert entry_uris(playlist) == before


async def test_remove_removes_every_copy(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri
) -> None:
    before, (song, *_) = entry_uris(playlist), track_uris(fake, 1)
    playlist.insert([PlaylistItem(str(song))], 4)
    await spotify.playlists.remove(uri, song, *generated_uris(1))
    assert entry_uris(playlist) == before[1:]


async def test_remove_many(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri
) -> None:
    before = entry_uris(playlist)
    playlist.insert([PlaylistItem(str(song)) for song in generated_uris(250)], 2)
    await spotify.playlists.remove(uri, *generated_uris(250))
    assert entry_uris(playlist) == before
    assert [call.method for call in fake.calls] == ["DELETE"] * 3


@pytest.mark.parametrize(
    ("start", "before", "length", "order"),
    [(0, 5, 1, "12340"), (4, 0, 1, "40123"), (1, 4, 2, "03124"), (3, 1, 2, "03412")],
)
async def test_reorder(
    spotify: Spotify, playlist: Playlist, uri: Uri,
    start: int, before: int, length: int, order: str,
) -> None:  # fmt: skip
    was = entry_uris(playlist)
    await spotify.playlists.reorder(uri, start, before, length=length)
    assert entry_uris(playlist) == [was[int(place)] for place in order]


async def test_position_out_of_range_is_rejected(spotify: Spotify, uri: Uri) -> None:
    with pytest.raises(BadRequest):
        await spotify.playlists.reorder(uri, 5, 0)


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3)])
async def test_replace_replaces_all_items(
    fake: FakeSpotify, spotify: Spotify, playlist: Playlist, uri: Uri, count: int, calls: int
) -> None:
    await spotify.playlists.replace(uri, *generated_uris(count))
    assert entry_uris(playlist) == [str(song) for song in generated_uris(count)]
    assert len(fake.calls) == calls


async def test_empty_add_and_remove_make_no_call(
    fake: FakeSpotify, spotify: Spotify, uri: Uri
) -> None:
    await spotify.playlists.add(uri)
    await spotify.playlists.remove(uri)
    assert fake.calls == []
