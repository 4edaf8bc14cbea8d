"""/saved looks through the library, a call a page, and finds words in what was read of it."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from sandbox.spotify.accounts import Account
from sandbox.spotify.error_responses import ErrorResponse
from sandbox.spotify.rules import Changed
from tests.autocomplete_choices import choice_values, search_queries
from tests.list_components import enabled_button_labels, options


@pytest.fixture(name="ada")
def _ada(spotify: Spotify, linked_user: UserClient) -> Account:
    assert linked_user
    return spotify.accounts["ada"]


KINDS = ("songs", "albums", "artists", "playlists", "shows", "episodes", "audiobooks")


async def test_every_kind_is_listed_newest_first_with_one_call(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    for kind in KINDS:
        before = len(spotify.calls)
        reply = await linked_user.run(f"/saved kind:{kind}")
        key = "track" if kind == "songs" else kind.removesuffix("s")
        expected = (
            [uri for uri, _ in ada.saved_items(key)]
            if kind != "playlists"
            else [playlist.uri for playlist in ada.playlists if playlist]
        )
        ids = [option["value"].rpartition(".")[2] for option in options(reply)]
        shown = [uri.rpartition(":")[2] for uri in expected[:10] if "local" not in uri]
        assert ids == shown, kind
        assert len(spotify.calls) == before + 1, kind


async def test_paging_and_the_way_back_are_those_of_a_search(
    harness: Harness, spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    ada.liked.clear()
    ada.save(*(track.uri for track in spotify.catalogue.regular_tracks[:62]))
    reply = await linked_user.run("/saved")
    calls = len(spotify.calls)
    assert "1–10 of 62" in reply.text
    for page in range(2, 8):
        reply = await reply.press(f"Page {page} ▶")
    assert "61–62 of 62" in reply.text
    assert len(spotify.calls) == calls + 1
    album = await reply.press("Go to album")
    harness.clock.advance(1)  # "Back" leads where the last press led: not a double press
    assert "61–62 of 62" in (await album.press("Back")).text
    unsaved = await reply.press("Unsave")
    assert "Removed from your Liked Songs" in unsaved.text
    assert len(ada.liked) == 61
    artists = await reply.press("Artists")
    assert "followed artists" in artists.text
    assert "Artists" not in enabled_button_labels(artists)


async def test_followed_artists_beyond_one_page(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    """Their pages have cursors: a page that is not in the cache needs those before it."""
    artists = [artist.uri for artist in spotify.catalogue.artists.values()]
    ada.artists.clear()
    ada.save(*artists)
    reply = await linked_user.run("/saved kind:artists")
    last = (len(artists) - 1) // 10 + 1
    for page in range(2, last + 1):
        reply = await reply.press(f"Page {page} ▶")
    assert f"of {len(artists)}" in reply.text
    assert options(reply)[-1]["value"].endswith(artists[0].rpartition(":")[2])
    ada.remove(*artists[:1])
    again = await linked_user.run("/saved kind:artists")
    assert f"of {len(artists) - 1}" in again.text


async def test_find_filters_what_was_read_and_reads_further_on_request(
    harness: Harness, spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    songs = spotify.catalogue.regular_tracks
    ada.liked.clear()
    ada.save(songs[0].uri)
    ada.like_generated(120)
    ada.liked.reverse()
    word = songs[0].name.split()[0]
    reply = await linked_user.run(f"/saved find:{songs[0].name}")
    assert "the newest 50 of 121" in reply.text
    assert "Nothing matches" in reply.text
    await harness.restart()
    assert "the newest 100 of 121" in (await reply.press("Look further")).text
    await harness.restart()
    reply = await linked_user.run(f"/saved find:{songs[0].name}")
    calls = len(spotify.calls)
    for searched in ("the newest 100 of 121", "all 121"):
        harness.clock.advance(1)
        reply = await reply.press("Look further")
        assert searched in reply.text
    assert len(spotify.calls) == calls + 2
    assert songs[0].name in reply.text
    assert "Look further" not in enabled_button_labels(reply)
    assert await linked_user.autocomplete(f"/saved find:{word}")
    assert len(spotify.calls) == calls + 2
    back = await (await reply.press("Go to album")).press("Back")
    assert "all 121" in back.text


async def test_an_empty_or_unreadable_library_says_so(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    ada.shows.clear()
    reply = await linked_user.run("/saved kind:shows")
    assert "Nothing here yet" in reply.text
    assert "Liked Songs" in (await reply.press("Songs")).text
    spotify.inject_nulls("GET .*me/albums", every=1)
    assert "Nothing here yet" not in (await linked_user.run("/saved kind:albums")).text
    # One of the playlists is null in any case.
    unread = await linked_user.run("/saved kind:playlists find:xyzzy")
    assert "Nothing that I could read matches.\n-# And 1 more that I couldn’t read" in unread.text
    assert "Nothing here yet" in (await linked_user.run("/saved kind:shows find:xyzzy")).text
    spotify.on("me/episodes", Changed(lambda page: page | {"items": []}), times=None)
    unread = await linked_user.run("/saved kind:episodes find:xyzzy")
    assert "Nothing that I could read matches" in unread.text
    spotify.on("me/tracks", ErrorResponse(500, "Oops"), times=None)
    assert "isn’t responding" in (await linked_user.run("/saved")).text


async def test_changes_made_elsewhere_show_at_once(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    first = spotify.catalogue.regular_tracks[-1]
    await linked_user.run("/saved")
    ada.remove(first.uri)
    ada.save(first.uri)
    assert first.name in (await linked_user.run("/saved")).text.splitlines()[1]
    await linked_user.run(f"/unsave what:{first.uri}")
    assert "Nothing matches" in (await linked_user.run(f"/saved find:{first.name}")).text


async def test_what_is_known_to_be_saved_completes_unsave(
    spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    """Completion calls nothing for saved items, also after a change; it searches for others."""
    (song, name), (other, _) = ((t.uri, t.name) for t in spotify.catalogue.regular_tracks[:2])
    ada.liked.clear()
    ada.save(other)
    ada.save(song)
    assert await linked_user.autocomplete(f"/unsave what:{name}")
    assert search_queries(spotify)
    await linked_user.run("/saved")
    calls = len(spotify.calls)
    values = choice_values(await linked_user.autocomplete(f"/unsave what:{name}"))
    assert song in values
    assert set(values) <= {uri for uri, _ in ada.liked}
    assert choice_values(await linked_user.autocomplete("/unsave what:"))[:2] == [song, other]
    assert len(spotify.calls) == calls
    await linked_user.run(f"/unsave what:{song}")
    calls = len(spotify.calls)
    assert choice_values(await linked_user.autocomplete("/unsave what:"))[0] == other
    assert len(spotify.calls) == calls
    await linked_user.run("/undo")
    calls = len(spotify.calls)
    assert choice_values(await linked_user.autocomplete("/unsave what:"))[:2] == [song, other]
    assert len(spotify.calls) == calls


async def test_an_older_list_shows_what_was_changed_since(
    harness: Harness, spotify: Spotify, linked_user: UserClient, ada: Account
) -> None:
    """Also by an undo; and what an answer of Spotify's says is newer than an earlier change."""
    song = ada.liked[0][0]
    older = await linked_user.run("/saved")
    first, second = (option["value"] for option in options(older)[:2])
    hearts = older.text.count("💚")
    assert hearts == len(options(older))
    await linked_user.run(f"/unsave what:{song}")
    calls = len(spotify.calls_to("GET", "me/library/contains"))
    shown = await older.pick(second)
    assert shown.text.count("💚") == hearts - 1
    shown = await shown.pick(first)
    assert "Save" in enabled_button_labels(shown)
    await linked_user.run("/undo")
    harness.clock.advance(1)  # these are no double presses
    shown = await shown.pick(second)
    assert shown.text.count("💚") == hearts
    assert "Unsave" in enabled_button_labels(await shown.pick(first))
    assert len(spotify.calls_to("GET", "me/library/contains")) <= calls + 1  # of the undo
    ada.remove(song)
    assert song.rpartition(":")[2] not in str(options(await linked_user.run("/saved")))
    await linked_user.run(f"/save what:{song}")
    ada.remove(song)
    found = await linked_user.run(f"/search query:{song}")
    assert "💚" not in found.text.splitlines()[0]
