"""Empty, partial and unreadable responses: each raises one error of ours."""

from __future__ import annotations

from contextlib import suppress

import pytest

from bot.errors.spotify import OutcomeUnknown, QuotaExceeded, RateLimited, SpotifyDown, SpotifyError
from bot.spotify import Spotify
from bot.spotify.uris import Kind
from sandbox.fault_injection import Fault as Order
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import READ_CALLS, any_uri, collect
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import FixedRandom, completes_within

DEEPLY_NESTED_JSON = b"[" * 5000
PAGE_TEMPLATE = b'{"items": [%s], "total": 3}'


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><title>Spotify</title>Sorry",
        b"Too many requests",
        b"null",
        b"[]",
        b"17",
        b'"me"',
        b"{",
        b'{"items": [',
        b"\xff\xfe{}",
        b"\x00" * 100,
        b'{"a": %s' % DEEPLY_NESTED_JSON,
        b"[%s" % DEEPLY_NESTED_JSON,
        b'{"items": 1, "devices": 1, "artists": 1, "queue": 1, "is_playing": 1, "id": 1, '
        b'"tracks": 1, "item": 1, "name": 1}',
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_unreadable_response_raises_spotify_down(
    fake: FakeSpotify, make_client: ClientFactory, body: bytes
) -> None:
    fake.faults.add(Order("GET", "answer", 200, body, times=None))
    for read in READ_CALLS.values():
        with pytest.raises(SpotifyDown):
            await read(make_client(rng=FixedRandom()), fake)


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_empty_body_is_valid_only_for_player_and_with_status_204(
    fake: FakeSpotify, make_client: ClientFactory, status: int
) -> None:
    fake.faults.add(Order("GET", "answer", status, times=None))
    for name, read in READ_CALLS.items():
        if name == "player.state" and status == 204:
            assert await read(make_client(), fake) is None
        else:
            with pytest.raises(SpotifyDown):
                await read(make_client(rng=FixedRandom()), fake)


@pytest.mark.parametrize("kept", [0.5, 0.999])
async def test_truncated_response_raises(
    fake: FakeSpotify, make_client: ClientFactory, kept: float
) -> None:
    reads = dict(READ_CALLS)
    reads["playlists.items"] = lambda s, p: collect(s.playlists.items(any_uri(p, Kind.PLAYLIST)))
    reads["playlists.raw_items"] = lambda s, p: collect(
        s.playlists.raw_items(any_uri(p, Kind.PLAYLIST))
    )
    for read in reads.values():
        await read(make_client(), fake)
    answers = {
        exchange.path: exchange.response_body
        for exchange in fake.traffic.exchanges
        if exchange.response_body
    }
    assert len(answers) > len([name for name in READ_CALLS if ".raw" not in name])
    for path, body in answers.items():
        half = body[: int((len(body) - 1) * kept)]
        fake.faults.add(Order(f"GET {path}$", "answer", 200, half, times=None))
    for read in reads.values():
        with pytest.raises(SpotifyDown):
            await read(make_client(rng=FixedRandom()), fake)


@pytest.mark.parametrize(
    "inside",
    [
        b'{"type": "track", "name": "\xff"}',
        b'{"a": %s%s}' % (DEEPLY_NESTED_JSON, b"]" * 5000),
        b"{}",
        b"7",
    ],
    ids=["no text", "deep", "empty", "number"],
)
async def test_unreadable_fields_do_not_fail_later(
    fake: FakeSpotify, make_client: ClientFactory, inside: bytes
) -> None:
    """Some parts are decoded only on access."""
    spotify = make_client(rng=FixedRandom())
    body = b'{"item": %s, "queue": [%s], "currently_playing": %s}' % (inside, inside, inside)
    fake.faults.add(Order("me/player", "answer", 200, body, times=None))
    fake.faults.add(
        Order("items", "answer", 200, PAGE_TEMPLATE % (b'{"item": %s}' % inside), times=None)
    )
    with suppress(SpotifyError):
        state = await spotify.player.state()
        assert state is None or state.item is None or state.item.uri is None
    with suppress(SpotifyError):
        queued = await spotify.player.get_queue()
        assert [item.uri for item in (queued.current, *queued.upcoming) if item and item.uri] == []
    with suppress(SpotifyError):
        async for entry in spotify.playlists.items(any_uri(fake, Kind.PLAYLIST)):
            assert entry is None or entry.item is None or entry.item.uri is None


async def test_successful_write_needs_no_readable_body(fake: FakeSpotify, spotify: Spotify) -> None:
    fake.faults.add(Order("POST", "answer", 200, DEEPLY_NESTED_JSON, runs_first=True, times=None))
    await spotify.player.next()
    with pytest.raises(OutcomeUnknown):
        await spotify.playlists.create("Ropes")
    assert len(fake.calls) == 2


# ---- refusals that are none


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("599", 599),
        ("", 5),
        ("-1", 5),
        ("5.5", 5),
        ("nan", 5),
        ("inf", 5),
        ("1e9", 5),
        ("9" * 400, 5),
        ("7, 8", 5),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 5),
        ("²", 5),
        ("٣", 5),
    ],
)
async def test_rate_limit_always_has_valid_wait(
    fake: FakeSpotify, make_client: ClientFactory, given: str, seconds: float
) -> None:
    fake.faults.add(Order("", "answer", 429, headers={"Retry-After": given}, times=None))
    with completes_within(0), pytest.raises(RateLimited) as limited:
        await make_client(within=0.9).profile.me()
    assert limited.value.retry_after == pytest.approx(seconds, abs=0.5)
    assert not isinstance(limited.value, QuotaExceeded)
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b'{"error": "x"}',
        b'{"error": {"message": 3}}',
        b'{"error": %s' % DEEPLY_NESTED_JSON,
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_every_status_maps_to_an_error(
    fake: FakeSpotify, make_client: ClientFactory, body: bytes
) -> None:
    statuses = {*range(300, 320), *range(400, 452), *range(499, 512), 599, 999} - {304, 401, 429}
    for status in statuses:
        fake.faults.clear()
        fake.faults.add(Order("", "answer", status, body, times=None))
        with pytest.raises(SpotifyError):
            await make_client(rng=FixedRandom()).player.next()
    assert len(fake.calls) == len(statuses)
