"""The simulated Web API serves the profile, saved items and playlists."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from sandbox.spotify import Playlist, generated_uri
from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS
from tests.simulators.spotify.api_caller import ApiCaller


def find_playlist(ada: ApiCaller, name: str) -> Playlist:
    playlists = ada.spotify.playlists.values()
    return next(playlist for playlist in playlists if playlist.name == name)


async def test_profile_has_only_the_fields_that_remain(ada: ApiCaller) -> None:
    me = (await ada("GET", "me")).json
    assert me["display_name"] == "Ada"
    assert me["account_id"] == ada.account.account_id
    assert not me.keys() & {"product", "country", "email", "followers", "explicit_content"}
    ada.account.account_id = None
    assert "account_id" not in (await ada("GET", "me")).json


async def test_liked_songs_are_listed_newest_first(ada: ApiCaller) -> None:
    items = await ada.all_items("me/tracks?limit=7")
    assert [item["track"]["uri"] for item in items] == [uri for uri, _ in ada.account.liked]
    assert [item["added_at"] for item in items] == sorted(
        (item["added_at"] for item in items), reverse=True
    )
    assert any(item["track"]["is_local"] for item in items)
    assert {"@everyone"} <= {item["track"]["name"] for item in items}
    assert any(not item["track"]["artists"] for item in items)


async def test_page_links_to_its_neighbours(ada: ApiCaller) -> None:
    page = (await ada("GET", "me/tracks?limit=10&offset=10")).json
    assert (page["limit"], page["offset"], page["total"]) == (10, 10, len(ada.account.liked))
    origin = ada.spotify.api_url
    assert page["next"] == f"{origin}/me/tracks?limit=10&offset=20"
    assert page["previous"] == f"{origin}/me/tracks?limit=10&offset=0"
    beyond = (await ada("GET", "me/tracks?offset=5000")).json
    assert (beyond["items"], beyond["next"]) == ([], None)


async def test_total_surplus_makes_the_total_wrong(ada: ApiCaller) -> None:
    ada.account.total_surplus = 3
    page = (await ada("GET", "me/tracks")).json
    assert page["total"] == len(ada.account.liked) + 3


async def test_deleted_track_is_null(ada: ApiCaller) -> None:
    ada.account.liked.insert(1, ("spotify:track:0000000000000000000000", ada.spotify.clock()))
    items = (await ada("GET", "me/tracks")).json["items"]
    assert [item["track"] is None for item in items[:3]] == [False, True, False]


@pytest.mark.parametrize("directly", [False, True])
async def test_100_000_liked_songs_are_served_fast(ada: ApiCaller, directly: bool) -> None:
    started_at = process_time()
    if directly:
        now = ada.spotify.clock()
        ada.account.saved_items("track")[:] = [
            (generated_uri(n), now - 60 * n) for n in range(100_000)
        ]
    else:
        ada.account.like_generated(100_000)
    assert process_time() - started_at < 1
    token = ada.spotify.issue_access_token("ada", *SCOPE_DESCRIPTIONS)
    started_at = process_time()
    for offset in range(0, 100_000, 5000):
        response = await ada("GET", f"me/tracks?limit=50&offset={offset}", token=token)
        assert len(response.json["items"]) == 50
    assert process_time() - started_at < 1
    items = response.json["items"]
    assert len({item["track"]["uri"] for item in items}) == 50
    assert len({item["track"]["external_ids"]["isrc"] for item in items}) == 50
    again = (await ada("GET", f"tracks/{items[0]['track']['id']}")).json
    assert again == items[0]["track"]
    assert 2300 < len(response.body) / 50 < 3000  # a real one has about 2.3 KB


async def test_items_are_saved_found_and_removed(ada: ApiCaller) -> None:
    for name in ("tracks", "albums", "artists", "shows", "episodes", "audiobooks"):
        item = list(getattr(ada.spotify.catalogue, name).values())[-1]
        ada.account.remove(item.uri)
        for method, saved in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
            response = await ada(method, f"me/library?uris={item.uri}")
            assert (response.status, response.body) == (200, b""), name
            contains = await ada("GET", f"me/library/contains?uris={item.uri}")
            assert contains.json == [saved], name
        assert [uri for uri, _ in ada.account.saved_items(item.kind)].count(item.uri) == 0, name


async def test_contains_reports_in_the_order_of_the_uris(ada: ApiCaller) -> None:
    liked, other = ada.account.liked[0][0], ada.spotify.catalogue.regular_tracks[0].uri
    user = f"spotify:user:{ada.spotify.accounts['grace'].id}"
    album = ada.account.albums[0][0]
    response = await ada("GET", f"me/library/contains?uris={other},{liked},{user},{album}")
    assert response.json == [False, True, False, True]


async def test_forty_items_are_saved_at_once(ada: ApiCaller) -> None:
    uris = [track.uri for track in ada.spotify.catalogue.regular_tracks[:40]]
    ada.account.liked.clear()
    assert (await ada("PUT", f"me/library?uris={','.join(uris)}")).status == 200
    assert [uri for uri, _ in ada.account.liked] == uris[::-1]


SAVED_LISTS = [
    ("me/albums", "album"),
    ("me/shows", "show"),
    ("me/episodes", "episode"),
    ("me/audiobooks", "audiobook"),
]


async def test_saved_lists_are_paged(ada: ApiCaller) -> None:
    for path, key in SAVED_LISTS:
        items = await ada.all_items(f"{path}?limit=2")
        assert [item[key]["uri"] for item in items] == [
            uri for uri, _ in ada.account.saved_items(key)
        ], (path, key)


async def test_followed_artists_are_paged_by_cursor(ada: ApiCaller) -> None:
    uris, url = [], "me/following?type=artist&limit=3"
    while url:
        page = (await ada("GET", url)).json["artists"]
        uris += [artist["uri"] for artist in page["items"]]
        url = page["next"]
    assert uris == [uri for uri, _ in ada.account.artists]
    assert page["cursors"] == {"after": None}


async def test_top_items_differ_between_time_ranges(ada: ApiCaller) -> None:
    for kind in ("tracks", "artists"):
        responses = [
            (await ada("GET", f"me/top/{kind}?time_range={span}")).json["items"]
            for span in ("short_term", "medium_term", "long_term")
        ]
        assert all(responses), kind
        assert responses[0] != responses[2], kind


# ---- playlists


async def test_list_of_playlists_contains_null(ada: ApiCaller) -> None:
    items = await ada.all_items("me/playlists?limit=2")
    assert None in items
    assert "Harbour Evenings" in [item["name"] for item in items if item]


async def test_missing_scope_hides_private_playlists_without_an_error(ada: ApiCaller) -> None:
    all_playlists = (await ada("GET", "me/playlists")).json
    response = await ada("GET", "me/playlists", scopes=("user-library-read",))
    assert response.status == 200
    assert response.json["total"] < all_playlists["total"]
    assert all(item is None or item["public"] for item in response.json["items"])


async def test_playlist_items_may_be_null_local_or_episodes(ada: ApiCaller) -> None:
    id_ = find_playlist(ada, "Hard to Print").id
    items = await ada.all_items(f"playlists/{id_}/items?limit=20&additional_types=track,episode")
    nulls = [item for item in items if item["item"] is None]
    assert nulls == [{"added_at": None, "added_by": None, "is_local": False, "item": None}]
    assert [item["item"]["id"] for item in items if item["is_local"]] == [None]
    assert [item["item"]["type"] for item in items if item["item"]][-1] == "episode"
    tracks_only = await ada.all_items(f"playlists/{id_}/items")
    assert [item["item"] for item in tracks_only].count(None) == 2


async def test_legacy_field_names(ada: ApiCaller) -> None:
    ada.spotify.state.legacy_field_names = True
    id_ = find_playlist(ada, "Hard to Print").id
    assert "track" in (await ada("GET", f"playlists/{id_}/items")).json["items"][0]
    playlist = (await ada("GET", f"playlists/{id_}")).json
    assert "tracks" in playlist
    assert "items" not in playlist


PLAYLIST_ACCESS = [
    ("Harbour Evenings", 200),
    ("Potluck", 200),
    ("Grace's Mornings", 403),
    ("Today's Brightest Lanterns", 404),
]


async def test_only_own_and_collaborative_playlists_open(ada: ApiCaller) -> None:
    for name, status in PLAYLIST_ACCESS:
        path = f"playlists/{find_playlist(ada, name).id}"
        assert (await ada("GET", f"{path}/items")).status == status, name
        assert (await ada("POST", f"{path}/items", {"uris": []})).status in (400, status), name
        response = await ada("GET", path)
        assert response.status == (404 if status == 404 else 200), name
        assert ("items" in response.json) == (status == 200), name


async def test_collaborator_adds_items_but_does_not_rename(ada: ApiCaller) -> None:
    playlist = find_playlist(ada, "Potluck")
    assert (await ada("PUT", f"playlists/{playlist.id}", {"name": "Mine"})).status == 403
    uri = ada.spotify.catalogue.regular_tracks[0].uri
    response = await ada("POST", f"playlists/{playlist.id}/items", {"uris": [uri]})
    assert response.status == 201
    assert playlist.items[-1].added_by == "ada"


async def test_playlist_is_created_changed_and_deleted(ada: ApiCaller) -> None:
    created = await ada("POST", "me/playlists", {"name": "New", "description": "d"})
    assert created.status == 201
    assert created.json["public"] is True
    id_, path = created.json["id"], f"playlists/{created.json['id']}/items"
    a, b, c = (track.uri for track in ada.spotify.catalogue.regular_tracks[:3])

    async def uris() -> list[str]:
        return [item["item"]["uri"] for item in await ada.all_items(path)]

    async def change(method: str, sent: dict[str, Any], status: int = 200) -> None:
        response = await ada(method, path, sent)
        assert response.status == status
        assert response.json["snapshot_id"] == ada.spotify.playlists[id_].snapshot_id

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


INVALID_CHANGES: list[tuple[str, dict[str, Any]]] = [
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
]


async def test_invalid_changes_of_a_playlist_are_refused(ada: ApiCaller) -> None:
    playlist = find_playlist(ada, "Harbour Evenings")
    before = list(playlist.items)
    for method, body in INVALID_CHANGES:
        sent = _fill_placeholder(body, ada.spotify.catalogue.regular_tracks[0].uri)
        response = await ada(method, f"playlists/{playlist.id}/items", sent)
        assert response.status == 400, (method, body)
        assert playlist.items == before, (method, body)


def _fill_placeholder(value: Any, uri: str) -> Any:
    """A copy of a JSON value with `uri` in place of each "{uri}"."""
    if isinstance(value, dict):
        return {name: _fill_placeholder(part, uri) for name, part in value.items()}
    if isinstance(value, list):
        return [_fill_placeholder(part, uri) for part in value]
    return value.replace("{uri}", uri) if isinstance(value, str) else value
