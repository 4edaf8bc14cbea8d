"""What is opened from a list, down to the songs of an album, and the way back."""

from __future__ import annotations

import pytest

from bot.browse import ListPath
from bot.views.lists import ItemSelect, NavigateButton
from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.message_text import TEXT_DISPLAY, walk_components
from sandbox.spotify import Spotify
from tests.list_components import (
    components,
    enabled_button_labels,
    line_numbers,
    option_ids,
    options,
    selected_id,
)


def _custom_ids(reply: Reply) -> list[str]:
    return [part["custom_id"] for part in walk_components(reply.message) if "custom_id" in part]


def _spotify_url(kind: str, id_: str) -> str:
    return f"https://open.spotify.com/{kind}/{id_}"


async def test_album_opens_to_tracks_and_back(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    found = await linked_user.run("/search query:lantern type:albums")
    albums = option_ids(found)
    record = spotify.catalogue.albums[albums[0]]
    before = len(spotify.calls)
    songs = await found.press("Open")
    assert option_ids(songs) == [track.id for track in record.tracks]
    assert f"https://open.spotify.com/album/{record.id}" in songs.text
    assert len(spotify.calls) - before == 1, "the album was among what was found"
    art = [part["media"]["url"] for part in walk_components(songs.message) if "media" in part]
    assert len(art) == 1
    await harness.restart()
    picked = await songs.pick(options(songs)[2]["value"])
    assert selected_id(picked) == record.tracks[2].id
    await picked.press("Play")
    player = spotify.accounts["ada"].player
    assert (player.item, player.context) == (record.tracks[2].uri, record.uri)
    assert option_ids(await picked.press("Back")) == albums


async def test_artist_opens_to_tracks_and_albums(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    found = await linked_user.run("/search query:lantern type:artists")
    artist, catalogue = spotify.catalogue.artists[selected_id(found)], spotify.catalogue
    songs = await found.press("Open")
    assert "Found by a search for the name" in songs.text
    assert spotify.calls_to("GET", "search")[-1].query["q"] == f'artist:"{artist.name}"'
    assert all(artist in catalogue.tracks[one].artists for one in option_ids(songs))
    reply = await songs.press("Their albums")
    assert "Albums by" in reply.text
    albums = [catalogue.albums[one] for one in option_ids(reply)]
    assert all(artist in album.artists for album in albums)
    second = await reply.pick(options(reply)[1]["value"])
    record = await second.press("Open")
    assert option_ids(record) == [track.id for track in albums[1].tracks]
    harness.clock.advance(1)
    back = await record.press("Back")
    assert selected_id(back) == albums[1].id, "one comes back to where one was"
    assert selected_id(await (await back.press("Their songs")).press("Back")) == artist.id


async def test_tracks_of_namesake_artists_are_excluded(
    spotify: Spotify, linked_user: UserClient
) -> None:
    catalogue = spotify.catalogue
    nobody = next(iter(catalogue.artists.values()))
    reply = await linked_user.run(f"/search {_spotify_url('artist', nobody.id)}")
    assert option_ids(reply)
    assert all(nobody in catalogue.tracks[one].artists for one in option_ids(reply))


async def test_show_lists_episodes_newest_first(spotify: Spotify, linked_user: UserClient) -> None:
    found = await linked_user.run("/search query:almanac type:shows")
    show = spotify.catalogue.shows[selected_id(found)]
    episodes = await found.press("Open")
    assert option_ids(episodes) == [episode.id for episode in reversed(show.episodes)]
    await episodes.press("Queue")
    assert spotify.accounts["ada"].player.queue == [show.episodes[-1].uri]


async def test_audiobook_lists_chapters_and_plays_the_book(
    spotify: Spotify, linked_user: UserClient
) -> None:
    found = await linked_user.run("/search query:ledger type:audiobooks")
    book = spotify.catalogue.audiobooks[selected_id(found)]
    chapters = await found.press("Open")
    assert book.name in chapters.text
    assert all(chapter.name in chapters.text for chapter in book.chapters)
    assert not options(chapters)
    await chapters.press("Play")
    assert spotify.accounts["ada"].player.context == book.uri
    assert selected_id(await chapters.press("Back")) == book.id


async def test_own_playlist_with_unusual_items_opens(
    spotify: Spotify, linked_user: UserClient
) -> None:
    own = next(one for one in spotify.playlists.values() if one.name == "Hard to Print")
    reply = await linked_user.run(f"/search https://open.spotify.com/playlist/{own.id}")
    page = await reply.press("Open")
    seen: list[int] = []
    whole = ""
    for _ in range(10):
        texts = [part["content"] for part in components(page, TEXT_DISPLAY)]
        assert sum(map(len, texts)) <= 4000
        assert not any("@everyone" in text or "discord.gg/" in text for text in texts)
        whole += texts[0]
        seen += line_numbers(page)
        onward = [label for label in enabled_button_labels(page) if label.endswith("▶")]
        if not onward:
            break
        page = await page.press(onward[0])
    assert len(seen) == len([one for one in own.items if one.uri])
    assert "a file of its owner’s" in whole
    assert "https://open.spotify.com/episode/" in whole


async def test_playlist_of_other_user_cannot_be_opened(
    spotify: Spotify, linked_user: UserClient
) -> None:
    other = next(one for one in spotify.playlists.values() if one.name == "Grace's Mornings")
    reply = await linked_user.run(f"/search https://open.spotify.com/playlist/{other.id}")
    before = reply.text
    refused = await reply.press("Open")
    assert "it must be your own" in refused.text
    assert refused.ephemeral
    assert reply.text == before


async def test_a_playlist_may_hold_the_same_song_twice(
    spotify: Spotify, linked_user: UserClient
) -> None:
    twice = next(one for one in spotify.playlists.values() if one.name.startswith("=SUM"))
    reply = await linked_user.run(f"/search https://open.spotify.com/playlist/{twice.id}")
    page = await reply.press("Open")
    assert len(option_ids(page)) == 2
    assert len(set(option_ids(page))) == 1
    picked = await page.pick(options(page)[1]["value"])
    assert [bool(option.get("default")) for option in options(picked)] == [False, True]


# ---- the deepest


_ID = "Z" * 22
_DEEPEST_PATHS = [
    ListPath(
        "album", _ID, 9999, ListPath("playlist", _ID, 1000, ListPath("search", "playlist", 101))
    ),
    ListPath(
        "show", _ID, 9999, ListPath("playlist", _ID, 1000, ListPath("search", "playlist", 101))
    ),
    ListPath("album", _ID, 9999, ListPath("albums", _ID, 1000, ListPath("search", "artist", 101))),
    ListPath(
        "album", _ID, 9999, ListPath("artist", _ID, 101, ListPath("top", "artist.medium", 999))
    ),
    ListPath("album", _ID, 9999, ListPath("recent", "", 5)),
]


@pytest.mark.parametrize("deepest", _DEEPEST_PATHS, ids=str)
def test_the_deepest_path_fits_a_button(deepest: ListPath) -> None:
    for item in (NavigateButton(str(deepest)), ItemSelect(str(deepest), [])):
        assert len(item.item.custom_id or "") <= 100
        assert item.template.fullmatch(item.item.custom_id or "")
    assert ListPath.parse(str(deepest)) == deepest


async def test_back_path_is_complete_from_three_levels(
    harness: Harness, linked_user: UserClient
) -> None:
    found = await linked_user.run("/search query:harbour evenings type:playlists")
    songs = await found.press("Open")
    first = selected_id(songs)
    record = await songs.press("Open album")
    assert all(len(one) <= 100 for one in _custom_ids(record))
    assert not {"Open album", "Open"} & set(enabled_button_labels(record))
    harness.clock.advance(1)
    back = await record.press("Back")
    assert selected_id(back) == first
    assert "Playlists for" in (await back.press("Back")).text


async def test_overlong_back_path_keeps_last_step(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    own = next(one for one in spotify.playlists.values() if one.name == "Harbour Evenings")
    songs = await (await linked_user.run(f"/search {own.uri}")).press("Open")
    first = selected_id(songs)
    record = await songs.press("Open album")
    assert all(len(one) <= 100 for one in _custom_ids(record))
    harness.clock.advance(1)
    back = await record.press("Back")
    assert selected_id(back) == first
    assert "Back" not in enabled_button_labels(back)


# ---- fifty at once


async def test_fifty_items_are_paged_with_one_call(
    spotify: Spotify, linked_user: UserClient
) -> None:
    show = next(iter(spotify.catalogue.shows.values()))
    was = list(show.episodes)
    others = [one for other in spotify.catalogue.shows.values() for one in other.episodes]
    show.episodes[:] = (others * 20)[:57]
    try:
        page = await linked_user.run(f"/search {_spotify_url('show', show.id)}")
        path = f"shows/{show.id}/episodes"
        for number in range(2, 6):
            page = await page.press(f"Page {number} ▶")
            assert line_numbers(page) == list(range(10 * number - 9, 10 * number + 1))
        assert len(spotify.calls_to("GET", path)) == 1
        last = await page.press("Page 6 ▶")
        assert line_numbers(last) == list(range(51, 58))
        assert option_ids(last) == [one.id for one in reversed(show.episodes[:7])]
        assert not [label for label in enabled_button_labels(last) if label == "Page 7 ▶"]
        assert [call.query["offset"] for call in spotify.calls_to("GET", path)] == ["0", "50"]
    finally:
        show.episodes[:] = was


async def test_own_playlist_is_paged_from_thirty_second_cache(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    songs = [song.uri for song in spotify.catalogue.regular_tracks[:25]]
    own = spotify.state.add_playlist("Long Evenings", "ada", *songs)
    page = await (await linked_user.run(f"/search {own.uri}")).press("Open")
    page = await page.press("Page 2 ▶")
    page = await page.press("Page 3 ▶")
    path = f"playlists/{own.id}/items"
    assert len(spotify.calls_to("GET", path)) == 1
    harness.clock.advance(31)
    await page.press("◀ Page 2")
    assert len(spotify.calls_to("GET", path)) == 2
