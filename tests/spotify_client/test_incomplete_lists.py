"""An export goes on without what Spotify does not give, and says so in each of its files."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors.spotify import SpotifyDown
from bot.library.export import Export, ExportRequest, export
from bot.spotify import Spotify
from bot.views.export import export_message
from sandbox.fault_injection import Fault
from sandbox.spotify import Account, PlaylistItem, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import to_uri
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.liked_songs import FailFromOffset, set_liked_songs
from tests.spotify_client.network import FixedRandom


@dataclass
class FailAtFirst(Fault):
    """Each page fails so often before it comes."""

    failures: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.seen[request.query["offset"]] += 1
        if self.seen[request.query["offset"]] > self.failures:
            return await handler(request)
        return await super().apply(request, handler)


@pytest.fixture(name="client")
def _client(make_client: ClientFactory) -> Spotify:
    """A client that repeats calls at once."""
    return make_client(rng=FixedRandom())


async def _export(
    client: Spotify, folder: Path, what: str, kind: str = "zip"
) -> tuple[Export, int]:
    """The export, and how often it was interrupted; a job waits after each."""
    request = ExportRequest(what=what, file_format=kind, exported_at="2026-11-28T12:00:00Z")
    for failures in range(40):
        try:
            return await export(request, client, folder), failures
        except SpotifyDown:
            continue
    raise AssertionError("it never ends")


async def test_what_keeps_failing_is_left_out_and_named(
    fake: FakeSpotify, client: Spotify, ada: Account, tmp_path: Path
) -> None:
    expected = set_liked_songs(ada, 400)
    failure = Fault(status=500)
    fake.faults.add(FailFromOffset("GET /v1/me/tracks$", offset=200, failure=failure))
    fake.faults.add(Fault("GET /v1/me/albums$", status=502, times=None))
    fake.faults.add(Fault("GET /v1/me/shows$", status=400, times=None))
    done, failures = await _export(client, tmp_path, "everything")
    assert failures == 2 * 2
    archive = zipfile.ZipFile(done.files[0])
    document = json.loads(archive.read("library.json"))
    assert [song["uri"] for song in document["tracks"]] == expected[:246]
    rows = csv.DictReader(io.StringIO(archive.read("liked-songs.csv").decode("utf-8-sig")))
    assert [row["Track URI"] for row in rows] == expected[:246]
    assert document["episodes"]
    facts = {each["list"]: each for each in document["lists"]}
    assert facts["tracks"]["complete"] is False
    assert facts["episodes"]["complete"] is True
    assert facts["albums"]["failed"] == "Spotify failed each time I asked for it"
    assert facts["shows"]["failed"] == "Spotify refused to show it"
    assert "albums" not in document
    skipped = {row["list"]: row["reason"] for row in document["skipped"]}
    assert skipped["Liked songs"].startswith("the rest is missing: Spotify failed")
    readme = archive.read("README.txt").decode()
    assert "Liked songs: 246 (the rest is missing: Spotify failed each time" in readme
    message = export_message(done)
    assert "I couldn’t read **Albums**, **Shows**" in message
    assert "I couldn’t read all of **Liked songs**" in message


async def test_failures_with_progress_between_them_leave_nothing_out(
    fake: FakeSpotify, client: Spotify, ada: Account, tmp_path: Path
) -> None:
    expected = set_liked_songs(ada, 600)
    pages = FailAtFirst("GET /v1/me/tracks$", status=503, times=None, failures=6)
    fake.faults.add(pages)
    done, failures = await _export(client, tmp_path, "liked-songs", "json")
    assert failures > 3, "more than one list at one place may have"
    songs = json.loads(done.files[0].read_text())["tracks"]
    assert [song["uri"] for song in songs] == expected
    assert export_message(done) == "Here are your 600 liked songs."


async def test_outage_is_no_fault_of_one_list(
    fake: FakeSpotify, client: Spotify, ada: Account, tmp_path: Path
) -> None:
    """While nothing answers, no list is given up."""
    fake.faults.add(Fault(status=503, times=None))
    request = ExportRequest(what="albums", file_format="json", exported_at="")
    for _ in range(6):
        with pytest.raises(SpotifyDown):
            await export(request, client, tmp_path)
    fake.faults.clear()
    done = await export(request, client, tmp_path)
    assert {item["uri"] for item in json.loads(done.files[0].read_text())["albums"]} == (
        ada.saved_uris("album")
    )


async def test_playlist_that_changes_is_read_and_written_again(
    fake: FakeSpotify, client: Spotify, tmp_path: Path
) -> None:
    """What was written of it, while it was read, is in no file."""
    playlist = fake.state.add_playlist("Long", "ada")
    playlist.items[:] = [PlaylistItem(generated_uri(n), 1_000.0) for n in range(2_900)]
    uri = to_uri(playlist.uri)
    items = f"GET /v1/playlists/{uri.id}/items$"

    async def change() -> None:
        await client.playlists.reorder(uri, 0, 2_899)

    for kind in ("json", "csv"):
        changes: list[asyncio.Task[None]] = []
        fake.on(items, lambda: changes.append(asyncio.create_task(change())), after=56)
        folder = tmp_path / kind
        folder.mkdir()
        done, _ = await _export(client, folder, str(uri), kind)
        assert len(changes) == 1
        expected = [item.uri for item in playlist.items]
        content = done.files[0].read_bytes()
        if kind == "csv":
            rows = csv.DictReader(io.StringIO(content.decode()))
            assert [row["Track URI"] for row in rows] == expected
            continue
        (written,) = json.loads(content)["playlists"]
        assert [item["uri"] for item in written["items"]] == expected
        fake.rules.clear()
