"""What is saved and followed: read, saved, taken away and asked after."""

from __future__ import annotations

from random import Random

import pytest

from bot.errors import MissingScope, SpotifyDown, Unknown
from bot.spotify import Spotify
from bot.spotify.uris import Kind, Uri
from sandbox.faults import Fault
from sandbox.spotify import Account, generated_uri
from sandbox.spotify import Spotify as Pretend

from .calls import NOTHING, one_of, playlist, songs, uri_of, whole
from .clients import Clients

SAVED: tuple[Kind, ...] = ("track", "album", "show", "episode", "audiobook", "artist")


def many(count: int) -> list[Uri]:
    """So many generated songs."""
    return [uri_of(generated_uri(number)) for number in range(count)]


# ---- lists


async def test_liked_songs_come_newest_first_local_files_among_them(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    liked = [one async for one in spotify.library.tracks() if one]
    things = [pretend.catalogue.find(uri) for uri, _ in ada.liked]
    assert [one.track and one.track.name for one in liked] == [one and one.name for one in things]
    assert all(one.added_at for one in liked)
    local = [one.track for one in liked if one.track and one.track.uri is None]
    assert len(local) == len(pretend.catalogue.local)
    assert {one.identity for one in local} == pretend.catalogue.local.keys()


async def test_what_was_saved_of_each_other_kind(spotify: Spotify, ada: Account) -> None:
    library = spotify.library
    albums = [one.album and str(one.album.uri) async for one in library.albums() if one]
    shows = [one.show and str(one.show.uri) async for one in library.shows() if one]
    episodes = [one.episode and str(one.episode.uri) async for one in library.episodes() if one]
    books = [one.audiobook and str(one.audiobook.uri) async for one in library.audiobooks() if one]
    artists = [str(one.uri) async for one in library.artists() if one]
    for read, kind in zip((albums, shows, episodes, books, artists), SAVED[1:], strict=True):
        assert read == [uri for uri, _ in ada.shelf(kind)]


@pytest.mark.parametrize("kind", ["track", "album", "show", "episode", "audiobook"])
async def test_what_is_gone_and_what_has_no_date(
    spotify: Spotify, ada: Account, kind: Kind
) -> None:
    ada.shelf(kind).insert(0, (f"spotify:{kind}:{NOTHING}", None))
    entries = getattr(spotify.library, f"{kind}s")()
    first, *others = [one async for one in entries]
    assert (first.added_at, getattr(first, kind)) == (None, None)
    assert all(one.added_at and getattr(one, kind) for one in others)
    assert (entries.read, entries.missing) == (entries.total, 0)


async def test_an_artist_who_is_gone_is_none(spotify: Spotify, ada: Account) -> None:
    ada.artists.insert(1, (f"spotify:artist:{NOTHING}", None))
    artists = spotify.library.artists()
    assert [one is None for one in await whole(artists)] == [False, True] + [False] * 6
    assert (artists.total, artists.missing) == (8, 0)


async def test_many_artists_come_by_cursor(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    ada.artists[:0] = [(f"spotify:artist:{number:022}", None) for number in range(120)]
    read = await whole(spotify.library.artists())
    assert [one is None for one in read] == [True] * 120 + [False] * 7
    assert [call.query.get("after") for call in pretend.calls] == [None, f"{49:022}", f"{99:022}"]


async def test_spotify_can_count_wrong(spotify: Spotify, ada: Account) -> None:
    ada.overstated = 3
    liked = spotify.library.tracks()
    read = await whole(liked)
    assert (len(read), liked.total, liked.missing) == (len(ada.liked), len(read) + 3, 3)


# ---- single items


@pytest.mark.parametrize("kind", SAVED)
async def test_save_and_remove_and_contains(
    pretend: Pretend, spotify: Spotify, ada: Account, kind: Kind
) -> None:
    ada.shelf(kind).clear()
    uri = one_of(pretend, kind)
    assert await spotify.library.contains(uri) == [False]
    await spotify.library.save(uri)
    assert ada.holds(kind) == {str(uri)}
    assert await spotify.library.contains(uri) == [True]
    await spotify.library.remove(uri)
    assert ada.holds(kind) == set()
    assert len(pretend.calls) == 4


async def test_somebody_elses_playlist_is_followed_and_left(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    theirs = playlist(pretend, "Grace's Mornings")
    ada.playlists.remove(theirs)
    await spotify.library.save(uri_of(theirs.uri))
    assert ada.playlists[0] is theirs
    await spotify.library.remove(uri_of(theirs.uri))
    assert theirs not in ada.playlists


async def test_ones_own_playlist_is_deleted_by_remove(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    mine = playlist(pretend)
    await spotify.library.remove(uri_of(mine.uri))
    assert mine not in ada.playlists
    names = [one.name async for one in spotify.playlists.mine() if one]
    assert mine.name not in names


async def test_saving_twice_changes_nothing(
    pretend: Pretend, spotify: Spotify, ada: Account
) -> None:
    for _ in ("once", "twice"):
        await spotify.library.save(*songs(pretend, 2))
    assert [str(uri) for uri in songs(pretend, 2)] == [uri for uri, _ in ada.liked[1::-1]]


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (40, 1), (41, 2), (100, 3)])
async def test_forty_go_into_one_call(
    pretend: Pretend, spotify: Spotify, ada: Account, count: int, calls: int
) -> None:
    uris = many(count)
    ada.liked.clear()
    await spotify.library.save(*uris)
    assert ada.holds("track") == {str(uri) for uri in uris}
    ada.drop(*map(str, uris[1::2]))
    assert await spotify.library.contains(*uris) == [n % 2 == 0 for n in range(count)]
    await spotify.library.remove(*uris)
    assert ada.liked == []
    assert len(pretend.calls) == 3 * calls


async def test_kinds_may_be_mixed(pretend: Pretend, spotify: Spotify, ada: Account) -> None:
    for kind in SAVED:
        ada.shelf(kind).clear()
    uris = [one_of(pretend, kind) for kind in SAVED]
    await spotify.library.save(*uris[::2])
    assert await spotify.library.contains(*uris) == [True, False] * 3


async def test_what_is_not_there_cannot_be_saved(spotify: Spotify, ada: Account) -> None:
    before = list(ada.liked)
    with pytest.raises(Unknown):
        await spotify.library.save(Uri("track", NOTHING))
    assert ada.liked == before
    assert await spotify.library.contains(Uri("track", NOTHING)) == [False]


@pytest.mark.parametrize("body", ["[true]", "[]", '{"of": "another shape"}', "[true, null]"])
async def test_as_many_answers_as_questions(pretend: Pretend, client: Clients, body: str) -> None:
    pretend.faults.add(Fault("/contains", status=200, body=body, times=None))
    with pytest.raises(SpotifyDown):
        await client(within=0.3).library.contains(*songs(pretend, 2))


@pytest.mark.parametrize("body", ["[true]", "[true, null]"])
async def test_an_answer_that_is_none_is_asked_for_again(
    pretend: Pretend, client: Clients, body: str
) -> None:
    pretend.faults.add(Fault("/contains", status=200, body=body))
    spotify = client(keeps=True, chance=Random(1))
    assert await spotify.library.contains(*songs(pretend, 2)) == [False, False]


@pytest.mark.parametrize("kind", SAVED)
async def test_each_kind_has_its_scope(pretend: Pretend, client: Clients, kind: Kind) -> None:
    verb = "follow" if kind == "artist" else "library"
    uri = one_of(pretend, kind)
    await client(scopes=[f"user-{verb}-modify"]).library.save(uri)
    assert await client(scopes=[f"user-{verb}-read"]).library.contains(uri) == [True]
    with pytest.raises(MissingScope):
        await client(scopes=[f"user-{verb}-read"]).library.remove(uri)
