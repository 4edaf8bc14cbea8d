"""Short links are followed by https, to Spotify's hosts alone, and without a word about anybody."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from bot.errors import SpotifyDown, UnreadableLink
from bot.spotify import Spotify
from bot.spotify.uris import SHORT_HOSTS, Uri
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify import redirect

from .clients import Clients
from .wire import within
from .writes import album, song

LINK, APP_LINK, OPEN = "spotify.link", "spotify.app.link", "open.spotify.com"
ID = "4uLU6hMCjMI75M1A2tKUQC"
ITEM = f"https://{OPEN}/track/{ID}"


@pytest.fixture
async def http(pretend: Pretend) -> AsyncIterator[aiohttp.ClientSession]:
    """The bot's way out; nothing that it may never do was done at the end."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=pretend.connector(), cookie_jar=jar) as session:
        yield session
    assert pretend.short_recording.leaks == []
    assert {name for name, _ in pretend.lookups} <= {LINK, APP_LINK, OPEN}
    assert {port for _, port in pretend.lookups} <= {443}


def asked(pretend: Pretend) -> list[str]:
    """Where it was, without the queries."""
    return [f"{visit.host}{visit.path}" for visit in pretend.short_recording.visits]


@pytest.mark.parametrize(
    ("pasted", "hops"),
    [
        ("https://spotify.link/lantern", [f"{LINK}/lantern", f"{APP_LINK}/lantern"]),
        ("https://spotify.app.link/lantern", [f"{APP_LINK}/lantern"]),
        ("https://open.spotify.com/s/lantern", [f"{OPEN}/s/lantern"]),
        ("http://spotify.link/lantern?_p=1", [f"{LINK}/lantern", f"{APP_LINK}/lantern"]),
        ("listen: spotify.app.link/lantern!", [f"{APP_LINK}/lantern"]),
        ("HTTPS://SPOTIFY.APP.LINK:443/lantern", [f"{APP_LINK}/lantern"]),
    ],
)
async def test_every_form_leads_to_the_song(
    pretend: Pretend, spotify: Spotify, pasted: str, hops: list[str]
) -> None:
    assert await spotify.pasted(pasted) == [song(pretend, 0)]
    assert asked(pretend) == hops
    assert {visit.method for visit in pretend.short_recording.visits} == {"GET"}


async def test_several_come_in_order_and_no_more_than_wanted(
    pretend: Pretend, spotify: Spotify
) -> None:
    pretend.short_links["mole"] = album(pretend).link
    text = f"https://spotify.link/mole {ITEM} https://spotify.app.link/lantern"
    assert await spotify.pasted(text, most=2) == [album(pretend), Uri("track", ID)]
    assert f"{APP_LINK}/lantern" not in asked(pretend)
    assert await spotify.pasted(text) == [album(pretend), Uri("track", ID), song(pretend, 0)]
    assert await spotify.pasted("words alone") == []


@pytest.mark.parametrize(
    "page",
    [
        f'<meta property="og:url" content="{ITEM}?si=a&amp;_branch_match_id=1">',
        f'<script>window.top.location = "{ITEM}?si=a";</script>',
        f'<script>location = "{ITEM}";</script>'.replace("/", "\\/"),
        f'<a href="spotify:track:{ID}">open</a> <a href="{ITEM}">or here</a>',
        f'<a href="https://apps.apple.com/x">the app</a><a href="{ITEM}">song</a>',
        f'<a href="/download">the app</a>\xff\x00<a href="{ITEM}">'.encode("latin-1"),
    ],
)
async def test_a_page_for_browsers_is_read(
    pretend: Pretend, spotify: Spotify, page: str | bytes
) -> None:
    pretend.short_hops[APP_LINK, "/x"] = Fault(status=200, body=page)
    assert await spotify.pasted("https://spotify.app.link/x") == [Uri("track", ID)]


async def test_a_page_that_leads_to_two_things_is_no_guess(
    pretend: Pretend, spotify: Spotify
) -> None:
    page = f'<a href="{ITEM}">one</a><a href="{album(pretend).link}">two</a>'
    pretend.short_hops[APP_LINK, "/x"] = Fault(status=200, body=page)
    with pytest.raises(UnreadableLink):
        await spotify.pasted("https://spotify.app.link/x")


@pytest.mark.parametrize(("hops", "arrives"), [(1, True), (5, True), (6, False)])
async def test_five_hops_are_enough(
    pretend: Pretend, spotify: Spotify, hops: int, arrives: bool
) -> None:
    for hop in range(1, hops + 1):
        host = SHORT_HOSTS[hop % 2]
        further = f"https://{SHORT_HOSTS[(hop + 1) % 2]}/h{hop + 1}" if hop < hops else ITEM
        pretend.short_hops[host, f"/h{hop}"] = redirect(further)
    pasted = f"https://{SHORT_HOSTS[1]}/h1"
    if arrives:
        assert await spotify.pasted(pasted) == [Uri("track", ID)]
    else:
        with pytest.raises(UnreadableLink):
            await spotify.pasted(pasted)
    assert len(pretend.short_recording.visits) == min(hops, 5)


@pytest.mark.parametrize(
    "location",
    [
        "https://spotify.link/x",
        "",
        "?",
        "https://evil.test/track/4uLU6hMCjMI75M1A2tKUQC",
        f"https://evil.test/?to={ITEM}",
        f"https://evil.test/#{ITEM}",
        f"https://{OPEN}@evil.test/track/{ID}",
        f"https://{OPEN}:pass@{LINK}/track/{ID}",
        f"https://{LINK}:8443/y",
        f"https://{LINK}:0/y",
        f"https://{LINK}.evil.test/y",
        f"https://{OPEN}\\.evil.test/track/{ID}",
        f"https://{OPEN}\\@evil.test/track/{ID}",
        f"https://evil.test\\@{LINK}/y",
        f"//evil.test/track/{ID}",
        "http://127.0.0.1/y",
        "http://[::1]/y",
        "http://[::1/y",
        f"ftp://{LINK}/y",
        f"file:///{LINK}/y",
        "javascript:alert(1)",
        "data:text/html,x",
        f"https://{OPEN}/user/ada",
        f"https://{OPEN}/track/{ID}x",
        "https://www.spotify.com/download",
        f"https://{LINK}/../../y",
        f"https://{LINK}/%2e%2e/y",
        f"https://{LINK}/{'y' * 65}",
        f"https://{LINK}/{'y' * 5000}",
        "\xff\xfe",
    ],
)
async def test_no_redirect_leads_astray(pretend: Pretend, spotify: Spotify, location: str) -> None:
    """Whatever else was looked up or said would show in the fixture's last lines."""
    pretend.short_hops[LINK, "/x"] = redirect(location)
    with pytest.raises((UnreadableLink, SpotifyDown)):
        await spotify.pasted("https://spotify.link/x")
    assert set(asked(pretend)) == {f"{LINK}/x"}


@pytest.mark.parametrize(
    ("location", "hop"),
    [(f"http://{APP_LINK}/y", APP_LINK), (f"//{APP_LINK}/y", APP_LINK), ("/y", LINK)],
)
async def test_what_leads_to_another_short_link_is_asked_by_https(
    pretend: Pretend, spotify: Spotify, location: str, hop: str
) -> None:
    pretend.short_hops[LINK, "/x"] = redirect(location)
    pretend.short_hops[hop, "/y"] = redirect(f"http://{OPEN}/intl-de/track/{ID}?si=x")
    assert await spotify.pasted("https://spotify.link/x") == [Uri("track", ID)]
    assert [visit.url for visit in pretend.short_recording.visits][1:] == [f"https://{hop}/y"]


@pytest.mark.parametrize("host", ["spotify.link", "spotify.app.link", "open.spotify.com/s"])
async def test_an_unknown_id_is_a_link_that_leads_nowhere(spotify: Spotify, host: str) -> None:
    with pytest.raises(UnreadableLink, match="nowhere"):
        await spotify.pasted(f"https://{host}/never")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=200, body=bytes(20_000_000)),
        Fault(
            status=200, body=gzip.compress(bytes(1_000_000)), headers={"Content-Encoding": "gzip"}
        ),
        Fault(status=200, body="{" * 20, headers={"Content-Encoding": "gzip"}),
        Fault(act="reset"),
        Fault(status=429, headers={"Retry-After": "1"}),
        Fault(status=500),
        Fault(status=503, body=ITEM),
    ],
    ids=["huge", "bomb", "no gzip", "reset", "429", "500", "503"],
)
async def test_trouble_is_spotifys_and_is_not_kept(
    pretend: Pretend, spotify: Spotify, fault: Fault
) -> None:
    pretend.short_hops[LINK, "/lantern"] = replace(fault)
    with pytest.raises(SpotifyDown):
        await spotify.pasted("https://spotify.link/lantern")
    assert await spotify.pasted("https://spotify.link/lantern") == [song(pretend, 0)]


@pytest.mark.parametrize(
    "fault",
    [Fault(act="stall"), Fault(act="drip", status=200, body="x" * 100)],
    ids=["stall", "drip"],
)
async def test_it_ends_with_the_command(pretend: Pretend, client: Clients, fault: Fault) -> None:
    pretend.short_hops[LINK, "/x"] = replace(fault)
    with within(0.3), pytest.raises(SpotifyDown):
        await client(within=0.3).pasted("https://spotify.link/x https://spotify.link/lantern")


# ---- kept


async def test_the_second_time_nobody_is_asked(
    pretend: Pretend, client: Clients, clock: Clock
) -> None:
    ada = client("ada")
    grace = client("grace", transport=client.transport)
    for who in (ada, grace, ada):
        assert await who.pasted("https://spotify.link/lantern") == [song(pretend, 0)]
    assert len(asked(pretend)) == 2
    clock.advance(601)
    await ada.pasted("https://spotify.link/lantern")
    assert len(asked(pretend)) == 4


async def test_those_who_ask_at_once_ask_together(pretend: Pretend, spotify: Spotify) -> None:
    pasting = [spotify.pasted("https://spotify.link/lantern") for _ in range(5)]
    assert await asyncio.gather(*pasting) == [[song(pretend, 0)]] * 5
    assert len(asked(pretend)) == 2
    assert pretend.calls == []
