"""`python -m bot restore`: puts an export back, after a look that changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command_line import main
from sandbox.clock import Clock
from sandbox.spotify import Spotify
from tests.imported_library import importable, library_of, wipe
from tests.terminal_program import run_in_terminal


@pytest.fixture(name="spotify")
async def _spotify() -> AsyncIterator[Spotify]:
    async with Spotify(Clock()) as it:
        yield it


async def _run(spotify: Spotify, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a command that signs in."""
    async with run_in_terminal(spotify, folder, *arguments) as program:
        await program.log_in()
        code, out = await program.end()
        return code, out, program.said


@pytest.mark.slow
async def test_an_export_comes_back_after_a_look(spotify: Spotify, tmp_path: Path) -> None:
    ada = spotify.accounts["ada"]
    before = importable(library_of(ada))
    ada.playlists.remove(None)  # the export is complete without it
    code, out, said = await _run(spotify, tmp_path, "export", "--format", "json")
    file = out.strip()
    assert code == 0, said
    assert "Hard to Print: 37 (1 of them a local file; 1 skipped)" in said
    assert re.search(r"number \d+: Spotify no longer has it", said)
    wipe(ada)
    empty = library_of(ada)
    code, out, said = await _run(spotify, tmp_path, "restore", file)
    assert (code, library_of(ada)) == (0, empty)
    assert f"Liked songs: {len(before.saved['track'])}, {len(before.saved['track'])} to add" in said
    assert "Add --apply to do it." in said
    assert "only on a computer, where apps can’t get at it\tHard to Print\t" in out
    apply = ("restore", file, "--apply")
    async with run_in_terminal(spotify, tmp_path, *apply, is_terminal=True) as program:
        await program.log_in()
        assert (await program.end())[0] == 0, program.said
    assert re.search(r"\rRestoring: \d+/", program.said)
    assert importable(library_of(ada)) == before
    code, _, said = await _run(spotify, tmp_path, "restore", file)
    assert code == 0
    assert said.endswith("There’s nothing to add.\n")
    assert not [path for path in tmp_path.iterdir() if path.name != file]


@pytest.mark.slow
async def test_a_killed_restore_goes_on_and_doubles_nothing(
    spotify: Spotify, tmp_path: Path
) -> None:
    """A quota is used up on the way, too: it waits, says until when, and goes on."""
    ada = spotify.accounts["ada"]
    before = importable(library_of(ada))
    _, out, _ = await _run(spotify, tmp_path, "export", "--format", "json")
    file = out.strip()
    wipe(ada)
    spotify.add_rate_limit(1, quota=True, pattern="PUT .*/me/library")
    for killed_at in (2, 5, 9):
        async with run_in_terminal(spotify, tmp_path, "restore", file, "--apply") as program:
            writes = len([call for call in spotify.calls if call.method != "GET"])

            def is_far(far: int = writes + killed_at) -> bool:
                return len([call for call in spotify.calls if call.method != "GET"]) >= far

            await program.log_in()
            await spotify.changes.wait_until(is_far, timeout=30)
            program.process.kill()
    code, _, said = await _run(spotify, tmp_path, "restore", file)
    assert code == 0
    assert "An earlier restore of this file was stopped" in said
    assert "Go on with --apply, or begin another one with --restart." in said
    code, _, said = await _run(spotify, tmp_path, "restore", file, "--apply")
    assert code == 0, said
    assert importable(library_of(ada)) == before


def test_a_file_that_is_no_library_is_refused_before_the_login(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    for content, sentence in (
        (b"a shopping list", "I don’t know that kind of file."),
        (b'{"tracks": [', "Download or export it again, then use the new one."),
    ):
        file.write_bytes(content)
        assert main(["restore", str(file)]) == 1
        assert sentence in capsys.readouterr().err
        other = tmp_path / "links.txt"
        other.write_text("spotify:track:4iV5W9uYEdYUVa79Axb7Rh\n")
        assert main(["restore", str(other), str(file)]) == 1
        assert capsys.readouterr().err.startswith("file: ")
    file.unlink()
    assert main(["restore", str(file)]) == 1
    assert "cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.slow
async def test_a_database_is_told_from_a_library(spotify: Spotify, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"SQLite format 3\0")
    async with run_in_terminal(spotify, tmp_path, "restore", "copy") as program:
        assert (await program.end())[0] == 78
        assert "DISCORD_TOKEN is missing" in program.said  # as the database needs it


@pytest.mark.slow
async def test_doubtful_songs_are_named_and_searched_for_once(
    spotify: Spotify, tmp_path: Path
) -> None:
    track, other = spotify.catalogue.regular_tracks[100:102]
    rows = [
        "Track name,Artist name,Album,Playlist name,Type,ISRC",
        f'"{track.name}","{track.artists[0].name}",,Library Songs,Favorite,',
        f'"{other.name} (Live)","{other.artists[0].name}",,Library Songs,Favorite,',
        '"No Such Song At All","Nobody",,Library Songs,Favorite,',
        f'"{other.name} (Live)","{other.artists[0].name}",,Open,Playlist,',
    ]
    (tmp_path / "songs.csv").write_text("\n".join(rows))
    ada = spotify.accounts["ada"]
    wipe(ada)
    code, out, said = await _run(spotify, tmp_path, "restore", "songs.csv")
    assert code == 0, said
    assert "2 songs that it isn’t certain about" in said
    assert "Open (playlist): 0, 0 to add" in said
    assert f"{other.name} (Live)\t" in out
    assert f"https://open.spotify.com/track/{other.id}" in out
    assert "not found on Spotify\t" in out
    searches = len(spotify.calls_to("GET", "search"))
    code, out, said = await _run(spotify, tmp_path, "restore", "songs.csv", "--apply", "--likely")
    assert code == 0, said
    assert "taken as the likeliest\t" in out
    assert "isn’t certain" not in said
    assert {uri for uri, _ in ada.liked} == {track.uri, other.uri}
    assert len(spotify.calls_to("GET", "search")) == searches
    assert [path.name for path in tmp_path.iterdir()] == ["songs.csv"]


@pytest.mark.slow
async def test_parts_are_restored_together_and_a_missing_one_is_named(
    spotify: Spotify, tmp_path: Path
) -> None:
    ada, songs = spotify.accounts["ada"], spotify.catalogue.regular_tracks[:4]
    wipe(ada)
    for number in (1, 2):
        tracks = [{"track": song.name, "uri": song.uri} for song in songs[number * 2 - 2 :][:2]]
        part = {"tonearm": 1, "exported_at": "", "part": number, "parts": 2, "tracks": tracks}
        (tmp_path / f"library-{number}-of-2.json").write_text(json.dumps(part))
    first, second = "library-1-of-2.json", "library-2-of-2.json"
    _, _, said = await _run(spotify, tmp_path, "restore", second)
    assert "Part 1 of 2 is missing." in said
    code, _, said = await _run(spotify, tmp_path, "restore", second, first, "--apply")
    assert code == 0, said
    assert "missing" not in said
    assert [uri for uri, _ in ada.liked] == [song.uri for song in songs]
