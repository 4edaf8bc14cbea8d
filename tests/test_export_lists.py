"""/export of a whole library and of its parts: complete, exact, and honest about the rest."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.playlists import Playlist
from sandbox.spotify.rules import Changed

TRACKS = "GET .*/me/tracks$"

KEYS = {
    "albums": "album",
    "artists": "artist",
    "shows": "show",
    "episodes": "episode",
    "audiobooks": "audiobook",
}


def _own_playlists(spotify: Spotify) -> list[Playlist]:
    """Ada's, and those that she may change."""
    return [p for p in spotify.accounts["ada"].playlists if p and p.is_open_to("ada")]


async def _archive(user: UserClient, options: str = "") -> zipfile.ZipFile:
    reply = await user.run(f"/export {options}")
    await reply.wait_for("Here’s your library")
    archive = zipfile.ZipFile(io.BytesIO(reply.files["library.zip"]))
    assert archive.testzip() is None
    return archive


def _rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    text = archive.read(name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


async def test_whole_library_is_exported_and_what_is_hidden_is_named(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    archive = await _archive(linked_user)
    document = json.loads(archive.read("library.json"))
    liked = [uri for uri, _ in ada.liked]
    assert [song["uri"] for song in document["tracks"]] == liked
    assert [row["Track URI"] for row in _rows(archive, "liked-songs.csv")] == liked
    for key, kind in KEYS.items():
        saved = ada.saved_uris(kind)
        assert saved, kind
        assert {item["uri"] for item in document[key]} == saved, kind
        names = [row.get("URI") or row["Track URI"] for row in _rows(archive, f"{key}.csv")]
        assert set(names) == saved, kind
    readme = archive.read("README.txt").decode()
    own = {playlist.uri: playlist for playlist in _own_playlists(spotify)}
    hidden: list[str] = []
    for playlist in document["playlists"]:
        if playlist["uri"] in own:
            expected = [item.uri for item in own[playlist["uri"]].items]
            assert [item.get("uri") for item in playlist["items"]] == expected
        else:
            assert playlist["items"] is None
            assert playlist["name"] in readme
            hidden.append(playlist["name"])
    skipped = _rows(archive, "skipped.csv")
    not_own = [row["List"] for row in skipped if row["Reason"].startswith("not your playlist")]
    assert not_own == hidden != []
    assert [[row["List"].lstrip("'"), row["Reason"]] for row in skipped] == [
        [row["list"], row["reason"]] for row in document["skipped"]
    ]
    assert len(document["playlists"]) == len([p for p in ada.playlists if p]) > len(own)


async def test_json_has_all_that_spotify_gave(spotify: Spotify, linked_user: UserClient) -> None:
    sent: list[Any] = []
    odd = {"new field": {"depth": [1, 2.50, "é\u2028\\"]}}

    def add_field(page: Any) -> object:
        for entry in page["items"]:
            entry["track"]["future"] = odd
        return page

    spotify.on(TRACKS, Changed(add_field), times=None)
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("Here are your")
    for exchange in spotify.traffic.exchanges:
        if exchange.path.endswith("me/tracks"):
            sent += json.loads(exchange.response_body)["items"]
    songs = json.loads(reply.files["liked-songs.json"])["tracks"]
    assert all(
        song["spotify"] in sent and song["spotify"]["track"]["future"] == odd for song in songs
    )


async def test_names_never_become_paths(spotify: Spotify, linked_user: UserClient) -> None:
    names = ("../../etc/passwd", "C:\\con", "a/b", "", ".", "same", "same", "𝒜" * 90, "हिन्दी\0\n")
    own = _own_playlists(spotify)
    seen: list[str] = []
    for start in range(0, len(names), len(own)):
        for playlist, name in zip(own, names[start:], strict=False):
            playlist.name = name
        members = (await _archive(linked_user, "what:playlists")).namelist()
        assert len(set(members)) == len(members)
        seen += [name for name in members if name.startswith("playlists/")]
    assert len(seen) >= len(names)
    for name in seen:
        file = name.removeprefix("playlists/")
        assert file.endswith(".csv")
        assert not set(file) & set('/\\:*?"<>|\0\n')
        assert ".." not in file
        assert len(file.encode()) < 200
    assert any("हिन्दी" in name for name in seen)


async def test_playlist_that_cannot_be_read_does_not_stop_the_others(
    spotify: Spotify, linked_user: UserClient
) -> None:
    own = _own_playlists(spotify)
    gone = own[0]
    gone.name = "Gone meanwhile"
    spotify.faults.add(
        Fault(f"playlists/{gone.uri.rpartition(':')[2]}/items", status=404, times=None)
    )
    reply = await linked_user.run("/export what:all your playlists format:links")
    await reply.wait_for("Here’s your library")
    assert "couldn’t read" in reply.text
    assert gone.name in reply.text
    archive = zipfile.ZipFile(io.BytesIO(reply.files["library.zip"]))
    assert f"{gone.name}: Spotify no longer has it" in archive.read("README.txt").decode()
    assert len([n for n in archive.namelist() if n.startswith("playlists/")]) == len(own) - 1


async def test_one_playlist_by_name_and_nobody_elses(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    own = next(p for p in _own_playlists(spotify) if p.owner == "ada" and len(p.items) > 1)
    reply = await linked_user.run(f"/export what:{own.uri} format:csv")
    await reply.wait_for("Here are the")
    (text,) = (content.decode("utf-8-sig") for content in reply.files.values())
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Track URI"] for row in rows] == [item.uri for item in own.items if item.uri]
    assert all(row["Added By"].startswith("spotify:user:") for row in rows)
    others = [p for p in ada.playlists if p and not p.is_open_to("ada")]
    followed = others[0]
    refused = await linked_user.run(f"/export what:{followed.uri} format:csv")
    assert "only to its owner" in refused.text
    choices = await linked_user.autocomplete("/export what:")
    assert "everything" in [choice["value"] for choice in choices]
    assert own.uri in [choice["value"] for choice in choices]
    assert followed.uri not in [choice["value"] for choice in choices]


async def test_odd_entries_are_written_right_or_counted(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """A float for a duration; an episode among the songs; entries without a song."""
    episode = next(iter(spotify.catalogue.episodes.values()))
    count = len(spotify.accounts["ada"].liked)

    def change(page: Any) -> object:
        for entry in page["items"]:
            entry["track"]["duration_ms"] = 2345.0
        if page["offset"] == 0:
            page["items"][0]["track"]["uri"] = episode.uri
            page["items"][1] = None
            page["items"][2]["track"] = 7
        return page

    spotify.on(TRACKS, Changed(change), times=None)
    archive = await _archive(linked_user)
    rows = _rows(archive, "liked-songs.csv")
    assert {row["Track Duration (ms)"] for row in rows} == {"2345"}
    assert rows[0]["Track URI"] == episode.uri
    assert len(rows) == count - 2
    skipped = _rows(archive, "skipped.csv")
    assert [row["Position"] for row in skipped if row["List"] == "Liked songs"] == ["2", "3"]
    assert "2 skipped" in archive.read("README.txt").decode()


async def test_own_and_shared_playlists_are_told_apart(
    spotify: Spotify, linked_user: UserClient
) -> None:
    readable = [p.uri for p in _own_playlists(spotify)]
    own = [p.uri for p in _own_playlists(spotify) if p.owner == "ada"]
    assert 0 < len(own) < len(readable)
    for what, expected in (("Playlists that you made", own), ("playlists", readable)):
        archive = await _archive(linked_user, f"what:{what}")
        playlists = json.loads(archive.read("library.json"))["playlists"]
        assert [each["uri"] for each in playlists if each["items"] is not None] == expected
        if expected is own:
            assert len(playlists) == len(own), "playlists that nobody asked for are not named"


async def test_top_and_recently_played_songs_are_exported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    before = len(spotify.calls)
    archive = await _archive(linked_user, "what:top")
    assert len(spotify.calls) - before == 3 + 2 * 3, "two pages of songs, and one of artists"
    document = json.loads(archive.read("library.json"))
    for length in ("4-weeks", "6-months", "1-year"):
        for kind, column in (("songs", "Track URI"), ("artists", "URI")):
            key = f"top-{kind}-{length}"
            uris = [row[column] for row in _rows(archive, f"{key}.csv")]
            assert uris
            assert [item["uri"] for item in document[key]] == uris, key
            assert [item["spotify"]["uri"] for item in document[key]] == uris
    reply = await linked_user.run("/export what:top format:m3u8")
    await reply.wait_for(" top songs. This format can’t hold top artists.")
    reply = await linked_user.run("/export what:recent format:csv")
    await reply.wait_for("recently played song")
    text = reply.files["recently-played.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    played = json.loads(
        next(
            each.response_body
            for each in spotify.traffic.exchanges
            if each.path.endswith("recently-played")
        )
    )["items"]
    assert [(row["Track URI"], row["Added At"]) for row in rows] == [
        (entry["track"]["uri"], entry["played_at"]) for entry in played
    ]


async def test_empty_selections_and_refused_lists_are_called_what_they_are(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """Empty playlists are no empty library, and saved albums have no other owner."""
    ada = spotify.accounts["ada"]
    refused = '{"error": {"status": 403, "message": "Forbidden"}}'
    spotify.faults.add(Fault("GET .*/me/albums", status=403, body=refused, times=None))
    nothing = '{"items": [], "total": 0}'
    spotify.faults.add(Fault("GET .*/me/top/.*", status=200, body=nothing, times=None))
    reply = await linked_user.run("/export format:json")
    await reply.wait_for("I couldn’t read **Albums**; the file says why.")
    document = json.loads(reply.files["library.json"])
    reasons = {each["list"]: each["reason"] for each in document["skipped"]}
    assert reasons["Albums"] == "Spotify refused to show it"
    ada.playlists[:] = [
        playlist for playlist in ada.playlists if playlist and playlist.owner == "ada"
    ]
    assert len(ada.playlists) > 1
    for playlist in filter(None, ada.playlists):
        playlist.items.clear()
    for what, empty in (
        ("playlists", "Those playlists are empty"),
        ("top", "no top songs or artists of yours"),
    ):
        await (await linked_user.run(f"/export what:{what}")).wait_for(empty)
    ada.playlists.clear()
    await (await linked_user.run("/export what:playlists")).wait_for("no playlists there yet")
    reply = await linked_user.run("/export what:top format:links")
    await reply.wait_for("no top songs or artists of yours")
