"""The library: reading, saving, removing and checking saved and followed items."""

from __future__ import annotations

from random import Random

import pytest

from bot.errors.login import MissingScope
from bot.errors.spotify import NotFound, SpotifyDown
from bot.spotify import Spotify
from bot.spotify.uris import Kind, Uri
from sandbox.fault_injection import Fault
from sandbox.spotify import Account, generated_uri
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

SAVABLE_KINDS: tuple[Kind, ...] = (
    Kind.TRACK,
    Kind.ALBUM,
    Kind.SHOW,
    Kind.EPISODE,
    Kind.AUDIOBOOK,
    Kind.ARTIST,
)


def generated_uris(count: int) -> list[Uri]:
    """This many generated songs."""
    return [to_uri(generated_uri(number)) for number in range(count)]


# ---- lists


async def test_liked_songs_are_newest_first_and_include_local_files(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    liked = [entry async for entry in spotify.library.tracks() if entry]
    things = [fake.catalogue.find_item(uri) for uri, _ in ada.liked]
    assert [entry.track and entry.track.name for entry in liked] == [
        entry and entry.name for entry in things
    ]
    assert all(entry.added_at for entry in liked)
    local = [entry.track for entry in liked if entry.track and entry.track.uri is None]
    assert len(local) == len(fake.catalogue.local)
    assert {track.identity for track in local} == fake.catalogue.local.keys()


async def test_saved_items_of_other_kinds(spotify: Spotify, ada: Account) -> None:
    library = spotify.library
    albums = [entry.album and str(entry.album.uri) async for entry in library.albums() if entry]
    shows = [entry.show and str(entry.show.uri) async for entry in library.shows() if entry]
    episodes = [
        entry.episode and str(entry.episode.uri) async for entry in library.episodes() if entry
    ]
    books = [
        entry.audiobook and str(entry.audiobook.uri)
        async for entry in library.audiobooks()
        if entry
    ]
    artists = [str(artist.uri) async for artist in library.artists() if artist]
    for read, kind in zip(
        (albums, shows, episodes, books, artists), SAVABLE_KINDS[1:], strict=True
    ):
        assert read == [uri for uri, _ in ada.saved_items(kind)]


@pytest.mark.parametrize("kind", [Kind.TRACK, Kind.ALBUM, Kind.SHOW, Kind.EPISODE, Kind.AUDIOBOOK])
async def test_removed_items_and_missing_dates_are_none(
    spotify: Spotify, ada: Account, kind: Kind
) -> None:
    ada.saved_items(kind).insert(0, (f"spotify:{kind}:{UNKNOWN_ID}", None))
    entries = getattr(spotify.library, f"{kind}s")()
    first, *others = [entry async for entry in entries]
    assert (first.added_at, getattr(first, kind)) == (None, None)
    assert all(entry.added_at and getattr(entry, kind) for entry in others)
    assert (entries.read_count, entries.missing) == (entries.total, 0)


async def test_removed_artist_is_none(spotify: Spotify, ada: Account) -> None:
    ada.artists.insert(1, (f"spotify:artist:{UNKNOWN_ID}", None))
    artists = spotify.library.artists()
    assert [entry is None for entry in await collect(artists)] == [False, True] + [False] * 6
    assert (artists.total, artists.missing) == (8, 0)


async def test_followed_artists_are_paged_by_cursor(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    ada.artists[:0] = [(f"spotify:artist:{number:022}", None) for number in range(120)]
    read = await collect(spotify.library.artists())
    assert [entry is None for entry in read] == [True] * 120 + [False] * 7
    assert [call.query.get("after") for call in fake.calls] == [
        None,
        f"{49:022}",
        f"{99:022}",
        None,
    ]


async def test_wrong_total_is_tolerated(spotify: Spotify, ada: Account) -> None:
    ada.total_surplus = 3
    liked = spotify.library.tracks()
    read = await collect(liked)
    assert (len(read), liked.total, liked.missing) == (len(ada.liked), len(read) + 3, 3)


# ---- single items


@pytest.mark.parametrize("kind", SAVABLE_KINDS)
async def test_save_and_remove_and_contains(
    fake: FakeSpotify, spotify: Spotify, ada: Account, kind: Kind
) -> None:
    ada.saved_items(kind).clear()
    uri = any_uri(fake, kind)
    assert await spotify.library.contains(uri) == [False]
    await spotify.library.save(uri)
    assert ada.saved_uris(kind) == {str(uri)}
    assert await spotify.library.contains(uri) == [True]
    await spotify.library.remove(uri)
    assert ada.saved_uris(kind) == set()
    assert len(fake.calls) == 4


async def test_save_and_remove_follow_and_unfollow_other_playlist(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    theirs = playlist_named(fake, "Grace's Mornings")
    ada.playlists.remove(theirs)
    await spotify.library.save(to_uri(theirs.uri))
    assert ada.playlists[0] is theirs
    await spotify.library.remove(to_uri(theirs.uri))
    assert theirs not in ada.playlists


async def test_remove_deletes_own_playlist(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    mine = playlist_named(fake)
    await spotify.library.remove(to_uri(mine.uri))
    assert mine not in ada.playlists
    names = [playlist.name async for playlist in spotify.playlists.mine() if playlist]
    assert mine.name not in names


async def test_saving_twice_changes_nothing(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    for _ in ("once", "twice"):
        await spotify.library.save(*track_uris(fake, 2))
    assert [str(uri) for uri in track_uris(fake, 2)] == [uri for uri, _ in ada.liked[1::-1]]


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (40, 1), (41, 2), (100, 3)])
async def test_forty_uris_fit_one_call(
    fake: FakeSpotify, spotify: Spotify, ada: Account, count: int, calls: int
) -> None:
    uris = generated_uris(count)
    ada.liked.clear()
    await spotify.library.save(*uris)
    assert ada.saved_uris("track") == {str(uri) for uri in uris}
    ada.remove(*map(str, uris[1::2]))
    assert await spotify.library.contains(*uris) == [n % 2 == 0 for n in range(count)]
    await spotify.library.remove(*uris)
    assert ada.liked == []
    assert len(fake.calls) == 3 * calls


async def test_kinds_may_be_mixed(fake: FakeSpotify, spotify: Spotify, ada: Account) -> None:
    for kind in SAVABLE_KINDS:
        ada.saved_items(kind).clear()
    uris = [any_uri(fake, kind) for kind in SAVABLE_KINDS]
    await spotify.library.save(*uris[::2])
    assert await spotify.library.contains(*uris) == [True, False] * 3


async def test_unknown_items_cannot_be_saved(spotify: Spotify, ada: Account) -> None:
    before = list(ada.liked)
    with pytest.raises(NotFound):
        await spotify.library.save(Uri(Kind.TRACK, UNKNOWN_ID))
    assert ada.liked == before
    assert await spotify.library.contains(Uri(Kind.TRACK, UNKNOWN_ID)) == [False]


@pytest.mark.parametrize("body", ["[true]", "[]", '{"of": "another shape"}', "[3, null]"])
async def test_contains_requires_matching_length(
    fake: FakeSpotify, make_client: ClientFactory, body: str
) -> None:
    fake.faults.add(Fault("/contains", status=200, body=body, times=None))
    with pytest.raises(SpotifyDown):
        await make_client(within=0.3).library.contains(*track_uris(fake, 2))


async def test_each_contains_flag_is_read_alone(fake: FakeSpotify, spotify: Spotify) -> None:
    for body in ('[true, null, "false"]', '["true", 3, false]'):
        fake.faults.add(Fault("/contains", status=200, body=body))
        assert await spotify.library.contains(*track_uris(fake, 3)) == [True, None, False]


@pytest.mark.parametrize("body", ["[true]", "[null, null]"])
async def test_invalid_contains_response_is_not_cached(
    fake: FakeSpotify, make_client: ClientFactory, body: str
) -> None:
    fake.faults.add(Fault("/contains", status=200, body=body))
    spotify = make_client(cached=True, rng=Random(1))
    assert await spotify.library.contains(*track_uris(fake, 2)) == [False, False]


@pytest.mark.parametrize("kind", SAVABLE_KINDS)
async def test_each_kind_requires_its_scope(
    fake: FakeSpotify, make_client: ClientFactory, kind: Kind
) -> None:
    verb = "follow" if kind == Kind.ARTIST else "library"
    uri = any_uri(fake, kind)
    await make_client(scopes=[f"user-{verb}-modify"]).library.save(uri)
    assert await make_client(scopes=[f"user-{verb}-read"]).library.contains(uri) == [True]
    with pytest.raises(MissingScope):
        await make_client(scopes=[f"user-{verb}-read"]).library.remove(uri)
