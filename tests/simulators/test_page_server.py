"""The page's server serves only this machine's browser, and survives invalid messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSCloseCode, WSServerHandshakeError
from yarl import URL

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.page import PageServer
from sandbox.spotify import Spotify

Json = dict[str, Any]


@dataclass
class ServedPage:
    """A page without a bot, and a client for it."""

    page: PageServer
    discord: Discord
    spotify: Spotify
    client: ClientSession

    @property
    def origin(self) -> str:
        return f"http://{urlsplit(self.page.url).netloc}"

    async def connect(self, origin: str | None = None) -> TabSocket:
        headers = {"Origin": origin or self.origin}
        return TabSocket(await self.client.ws_connect(f"{self.page.url}live", headers=headers))


@dataclass
class TabSocket:
    """A tab's websocket."""

    socket: ClientWebSocketResponse
    pushes: int = 0

    async def wait_for_state(self, predicate: Callable[[Json], bool]) -> Json:
        """The first state for which `there` holds."""
        async with asyncio.timeout(5):
            while True:
                said: Json = await self.socket.receive_json()
                self.pushes += "discord" in said
                if "discord" in said and predicate(said):
                    return said

    async def send_action(self, action: str) -> Json:
        """The answer to a request; other messages may arrive before it."""
        await self.socket.send_str(action)
        async with asyncio.timeout(5):
            while True:
                said: Json = await self.socket.receive_json()
                if "discord" not in said:
                    return said


@pytest.fixture
async def served() -> AsyncIterator[ServedPage]:
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(Discord(Clock()))
        spotify = await stack.enter_async_context(Spotify(Clock()))
        page = await stack.enter_async_context(PageServer(discord, spotify))
        client = await stack.enter_async_context(ClientSession())
        yield ServedPage(page, discord, spotify, client)


async def test_page_requires_its_token(served: ServedPage) -> None:
    for path in ("/", "/live", "/index.html", "/wrong/", f"{urlsplit(served.page.url).path}../"):
        async with served.client.get(served.origin + path) as response:
            assert response.status == 404, path
    async with served.client.get(served.page.url) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["visit.py", "../visit.py", "%2e%2e/visit.py", "..%2fvisit.py"])
async def test_only_the_page_itself_is_served(served: ServedPage, path: str) -> None:
    address = URL(f"{served.page.url}{path}", encoded=True)
    async with served.client.get(address) as response:
        assert response.status in (403, 404)


@pytest.mark.parametrize("host", ["localhost", "evil.example", "127.0.0.1"])
async def test_other_host_names_are_not_found(served: ServedPage, host: str) -> None:
    async with served.client.get(served.page.url, headers={"Host": host}) as response:
        assert response.status == 404


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1", "null"])
async def test_other_origins_cannot_open_the_websocket(served: ServedPage, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await served.connect(origin)
    assert refusal.value.status == 403


async def test_the_policy_names_this_page_and_the_two_services(served: ServedPage) -> None:
    async with served.client.get(served.page.url) as response:
        policy = response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
    services = f"{served.discord.url.removesuffix('/api/v10')} {served.spotify.api_url[:-3]}"
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert f"img-src 'self' {services};" in policy
    assert "unsafe" not in policy


async def test_a_taken_port_is_replaced_by_a_free_one(served: ServedPage) -> None:
    taken = urlsplit(served.page.url).port
    assert taken is not None
    async with PageServer(served.discord, served.spotify, port=taken) as other:
        async with served.client.get(other.url) as response:
            assert response.status == 200
        assert urlsplit(other.url).port != taken


async def test_simultaneous_changes_are_pushed_together(served: ServedPage) -> None:
    wire = await served.connect()
    await wire.wait_for_state(lambda state: True)
    for number in range(100):
        served.discord.user_client("grace").send(f"message {number}")
    state = await wire.wait_for_state(lambda state: len(state["discord"]["messages"]) == 100)
    assert state["discord"]["messages"][-1]["content"] == "message 99"
    assert wire.pushes < 5


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("not json", "The page sent an invalid action"),
        ('{"id": 1, "do": "dance"}', "The page sent an invalid action"),
        ('{"id": 1, "do": "run"}', "The page sent an invalid action"),
        ('{"id": 1, "do": "run", "line": "/x"}', "There is no command /x here; there are: none."),
        ('{"id": 1, "do": "press", "message": "1", "button": "x"}', "That message is gone."),
        ('{"id": 1, "do": "forward", "message": "1", "place": "dm"}', "That message is gone."),
        ('{"id": 1, "do": "submit", "values": {}}', "That form is not open any more."),
        (
            '{"id": 1, "do": "switch", "user": "eve", "place": "music", "account": "ada"}',
            "There is no user 'eve'",
        ),
        (
            '{"id": 1, "do": "switch", "user": "ada", "place": "music", "account": "eve"}',
            "Spotify has no account eve.",
        ),
    ],
)
async def test_failed_action_keeps_the_websocket(
    served: ServedPage, wish: str, sentence: str
) -> None:
    wire = await served.connect()
    assert sentence in (await wire.send_action(wish))["refused"]
    assert "result" in await wire.send_action('{"id": 2, "do": "say", "content": "hello"}')


async def test_who_may_not_go_there_is_in_the_common_place(served: ServedPage) -> None:
    wire = await served.connect()
    to_night = '{"id": 1, "do": "switch", "user": "%s", "place": "night", "account": "grace"}'
    await wire.send_action(to_night % "mallory")
    assert (await wire.wait_for_state(lambda it: it["discord"]["user"] == "mallory"))["discord"][
        "place"
    ] == "night"
    await wire.send_action(to_night % "grace")
    state = await wire.wait_for_state(lambda it: it["discord"]["user"] == "grace")
    assert (state["discord"]["place"], state["spotify"]["account"]) == ("music", "grace")


async def test_page_shows_the_end_of_the_bot(served: ServedPage) -> None:
    life = asyncio.get_running_loop().create_future()
    served.discord.changes.bot_task = life
    wire = await served.connect()
    assert not (await wire.wait_for_state(lambda state: True))["ended"]
    life.set_result(None)
    await wire.wait_for_state(lambda state: bool(state["ended"]))


async def test_closing_the_server_closes_its_websockets(
    served: ServedPage,
) -> None:
    async with PageServer(served.discord, served.spotify) as page:
        before = len(asyncio.all_tasks())
        headers = {"Origin": page.url.rsplit("/", 2)[0]}
        async with served.client.ws_connect(f"{page.url}live", headers=headers) as socket:
            await socket.receive_json()
            assert len(asyncio.all_tasks()) > before
            closing = asyncio.create_task(_until_closed(socket))
            await page.__aexit__(None, None, None)
            assert await closing == WSCloseCode.GOING_AWAY
    assert len(asyncio.all_tasks()) <= before


async def _until_closed(socket: ClientWebSocketResponse) -> int | None:
    async for _ in socket:
        pass
    return socket.close_code
