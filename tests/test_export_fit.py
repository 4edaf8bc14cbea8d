"""An export that is too large for a place is compressed, or divided into parts that work alone."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from bot.library.fit import MAX_FILES, divide
from bot.library.formats import FORMATS, JSON
from bot.library.formats.imported import ImportedEntry
from bot.library.read_file import read_library
from sandbox.discord import Discord, UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.export_jobs import wait_until_erased
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

_URI = re.compile(rb"spotify:local:[\w:+%.-]*|(?:spotify:|open.spotify.com/)track[:/]\w+")


def _unpack(content: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def _is_csv(content: bytes) -> bool:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return "Track" in header[0] and all(len(row) == len(header) for row in rows)


# Whether a file is valid by itself, by the end of its name.
VALID: dict[str, Callable[[bytes], object]] = {
    ".csv": _is_csv,
    ".json": json.loads,
    ".spotdl": json.loads,
    ".m3u8": lambda content: content.startswith(b"#EXTM3U\n#PLAYLIST:"),
    ".txt": lambda content: all(line.startswith(b"https://") for line in content.splitlines()),
    ".html": lambda content: content.startswith(b"<!doctype") and content.endswith(b"</html>\n"),
    ".xspf": lambda content: ElementTree.fromstring(content) is not None,
    ".xlsx": lambda content: openpyxl.load_workbook(io.BytesIO(content)).active is not None,
}


def _songs(name: str, content: bytes) -> list[bytes]:
    """The URIs of the songs of a valid file, in order."""
    assert VALID[Path(name).suffix](content), name
    if name.endswith(".xlsx"):
        content = _unpack(content)["xl/worksheets/sheet1.xml"]
    if name.endswith(".json") and b'"tracks"' in content:
        return [song["uri"].encode() for song in json.loads(content)["tracks"]]
    ids = (b":".join(re.split(b"[:/]", uri)[-2:]) for uri in _URI.findall(content))
    return [song for song, _ in groupby(ids)]


def _set_limit(discord: Discord, user: str, place: str, limit: int) -> None:
    channel = discord.state.find_channel(discord.state.users[user], place)
    channel.attachment_limit = limit


async def test_parts_of_every_format_are_valid_alone_and_complete_together(
    harness: Harness, discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(200)
    for file_format in (JSON, *FORMATS):
        harness.clock.advance(60)  # so that Spotify takes as many requests again
        command = f"/export what:liked-songs format:{file_format}"
        _set_limit(discord, "ada", "music", 10_000_000)
        reply = await (await linked_user.run(command)).wait_for("Here are your")
        ((name, whole),) = reply.files.items()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
            writer.writestr(name, whole)
        limit = min(len(whole), len(archive.getvalue())) // 2
        _set_limit(discord, "ada", "music", limit)
        reply = await (await linked_user.run(command)).wait_for("Here are your")
        files, songs = reply.files, []
        assert f"in {len(files)} parts" in reply.text
        for number, (part, content) in enumerate(files.items(), 1):
            assert part.startswith(f"liked-songs-{number}-of-{len(files)}."), part
            assert len(content) <= limit
            if part.endswith(".zip"):
                ((part, content),) = _unpack(content).items()
            songs += _songs(part, content)
        assert 2 < len(files) <= MAX_FILES, file_format
        assert songs == _songs(name, whole), file_format


async def test_parts_of_an_archive_hold_the_whole_library_once(
    discord: Discord, spotify: Spotify, linked_user: UserClient, tmp_path: Path
) -> None:
    spotify.accounts["ada"].like_generated(400)
    whole = (await (await linked_user.run("/export")).wait_for("Here’s your")).files["library.zip"]
    _set_limit(discord, "ada", "music", len(whole) // 3)
    reply = await (await linked_user.run("/export")).wait_for("Here’s your")
    parts = [_unpack(content) for content in reply.files.values()]
    count = len(parts)
    assert list(reply.files) == [
        f"library-{number}-of-{count}.zip" for number in range(1, count + 1)
    ]
    names = [name for part in parts for name in part]
    assert len(set(names)) == len(names), "parts can be unpacked into the same folder"
    expected = json.loads(_unpack(whole)["library.json"])
    documents = []
    for number, part in enumerate(parts, 1):
        readme = part[f"README-{number}-of-{count}.txt"].decode()
        assert f"Part {number} of {count}." in readme
        documents.append(json.loads(part[f"library-{number}-of-{count}.json"]))
        assert (documents[-1]["part"], documents[-1]["parts"]) == (number, count)
        assert documents[-1]["origin"] == expected["origin"]
        assert ("only to their owners" in readme) == (number == 1)
    assert _read(tmp_path, documents) == _read(tmp_path, [expected])
    # A part never says that it has all of a list which goes on in another part.
    wholly = {
        facts["list"]: facts["items"]
        for each in documents
        for facts in each["lists"]
        if facts.get("complete")
    }
    assert wholly.items() <= {each["list"]: each["items"] for each in expected["lists"]}.items()
    assert "tracks" not in wholly


async def test_what_is_too_large_in_any_way_is_offered_for_download(
    harness: Harness, discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(200)
    _set_limit(discord, "ada", "music", 1_500)
    reply = await (await linked_user.run("/export")).wait_for("too big for Discord")
    assert "Here’s your library" in reply.text
    assert not reply.files
    url, _, code = reply.link_buttons["Download"].partition("#")
    await wait_until_erased(harness)
    async with aiohttp.ClientSession() as http, http.post(url, data={"code": code}) as response:
        document = json.loads(_unpack(await response.read())["library.json"])
    assert [song["uri"] for song in document["tracks"]] == [
        uri for uri, _ in spotify.accounts["ada"].liked
    ]


async def test_place_that_takes_less_than_it_said_gets_smaller_parts(
    harness: Harness, discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    """A direct message has a limit of its own, and Discord may refuse what it has allowed."""
    spotify.accounts["ada"].like_generated(300)
    whole = (await (await linked_user.run("/export")).wait_for("Here’s your")).files["library.zip"]
    direct = discord.user_client("ada", "dm")
    _set_limit(discord, "ada", "dm", len(whole) * 2 // 3)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks"))
    async with released_at_exit(held.hold) as hold:
        export = asyncio.create_task(linked_user.run("/export"))
        await hold.response_ready.wait()
        harness.clock.advance(15 * 60)
    message = await direct.wait_for_message("Here’s your library")
    export.cancel()
    assert len(message["attachments"]) > 1
    assert all(each["size"] <= len(whole) // 2 for each in message["attachments"])


def _read(folder: Path, documents: list[object]) -> dict[tuple[str, str], list[ImportedEntry]]:
    """What an import reads from these files: the entries of each list."""
    result: dict[tuple[str, str], list[ImportedEntry]] = {}
    for document in documents:
        entries = folder / f"entries-{len(list(folder.iterdir()))}"
        entries.mkdir()
        path = folder / "library.json"
        path.write_text(json.dumps(document))
        library = read_library(path, entries)
        for each in library.lists:
            key = each.section.value, each.uri
            result.setdefault(key, []).extend(library.entries(each))
    return {key: entries for key, entries in result.items() if entries}


@given(st.lists(st.lists(st.integers(1, 5_000)), min_size=1), st.integers(1, MAX_FILES))
def test_any_lists_are_divided_evenly_and_lose_no_entry(sizes: list[list[int]], count: int) -> None:
    total = sum(map(len, sizes))
    if total < count:
        return
    parts = divide(sizes, count)
    assert len(parts) == count
    for number, each in enumerate(sizes):
        assert [entry for ranges in parts for entry in ranges[number]] == list(range(len(each)))
    largest = max(size for each in sizes for size in each)
    for ranges in parts:
        part = [
            each[entry] for each, entries in zip(sizes, ranges, strict=True) for entry in entries
        ]
        assert part
        assert sum(part) <= sum(map(sum, sizes)) / count + largest
