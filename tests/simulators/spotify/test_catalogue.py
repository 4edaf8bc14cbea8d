"""The sample catalogue is large, has unusual items, and lacks the fields that Spotify removed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.spotify import sample_names
from sandbox.spotify.sample_catalogue import make_sample
from tests.simulators.spotify.api_caller import ApiCaller

REMOVED_FIELDS = {"popularity", "linked_from", "label", "followers", "product", "country", "email"}


async def search(ada: ApiCaller, query: str, kind: str = "track", **more: int) -> list[Any]:
    """The items of the page."""
    params = {"q": query, "type": kind, "limit": 10, **more}
    answer = await ada("GET", "search", params=params)
    assert answer.status == 200, answer.message
    items: list[Any] = answer.json[f"{kind}s"]["items"]
    return items


def json_objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every nested JSON object."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from json_objects(part)


def test_catalogue_has_200_tracks_and_hostile_titles() -> None:
    sample, other = make_sample(), make_sample.__wrapped__()
    assert list(sample.tracks) == list(other.tracks)
    assert len(sample.tracks) == 200
    titles = {track.name for track in sample.tracks.values()}
    assert titles >= set(sample_names.HOSTILE_TITLES) | set(sample_names.LANTERN_TITLES)
    assert any(track.artists == () for track in sample.tracks.values())
    assert any(artist.name == "" for artist in sample.artists.values())
    assert any(not track.playable for track in sample.tracks.values())
    assert max(len(title) for title in titles) == 300


@pytest.mark.parametrize("kind", ["track", "album", "artist", "show", "episode", "audiobook"])
async def test_every_item_has_a_url(ada: ApiCaller, kind: str) -> None:
    for thing in getattr(ada.spotify.catalogue, f"{kind}s").values():
        answer = await ada("GET", f"{kind}s/{thing.id}")
        assert answer.status == 200
        assert (answer.json["name"], answer.json["uri"]) == (thing.name, thing.uri)
        for shown in json_objects(answer.json):
            assert not REMOVED_FIELDS & shown.keys()
            assert "available_markets" not in shown or shown["type"] in ("show", "audiobook")


async def test_a_track_has_its_full_size(ada: ApiCaller) -> None:
    track = ada.spotify.catalogue.regular_tracks[0]
    answer = await ada("GET", f"tracks/{track.id}")
    assert 2000 < len(answer.body) < 2600
    assert [image["width"] for image in answer.json["album"]["images"]] == [640, 300, 64]
    assert re.fullmatch(r"[A-Z]{5}\d{7}", answer.json["external_ids"]["isrc"])
    assert answer.json["external_urls"]["spotify"] == f"https://open.spotify.com/track/{track.id}"


async def test_what_is_withdrawn_says_so(ada: ApiCaller) -> None:
    gone = next(t for t in ada.spotify.catalogue.tracks.values() if not t.playable)
    shown = (await ada("GET", f"tracks/{gone.id}")).json
    assert (shown["is_playable"], shown["restrictions"]) == (False, {"reason": "market"})


@pytest.mark.parametrize(
    ("kind", "inside"),
    [("album", "tracks"), ("show", "episodes"), ("audiobook", "chapters"), ("artist", "albums")],
)
async def test_contents_come_in_pages(ada: ApiCaller, kind: str, inside: str) -> None:
    for thing in getattr(ada.spotify.catalogue, f"{kind}s").values():
        path = f"{kind}s/{thing.id}/{inside}"
        first = (await ada("GET", path)).json
        items = await ada.all_items(f"{path}?limit=2")
        assert [item["name"] for item in items][: first["limit"]] == [
            item["name"] for item in first["items"]
        ]
        assert len(items) == first["total"]


async def test_an_artists_albums_are_ten_a_page_and_grouped(ada: ApiCaller) -> None:
    artist = next(iter(ada.spotify.catalogue.artists.values()))
    assert (await ada("GET", f"artists/{artist.id}/albums?limit=11")).message == "Invalid limit"
    own = await ada.all_items(f"artists/{artist.id}/albums?include_groups=album")
    assert {record["album_group"] for record in own} == {"album"}
    assert [record["release_date"] for record in own] == ["2023-03-17", "2019-10-04"]


# ---- search


async def test_lantern_finds_nice_ones_first(ada: ApiCaller) -> None:
    found = [track["name"] for track in await search(ada, "lantern")]
    assert found[:8] == list(sample_names.LANTERN_TITLES)
    assert (await search(ada, "LANTERN weather"))[0]["name"] == "Lantern Weather"


async def test_the_default_is_five(ada: ApiCaller) -> None:
    page = (await ada("GET", "search?q=lantern&type=track")).json["tracks"]
    assert (page["limit"], len(page["items"])) == (5, 5)
    further = (await ada("GET", page["next"])).json["tracks"]["items"]
    assert not {track["id"] for track in further} & {track["id"] for track in page["items"]}


@pytest.mark.parametrize(
    ("query", "kind", "expected"),
    [
        ("solveig tarn", "artist", {"Solveig Tarn"}),
        ("artist:solveig", "album", {"Glacier Notes", "Forty Winters"}),
        ('artist:"Solveig Tarn" album:glacier', "album", {"Glacier Notes"}),
        ("year:1958", "album", {"After the Last Tram"}),
        ("year:1958-1962", "album", {"After the Last Tram", "Rooms with a Piano in Them"}),
        ("genre:soul", "artist", {"Idris Okoro-Lind"}),
        ("tag:new", "album", set()),
        ("kettles", "episode", {"On Kettles"}),
        ("bees", "show", {"Keeping Bees Badly"}),
        ("lamplighter", "audiobook", {"The Lamplighter's Ledger"}),
        ("zzzz", "track", set()),
    ],
)
async def test_words_and_filters(ada: ApiCaller, query: str, kind: str, expected: set[str]) -> None:
    assert {item["name"] for item in await search(ada, query, kind)} == expected


async def test_numbers_of_recordings_and_records(ada: ApiCaller) -> None:
    track = ada.spotify.catalogue.regular_tracks[10]
    assert [item["id"] for item in await search(ada, f"isrc:{track.isrc}")] == [track.id]
    found = await search(ada, f"upc:{track.album.upc}", "album")
    assert [item["id"] for item in found] == [track.album.id]


@pytest.mark.parametrize("query", ["فانوس", "灯籠", "zalgo", "🏮", "<script>", "=hyperlink"])
async def test_odd_queries_do_not_fail(ada: ApiCaller, query: str) -> None:
    assert all(item["name"] for item in await search(ada, query))


async def test_playlists_in_a_result_can_be_null(ada: ApiCaller) -> None:
    ada.spotify.state.add_playlist("Lantern Walk", "ada")
    ada.spotify.state.add_playlist("Lantern Supper", "grace")
    ada.spotify.state.add_playlist("Lantern Hunt", "linus")
    ada.spotify.state.add_playlist("Lantern Secret", "grace", public=False)
    found = await search(ada, "lantern", "playlist")
    assert [item and item["name"] for item in found] == ["Lantern Walk", "Lantern Supper", None]


# ---- covers


@pytest.mark.parametrize("size", [640, 300, 64])
async def test_covers_are_png_of_their_size(ada: ApiCaller, size: int) -> None:
    shown = (await ada("GET", f"tracks/{ada.spotify.catalogue.regular_tracks[0].id}")).json
    url = next(image["url"] for image in shown["album"]["images"] if image["width"] == size)
    async with ada.http.get(url) as response:
        assert response.content_type == "image/png"
        png = await response.read()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(png[16:20]) == int.from_bytes(png[20:24]) == size
    data = png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8]
    assert len(zlib.decompress(data)) == size * (size + 1)


async def test_unknown_pictures_are_not_found(ada: ApiCaller) -> None:
    assert (await ada("GET", ada.spotify.api_url.replace("v1", "image/abc"))).status == 404


async def test_responses_are_reproducible(ada: ApiCaller) -> None:
    page = await ada("GET", "search?q=a&type=track,album,artist&limit=10")
    assert (await ada("GET", "search?q=a&type=track,album,artist&limit=10")).body == page.body
    assert page.headers["Content-Type"] == "application/json; charset=utf-8"
