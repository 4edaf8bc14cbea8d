"""The simulated hosts of short links redirect as Spotify does, and refuse secrets."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from sandbox.clock import Clock
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify, redirect_fault

CURL_HEADERS = {"User-Agent": "curl/8.5.0"}
DOWNLOAD_URL = "https://www.spotify.com/download"


class LinkClient:
    """A client with the bot's connector that follows no redirect."""

    def __init__(self, spotify: Spotify, http: aiohttp.ClientSession) -> None:
        self.spotify = spotify
        self.http = http

    async def __call__(self, url: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
        """Status, Location and body."""
        request = self.http.request(
            method,
            URL(url, encoded=True),
            headers=CURL_HEADERS
            | {name.replace("_", "-"): value for name, value in headers.items()},
            allow_redirects=False,
        )
        async with request as response:
            return response.status, response.headers.get("Location", ""), await response.text()


@pytest.fixture(name="ask")
async def _ask() -> AsyncIterator[LinkClient]:
    async with Spotify(Clock()) as spotify:
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=spotify.connector(), cookie_jar=jar) as http:
            yield LinkClient(spotify, http)


async def test_short_link_redirects_twice(ask: LinkClient) -> None:
    song = f"https://open.spotify.com/track/{ask.spotify.catalogue.regular_tracks[0].id}"
    status, location, _ = await ask("https://spotify.link/lantern")
    assert status == 307
    assert location.startswith("https://spotify.app.link/lantern?_p=")
    status, end, _ = await ask(location)
    assert status == 307
    assert re.fullmatch(rf"{song}\?si=\w+&_branch_match_id=\d+", end)


async def test_browser_gets_a_page_instead_of_a_redirect(ask: LinkClient) -> None:
    ask.spotify.short_links.targets["odd"] = 'https://open.spotify.com/album/x?a="</script>'
    status, location, page = await ask("https://spotify.app.link/odd", User_Agent="Mozilla/5.0")
    assert (status, location) == (200, "")
    assert 'content="https://open.spotify.com/album/x?a=&quot;&lt;/script&gt;&amp;si=' in page
    assert r'= "https://open.spotify.com/album/x?a=\"\u003c/script>&si=' in page


async def test_links_below_open_spotify_com_redirect_once(ask: LinkClient) -> None:
    responses = [await ask("https://open.spotify.com/s/lantern") for _ in range(20)]
    assert {status for status, _, _ in responses} == {302, 307}
    assert len({end for _, end, _ in responses}) == 1
    assert responses[0][1].startswith("https://open.spotify.com/track/")


UNKNOWN_LINKS = [
    ("https://spotify.link/never", 404, ""),
    ("https://spotify.link/", 404, ""),
    ("https://spotify.link/lantern/more", 404, ""),
    ("https://spotify.app.link/never", 307, DOWNLOAD_URL),
    ("https://spotify.app.link/", 404, ""),
    ("https://open.spotify.com/s/never", 404, ""),
    ("https://open.spotify.com/lantern", 404, ""),
    ("https://open.spotify.com/track/0000000000000000000000", 404, ""),
]


async def test_unknown_links(ask: LinkClient) -> None:
    for url, status, location in UNKNOWN_LINKS:
        assert (await ask(url))[:2] == (status, location), (url, status, location)


async def test_only_get_and_head_are_allowed(ask: LinkClient) -> None:
    for method, status in (("HEAD", 307), ("POST", 405)):
        assert (await ask("https://spotify.link/lantern", method))[0] == status, method


# ---- secrets


async def test_requests_with_secrets_are_refused_and_recorded(ask: LinkClient) -> None:
    count = 0
    for host in ("spotify.link", "spotify.app.link", "open.spotify.com"):
        for header in ("Authorization", "Cookie", "Proxy_Authorization"):
            status, _, _ = await ask(f"https://{host}/s/lantern", **{header: "x"})
            assert status == 400, (host, header)
            leaks = ask.spotify.short_links.leaks
            assert leaks[-1].host == host, (host, header)
            assert len(leaks) == (count := count + 1), (host, header)


async def test_stored_cookies_are_sent_and_refused(ask: LinkClient) -> None:
    async with aiohttp.ClientSession(connector=ask.spotify.connector()) as http:
        for status in (307, 400):
            async with http.get("https://spotify.link/lantern", allow_redirects=False) as response:
                assert response.status == status


async def test_every_request_is_recorded(ask: LinkClient) -> None:
    await ask("https://spotify.link/lantern?x=1", Accept="*/*")
    await ask("https://spotify.app.link/lan%74ern", "HEAD")
    requests = ask.spotify.short_links.requests
    assert [
        (request.method, request.host, request.path, request.headers["user-agent"])
        for request in requests
    ] == [
        ("GET", "spotify.link", "/lantern", CURL_HEADERS["User-Agent"]),
        ("HEAD", "spotify.app.link", "/lantern", CURL_HEADERS["User-Agent"]),
    ]
    assert requests[0].url == "https://spotify.link/lantern?x=1"
    assert not ask.spotify.short_links.leaks


# ---- injected responses


REDIRECT_TARGETS = [
    "http://spotify.link/x",
    "https://evil.test/",
    "https://spotify.link@evil.test/",
    "//evil.test",
    "",
]


async def test_redirect_targets_are_sent_unchanged(ask: LinkClient) -> None:
    for target in REDIRECT_TARGETS:
        ask.spotify.short_links.responses["spotify.link", "/lantern"] = redirect_fault(target)
        assert (await ask("https://spotify.link/lantern"))[:2] == (307, target), target


async def test_chain_of_redirects(ask: LinkClient) -> None:
    for n in range(10):
        target = f"https://spotify.link/{n + 1}"
        ask.spotify.short_links.responses["spotify.link", f"/{n}"] = redirect_fault(target, 301)
    url = "https://spotify.link/0"
    while not url.endswith("/10"):
        status, url, _ = await ask(url)
        assert status == 301
    assert sum(fault.hits for fault in ask.spotify.short_links.responses.values()) == 10


async def test_client_may_leave_a_large_body_unread(ask: LinkClient) -> None:
    ask.spotify.short_links.responses["spotify.link", "/big"] = Fault(
        status=200, body=bytes(20_000_000)
    )
    async with ask.http.get("https://spotify.link/big", headers=CURL_HEADERS) as response:
        assert len(await response.content.read(1000)) <= 1000


async def test_stalled_responses_time_out(ask: LinkClient) -> None:
    faults = [
        Fault(action="stall", status=200),
        Fault(action="drip", status=200, body="x" * 100),
    ]
    for fault in faults:
        ask.spotify.short_links.responses["spotify.link", "/slow"] = fault
        with pytest.raises(TimeoutError):
            async with ask.http.get(
                "https://spotify.link/slow", timeout=aiohttp.ClientTimeout(total=0.1)
            ) as response:
                await response.read()
        assert fault.hits == 1, fault.action


async def test_used_up_fault_is_removed(ask: LinkClient) -> None:
    ask.spotify.short_links.responses["spotify.link", "/lantern"] = Fault(status=500)
    statuses = [(await ask("https://spotify.link/lantern"))[0] for _ in range(2)]
    assert statuses == [500, 307]


async def test_connection_reset(ask: LinkClient) -> None:
    ask.spotify.short_links.responses["spotify.link", "/x"] = Fault(action="reset", times=None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask("https://spotify.link/x")


# ---- name resolution


UNREACHABLE_URLS = [
    ("https://evil.test/", ("evil.test", 443)),
    ("https://accounts.spotify.com/", ("accounts.spotify.com", 443)),
    ("https://spotify.link.evil.test/", ("spotify.link.evil.test", 443)),
    ("https://localhost/", ("localhost", 443)),
    ("https://spotify.link:8443/", ("spotify.link", 8443)),
    ("http://spotify.link/", ("spotify.link", 80)),
]


async def test_other_hosts_cannot_be_reached(ask: LinkClient) -> None:
    for url, name in UNREACHABLE_URLS:
        with pytest.raises(aiohttp.ClientConnectorDNSError):
            await ask(url)
        assert ask.spotify.lookups.pop() == name, url


async def test_ip_addresses_need_no_lookup(ask: LinkClient) -> None:
    assert (await ask(f"{ask.spotify.api_url}/me"))[0] == 401
    assert (await ask(f"{ask.spotify.accounts_url}/authorize"))[0] == 400
    assert not ask.spotify.lookups


async def test_certificate_is_not_trusted_by_default(ask: LinkClient) -> None:
    await ask("https://spotify.link/lantern")
    default_context = ssl.create_default_context()
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await ask.http.get("https://spotify.link/lantern", ssl=default_context)
