"""The page with the confirmation code notices how its login ends, and holds few connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bot.login.linking import LOGIN_LIFETIME
from bot.store import AuthorizedAccount, LoginStep, PendingLogin
from bot.web.code_events import KEEP_ALIVE_S, MAX_STREAMS, MAX_STREAMS_OF_BROWSER
from bot.web.pages import EVENTS_PATH
from sandbox.discord import Reply
from sandbox.harness import LoginOffer, find_confirmation_code
from tests.fast_forward import FastForwardLoop, run_fast_forward
from tests.login_client import LoginClient, PageResponse, login_client
from tests.raw_http import open_connection, parse_response

OVER = "event: over\ndata:\n\n"


class EventStream:
    """The event stream of one page."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.status = 0

    async def open(self) -> EventStream:
        async with asyncio.timeout(5):
            head = await self._reader.readuntil(b"\r\n\r\n")
        response = parse_response(head)
        self.status = response.status
        assert response.headers["cache-control"] == "no-store"
        if self.status == 200:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert await self.next_chunk() == "retry: 5000\n\n"
        return self

    async def next_chunk(self) -> str:
        """What the server sends next; empty at the proper end of the response."""
        async with asyncio.timeout(5):
            return await self._read_chunk()

    async def next_chunk_after(self, seconds: float, loop: FastForwardLoop) -> str:
        """The chunk that the server sends that long after its last one.

        The clock moves on again if the server had not yet begun to wait.
        """
        reading = asyncio.create_task(self._read_chunk())
        while not reading.done():
            loop.ahead += seconds
            await asyncio.wait({reading}, timeout=1)
        return reading.result()

    async def _read_chunk(self) -> str:
        size = int(await self._reader.readline(), 16)
        chunk = await self._reader.readexactly(size + 2)
        return chunk[:-2].decode()


@asynccontextmanager
async def _listen(it: LoginClient, cookie: str) -> AsyncIterator[EventStream]:
    async with open_connection(it.harness.settings.port) as (reader, writer):
        head = f"GET {EVENTS_PATH} HTTP/1.1\r\nHost: {it.host}\r\n"
        writer.write(f"{head}Cookie: {it.cookie_name}={cookie}\r\n\r\n".encode())
        yield await EventStream(reader).open()


async def _code_page(it: LoginClient) -> tuple[Reply, LoginOffer, PageResponse, str]:
    """A login that waits for its code; its page, and the cookie that opens it."""
    reply, offer, callback = await it.prepare_callback("/callback")
    cookie = (await it.send_callback(callback)).cookie
    await reply.wait_for("Almost done")
    return reply, offer, await it.send("GET", "/done", cookie), cookie


async def _type_code(it: LoginClient, offer: LoginOffer, page: PageResponse) -> None:
    code = find_confirmation_code(page.text)
    assert code is not None
    await it.enter_code(offer, code)


async def _type_wrong_codes(it: LoginClient, offer: LoginOffer, _page: PageResponse) -> None:
    for _ in range(5):
        await it.enter_code(offer, "ZZZZ-ZZZZ")


async def _unlink(it: LoginClient, offer: LoginOffer, _page: PageResponse) -> None:
    await offer.user_client.run("/unlink")


async def _ask_again(it: LoginClient, _offer: LoginOffer, _page: PageResponse) -> None:
    await it.request_login(place="general")


async def _expire(it: LoginClient, _offer: LoginOffer, _page: PageResponse) -> None:
    it.expire_logins()
    assert it.harness.bot is not None
    await it.harness.bot.run_maintenance()


# What ends a login, and what its page says when it is loaded again.
ENDS: dict[Callable[[LoginClient, LoginOffer, PageResponse], Awaitable[None]], str] = {
    _type_code: "Linked to Ada",
    _type_wrong_codes: "This browser has no login to finish",
    _unlink: "This browser has no login to finish",
    _ask_again: "A newer login link replaced this one.",
    _expire: "This browser has no login to finish",
}


async def test_page_is_told_as_soon_as_its_login_ends() -> None:
    for end, expected in ENDS.items():
        async with login_client() as it:
            _, offer, page, cookie = await _code_page(it)
            async with _listen(it, cookie) as stream:
                await end(it, offer, page)
                assert await stream.next_chunk() == OVER, end.__name__
                assert await stream.next_chunk() == "", "the response ends"
            assert expected in (await it.send("GET", "/done", cookie)).text


async def test_page_listens_again_after_a_restart() -> None:
    async with login_client() as it:
        _, offer, page, cookie = await _code_page(it)
        async with _listen(it, cookie) as stream:
            await it.harness.restart()
            assert await stream.next_chunk() == "", "the browser opens the stream again"
        async with _listen(it, cookie) as stream:
            await _type_code(it, offer, page)
            assert await stream.next_chunk() == OVER
        async with _listen(it, cookie) as stream:
            assert await stream.next_chunk() == OVER, "it has ended already"


async def test_page_works_without_javascript_and_only_it_may_run_a_script() -> None:
    async with login_client() as it:
        _, offer, page, cookie = await _code_page(it)
        assert "Copy code" not in page.text
        rules = dict(
            rule.split(" ", 1) for rule in page.headers["Content-Security-Policy"].split("; ")
        )
        assert rules["script-src"].startswith("'sha256-"), "only the page's own inline script"
        assert rules["connect-src"] == "'self'"
        await _type_code(it, offer, page)
        page = await it.send("GET", "/done", cookie)
        assert "Linked to Ada" in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]


async def test_browser_holds_few_streams_and_an_unknown_one_holds_none() -> None:
    async with login_client() as it, AsyncExitStack() as stack:
        *_, cookie = await _code_page(it)
        secret = cookie.partition(".")[0]
        streams = [
            await stack.enter_async_context(_listen(it, f"{secret}.{number}"))
            for number in range(MAX_STREAMS_OF_BROWSER)
        ]
        assert {stream.status for stream in streams} == {200}
        for other in (cookie, secret, "", "x" * 43, "unknown"):
            async with _listen(it, other) as stream:
                assert stream.status == 204, other
        assert (await it.send("HEAD", EVENTS_PATH, cookie)).status == 405
        await stack.aclose()  # the pages are closed
        async with asyncio.timeout(5):
            while not await _is_accepted(it, cookie):
                await it.send("GET", "/health")


async def _is_accepted(it: LoginClient, cookie: str) -> bool:
    async with _listen(it, cookie) as stream:
        return stream.status == 200


async def test_all_browsers_together_hold_a_bounded_number_of_streams() -> None:
    async with login_client() as it, AsyncExitStack() as stack:
        assert it.harness.bot is not None
        logins = it.harness.bot.services.store.pending_logins
        statuses = []
        for number in range(MAX_STREAMS // MAX_STREAMS_OF_BROWSER + 1):
            cookie = f"{number:043d}"
            expires_at = int(it.harness.clock()) + LOGIN_LIFETIME
            login = PendingLogin(1000 + number, number, "somebody", "0" * 32, expires_at)
            await logins.create(login, f"nonce {number}")
            await logins.start(login, LoginStep.EXCHANGE, cookie=cookie)
            account = AuthorizedAccount(f"account {number}", "Somebody", "", 0, "token")
            await logins.store_tokens(
                login, account, confirmation_code="0000-0000", expires_at=expires_at
            )
            for _ in range(MAX_STREAMS_OF_BROWSER):
                stream = await stack.enter_async_context(_listen(it, cookie))
                statuses.append(stream.status)
        assert statuses[:MAX_STREAMS] == [200] * MAX_STREAMS
        assert set(statuses[MAX_STREAMS:]) == {204}


def test_stream_is_kept_alive_and_ends_with_the_lifetime_of_a_login() -> None:
    async def listen(loop: FastForwardLoop) -> None:
        async with login_client() as it:
            *_, cookie = await _code_page(it)
            async with _listen(it, cookie) as stream:
                for _ in range(2):
                    assert await stream.next_chunk_after(KEEP_ALIVE_S + 1, loop) == ":\n\n"
                loop.ahead += LOGIN_LIFETIME
                while (chunk := await stream.next_chunk()) == ":\n\n":
                    pass
                assert chunk == "", "the browser opens the stream again if its login has not ended"

    run_fast_forward(listen)
