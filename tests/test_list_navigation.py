"""Opening items of a list, down to the tracks of an album, and going back."""

from __future__ import annotations

from bot.browse.paths import ListKind, ListPath
from bot.views.list_navigation import NavigateButton
from bot.views.lists import ItemSelect
from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.message_text import TEXT_DISPLAY, walk_components
from sandbox.spotify import Spotify
from tests.command_assertions import spotify_url
from tests.list_components import (
    components,
    enabled_button_labels,
    line_numbers,
    option_ids,
    options,
    selected_id,
    selected_number,
)


def _custom_ids(reply: Reply) -> list[str]:
    return [part["custom_id"] for part in walk_components(reply.message) if "custom_id" in part]


async def test_album_opens_to_tracks_and_back(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    results = await linked_user.run("/search query:lantern type:albums")
    albums = option_ids(results)
    album = spotify.catalogue.albums[albums[0]]
    before = len(spotify.calls)
    tracks = await results.press("Show songs")
    assert option_ids(tracks) == [track.id for track in album.tracks]
    artist = album.artists[0].name
    assert f"https://open.spotify.com/album/{album.id})\n-# {artist} · " in tracks.text
    assert artist not in tracks.text.split("\n1. ")[1].split("\n2. ")[0], "it is not said twice"
    calls = [call.path for call in spotify.calls[before:]]
    assert calls == [f"albums/{album.id}/tracks", "me/library/contains"], "the album was found"
    artwork = [part["media"]["url"] for part in walk_components(tracks.message) if "media" in part]
    assert len(artwork) == 1
    await harness.restart()
    picked = await tracks.pick(options(tracks)[2]["value"])
    assert selected_id(picked) == album.tracks[2].id
    await picked.press("Play")
    player = spotify.accounts["ada"].player
    assert (player.item, player.context) == (album.tracks[2].uri, album.uri)
    assert option_ids(await picked.press("Back")) == albums


async def test_artist_opens_to_tracks_and_albums(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    results = await linked_user.run("/search query:lantern type:artists")
    artist, catalogue = spotify.catalogue.artists[selected_id(results)], spotify.catalogue
    tracks = await results.press("Show songs")
    assert "Best matches by name" in tracks.text
    assert spotify.calls_to("GET", "search")[-1].query["q"] == f'artist:"{artist.name}"'
    assert all(artist in catalogue.tracks[id_].artists for id_ in option_ids(tracks))
    reply = await tracks.press("Albums")
    assert "Albums by" in reply.text
    albums = [catalogue.albums[id_] for id_ in option_ids(reply)]
    assert all(artist in album.artists for album in albums)
    second = await reply.pick(options(reply)[1]["value"])
    opened = await second.press("Show songs")
    assert option_ids(opened) == [track.id for track in albums[1].tracks]
    harness.clock.advance(1)
    back = await opened.press("Back")
    assert selected_id(back) == albums[1].id, "Back selects the album that was opened"
    assert selected_id(await (await back.press("Songs")).press("Back")) == artist.id


async def test_tracks_of_namesake_artists_are_excluded(
    spotify: Spotify, linked_user: UserClient
) -> None:
    catalogue = spotify.catalogue
    artist = next(iter(catalogue.artists.values()))
    reply = await linked_user.run(f"/search {spotify_url(artist.uri)}")
    assert option_ids(reply)
    assert all(artist in catalogue.tracks[id_].artists for id_ in option_ids(reply))


async def test_show_lists_episodes_newest_first(spotify: Spotify, linked_user: UserClient) -> None:
    results = await linked_user.run("/search query:almanac type:shows")
    show = spotify.catalogue.shows[selected_id(results)]
    episodes = await results.press("Show episodes")
    assert option_ids(episodes) == [episode.id for episode in reversed(show.episodes)]
    await episodes.press("Queue")
    assert spotify.accounts["ada"].player.queue == [show.episodes[-1].uri]


async def test_audiobook_lists_chapters_and_plays_whole_book(
    spotify: Spotify, linked_user: UserClient
) -> None:
    results = await linked_user.run("/search query:ledger type:audiobooks")
    book = spotify.catalogue.audiobooks[selected_id(results)]
    chapters = await results.press("Show chapters")
    assert book.name in chapters.text
    assert all(chapter.name in chapters.text for chapter in book.chapters)
    assert not options(chapters)
    await chapters.press("Play")
    assert spotify.accounts["ada"].player.context == book.uri
    assert selected_id(await chapters.press("Back")) == book.id


async def test_own_playlist_with_unusual_items_opens(
    spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = next(item for item in spotify.playlists.values() if item.name == "Hard to Print")
    reply = await linked_user.run(f"/search https://open.spotify.com/playlist/{playlist.id}")
    page = await reply.press("Show songs")
    numbers: list[int] = []
    list_text = ""
    for _ in range(10):
        texts = [part["content"] for part in components(page, TEXT_DISPLAY)]
        assert sum(map(len, texts)) <= 4000
        assert not any("@everyone" in text or "discord.gg/" in text for text in texts)
        list_text += texts[0]
        numbers += line_numbers(page)
        next_labels = [label for label in enabled_button_labels(page) if label.endswith("▶")]
        if not next_labels:
            break
        page = await page.press(next_labels[0])
    assert len(numbers) == len([item for item in playlist.items if item.uri])
    assert "local file" in list_text
    assert "https://open.spotify.com/episode/" in list_text


async def test_repeated_track_of_playlist_is_listed_twice(
    spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = next(
        candidate for candidate in spotify.playlists.values() if candidate.name.startswith("=SUM")
    )
    reply = await linked_user.run(f"/search https://open.spotify.com/playlist/{playlist.id}")
    page = await reply.press("Show songs")
    assert len(option_ids(page)) == 2
    assert len(set(option_ids(page))) == 1
    picked = await page.pick(options(page)[1]["value"])
    assert selected_number(picked) == 2


# ---- the longest paths


_ID = "7" + "0" * 21
LONGEST_PATHS = [
    ListPath(
        ListKind.ALBUM,
        _ID,
        9999,
        ListPath(ListKind.PLAYLIST, _ID, 1000, ListPath(ListKind.SEARCH, "playlist", 101)),
    ),
    ListPath(
        ListKind.SHOW,
        _ID,
        9999,
        ListPath(ListKind.PLAYLIST, _ID, 1000, ListPath(ListKind.SEARCH, "playlist", 101)),
    ),
    ListPath(
        ListKind.ALBUM,
        _ID,
        9999,
        ListPath(ListKind.ALBUMS, _ID, 1000, ListPath(ListKind.SEARCH, "artist", 101)),
    ),
    ListPath(
        ListKind.ALBUM,
        _ID,
        9999,
        ListPath(ListKind.ARTIST, _ID, 101, ListPath(ListKind.TOP, "artist.medium", 999)),
    ),
    ListPath(ListKind.ALBUM, _ID, 9999, ListPath(ListKind.RECENT, "", 5)),
]


def test_longest_path_fits_a_button() -> None:
    for path in LONGEST_PATHS:
        for item in (NavigateButton(str(path)), ItemSelect(str(path), [])):
            assert len(item.item.custom_id or "") <= 100
            assert item.template.fullmatch(item.item.custom_id or "")
        assert ListPath.parse(str(path)) == path


async def test_back_path_is_complete_from_three_levels(
    harness: Harness, linked_user: UserClient
) -> None:
    results = await linked_user.run("/search query:harbour evenings type:playlists")
    tracks = await results.press("Show songs")
    first = selected_id(tracks)
    album = await tracks.press("Go to album")
    assert all(len(custom_id) <= 100 for custom_id in _custom_ids(album))
    assert not {"Go to album", "Show songs"} & set(enabled_button_labels(album))
    harness.clock.advance(1)
    back = await album.press("Back")
    assert selected_id(back) == first
    assert "Playlists for" in (await back.press("Back")).text


async def test_overlong_back_path_keeps_last_step(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = next(
        candidate
        for candidate in spotify.playlists.values()
        if candidate.name == "Harbour Evenings"
    )
    tracks = await (await linked_user.run(f"/search {playlist.uri}")).press("Show songs")
    first = selected_id(tracks)
    album = await tracks.press("Go to album")
    assert all(len(custom_id) <= 100 for custom_id in _custom_ids(album))
    harness.clock.advance(1)
    back = await album.press("Back")
    assert selected_id(back) == first
    assert "Back" not in enabled_button_labels(back)


# ---- pages


async def test_fifty_items_are_paged_with_one_call(
    spotify: Spotify, linked_user: UserClient
) -> None:
    show = next(iter(spotify.catalogue.shows.values()))
    original = list(show.episodes)
    episodes = [episode for other in spotify.catalogue.shows.values() for episode in other.episodes]
    show.episodes[:] = (episodes * 20)[:57]
    try:
        page = await linked_user.run(f"/search {spotify_url(show.uri)}")
        path = f"shows/{show.id}/episodes"
        for number in range(2, 6):
            page = await page.press(f"Page {number} ▶")
            assert line_numbers(page) == list(range(10 * number - 9, 10 * number + 1))
        assert len(spotify.calls_to("GET", path)) == 1
        last = await page.press("Page 6 ▶")
        assert line_numbers(last) == list(range(51, 58))
        assert option_ids(last) == [episode.id for episode in reversed(show.episodes[:7])]
        assert not [label for label in enabled_button_labels(last) if label == "Page 7 ▶"]
        assert [call.query["offset"] for call in spotify.calls_to("GET", path)] == ["0", "50"]
    finally:
        show.episodes[:] = original


async def test_own_playlist_is_paged_from_thirty_second_cache(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    uris = [track.uri for track in spotify.catalogue.regular_tracks[:25]]
    playlist = spotify.state.add_playlist("Long Evenings", "ada", *uris)
    page = await (await linked_user.run(f"/search {playlist.uri}")).press("Show songs")
    page = await page.press("Page 2 ▶")
    page = await page.press("Page 3 ▶")
    path = f"playlists/{playlist.id}/items"
    assert len(spotify.calls_to("GET", path)) == 1
    harness.clock.advance(31)
    await page.press("◀ Page 2")
    assert len(spotify.calls_to("GET", path)) == 2
