"""A file that is too large for Discord is fetched once, by the button of its page only."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.downloads import LIFETIME, Download
from bot.library.sealed_file import PIECE, SealedFile, seal
from bot.store.downloads import MAX_ATTEMPTS
from bot.web.middleware import MAX_REQUESTS
from sandbox.browser import preview
from sandbox.harness import Harness, bot_environment
from tests.program import run_program
from tests.raw_http import open_connection

CONTENT = b"PK\x03\x04 a library"
# More than the buffers between both ends of a connection, so that a transfer is under way.
LARGE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Site:
    """The bot's pages, and Ada's files that wait there."""

    harness: Harness
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        return f"{self.harness.settings.public_url}/download"

    @property
    def files(self) -> list[Path]:
        """All files in the folder of downloads."""
        database = self.harness.settings.database
        return list(database.with_name(f"{database.name}-downloads").glob("*"))

    async def offer(self, content: bytes = CONTENT, *, size: int = 0) -> Download:
        """A file of Ada's: its content, or so many zeros."""
        path = self.harness.settings.database.with_name("library.zip")
        path.write_bytes(content)
        if size:
            with path.open("wb") as file:
                file.truncate(size)
        assert self.harness.bot is not None
        user_id = int(self.harness.discord.state.users["ada"].id)
        return await self.harness.bot.services.downloads.offer(user_id, path)

    async def post(self, code: str, **headers: str) -> tuple[int, bytes]:
        """The status and the body."""
        async with self.http.post(self.url, data={"code": code}, headers=headers) as response:
            assert response.headers["Cache-Control"] == "no-store"
            return response.status, await response.read()


@asynccontextmanager
async def _site(harness: Harness) -> AsyncIterator[Site]:
    await harness.link_account("ada")
    async with aiohttp.ClientSession() as http:
        yield Site(harness, http)


def _code(download: Download) -> str:
    return download.url.partition("#")[2]


async def test_only_the_button_uses_an_address_up_and_only_once(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with _site(harness) as site:
        download = await site.offer()
        code = _code(download)
        assert download.url == f"{site.url}#{code}"
        for page in await preview(download.url):
            assert page.status == 200
            assert code not in page.html + str(page.headers)
        assert (await site.post(code, Origin="https://evil.test"))[0] == 403
        assert (await site.post(code, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
        async with site.http.get(f"{site.url}?code={code}") as response:
            assert CONTENT not in await response.read()
        (file,) = site.files
        assert CONTENT not in file.read_bytes(), "only the address opens it"
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        async with site.http.post(site.url, data={"code": code}) as response:
            assert response.status == 200
            assert response.headers["Content-Disposition"] == 'attachment; filename="library.zip"'
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert await response.read() == CONTENT
        status, body = await site.post(code)
        assert status == 410
        assert b"Use /export in Discord" in body
        assert not site.files
        assert code not in caplog.text


async def test_expired_replaced_and_guessed_addresses_are_told_apart_by_nobody(
    harness: Harness,
) -> None:
    async with _site(harness) as site:
        replaced, download = await site.offer(), await site.offer()
        assert len(site.files) == 1
        harness.clock.advance(LIFETIME - 1)
        (status, page) = await site.post(_code(replaced))
        assert status == 410
        assert (await site.post(""))[1] == (await site.post("x" * 43))[1] == page
        harness.clock.advance(2)
        assert await site.post(_code(download)) == (410, page)
        assert harness.bot is not None
        await harness.bot.run_maintenance()
        assert not site.files
        statuses = [(await site.post(f"guess {number}"))[0] for number in range(MAX_REQUESTS + 1)]
        assert statuses[-1] == 429
        assert set(statuses) == {410, 429}


async def test_address_survives_a_restart_and_ends_with_the_account(harness: Harness) -> None:
    async with _site(harness) as site:
        download = await site.offer()
        stray = site.files[0].with_name("1-left by a crash")
        stray.touch()
        await harness.restart()
        assert harness.bot is not None
        await harness.bot.run_maintenance()
        assert not stray.exists()
        assert await site.post(_code(download)) == (200, CONTENT)
        download = await site.offer(size=LARGE)
        async with _begin(site, download) as reader:
            await (await harness.discord.user_client("ada").run("/unlink")).press("Unlink")
            assert not site.files
            rest = await reader.read()
            while chunk := await reader.read():
                rest += chunk
            assert len(rest) < LARGE
        assert (await site.post(_code(download)))[0] == 410


async def test_a_transfer_that_breaks_off_can_be_repeated_a_few_times(harness: Harness) -> None:
    async with _site(harness) as site:
        download = await site.offer(size=LARGE)
        for _ in range(MAX_ATTEMPTS - 1):
            async with _begin(site, download):
                status, page = await site.post(_code(download))
                assert status == 409
                assert b"being downloaded right now" in page
            await _until_free(site, download)
        status, body = await site.post(_code(download))
        assert (status, len(body)) == (200, LARGE)
        download = await site.offer(size=LARGE)
        for _ in range(MAX_ATTEMPTS):
            async with _begin(site, download):
                pass
            await _until_free(site, download)
        assert (await site.post(_code(download)))[0] == 410


@pytest.mark.slow
async def test_kill_in_the_middle_of_a_transfer_does_not_use_the_address_up(
    harness: Harness,
) -> None:
    """The next process sends the whole file, and then erases it."""
    async with _site(harness) as site:
        download = await site.offer(size=LARGE)
        await harness.stop()
        folder, discord = harness.settings.database.parent, harness.discord
        settings = bot_environment(discord, harness.spotify, folder)
        # The address that the bot gave out.
        settings |= {"PORT": str(harness.settings.port), "PUBLIC_URL": harness.settings.public_url}
        async with run_program(folder, settings) as process:
            await discord.wait_until_ready(timeout=20)
            async with _begin(site, download) as reader:
                process.kill()
                rest = b""
                with suppress(ConnectionResetError):
                    while chunk := await reader.read(LARGE):
                        rest += chunk
                assert len(rest) < LARGE
            assert await process.wait() == -signal.SIGKILL
        async with run_program(folder, settings):
            await discord.wait_until_ready(timeout=20)
            status, body = await site.post(_code(download))
            assert (status, len(body)) == (200, LARGE)
            assert (await site.post(_code(download)))[0] == 410
            assert not site.files


@asynccontextmanager
async def _begin(site: Site, download: Download) -> AsyncIterator[asyncio.StreamReader]:
    """Begin a transfer; breaks it off at the end."""
    body = f"code={_code(download)}"
    async with open_connection(site.harness.settings.port) as (reader, writer):
        host = site.url.split("/")[2]
        head = f"POST /download HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(f"{head}{body}".encode())
        assert b"200 OK" in await reader.readline()
        yield reader


async def _until_free(site: Site, download: Download) -> None:
    """Wait until the server has noticed that a transfer broke off."""
    assert site.harness.bot is not None
    running = site.harness.bot.services.downloads._running
    async with asyncio.timeout(20):
        while running:
            async with site.http.get(f"{site.harness.settings.public_url}/health"):
                pass


@settings(max_examples=20)
@given(st.integers(0, 2), st.integers(-1, 1), st.data())
def test_sealed_file_opens_whole_with_its_secret_or_not_at_all(
    pieces: int, more: int, data: st.DataObject
) -> None:
    content = bytes(max(0, pieces * PIECE + more))
    with TemporaryFile() as file:
        seal(io.BytesIO(content), file, "secret")
        whole = file.seek(0, os.SEEK_END)

        def read(secret: str = "secret") -> bytes:
            file.seek(0)
            sealed = SealedFile(file, secret)
            read = b"".join(iter(sealed.read, b""))
            assert len(read) == sealed.size
            return read

        assert read() == content
        with pytest.raises(OSError, match="does not open"):
            read("another")
        file.seek(at := data.draw(st.integers(0, whole - 1)))
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1]))
        with pytest.raises(OSError, match="does not open"):
            read()
        file.seek(at)
        file.write(bytes([byte]))
        assert read() == content
        file.truncate(at)
        with pytest.raises(OSError, match="does not open"):
            read()
