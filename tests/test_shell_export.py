"""`python -m bot export`: signs in on loopback and writes the files of /export, without Discord."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

import aiohttp
import pytest

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
    async with run_in_terminal(spotify, tmp_path, "export", "--out", "music") as program:
        page = await program.log_in()
        code, out = await program.end()
    assert code == 0, program.said
    assert "Signed in as" in page.text
    assert page.url.endswith("/done")
    archive = zipfile.ZipFile(tmp_path / out.strip())
    library = json.loads(archive.read("library.json"))
    liked = [uri for uri, _ in spotify.accounts["ada"].liked]
    assert [item["uri"] for item in library["tracks"]] == liked
    assert f"Liked songs: {len(liked)}" in program.said
    assert [path.name for path in (tmp_path / "music").iterdir()] == [Path(out.strip()).name]


async def test_login_asks_to_read_only_and_shows_no_secret(
    spotify: Spotify, tmp_path: Path
) -> None:
    async with run_in_terminal(spotify, tmp_path, "export", "--what", "albums") as program:
        await program.log_in()
        assert (await program.end())[0] == 0
    exchanges = spotify.accounts_traffic.exchanges
    (asked,) = {dict(each.query)["scope"] for each in exchanges if "scope" in dict(each.query)}
    assert set(asked.split()) == set(READ_SCOPES)
    secrets = _secrets(spotify)
    assert len(secrets) >= 5
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for secret in secrets:
        assert secret not in program.said
        assert not any(secret.encode() in data for data in kept)


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
        await program.log_in()
        assert (await program.end())[0] == 0


async def test_refusals_are_said_in_both_places(spotify: Spotify, tmp_path: Path) -> None:
    for account, accept, sentence in (
        ("ada", False, "You cancelled the login"),
        ("mallory", True, "isn’t on this Spotify app yet"),
    ):
        async with run_in_terminal(spotify, tmp_path, "export") as program:
            page = await program.log_in(account, accept=accept)
            assert sentence in page.text
            assert await program.end() == (1, "")
        assert sentence in program.said
    assert not list(tmp_path.iterdir())
