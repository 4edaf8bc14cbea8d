"""/save, /unsave and the buttons change the library in one way, say what was so already, and /undo
reverses them."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from sandbox.spotify.accounts import Account
from sandbox.spotify.error_responses import ErrorResponse


@pytest.fixture(name="ada")
def _ada(spotify: Spotify, linked_user: UserClient) -> Account:
    assert linked_user
    return spotify.accounts["ada"]


def _library(account: Account) -> dict[str, list[str]]:
    kinds = ("track", "album", "show", "episode", "audiobook", "artist")
    saved = {kind: [uri for uri, _ in account.saved_items(kind)] for kind in kinds}
    return saved | {"playlist": [playlist.uri for playlist in account.playlists if playlist]}


def _unsaved(spotify: Spotify, account: Account) -> dict[str, str]:
    """An item of each kind, after it was removed from the library."""
    catalogue = spotify.catalogue
    others = next(p for p in spotify.state.playlists.values() if p.owner != account.name)
    account.playlists[:] = [playlist for playlist in account.playlists if playlist is not others]
    shows = list(catalogue.shows.values())
    uris = {
        "track": catalogue.regular_tracks[-1].uri,
        "album": list(catalogue.albums.values())[-1].uri,
        "show": shows[-1].uri,
        "episode": shows[-1].episodes[-1].uri,
        "audiobook": list(catalogue.audiobooks.values())[-1].uri,
        "artist": list(catalogue.artists.values())[-1].uri,
    }
    account.remove(*uris.values())
    return uris | {"playlist": others.uri}


async def test_every_kind_is_saved_removed_and_undone(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    uris = _unsaved(spotify, ada)
    before = _library(ada)
    for kind, uri in uris.items():
        assert "lready" not in (await linked_user.run(f"/save what:{uri}")).text, kind
        assert uri in _library(ada)[kind], kind
        assert "lready" in (await linked_user.run(f"/save what:{uri}")).text, kind
    for kind, uri in uris.items():
        await linked_user.run(f"/unsave what:{uri}")
        assert uri not in _library(ada)[kind], kind
        await linked_user.run("/undo")
        assert uri in _library(ada)[kind], kind
        reply = await linked_user.run(f"/unsave what:{uri}")
        again = await linked_user.run(f"/unsave what:{uri}")
        assert reply.text != again.text
    assert {kind: set(saved) for kind, saved in before.items()} == {
        kind: set(saved) for kind, saved in _library(ada).items()
    }


async def test_undo_of_a_save_keeps_what_was_saved_before(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    new = _unsaved(spotify, ada)
    old = _library(ada)["track"][0]
    before = _library(ada)
    reply = await linked_user.run(f"/save what:{old} {new['track']} {new['album']} {new['artist']}")
    assert "Saved already" in reply.text
    undone = await linked_user.run("/undo")
    assert "Removed" in undone.text
    assert "Unfollowed" in undone.text
    assert _library(ada) == before
    assert "nothing to undo" in (await linked_user.run("/undo")).text


async def test_undo_of_a_removal_says_that_the_place_is_lost(
    linked_user: UserClient, ada: Account
) -> None:
    before = _library(ada)
    uri = before["track"][3]
    await linked_user.run(f"/unsave what:{uri}")
    undone = await linked_user.run("/undo")
    assert "at the top" in undone.text
    assert _library(ada)["track"] == [uri, *(old for old in before["track"] if old != uri)]


async def test_buttons_and_the_panel_are_undone_like_commands(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    track = _unsaved(spotify, ada)["track"]
    ada.player.play(track)
    before = _library(ada)
    panel = await linked_user.run("/now")
    await panel.press("Like")
    assert ada.liked[0][0] == track
    await linked_user.run("/undo")
    assert _library(ada) == before
    found = await linked_user.run(f"/search query:{track}")
    await found.press("Save")
    assert ada.liked[0][0] == track
    await linked_user.run("/undo")
    assert _library(ada) == before


async def test_links_are_saved_forty_to_a_call(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    ada.liked.clear()
    songs = [track.uri for track in spotify.catalogue.regular_tracks]
    for number, calls in ((40, 2), (90, 5)):
        before = len(spotify.calls)
        reply = await linked_user.run("/save what:" + " ".join(songs[:number]))
        assert len(spotify.calls) - before == calls, number
    assert "Added 50 songs" in reply.text
    assert "40 songs" in reply.text
    assert {uri for uri, _ in ada.liked} == set(songs[:90])
    await linked_user.run("/undo")
    assert {uri for uri, _ in ada.liked} == set(songs[:40])


async def test_an_unconfirmed_write_is_looked_at_and_can_be_undone(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    track = _unsaved(spotify, ada)["track"]
    before = _library(ada)
    spotify.faults.add(Fault("PUT .*/me/library", status=502, runs_first=True, times=3))
    reply = await linked_user.run(f"/save what:{track}")
    assert "Added to your Liked Songs" in reply.text
    await linked_user.run("/undo")
    assert _library(ada) == before
    spotify.faults.add(Fault("PUT .*/me/library", status=502, times=3))
    assert "isn’t responding" in (await linked_user.run(f"/save what:{track}")).text
    assert "nothing to undo" in (await linked_user.run("/undo")).text
    assert _library(ada) == before


async def test_links_that_lead_to_nothing_are_counted_and_the_others_saved(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    ada.liked.clear()
    songs = [track.uri for track in spotify.catalogue.regular_tracks]
    gone = f"spotify:track:{'0' * 22}"
    for count in (3, 30):
        reply = await linked_user.run(f"/save what:{' '.join([*songs[:count], gone])}")
        assert "couldn’t use 1 link" in reply.text, count
        assert {uri for uri, _ in ada.liked} == set(songs[:count])
    reply = await linked_user.run(f"/save what:{gone}")
    assert "can’t find that" in reply.text


async def test_an_own_playlist_is_not_removed(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    own = next(p for p in ada.playlists if p and p.owner == "ada")
    before = _library(ada)
    assert "/playlist delete" in (await linked_user.run(f"/unsave what:{own.uri}")).text
    assert _library(ada) == before
    album = before["album"][0]
    mixed = await linked_user.run(f"/unsave what:{own.uri} {album}")
    assert "Removed" in mixed.text
    assert "I left 1 playlist alone: removing your own would delete it." in mixed.text
    assert own in ada.playlists
    assert album not in _library(ada)["album"]


async def test_what_cannot_be_read_is_not_undone(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    """If Spotify does not say what was saved before, an undo could remove what was."""
    old = _library(ada)["track"][2]
    before = _library(ada)
    spotify.on("contains", ErrorResponse(500, "Oops"), times=3)
    saved = await linked_user.run(f"/save what:{old}")
    assert "Now in your Liked Songs" in saved.text
    undone = await linked_user.run("/undo")
    assert "I left it as it is: Spotify didn’t say what was in your library" in undone.text
    assert "as it was before" not in undone.text
    assert _library(ada) == before


async def test_what_spotify_has_no_more_is_not_restored(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    song = _library(ada)["track"][0]
    await linked_user.run(f"/unsave what:{song}")
    spotify.on("PUT .*me/library", ErrorResponse(404, "Not found"), times=None)
    undone = await linked_user.run("/undo")
    assert "Spotify no longer has 1 song." in undone.text
    assert "as it was before" not in undone.text


async def test_two_saves_at_once_are_undone_as_one_change(
    harness: Harness, spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    """The second finds the song saved already, so its undo is nothing, and the first one's is."""
    track = _unsaved(spotify, ada)["track"]
    before = _library(ada)
    await asyncio.gather(*(linked_user.run(f"/save what:{track}") for _ in range(2)))
    assert _library(ada)["track"][0] == track
    await linked_user.run("/undo")
    assert _library(ada) == before


async def test_a_forgotten_person_has_nothing_to_undo(
    harness: Harness, spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    await linked_user.run(f"/save what:{_unsaved(spotify, ada)['track']}")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    await harness.link_account("ada")
    assert "nothing to undo" in (await linked_user.run("/undo")).text


async def test_words_and_links_to_searches_mean_their_first_result(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    """A link to a tab of a search means an item of that kind."""
    ada.liked.clear()
    ada.albums.clear()
    await linked_user.run("/save what:lantern weather")
    assert len(ada.liked) == 1
    await linked_user.run("/save what:https://open.spotify.com/search/lantern/albums")
    assert len(ada.albums) == 1
    reply = await linked_user.run("/save what:https://open.spotify.com/collection/tracks")
    assert "liked songs as a whole" in reply.text
    assert len(ada.liked) == 1
