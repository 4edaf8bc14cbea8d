"""The pretend short links: where each leads whom, and what is never told there."""

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
    """A client on the bot's way out, which follows nothing by itself."""

    def __init__(self, spotify: Spotify, http: aiohttp.ClientSession) -> None:
        self.spotify = spotify
        self.http = http

    async def __call__(self, url: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
        """Status, Location and body."""
        asking = self.http.request(
            method,
            URL(url, encoded=True),
            headers=CURL_HEADERS
            | {name.replace("_", "-"): value for name, value in headers.items()},
            allow_redirects=False,
        )
        async with asking as answer:
            return answer.status, answer.headers.get("Location", ""), await answer.text()


@pytest.fixture(name="ask")
async def _ask() -> AsyncIterator[LinkClient]:
    async with Spotify(Clock()) as spotify:
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=spotify.connector(), cookie_jar=jar) as http:
            yield LinkClient(spotify, http)


async def test_a_short_link_leads_to_its_song_in_two_steps(ask: LinkClient) -> None:
    song = f"https://open.spotify.com/track/{ask.spotify.catalogue.regular_tracks[0].id}"
    status, further, _ = await ask("https://spotify.link/lantern")
    assert status == 307
    assert further.startswith("https://spotify.app.link/lantern?_p=")
    status, end, _ = await ask(further)
    assert status == 307
    assert re.fullmatch(rf"{song}\?si=\w+&_branch_match_id=\d+", end)


async def test_a_browser_gets_a_page_instead(ask: LinkClient) -> None:
    ask.spotify.short_links.targets["odd"] = 'https://open.spotify.com/album/x?a="</script>'
    status, location, page = await ask("https://spotify.app.link/odd", User_Agent="Mozilla/5.0")
    assert (status, location) == (200, "")
    assert 'content="https://open.spotify.com/album/x?a=&quot;&lt;/script&gt;&amp;si=' in page
    assert r'= "https://open.spotify.com/album/x?a=\"\u003c/script>&si=' in page


async def test_the_newer_form(ask: LinkClient) -> None:
    answers = [await ask("https://open.spotify.com/s/lantern") for _ in range(20)]
    assert {status for status, _, _ in answers} == {302, 307}
    assert len({end for _, end, _ in answers}) == 1
    assert answers[0][1].startswith("https://open.spotify.com/track/")


@pytest.mark.parametrize(
    ("url", "status", "location"),
    [
        ("https://spotify.link/never", 404, ""),
        ("https://spotify.link/", 404, ""),
        ("https://spotify.link/lantern/more", 404, ""),
        ("https://spotify.app.link/never", 307, DOWNLOAD_URL),
        ("https://spotify.app.link/", 404, ""),
        ("https://open.spotify.com/s/never", 404, ""),
        ("https://open.spotify.com/lantern", 404, ""),
        ("https://open.spotify.com/track/0000000000000000000000", 404, ""),
    ],
)
async def test_what_there_is_not(ask: LinkClient, url: str, status: int, location: str) -> None:
    assert (await ask(url))[:2] == (status, location)


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_looking_and_no_more(ask: LinkClient, method: str) -> None:
    assert (await ask("https://spotify.link/lantern", method))[0] == {"HEAD": 307}.get(method, 405)


# ---- secrets


@pytest.mark.parametrize("header", ["Authorization", "Cookie", "Proxy_Authorization"])
@pytest.mark.parametrize("host", ["spotify.link", "spotify.app.link", "open.spotify.com"])
async def test_a_secret_is_refused_and_remembered(ask: LinkClient, host: str, header: str) -> None:
    assert (await ask(f"https://{host}/s/lantern", **{header: "x"}))[0] == 400
    assert [visit.host for visit in ask.spotify.short_links.leaks] == [host]


async def test_cookies_that_were_kept_come_to_light(ask: LinkClient) -> None:
    async with aiohttp.ClientSession(connector=ask.spotify.connector()) as keeping:
        for status in (307, 400):
            async with keeping.get("https://spotify.link/lantern", allow_redirects=False) as answer:
                assert answer.status == status


async def test_every_visit_is_written_down(ask: LinkClient) -> None:
    await ask("https://spotify.link/lantern?x=1", Accept="*/*")
    await ask("https://spotify.app.link/lan%74ern", "HEAD")
    visits = ask.spotify.short_links.requests
    told = [(one.method, one.host, one.path, one.headers["user-agent"]) for one in visits]
    assert told == [
        ("GET", "spotify.link", "/lantern", CURL_HEADERS["User-Agent"]),
        ("HEAD", "spotify.app.link", "/lantern", CURL_HEADERS["User-Agent"]),
    ]
    assert visits[0].url == "https://spotify.link/lantern?x=1"
    assert not ask.spotify.short_links.leaks


# ---- what a test orders


@pytest.mark.parametrize(
    "target",
    [
        "http://spotify.link/x",
        "https://evil.test/",
        "https://spotify.link@evil.test/",
        "//evil.test",
        "",
    ],
)
async def test_a_hop_leads_anywhere_to_the_letter(ask: LinkClient, target: str) -> None:
    ask.spotify.short_links.responses["spotify.link", "/lantern"] = redirect_fault(target)
    assert (await ask("https://spotify.link/lantern"))[:2] == (307, target)


async def test_a_chain_of_hops(ask: LinkClient) -> None:
    for n in range(10):
        target = f"https://spotify.link/{n + 1}"
        ask.spotify.short_links.responses["spotify.link", f"/{n}"] = redirect_fault(target, 301)
    url = "https://spotify.link/0"
    while not url.endswith("/10"):
        status, url, _ = await ask(url)
        assert status == 301
    assert sum(hop.hits for hop in ask.spotify.short_links.responses.values()) == 10


async def test_twenty_megabytes(ask: LinkClient) -> None:
    ask.spotify.short_links.responses["spotify.link", "/big"] = Fault(
        status=200, body=bytes(20_000_000)
    )
    asking = ask.http.get("https://spotify.link/big", headers=CURL_HEADERS)
    async with asking as answer:
        assert len(await answer.content.read(1000)) <= 1000  # and leaves


@pytest.mark.parametrize("act", ["stall", "drip"])
async def test_what_never_ends(ask: LinkClient, act: str) -> None:
    hop = Fault(action="stall" if act == "stall" else "drip", status=200, body="x" * 100)
    ask.spotify.short_links.responses["spotify.link", "/slow"] = hop
    with pytest.raises(TimeoutError):
        async with ask.http.get(
            "https://spotify.link/slow", timeout=aiohttp.ClientTimeout(total=0.1)
        ) as answer:
            await answer.read()
    assert hop.hits == 1


async def test_a_hop_that_is_spent_is_forgotten(ask: LinkClient) -> None:
    ask.spotify.short_links.responses["spotify.link", "/lantern"] = Fault(status=500)
    statuses = [(await ask("https://spotify.link/lantern"))[0] for _ in range(2)]
    assert statuses == [500, 307]


async def test_a_reset(ask: LinkClient) -> None:
    ask.spotify.short_links.responses["spotify.link", "/x"] = Fault(action="reset", times=None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask("https://spotify.link/x")


# ---- the way there


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://evil.test/", ("evil.test", 443)),
        ("https://accounts.spotify.com/", ("accounts.spotify.com", 443)),
        ("https://spotify.link.evil.test/", ("spotify.link.evil.test", 443)),
        ("https://localhost/", ("localhost", 443)),
        ("https://spotify.link:8443/", ("spotify.link", 8443)),
        ("http://spotify.link/", ("spotify.link", 80)),
    ],
)
async def test_nobody_else_is_there(ask: LinkClient, url: str, asked: tuple[str, int]) -> None:
    with pytest.raises(aiohttp.ClientConnectorDNSError):
        await ask(url)
    assert ask.spotify.lookups == [asked]


async def test_addresses_in_digits_are_reached_as_ever(ask: LinkClient) -> None:
    assert (await ask(f"{ask.spotify.api_url}/me"))[0] == 401
    assert (await ask(f"{ask.spotify.accounts_url}/authorize"))[0] == 400
    assert not ask.spotify.lookups


async def test_nobody_else_believes_its_certificate(ask: LinkClient) -> None:
    await ask("https://spotify.link/lantern")
    usual = ssl.create_default_context()
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await ask.http.get("https://spotify.link/lantern", ssl=usual)
