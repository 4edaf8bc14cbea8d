"""`python -m bot export`: signs in on loopback and writes the files of /export, without Discord."""

from __future__ import annotations

import json
import re
import signal
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import aiohttp
import pytest
from yarl import URL

from bot.command_line import main
from bot.command_line.spotify_errors import terminal_message
from bot.errors.bot_error import OPERATOR, BotError
from bot.errors.files import UnreadableFile, UploadUnavailable
from bot.errors.login import LoginError, NeedsLogin
from bot.errors.spotify import InvalidClientSecret, PlayerRestricted, SpotifyError
from bot.spotify.oauth import READ_SCOPES
from sandbox.browser import Browser, preview
from sandbox.clock import Clock
from sandbox.spotify import Spotify
from tests.terminal_program import run_in_terminal


@pytest.fixture(name="spotify")
async def _spotify() -> AsyncIterator[Spotify]:
    async with Spotify(Clock()) as it:
        yield it


async def test_export_signs_in_and_writes_the_archive(spotify: Spotify, tmp_path: Path) -> None:
    """It asks for permission to read only, and no secret is seen or kept."""
    async with run_in_terminal(spotify, tmp_path, "export", "--out", "music") as program:
        page = await program.log_in()
        code, out = await program.end()
    assert code == 3, program.said  # a playlist in the list of playlists is null
    assert "Playlists that Spotify lists but that I couldn’t read: 1." in program.said
    assert "Signed in as" in page.text
    assert page.url.endswith("/done")
    archive = zipfile.ZipFile(tmp_path / out.strip())
    library = json.loads(archive.read("library.json"))
    liked = [uri for uri, _ in spotify.accounts["ada"].liked]
    assert [item["uri"] for item in library["tracks"]] == liked
    assert f"Liked songs: {len(liked)}" in program.said
    assert [path.name for path in (tmp_path / "music").iterdir()] == [Path(out.strip()).name]
    exchanges = spotify.accounts_traffic.exchanges
    (asked,) = {dict(each.query)["scope"] for each in exchanges if "scope" in dict(each.query)}
    assert set(asked.split()) == set(READ_SCOPES)
    secrets = _secrets(spotify)
    assert len(secrets) >= 5
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [each for each in secrets if each in program.said or each in page.text + page.url]
    assert not [each for each in secrets if any(each.encode() in data for data in kept)]


def _secrets(spotify: Spotify) -> set[str]:
    """Every token, code, state and verifier of the logins so far."""
    found: set[str] = set()
    for each in spotify.accounts_traffic.exchanges:
        sent = dict(each.query) | dict(parse_qsl(each.request_body.decode()))
        names = {"state", "code", "code_verifier", "code_challenge"}
        found |= {value for name, value in sent.items() if name in names}
        if each.path == "/api/token" and each.status == 200:
            answer = json.loads(each.response_body)
            found |= {answer["access_token"], answer["refresh_token"]}
    return found


async def test_only_the_browser_with_the_address_signs_in(spotify: Spotify, tmp_path: Path) -> None:
    """Neither a preview nor another page of the browser begins or ends the login."""
    async with run_in_terminal(spotify, tmp_path, "export", "--what", "albums") as program:
        address = await program.address()
        origin = address.rpartition("/")[0]
        await preview(address)
        async with Browser() as browser:
            for path in ("/", "/done", "/callback", "/callback?code=x&state=x", "/callback?state="):
                page = await browser.open(origin + path)
                assert page.status in (400, 404)
                assert "Open the address in the terminal" in page.text
        async with aiohttp.ClientSession() as http:
            async with http.get(address, headers={"Host": "example.org"}) as response:
                assert response.status == 421
        page = await program.log_in(accept=False)
        assert "You cancelled the login" in page.text
        assert await program.end() == (1, "")
        assert "You cancelled the login" in program.said


async def test_error_at_the_callback_is_no_cancellation(spotify: Spotify, tmp_path: Path) -> None:
    async with run_in_terminal(spotify, tmp_path, "export") as program:
        async with aiohttp.ClientSession() as http:
            async with http.get(await program.address(), allow_redirects=False) as response:
                state = URL(response.headers["Location"]).query["state"]
            callback = URL(response.url).origin() / "callback"
            query = {"state": state, "error": "server_error"}
            async with http.get(callback.with_query(query)) as response:
                assert "couldn’t log you in" in await response.text()
        assert await program.end() == (1, "")
        assert "couldn’t log you in" in program.said


async def test_account_that_the_app_lacks_is_refused(spotify: Spotify, tmp_path: Path) -> None:
    async with run_in_terminal(spotify, tmp_path, "export") as program:
        page = await program.log_in("mallory")
        assert "isn’t on this Spotify app yet" in page.text
        assert await program.end() == (1, "")
        assert "isn’t on this Spotify app yet" in program.said
    assert not list(tmp_path.iterdir())


async def test_wrong_arguments_and_apps_have_their_exit_codes(
    spotify: Spotify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, sentence in (
        (("--format", "mp3"), "invalid choice"),
        (("--client-id", "x"), "32 digits and letters a to f"),
        (("--port", "0"), "invalid choice"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(["export", *arguments])
        assert sentence in capsys.readouterr().err
    assert main(["export", "--out", "/dev/null/x"]) == 1
    assert "/dev/null" in capsys.readouterr().err
    spotify.delete_app(spotify.client_id)
    async with run_in_terminal(spotify, tmp_path, "export") as program:
        assert await program.end() == (1, "")
        assert "Spotify knows no app with this client ID." in program.said


def test_terminal_messages_name_no_command_of_discord() -> None:
    # No command has the secret of an app, a player, or an upload.
    kinds = {*_subclasses(SpotifyError, LoginError, NeedsLogin, UnreadableFile)}
    for error in kinds - {InvalidClientSecret, PlayerRestricted, UploadUnavailable}:
        with suppress(TypeError):  # the others' messages depend on their arguments
            message = terminal_message(error())
            assert OPERATOR not in message, error
            assert not re.search(r"Discord|button|attach|(?<!\w)/[a-z]", message), (error, message)


def _subclasses(*kinds: type[BotError]) -> Iterator[type[BotError]]:
    for kind in kinds:
        yield kind
        yield from _subclasses(*kind.__subclasses__())


@pytest.mark.slow
async def test_playlists_of_others_alone_are_named_in_the_archive(
    spotify: Spotify, tmp_path: Path
) -> None:
    ada = spotify.accounts["ada"]
    ada.playlists[:] = [each for each in ada.playlists if each and each.name == "Grace's Mornings"]
    async with run_in_terminal(spotify, tmp_path, "export", "--what", "playlists") as program:
        await program.log_in()
        code, out = await program.end()
    assert code == 0, program.said
    assert "Playlists that Spotify shows only to their owners: 1." in program.said
    (path,) = tmp_path.iterdir()
    assert path.name == out.strip()
    assert b"Grace's Mornings" in zipfile.ZipFile(path).read("README.txt")


@pytest.mark.slow
async def test_export_since_an_earlier_one_reads_only_what_is_new(
    spotify: Spotify, tmp_path: Path
) -> None:
    ada = spotify.accounts["ada"]
    ada.like_generated(500)
    earlier = ""
    for requests in (30, 12):
        since = ("--since", earlier) if earlier else ()
        async with run_in_terminal(spotify, tmp_path, "export", *since) as program:
            await program.log_in()
            _, out = await program.end()
        earlier = out.strip()
        made = re.search(r"with (\d+) requests", program.said)
        assert made, program.said
        assert int(made[1]) <= requests
        ada.like(spotify.catalogue.regular_tracks[150].uri)
    library = json.loads(zipfile.ZipFile(tmp_path / earlier).read("library.json"))
    assert [item["uri"] for item in library["tracks"]] == [uri for uri, _ in ada.liked]
    async with run_in_terminal(spotify, tmp_path, "export", "--since", earlier) as program:
        await program.log_in("grace")
        assert await program.end() == (1, "")
        assert "export of another Spotify account" in program.said


@pytest.mark.slow
async def test_stopped_export_goes_on(spotify: Spotify, tmp_path: Path) -> None:
    """It is stopped twice, once by Ctrl+C and once by a kill; a quota is used up on the way."""
    ada = spotify.accounts["ada"]
    ada.playlists.remove(None)
    ada.like_generated(1_000)
    arguments = ("export", "--format", "json")
    for pattern, number in (("GET .*/me/tracks", signal.SIGINT), ("GET .*/items", signal.SIGKILL)):
        async with run_in_terminal(spotify, tmp_path, *arguments) as program:
            stop = partial(program.process.send_signal, number)
            spotify.on(pattern, stop, after=3)
            await program.log_in()
            code, _ = await program.end()
            assert code == (130 if number == signal.SIGINT else -signal.SIGKILL)
            assert ("Run the same command again" in program.said) == (number == signal.SIGINT)
    assert [path.name[:16] for path in tmp_path.iterdir()] == [".tonearm-export-"]
    spotify.add_rate_limit(1, quota=True, pattern="GET .*/items")
    reads = len(spotify.calls_to("GET", "me/tracks"))
    assert reads <= 1_060 // 49 + 8  # those in flight at the first stop were sent twice
    async with run_in_terminal(spotify, tmp_path, *arguments) as program:
        await program.log_in()
        code, out = await program.end()
    assert code == 0, program.said
    assert "Going on with the export that was stopped." in program.said
    assert re.search(
        r"daily limit with Spotify. Going on at \d{4}-\d\d-\d\d \d\d:\d\d", program.said
    )
    assert len(spotify.calls_to("GET", "me/tracks")) == reads  # they were read before the kill
    library = json.loads((tmp_path / out.strip()).read_bytes())
    assert [item["uri"] for item in library["tracks"]] == [uri for uri, _ in ada.liked]
    assert [path.name for path in tmp_path.iterdir()] == [out.strip()]
