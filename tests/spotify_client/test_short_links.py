"""Short links: only https, only Spotify's hosts, and no secrets in the requests."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from bot.errors.content import UnreadableLink
from bot.errors.spotify import SpotifyDown
from bot.spotify import Spotify
from bot.spotify.links import SHORT_HOSTS, LikedSongs, SearchLink
from bot.spotify.uris import Kind, Uri
from sandbox.clock import Clock
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify import redirect_fault
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import completes_within
from tests.spotify_client.write_cases import album_uri, track_uri

SHORT_HOST, APP_SHORT_HOST, OPEN_HOST = "spotify.link", "spotify.app.link", "open.spotify.com"
OLD_SHORT_HOST = "spoti.fi"
TRACK_ID = "4uLU6hMCjMI75M1A2tKUQC"
TRACK_URL = f"https://{OPEN_HOST}/track/{TRACK_ID}"


@pytest.fixture
async def http(fake: FakeSpotify) -> AsyncIterator[aiohttp.ClientSession]:
    """The bot's client; at the end, checks that it broke no rule."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=fake.connector(), cookie_jar=jar) as session:
        yield session
    assert fake.short_links.leaks == []
    assert {name for name, _ in fake.lookups} <= {
        SHORT_HOST,
        APP_SHORT_HOST,
        OPEN_HOST,
        OLD_SHORT_HOST,
    }
    assert {port for _, port in fake.lookups} <= {443}


def requested_addresses(fake: FakeSpotify) -> list[str]:
    """The requested URLs without their queries."""
    return [f"{visit.host}{visit.path}" for visit in fake.short_links.requests]


async def test_redirect_to_something_else_than_an_item_is_followed_or_named(
    fake: FakeSpotify, spotify: Spotify
) -> None:
    targets = fake.short_links.targets
    targets["liked"] = f"https://{OPEN_HOST}/collection/tracks"
    targets["search"] = f"https://{OPEN_HOST}/search/paper%20lantern"
    for name, target in (("liked", LikedSongs()), ("search", SearchLink("paper lantern"))):
        assert await spotify.resolve_links(f"https://{SHORT_HOST}/{name}") == [target]
    targets["jam"] = f"https://{OPEN_HOST}/socialsession/AbC"
    with pytest.raises(UnreadableLink) as refused:
        await spotify.resolve_links(f"https://{SHORT_HOST}/jam")
    assert "invites you to a Jam" in refused.value.message


@pytest.mark.parametrize(
    ("pasted", "hops"),
    [
        ("https://spotify.link/lantern", [f"{SHORT_HOST}/lantern", f"{APP_SHORT_HOST}/lantern"]),
        ("https://spotify.app.link/lantern", [f"{APP_SHORT_HOST}/lantern"]),
        ("https://open.spotify.com/s/lantern", [f"{OPEN_HOST}/s/lantern"]),
        ("http://spoti.fi/lantern", [f"{OLD_SHORT_HOST}/lantern"]),
        (
            "http://spotify.link/lantern?_p=1",
            [f"{SHORT_HOST}/lantern", f"{APP_SHORT_HOST}/lantern"],
        ),
        ("listen: spotify.app.link/lantern!", [f"{APP_SHORT_HOST}/lantern"]),
        ("HTTPS://SPOTIFY.APP.LINK:443/lantern", [f"{APP_SHORT_HOST}/lantern"]),
    ],
)
async def test_every_short_link_form_resolves(
    fake: FakeSpotify, spotify: Spotify, pasted: str, hops: list[str]
) -> None:
    assert await spotify.resolve_links(pasted) == [track_uri(fake, 0)]
    assert requested_addresses(fake) == hops
    assert {visit.method for visit in fake.short_links.requests} == {"GET"}


async def test_links_resolve_in_order_up_to_limit(fake: FakeSpotify, spotify: Spotify) -> None:
    fake.short_links.targets["mole"] = album_uri(fake).link
    text = f"https://spotify.link/mole {TRACK_URL} https://spotify.app.link/lantern"
    assert await spotify.resolve_links(text, max_links=2) == [
        album_uri(fake),
        Uri(Kind.TRACK, TRACK_ID),
    ]
    assert f"{APP_SHORT_HOST}/lantern" not in requested_addresses(fake)
    assert await spotify.resolve_links(text) == [
        album_uri(fake),
        Uri(Kind.TRACK, TRACK_ID),
        track_uri(fake, 0),
    ]
    assert await spotify.resolve_links("words alone") == []


@pytest.mark.parametrize(
    "page",
    [
        f'<meta property="og:url" content="{TRACK_URL}?si=a&amp;_branch_match_id=1">',
        f'<script>window.top.location = "{TRACK_URL}?si=a";</script>',
        f'<script>location = "{TRACK_URL}";</script>'.replace("/", "\\/"),
        f'<a href="spotify:track:{TRACK_ID}">open</a> <a href="{TRACK_URL}">or here</a>',
        f'<a href="https://apps.apple.com/x">the app</a><a href="{TRACK_URL}">song</a>',
        f'<a href="/download">the app</a>\xff\x00<a href="{TRACK_URL}">'.encode("latin-1"),
    ],
)
async def test_html_page_is_parsed(fake: FakeSpotify, spotify: Spotify, page: str | bytes) -> None:
    fake.short_links.responses[APP_SHORT_HOST, "/x"] = Fault(status=200, body=page)
    assert await spotify.resolve_links("https://spotify.app.link/x") == [Uri(Kind.TRACK, TRACK_ID)]


async def test_redirect_to_a_part_of_an_item_leads_to_it(
    fake: FakeSpotify, spotify: Spotify
) -> None:
    fake.short_links.targets["mole"] = f"{album_uri(fake).link}/discography/all"
    fake.short_links.targets["minute"] = f"https://{OPEN_HOST}/episode/{TRACK_ID}?t=61"
    fake.short_links.targets["song"] = f"{album_uri(fake).link}?highlight=spotify:track:{TRACK_ID}"
    for name, uri, start_ms in (
        ("mole", album_uri(fake), 0),
        ("minute", Uri(Kind.EPISODE, TRACK_ID), 61_000),
        ("song", Uri(Kind.TRACK, TRACK_ID), 0),
    ):
        (found,) = await spotify.resolve_links(f"https://spotify.link/{name}")
        assert isinstance(found, Uri)
        assert (found, found.start_ms) == (uri, start_ms), name


async def test_ambiguous_page_is_not_resolved(fake: FakeSpotify, spotify: Spotify) -> None:
    page = f'<a href="{TRACK_URL}">one</a><a href="{album_uri(fake).link}">two</a>'
    fake.short_links.responses[APP_SHORT_HOST, "/x"] = Fault(status=200, body=page)
    with pytest.raises(UnreadableLink):
        await spotify.resolve_links("https://spotify.app.link/x")


@pytest.mark.parametrize(("hops", "arrives"), [(1, True), (5, True), (6, False)])
async def test_at_most_five_redirects(
    fake: FakeSpotify, spotify: Spotify, hops: int, arrives: bool
) -> None:
    for hop in range(1, hops + 1):
        host = SHORT_HOSTS[hop % 2]
        further = f"https://{SHORT_HOSTS[(hop + 1) % 2]}/h{hop + 1}" if hop < hops else TRACK_URL
        fake.short_links.responses[host, f"/h{hop}"] = redirect_fault(further)
    pasted = f"https://{SHORT_HOSTS[1]}/h1"
    if arrives:
        assert await spotify.resolve_links(pasted) == [Uri(Kind.TRACK, TRACK_ID)]
    else:
        with pytest.raises(UnreadableLink):
            await spotify.resolve_links(pasted)
    assert len(fake.short_links.requests) == min(hops, 5)


@pytest.mark.parametrize(
    "location",
    [
        "https://spotify.link/x",
        "",
        "?",
        "https://evil.test/track/4uLU6hMCjMI75M1A2tKUQC",
        f"https://evil.test/?to={TRACK_URL}",
        f"https://evil.test/#{TRACK_URL}",
        f"https://{OPEN_HOST}@evil.test/track/{TRACK_ID}",
        f"https://{OPEN_HOST}:pass@{SHORT_HOST}/track/{TRACK_ID}",
        f"https://{SHORT_HOST}:8443/y",
        f"https://{SHORT_HOST}:0/y",
        f"https://{SHORT_HOST}.evil.test/y",
        f"https://{OPEN_HOST}\\.evil.test/track/{TRACK_ID}",
        f"https://{OPEN_HOST}\\@evil.test/track/{TRACK_ID}",
        f"https://evil.test\\@{SHORT_HOST}/y",
        f"//evil.test/track/{TRACK_ID}",
        "http://127.0.0.1/y",
        "http://[::1]/y",
        "http://[::1/y",
        f"ftp://{SHORT_HOST}/y",
        f"file:///{SHORT_HOST}/y",
        "javascript:alert(1)",
        "data:text/html,x",
        f"https://{OPEN_HOST}/user/ada",
        f"https://{OPEN_HOST}/track/{TRACK_ID}x",
        "https://www.spotify.com/download",
        f"https://{SHORT_HOST}/../../y",
        f"https://{SHORT_HOST}/%2e%2e/y",
        f"https://{SHORT_HOST}/{'y' * 65}",
        f"https://{SHORT_HOST}/{'y' * 5000}",
        "\xff\xfe",
    ],
)
async def test_unsafe_redirects_are_rejected(
    fake: FakeSpotify, spotify: Spotify, location: str
) -> None:
    """The fixture checks at its end that nothing else was resolved or requested."""
    fake.short_links.responses[SHORT_HOST, "/x"] = redirect_fault(location)
    with pytest.raises((UnreadableLink, SpotifyDown)):
        await spotify.resolve_links("https://spotify.link/x")
    assert set(requested_addresses(fake)) == {f"{SHORT_HOST}/x"}


@pytest.mark.parametrize(
    ("location", "hop"),
    [
        (f"http://{APP_SHORT_HOST}/y", APP_SHORT_HOST),
        (f"//{APP_SHORT_HOST}/y", APP_SHORT_HOST),
        ("/y", SHORT_HOST),
    ],
)
async def test_redirect_to_short_link_uses_https(
    fake: FakeSpotify, spotify: Spotify, location: str, hop: str
) -> None:
    fake.short_links.responses[SHORT_HOST, "/x"] = redirect_fault(location)
    fake.short_links.responses[hop, "/y"] = redirect_fault(
        f"http://{OPEN_HOST}/intl-de/track/{TRACK_ID}?si=x"
    )
    assert await spotify.resolve_links("https://spotify.link/x") == [Uri(Kind.TRACK, TRACK_ID)]
    assert [visit.url for visit in fake.short_links.requests][1:] == [f"https://{hop}/y"]


@pytest.mark.parametrize("host", ["spotify.link", "spotify.app.link", "open.spotify.com/s"])
async def test_unknown_short_link_is_dead(spotify: Spotify, host: str) -> None:
    with pytest.raises(UnreadableLink, match="nowhere"):
        await spotify.resolve_links(f"https://{host}/never")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=200, body=bytes(20_000_000)),
        Fault(
            status=200, body=gzip.compress(bytes(1_000_000)), headers={"Content-Encoding": "gzip"}
        ),
        Fault(status=200, body="{" * 20, headers={"Content-Encoding": "gzip"}),
        Fault(action="reset"),
        Fault(status=429, headers={"Retry-After": "1"}),
        Fault(status=500),
        Fault(status=503, body=TRACK_URL),
    ],
    ids=["huge", "bomb", "no gzip", "reset", "429", "500", "503"],
)
async def test_failure_raises_spotify_down_and_is_not_cached(
    fake: FakeSpotify, spotify: Spotify, fault: Fault
) -> None:
    fake.short_links.responses[SHORT_HOST, "/lantern"] = replace(fault)
    with pytest.raises(SpotifyDown) as down:
        await spotify.resolve_links("https://spotify.link/lantern")
    # It is the short link that fails, which may be another company's.
    assert "I can’t follow that short link" in down.value.message
    assert await spotify.resolve_links("https://spotify.link/lantern") == [track_uri(fake, 0)]


@pytest.mark.parametrize(
    "fault",
    [Fault(action="stall"), Fault(action="drip", status=200, body="x" * 100)],
    ids=["stall", "drip"],
)
async def test_resolution_ends_at_command_deadline(
    fake: FakeSpotify, make_client: ClientFactory, fault: Fault
) -> None:
    fake.short_links.responses[SHORT_HOST, "/x"] = replace(fault)
    with completes_within(0.3), pytest.raises(SpotifyDown):
        await make_client(within=0.3).resolve_links(
            "https://spotify.link/x https://spotify.link/lantern"
        )


# ---- kept


async def test_resolved_link_is_cached(
    fake: FakeSpotify, make_client: ClientFactory, clock: Clock
) -> None:
    ada = make_client("ada")
    grace = make_client("grace", transport=make_client.transport)
    for who in (ada, grace, ada):
        assert await who.resolve_links("https://spotify.link/lantern") == [track_uri(fake, 0)]
    assert len(requested_addresses(fake)) == 2
    clock.advance(601)
    await ada.resolve_links("https://spotify.link/lantern")
    assert len(requested_addresses(fake)) == 4


async def test_concurrent_lookups_share_one_request(fake: FakeSpotify, spotify: Spotify) -> None:
    pasting = [spotify.resolve_links("https://spotify.link/lantern") for _ in range(5)]
    assert await asyncio.gather(*pasting) == [[track_uri(fake, 0)]] * 5
    assert len(requested_addresses(fake)) == 2
    assert fake.calls == []
