"""Lists of the simulated Web API with the anomalies of real ones: nulls, wrong totals, no dates."""

from __future__ import annotations

import pytest

from sandbox.spotify import (
    EndlessNext,
    FewerEntries,
    Filler,
    IgnoredOffset,
    NoNext,
    WrongTotals,
)
from tests.simulators.spotify.api_caller import ApiCaller

UNKNOWN_ID = "0" * 22


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("me/tracks?limit=7", []),
        ("me/top/artists?limit=7", []),
        ("me/following?type=artist", ["artists"]),
        ("search?q=a&type=track,album&limit=7", ["albums"]),
        ("me/player/recently-played?limit=7", []),
        ("albums/{album}", ["tracks"]),
        ("playlists/{playlist}", ["items"]),
    ],
)
async def test_any_list_can_have_nulls(ada: ApiCaller, path: str, way: list[str]) -> None:
    ada.spotify.inject_nulls("GET /v1/", every=3)
    album, playlist = next(iter(ada.spotify.catalogue.albums)), next(iter(ada.spotify.playlists))
    page = (await ada("GET", path.format(album=album, playlist=playlist))).json
    for step in way:
        page = page[step]
    assert len(page["items"]) >= 7
    assert [n for n, item in enumerate(page["items"]) if item is None] == [
        n for n in range(len(page["items"])) if n % 3 == 2
    ]
    ada.spotify.rules.clear()
    assert None not in (await ada("GET", "me/tracks")).json["items"]


async def test_a_queue_can_have_them_too(ada: ApiCaller) -> None:
    ada.player.play(context=next(iter(ada.spotify.catalogue.albums.values())).uri)
    ada.spotify.inject_nulls("/queue$", every=2)
    shown = (await ada("GET", "me/player/queue")).json
    assert [item is None for item in shown["queue"][:4]] == [False, True, False, True]
    assert shown["currently_playing"] is not None


async def test_nulls_are_where_they_were_ordered_and_nothing_else_changes(ada: ApiCaller) -> None:
    before = (await ada("GET", "me/tracks")).json
    ada.spotify.inject_nulls("GET /v1/me/albums", every=1)
    assert (await ada("GET", "me/tracks")).json == before
    albums = (await ada("GET", "me/albums")).json
    assert set(albums["items"]) == {None}
    assert albums["total"] == len(ada.account.albums)


async def test_an_artist_who_is_gone_is_null(ada: ApiCaller) -> None:
    ada.account.artists.insert(1, (f"spotify:artist:{UNKNOWN_ID}", None))
    page = (await ada("GET", "me/following?type=artist&limit=2")).json["artists"]
    assert [entry is None for entry in page["items"]] == [False, True]
    assert page["cursors"]["after"] == UNKNOWN_ID
    assert (await ada("GET", page["next"])).json["artists"]["items"][0] is not None


async def test_a_date_can_be_lost(ada: ApiCaller) -> None:
    ada.account.liked.append((ada.spotify.catalogue.regular_tracks[0].uri, None))
    ada.account.like_generated(1)
    lost, after = (await ada("GET", f"me/tracks?offset={len(ada.account.liked) - 2}")).json["items"]
    assert lost["added_at"] is None
    assert after["added_at"] < (await ada("GET", "me/tracks")).json["items"][0]["added_at"]


async def test_a_playlist_counts_wrong(ada: ApiCaller) -> None:
    playlist = next(iter(ada.spotify.playlists.values()))
    playlist.total_surplus = 4
    page = (await ada("GET", f"playlists/{playlist.id}/items")).json
    assert page["total"] == len(playlist.items) + 4


async def test_an_empty_playlist_has_no_picture_at_all(ada: ApiCaller) -> None:
    made = await ada("POST", "me/playlists", {"name": "New"})
    assert made.json["images"] is None


async def test_a_playlist_brings_its_first_page_along(ada: ApiCaller) -> None:
    uris = [track.uri for track in ada.spotify.catalogue.regular_tracks[:60]]
    playlist = ada.spotify.state.add_playlist("Long", "ada", *uris)
    first = (await ada("GET", f"playlists/{playlist.id}")).json["items"]
    assert (len(first["items"]), first["limit"], first["total"]) == (50, 50, 60)
    assert len((await ada("GET", first["next"])).json["items"]) == 10


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("number", ["9" * 5000, "٣", "+1", "1_0"])
async def test_malformed_numbers_are_refused(ada: ApiCaller, name: str, number: str) -> None:
    answer = await ada("GET", "me/tracks", params={name: number})
    assert (answer.status, answer.message) == (400, f"Invalid {name}")


async def test_totals_flicker_by_a_seed(ada: ApiCaller) -> None:
    async def totals(seed: int) -> list[object]:
        ada.spotify.rules.clear()
        wrong = WrongTotals([lambda total: total + 1, None, "7"], seed)
        ada.spotify.on("GET /v1/me/tracks", wrong, times=None)
        return [(await ada("GET", "me/tracks?limit=1")).json["total"] for _ in range(12)]

    count = len(ada.account.liked)
    assert set(await totals(1)) == {count + 1, None, "7"}
    assert await totals(1) == await totals(1) != await totals(2)


async def test_pages_can_have_too_few_entries_and_no_next(ada: ApiCaller) -> None:
    ada.spotify.on("GET /v1/me/tracks", FewerEntries(slice(3)))
    ada.spotify.on("GET /v1/me/tracks", NoNext())
    page = (await ada("GET", "me/tracks?limit=7")).json
    assert (len(page["items"]), page["next"]) == (3, None)
    page = (await ada("GET", "me/tracks?limit=7")).json
    assert len(page["items"]) == 7
    assert page["next"] is not None


@pytest.mark.parametrize("filler", Filler)
async def test_next_may_never_end(ada: ApiCaller, filler: Filler) -> None:
    ada.account.liked.clear()
    ada.account.like_generated(12)
    ada.spotify.on("GET /v1/me/tracks", EndlessNext(filler), times=None)
    pages = [(await ada("GET", f"me/tracks?limit=5&offset={5 * n}")).json for n in range(5)]
    assert all(f"offset={5 * n + 5}" in page["next"] for n, page in enumerate(pages))
    first, last, behind = pages[0]["items"], pages[2]["items"], pages[3]["items"]
    match filler:
        case Filler.NOTHING:
            assert (len(last), behind) == (2, [])
        case Filler.NULLS:
            assert behind == [None] * 5
        case Filler.LAST_PAGE:
            assert behind == last
        case Filler.FIRST_PAGE:
            assert behind == first
        case Filler.NEW_ENTRIES:
            ids = [entry["track"]["id"] for page in pages for entry in page["items"]]
            assert len(set(ids)) == len(ids) == 25


async def test_every_page_can_be_the_first_one(ada: ApiCaller) -> None:
    ada.spotify.on("GET /v1/me/tracks", IgnoredOffset(), times=None)
    pages = [(await ada("GET", f"me/tracks?limit=5&offset={5 * n}")).json for n in range(3)]
    assert pages[0]["items"] == pages[1]["items"] == pages[2]["items"]


async def test_next_links_can_be_wrong(ada: ApiCaller) -> None:
    ada.spotify.state.origin = "https://evil.test"
    page = (await ada("GET", "me/tracks?limit=1")).json
    assert page["next"].startswith("https://evil.test/v1/me/tracks?")
