"""The pretend library: what is saved, in pages, of any size; and playlists."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import pytest

from sandbox.spotify import Playlist, generated_uri
from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS
from tests.simulators.spotify_api_caller import ApiCaller, api_caller


@pytest.fixture(name="ada")
async def _ada() -> AsyncIterator[ApiCaller]:
    async with api_caller() as ada:
        yield ada


def find_playlist(ada: ApiCaller, name: str) -> Playlist:
    return next(one for one in ada.spotify.playlists.values() if one.name == name)


async def test_who_am_i(ada: ApiCaller) -> None:
    me = (await ada("GET", "me")).json
    assert me["display_name"] == "Ada"
    assert me["account_id"] == ada.account.account_id
    assert not me.keys() & {"product", "country", "email", "followers", "explicit_content"}
    ada.account.account_id = None
    assert "account_id" not in (await ada("GET", "me")).json


async def test_liked_songs_come_newest_first_and_whole(ada: ApiCaller) -> None:
    items = await ada.all_items("me/tracks?limit=7")
    assert [item["track"]["uri"] for item in items] == [uri for uri, _ in ada.account.liked]
    assert [item["added_at"] for item in items] == sorted(
        (item["added_at"] for item in items), reverse=True
    )
    assert any(item["track"]["is_local"] for item in items)
    assert {"@everyone"} <= {item["track"]["name"] for item in items}
    assert any(not item["track"]["artists"] for item in items)


async def test_a_page_knows_its_neighbours(ada: ApiCaller) -> None:
    page = (await ada("GET", "me/tracks?limit=10&offset=10")).json
    assert (page["limit"], page["offset"], page["total"]) == (10, 10, len(ada.account.liked))
    origin = ada.spotify.api_url
    assert page["next"] == f"{origin}/me/tracks?limit=10&offset=20"
    assert page["previous"] == f"{origin}/me/tracks?limit=10&offset=0"
    beyond = (await ada("GET", "me/tracks?offset=5000")).json
    assert (beyond["items"], beyond["next"]) == ([], None)


async def test_total_can_be_wrong(ada: ApiCaller) -> None:
    ada.account.total_surplus = 3
    page = (await ada("GET", "me/tracks")).json
    assert page["total"] == len(ada.account.liked) + 3


async def test_what_is_gone_is_null(ada: ApiCaller) -> None:
    ada.account.liked.insert(1, ("spotify:track:0000000000000000000000", ada.spotify.clock()))
    items = (await ada("GET", "me/tracks")).json["items"]
    assert [item["track"] is None for item in items[:3]] == [False, True, False]


@pytest.mark.parametrize("directly", [False, True])
async def test_a_hundred_thousand_liked_songs_cost_little(ada: ApiCaller, directly: bool) -> None:
    began = perf_counter()
    if directly:
        now = ada.spotify.clock()
        ada.account.saved_items("track")[:] = [
            (generated_uri(n), now - 60 * n) for n in range(100_000)
        ]
    else:
        ada.account.like_generated(100_000)
    assert perf_counter() - began < 1
    token = ada.spotify.issue_access_token("ada", *SCOPE_DESCRIPTIONS)
    began = perf_counter()
    for offset in range(0, 100_000, 5000):
        answer = await ada("GET", f"me/tracks?limit=50&offset={offset}", token=token)
        assert len(answer.json["items"]) == 50
    assert perf_counter() - began < 1
    items = answer.json["items"]
    assert len({item["track"]["uri"] for item in items}) == 50
    assert len({item["track"]["external_ids"]["isrc"] for item in items}) == 50
    again = (await ada("GET", f"tracks/{items[0]['track']['id']}")).json
    assert again == items[0]["track"]
    assert 2300 < len(answer.body) / 50 < 3000  # a real one has about 2.3 KB


@pytest.mark.parametrize(
    "shelf", ["tracks", "albums", "artists", "shows", "episodes", "audiobooks"]
)
async def test_save_look_and_remove(ada: ApiCaller, shelf: str) -> None:
    thing = list(getattr(ada.spotify.catalogue, shelf).values())[-1]
    ada.account.remove(thing.uri)
    for method, saved in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
        answer = await ada(method, f"me/library?uris={thing.uri}")
        assert (answer.status, answer.body) == (200, b"")
        contains = await ada("GET", f"me/library/contains?uris={thing.uri}")
        assert contains.json == [saved]
    assert [uri for uri, _ in ada.account.saved_items(thing.kind)].count(thing.uri) == 0


async def test_contains_answers_in_order(ada: ApiCaller) -> None:
    liked, other = ada.account.liked[0][0], ada.spotify.catalogue.regular_tracks[0].uri
    user = f"spotify:user:{ada.spotify.accounts['grace'].id}"
    album = ada.account.albums[0][0]
    answer = await ada("GET", f"me/library/contains?uris={other},{liked},{user},{album}")
    assert answer.json == [False, True, False, True]


async def test_forty_at_once_and_the_newest_first(ada: ApiCaller) -> None:
    uris = [track.uri for track in ada.spotify.catalogue.regular_tracks[:40]]
    ada.account.liked.clear()
    assert (await ada("PUT", f"me/library?uris={','.join(uris)}")).status == 200
    assert [uri for uri, _ in ada.account.liked] == uris[::-1]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("me/albums", "album"),
        ("me/shows", "show"),
        ("me/episodes", "episode"),
        ("me/audiobooks", "audiobook"),
    ],
)
async def test_the_other_shelves(ada: ApiCaller, path: str, key: str) -> None:
    items = await ada.all_items(f"{path}?limit=2")
    assert [item[key]["uri"] for item in items] == [uri for uri, _ in ada.account.saved_items(key)]


async def test_followed_artists_come_by_cursor(ada: ApiCaller) -> None:
    found, url = [], "me/following?type=artist&limit=3"
    while url:
        page = (await ada("GET", url)).json["artists"]
        found += [artist["uri"] for artist in page["items"]]
        url = page["next"]
    assert found == [uri for uri, _ in ada.account.artists]
    assert page["cursors"] == {"after": None}


@pytest.mark.parametrize("kind", ["tracks", "artists"])
async def test_top(ada: ApiCaller, kind: str) -> None:
    answers = [
        (await ada("GET", f"me/top/{kind}?time_range={span}")).json["items"]
        for span in ("short_term", "medium_term", "long_term")
    ]
    assert all(answers)
    assert answers[0] != answers[2]


# ---- playlists


async def test_my_playlists_have_a_null_among_them(ada: ApiCaller) -> None:
    items = await ada.all_items("me/playlists?limit=2")
    assert None in items
    assert "Harbour Evenings" in [item["name"] for item in items if item]


async def test_a_missing_scope_shortens_the_list_without_a_word(ada: ApiCaller) -> None:
    whole = (await ada("GET", "me/playlists")).json
    answer = await ada("GET", "me/playlists", scopes=("user-library-read",))
    assert answer.status == 200
    assert answer.json["total"] < whole["total"]
    assert all(item is None or item["public"] for item in answer.json["items"])


async def test_items_hold_nulls_local_files_and_episodes(ada: ApiCaller) -> None:
    id_ = find_playlist(ada, "Hard to Print").id
    items = await ada.all_items(f"playlists/{id_}/items?limit=20&additional_types=track,episode")
    gone = [item for item in items if item["item"] is None]
    assert gone == [{"added_at": None, "added_by": None, "is_local": False, "item": None}]
    assert [item["item"]["id"] for item in items if item["is_local"]] == [None]
    assert [item["item"]["type"] for item in items if item["item"]][-1] == "episode"
    plain = await ada.all_items(f"playlists/{id_}/items")
    assert [item["item"] for item in plain].count(None) == 2


async def test_the_old_names(ada: ApiCaller) -> None:
    ada.spotify.state.legacy_field_names = True
    id_ = find_playlist(ada, "Hard to Print").id
    assert "track" in (await ada("GET", f"playlists/{id_}/items")).json["items"][0]
    whole = (await ada("GET", f"playlists/{id_}")).json
    assert "tracks" in whole
    assert "items" not in whole


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("Harbour Evenings", 200),
        ("Potluck", 200),
        ("Grace's Mornings", 403),
        ("Today's Brightest Lanterns", 404),
    ],
)
async def test_whose_playlist_it_is_decides(ada: ApiCaller, name: str, opens: int) -> None:
    one = find_playlist(ada, name)
    assert (await ada("GET", f"playlists/{one.id}/items")).status == opens
    assert (await ada("POST", f"playlists/{one.id}/items", {"uris": []})).status in (400, opens)
    whole = await ada("GET", f"playlists/{one.id}")
    assert whole.status == (404 if opens == 404 else 200)
    assert ("items" in whole.json) == (opens == 200)


async def test_a_collaborator_is_not_the_owner(ada: ApiCaller) -> None:
    one = find_playlist(ada, "Potluck")
    assert (await ada("PUT", f"playlists/{one.id}", {"name": "Mine"})).status == 403
    uri = ada.spotify.catalogue.regular_tracks[0].uri
    assert (await ada("POST", f"playlists/{one.id}/items", {"uris": [uri]})).status == 201
    assert one.items[-1].added_by == "ada"


async def test_a_playlist_from_first_to_last(ada: ApiCaller) -> None:
    made = await ada("POST", "me/playlists", {"name": "New", "description": "d"})
    assert made.status == 201
    assert made.json["public"] is True
    id_, path = made.json["id"], f"playlists/{made.json['id']}/items"
    a, b, c = (track.uri for track in ada.spotify.catalogue.regular_tracks[:3])

    async def uris() -> list[str]:
        return [item["item"]["uri"] for item in await ada.all_items(path)]

    async def change(method: str, sent: dict[str, Any], status: int = 200) -> None:
        answer = await ada(method, path, sent)
        assert answer.status == status
        assert answer.json["snapshot_id"] == ada.spotify.playlists[id_].snapshot_id

    await change("POST", {"uris": [a, b, a]}, 201)
    await change("POST", {"uris": [c], "position": 0}, 201)
    assert await uris() == [c, a, b, a]
    await change("PUT", {"range_start": 0, "insert_before": 4})
    assert await uris() == [a, b, a, c]
    await change("PUT", {"range_start": 2, "insert_before": 0, "range_length": 2})
    assert await uris() == [a, c, a, b]
    await change("DELETE", {"items": [{"uri": a, "positions": [0]}]})
    assert await uris() == [c, b]
    await change("PUT", {"uris": [b]})
    assert await uris() == [b]
    assert (await ada("PUT", f"playlists/{id_}", {"name": "Old", "public": False})).status == 200
    assert (await ada("GET", f"playlists/{id_}")).json["name"] == "Old"
    uri = f"spotify:playlist:{id_}"
    assert (await ada("GET", f"me/library/contains?uris={uri}")).json == [True]
    assert (await ada("DELETE", f"me/library?uris={uri}")).status == 200
    assert (await ada("GET", f"me/library/contains?uris={uri}")).json == [False]


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        ("POST", {}),
        ("POST", {"uris": []}),
        ("POST", {"uris": ["spotify:local:a:b:c:1"]}),
        ("POST", {"uris": ["spotify:track:0000000000000000000000"]}),
        ("POST", {"uris": ["{uri}"] * 101}),
        ("POST", {"uris": ["{uri}"], "position": 999}),
        ("DELETE", {}),
        ("DELETE", {"tracks": [{"uri": "{uri}"}]}),
        ("DELETE", {"items": ["{uri}"]}),
        ("DELETE", {"items": [{"uri": "{uri}"}] * 101}),
        ("DELETE", {"items": [{"uri": "{uri}"}], "snapshot_id": "never"}),
        ("PUT", {}),
        ("PUT", {"range_start": 0}),
        ("PUT", {"range_start": 99, "insert_before": 0}),
        ("PUT", {"range_start": 0, "insert_before": 99}),
        ("PUT", {"range_start": 0, "insert_before": 0, "range_length": 0}),
        ("PUT", {"uris": ["{uri}"], "range_start": 0}),
    ],
)
async def test_changes_that_are_refused(ada: ApiCaller, method: str, sent: dict[str, Any]) -> None:
    one, uri = find_playlist(ada, "Harbour Evenings"), ada.spotify.catalogue.regular_tracks[0].uri
    before = list(one.items)
    filled = {
        name: [_fill_placeholder(part, uri) for part in value] if isinstance(value, list) else value
        for name, value in sent.items()
    }
    assert (await ada(method, f"playlists/{one.id}/items", filled)).status == 400
    assert one.items == before


def _fill_placeholder(part: Any, uri: str) -> Any:
    if isinstance(part, dict):
        return {name: _fill_placeholder(value, uri) for name, value in part.items()}
    return part.replace("{uri}", uri)
