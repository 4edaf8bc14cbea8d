"""Random requests to the web server: never a 5xx, always the headers, nothing echoed or logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from yarl import URL

from tests.login_client import LoginClient, login_client
from tests.raw_http import RawResponse, check_response, parse_response, send_raw
from tests.stall_free_loop import StallFreeLoop

# A failure names its request; Hypothesis warns because it would print the whole batch as well.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

CANARY = b"c4n4ry"
BATCH = 20
# No shrinking: a failure names its request, and each hanging request takes seconds.
PHASES = [phase for phase in Phase if phase is not Phase.shrink and phase is not Phase.explain]
DEFAULT_SETTINGS = settings(max_examples=26, deadline=None, phases=PHASES)
FEW_EXAMPLES = settings(max_examples=6, deadline=None, phases=PHASES)


class _ErrorLog(logging.Handler):
    """Collects warnings and errors, which no request may cause."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


@dataclass
class WebServer:
    """The bot's web server, on an event loop that runs only while a request is sent."""

    runner: asyncio.Runner
    client: LoginClient
    https: bool
    nonce: str
    errors: _ErrorLog = field(default_factory=_ErrorLog)
    addresses: Iterator[int] = field(default_factory=lambda: count(1 << 16))

    def fill(self, raw: bytes) -> bytes:
        """Fill in the real host, a valid nonce, and a client address that has no requests yet."""
        number = next(self.addresses)
        address = b"10.%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255)
        raw = raw.replace(b"NONCE", self.nonce.encode())
        return raw.replace(
            b"HOST", b"%b\r\nX-Forwarded-For: %b" % (self.client.host.encode(), address)
        )

    def send(self, *requests: tuple[bytes, ...], timeout: float = 3.0) -> list[bytes]:
        """Send the requests concurrently; the response to an unfinished one is b""."""
        port = self.client.harness.settings.port

        async def send_one(parts: tuple[bytes, ...]) -> bytes:
            try:
                return await send_raw(port, *parts, timeout=timeout)
            except TimeoutError:
                return b""

        async def send_all() -> list[bytes]:
            return await asyncio.gather(*map(send_one, requests))

        return self.runner.run(send_all())

    def check(self, request: tuple[bytes, ...], raw: bytes) -> RawResponse:
        """Check a response. Raises AssertionError with the request as a note."""
        try:
            assert raw, "no response in time"
            assert not self.errors.records
            return check_response(raw, https=self.https, canaries=[CANARY])
        except AssertionError as error:
            error.add_note(f"the request was {request!r}")
            raise


@pytest.fixture(scope="module", params=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[WebServer]:
    https = request.param == "https"
    environment = {"PUBLIC_URL": "https://music.example.test"} if https else {}
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:
        stack = AsyncExitStack()
        client = runner.run(stack.enter_async_context(login_client(**environment)))
        _, offer = runner.run(client.request_login())
        server = WebServer(runner, client, https, URL(offer.url).name)
        logging.getLogger().addHandler(server.errors)
        yield server
        logging.getLogger().removeHandler(server.errors)
        runner.run(stack.aclose())


# ---- complete requests

odd_values = st.one_of(
    st.text(max_size=12),
    st.binary(max_size=12).map(quote),
    st.sampled_from(
        ["%", "%zz", "%00", "%0d%0a", "%ff", "%ed%a0%80", "..", "%2e%2e", "<b>", '"', "é", "\ud800"]
    ),
    st.just(CANARY.decode()),
)
words = st.lists(odd_values, max_size=4).map("".join)
paths = st.one_of(
    st.sampled_from(
        ["/health", "/privacy", "/setup", "/done", "/discord", "/callback", "/download", "/", "*"]
    ),
    st.builds("/login/{}".format, words),
    st.builds("/{}/{}".format, words, words),
    st.sampled_from(["/login/NONCE", "/login/NONCE/", "//login/NONCE", "/login/./NONCE"]),
    st.builds("{}://{}/{}".format, st.sampled_from(["http", "https", "x"]), words, words),
)
queries = st.lists(
    st.tuples(st.sampled_from(["state", "code", "error", "iss"]) | words, words), max_size=5
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
targets = st.builds("{}?{}".format, paths, queries) | paths
methods = st.sampled_from(
    ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PRI", "get"]
)
versions = st.sampled_from(["1.1"] * 6 + ["1.0", "1.9", "0.9", "2.0"])
hosts = st.sampled_from(
    [["HOST"]] * 20 + [[], ["evil.test"], ["HOST", "HOST"], [""], ["["], ["a b"]]
)
headers = st.lists(
    st.tuples(
        st.sampled_from(
            ["Cookie", "Origin", "Sec-Fetch-Site", "Expect", "X-Forwarded-For", "Content-Type",
             "Content-Encoding", "Accept-Encoding", "Connection", "Upgrade", "Range", "Forwarded"]
        ),
        st.sampled_from(
            ["gzip", "br", "identity", "100-continue", "close", "keep-alive", "upgrade",
             "websocket", "h2c", "null", "same-origin", "none", "::1", "127.0.0.1",
             "1.2.3.4, 5.6.7.8",
             "multipart/form-data; boundary=", "text/html; charset=x", "tonearm=a; tonearm=b",
             "tonearm", 'tonearm="', "bytes=0-", "application/x-www-form-urlencoded"]
        )
        | words,
    ),
    max_size=5,
)  # fmt: skip
bodies = st.one_of(
    st.just(b""),
    st.binary(max_size=40),
    st.integers(4090, 4100).map(bytes),
    st.sampled_from([b"a=b", CANARY, b"\x1f\x8b\x08", b"--\r\n", b"%", b"a" * 70_000]),
    st.sampled_from([b"code=" + CANARY, b"code=%ff&code=%00", b"code=\xff", b"code"]),
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A complete request, with anything in its lines, headers and body."""
    lines = [f"{draw(methods)} {draw(targets)} HTTP/{draw(versions)}"]
    lines += [f"Host: {name}" for name in draw(hosts)]
    lines += [f"{name}: {value}" for name, value in draw(headers)]
    head = "\r\n".join(lines).encode("utf-8", "surrogatepass")
    body = draw(bodies)
    if draw(st.booleans()):
        chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        return head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n"
    return head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@given(st.lists(requests(), min_size=BATCH, max_size=BATCH))
@DEFAULT_SETTINGS
def test_every_request_gets_response_with_security_headers(
    server: WebServer, batch: list[bytes]
) -> None:
    sent = [(server.fill(request),) for request in batch]
    for request, raw in zip(sent, server.send(*sent), strict=True):
        server.check(request, raw)


# ---- malformed requests

VALID_REQUESTS = (
    b"GET /login/NONCE HTTP/1.1\r\nHost: HOST\r\nCookie: tonearm=c4n4ry\r\n\r\n",
    b"GET /callback?state=c4n4ry&code=c4n4ry HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n0\r\n\r\n",
    b"POST /login/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc",
)
fragments = st.binary(min_size=1, max_size=6) | st.sampled_from(
    [b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"\xff", b"\x80", b"0\r\n\r\n", b"-1", b"%",
     b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"x: \r\n y\r\n", b"\x16\x03\x01",
     b"HTTP/1.0", b"Expect: c4n4ry\r\n", b"Content-Encoding: gzip\r\n", b"a" * 9000]
)  # fmt: skip
mutations = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 9), fragments | st.just(b"")), min_size=1, max_size=4
)


@st.composite
def mutated_requests(draw: st.DrawFn) -> tuple[bytes, list[tuple[float, int, bytes]], float]:
    return draw(st.sampled_from(VALID_REQUESTS)), draw(mutations), draw(st.floats(0, 1))


def _mutate(
    server: WebServer, valid: bytes, edits: list[tuple[float, int, bytes]], cut: float
) -> list[bytes]:
    raw = server.fill(valid)
    for position, length, fragment in edits:
        start = int(position * len(raw))
        raw = raw[:start] + fragment + raw[start + length :]
    split = int(cut * len(raw))
    return [raw[:split], raw[split:] + b"\r\n\r\n" * 2 + raw]


@given(st.lists(mutated_requests(), min_size=BATCH, max_size=BATCH))
@DEFAULT_SETTINGS
def test_malformed_http_gets_error_or_is_closed(
    server: WebServer, batch: list[tuple[bytes, list[tuple[float, int, bytes]], float]]
) -> None:
    sent = [tuple(_mutate(server, *mutated)) for mutated in batch]
    for request, raw in zip(sent, server.send(*sent, timeout=0.25), strict=True):
        if raw:
            server.check(request, raw)


# ---- callbacks with a valid cookie and state


@given(st.lists(words, min_size=5, max_size=5), st.sampled_from(["code", "error"]))
@FEW_EXAMPLES
def test_invalid_code_with_valid_state_gets_error_page(
    server: WebServer, values: list[str], name: str
) -> None:
    async def send_callback(value: str) -> tuple[bytes, bytes]:
        server.client.expire_logins()
        login = await server.client.start_login((await server.client.request_login())[1])
        state = URL(login.location).query["state"]
        query = f"state={state}&{name}={value}".encode("utf-8", "surrogatepass")
        cookie = f"{server.client.cookie_name}={login.cookie}".encode()
        head = b"GET /callback?%b HTTP/1.1\r\nHost: HOST\r\nCookie: %b\r\n\r\n"
        request = server.fill(head % (query, cookie))
        return request, await send_raw(server.client.harness.settings.port, request)

    for value in values:
        request, raw = server.runner.run(send_callback(value))
        response = server.check((request,), raw)
        assert response.status in (303, 400, 410)
        assert response.headers.get("location", "/done") == "/done"


@pytest.mark.slow
def test_checks_detect_violations() -> None:
    raw = b"HTTP/1.1 200 OK\r\nServer: Python/3.11 aiohttp/3.14\r\nConnection: close\r\n\r\n"
    assert parse_response(raw).status == 200
    with pytest.raises(AssertionError):
        check_response(raw)
