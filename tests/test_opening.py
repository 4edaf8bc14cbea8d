"""What is opened from a list, down to the songs of an album, and the way back."""

from __future__ import annotations

import pytest

from bot.browsing import Go, Pick
from bot.remote.lists import Path
from sandbox.discord import Reply, Seat
from sandbox.readable import TEXT, walk
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.entries import buttons, chosen, ids, numbers, options, parts


def _custom_ids(reply: Reply) -> list[str]:
    return [part["custom_id"] for part in walk(reply.message) if "custom_id" in part]


def _link(kind: str, id_: str) -> str:
    return f"https://open.spotify.com/{kind}/{id_}"


async def test_an_album_is_opened_to_its_songs_and_back(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    found = await linked.run("/search query:lantern type:albums")
    albums = ids(found)
    record = spotify.catalogue.albums[albums[0]]
    before = len(spotify.calls)
    songs = await found.press("Open")
    assert ids(songs) == [track.id for track in record.tracks]
    assert f"https://open.spotify.com/album/{record.id}" in songs.text
    assert len(spotify.calls) - before == 1, "the album was among what was found"
    art = [part["media"]["url"] for part in walk(songs.message) if "media" in part]
    assert len(art) == 1
    await stage.restart()
    picked = await songs.pick(options(songs)[2]["value"])
    assert chosen(picked) == record.tracks[2].id
    await picked.press("Play")
    player = spotify.accounts["ada"].player
    assert (player.item, player.context) == (record.tracks[2].uri, record.uri)
    assert ids(await picked.press("Back")) == albums


async def test_an_artist_is_opened_to_songs_and_albums(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    found = await linked.run("/search query:lantern type:artists")
    artist, catalogue = spotify.catalogue.artists[chosen(found)], spotify.catalogue
    songs = await found.press("Open")
    assert "Found by a search for the name" in songs.text
    assert spotify.calls_of("GET", "search")[-1].query["q"] == f'artist:"{artist.name}"'
    assert all(artist in catalogue.tracks[one].artists for one in ids(songs))
    reply = await songs.press("Their albums")
    assert "Albums by" in reply.text
    albums = [catalogue.albums[one] for one in ids(reply)]
    assert all(artist in album.artists for album in albums)
    second = await reply.pick(options(reply)[1]["value"])
    record = await second.press("Open")
    assert ids(record) == [track.id for track in albums[1].tracks]
    stage.clock.advance(1)
    back = await record.press("Back")
    assert chosen(back) == albums[1].id, "one comes back to where one was"
    assert chosen(await (await back.press("Their songs")).press("Back")) == artist.id


async def test_songs_of_others_of_that_name_are_not_theirs(spotify: Spotify, linked: Seat) -> None:
    catalogue = spotify.catalogue
    nobody = next(iter(catalogue.artists.values()))
    reply = await linked.run(f"/search {_link('artist', nobody.id)}")
    assert ids(reply)
    assert all(nobody in catalogue.tracks[one].artists for one in ids(reply))


async def test_a_show_is_opened_newest_first(spotify: Spotify, linked: Seat) -> None:
    found = await linked.run("/search query:almanac type:shows")
    show = spotify.catalogue.shows[chosen(found)]
    episodes = await found.press("Open")
    assert ids(episodes) == [episode.id for episode in reversed(show.episodes)]
    await episodes.press("Queue")
    assert spotify.accounts["ada"].player.queue == [show.episodes[-1].uri]


async def test_the_chapters_of_an_audiobook_are_listed_and_the_book_is_played(
    spotify: Spotify, linked: Seat
) -> None:
    found = await linked.run("/search query:ledger type:audiobooks")
    book = spotify.catalogue.audiobooks[chosen(found)]
    chapters = await found.press("Open")
    assert book.name in chapters.text
    assert all(chapter.name in chapters.text for chapter in book.chapters)
    assert not options(chapters)
    await chapters.press("Play")
    assert spotify.accounts["ada"].player.context == book.uri
    assert chosen(await chapters.press("Back")) == book.id


async def test_ones_own_playlist_is_opened_with_all_that_is_odd_in_it(
    spotify: Spotify, linked: Seat
) -> None:
    own = next(one for one in spotify.playlists.values() if one.name == "Hard to Print")
    reply = await linked.run(f"/search https://open.spotify.com/playlist/{own.id}")
    page = await reply.press("Open")
    seen: list[int] = []
    whole = ""
    for _ in range(10):
        texts = [part["content"] for part in parts(page, TEXT)]
        assert sum(map(len, texts)) <= 4000
        assert not any("@everyone" in text or "discord.gg/" in text for text in texts)
        whole += texts[0]
        seen += numbers(page)
        onward = [label for label in buttons(page) if label.endswith("▶")]
        if not onward:
            break
        page = await page.press(onward[0])
    assert len(seen) == len([one for one in own.items if one.uri])
    assert "a file of its owner’s" in whole
    assert "https://open.spotify.com/episode/" in whole


async def test_a_playlist_of_somebody_else_stays_closed(spotify: Spotify, linked: Seat) -> None:
    other = next(one for one in spotify.playlists.values() if one.name == "Grace's Mornings")
    reply = await linked.run(f"/search https://open.spotify.com/playlist/{other.id}")
    before = reply.text
    refused = await reply.press("Open")
    assert "it must be your own" in refused.text
    assert refused.ephemeral
    assert reply.text == before


async def test_a_playlist_may_hold_the_same_song_twice(spotify: Spotify, linked: Seat) -> None:
    twice = next(one for one in spotify.playlists.values() if one.name.startswith("=SUM"))
    reply = await linked.run(f"/search https://open.spotify.com/playlist/{twice.id}")
    page = await reply.press("Open")
    assert len(ids(page)) == 2
    assert len(set(ids(page))) == 1
    picked = await page.pick(options(page)[1]["value"])
    assert [bool(option.get("default")) for option in options(picked)] == [False, True]


# ---- the deepest


_ID = "Z" * 22
_DEEPEST = [
    Path("album", _ID, 9999, Path("playlist", _ID, 1000, Path("search", "playlist", 101))),
    Path("show", _ID, 9999, Path("playlist", _ID, 1000, Path("search", "playlist", 101))),
    Path("album", _ID, 9999, Path("albums", _ID, 1000, Path("search", "artist", 101))),
    Path("album", _ID, 9999, Path("artist", _ID, 101, Path("top", "artist.medium", 999))),
    Path("album", _ID, 9999, Path("recent", "", 5)),
]


@pytest.mark.parametrize("deepest", _DEEPEST, ids=str)
def test_the_deepest_path_fits_a_button(deepest: Path) -> None:
    for item in (Go(str(deepest)), Pick(str(deepest), [])):
        assert len(item.item.custom_id or "") <= 100
        assert item.template.fullmatch(item.item.custom_id or "")
    assert Path.parse(str(deepest)) == deepest


async def test_from_three_lists_deep_all_of_the_way_back_is_there(
    stage: Stage, linked: Seat
) -> None:
    found = await linked.run("/search query:harbour evenings type:playlists")
    songs = await found.press("Open")
    first = chosen(songs)
    record = await songs.press("Open album")
    assert all(len(one) <= 100 for one in _custom_ids(record))
    assert not {"Open album", "Open"} & set(buttons(record))
    stage.clock.advance(1)
    back = await record.press("Back")
    assert chosen(back) == first
    assert "Playlists for" in (await back.press("Back")).text


async def test_of_a_way_back_that_does_not_fit_the_last_step_is_there(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    own = next(one for one in spotify.playlists.values() if one.name == "Harbour Evenings")
    songs = await (await linked.run(f"/search {own.uri}")).press("Open")
    first = chosen(songs)
    record = await songs.press("Open album")
    assert all(len(one) <= 100 for one in _custom_ids(record))
    stage.clock.advance(1)
    back = await record.press("Back")
    assert chosen(back) == first
    assert "Back" not in buttons(back)


# ---- fifty at once


async def test_all_fifty_that_spotify_told_are_looked_through_for_one_call(
    spotify: Spotify, linked: Seat
) -> None:
    show = next(iter(spotify.catalogue.shows.values()))
    was = list(show.episodes)
    others = [one for other in spotify.catalogue.shows.values() for one in other.episodes]
    show.episodes[:] = (others * 20)[:57]
    try:
        page = await linked.run(f"/search {_link('show', show.id)}")
        path = f"shows/{show.id}/episodes"
        for number in range(2, 6):
            page = await page.press(f"Page {number} ▶")
            assert numbers(page) == list(range(10 * number - 9, 10 * number + 1))
        assert len(spotify.calls_of("GET", path)) == 1
        last = await page.press("Page 6 ▶")
        assert numbers(last) == list(range(51, 58))
        assert ids(last) == [one.id for one in reversed(show.episodes[:7])]
        assert not [label for label in buttons(last) if label == "Page 7 ▶"]
        assert [call.query["offset"] for call in spotify.calls_of("GET", path)] == ["0", "50"]
    finally:
        show.episodes[:] = was


async def test_ones_own_playlist_is_looked_through_as_it_was_half_a_minute_ago(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    songs = [song.uri for song in spotify.catalogue.stock[:25]]
    own = spotify.world.add_playlist("Long Evenings", "ada", *songs)
    page = await (await linked.run(f"/search {own.uri}")).press("Open")
    page = await page.press("Page 2 ▶")
    page = await page.press("Page 3 ▶")
    path = f"playlists/{own.id}/items"
    assert len(spotify.calls_of("GET", path)) == 1
    stage.clock.advance(31)
    await page.press("◀ Page 2")
    assert len(spotify.calls_of("GET", path)) == 2
