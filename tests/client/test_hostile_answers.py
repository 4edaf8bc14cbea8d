"""Answers that say nothing, half of something, or what nobody can read: each one named fault."""

from __future__ import annotations

from contextlib import suppress

import pytest

from bot.errors import OutcomeUnknown, QuotaExceeded, SpotifyDown, SpotifyFault, TooManyCalls
from bot.spotify import Spotify
from sandbox.faults import Fault as Order
from sandbox.spotify import Spotify as Pretend

from .calls import READS, one_of, whole
from .clients import Clients
from .wire import Dice, within

DEEP = b"[" * 5000
PAGE = b'{"items": [%s], "total": 3}'


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
        b'{"a": %s' % DEEP,
        b"[%s" % DEEP,
        b'{"items": 1, "devices": 1, "artists": 1, "queue": 1, "is_playing": 1, "id": 1, '
        b'"tracks": 1, "item": 1, "name": 1}',
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_what_is_no_answer_is_spotifys_trouble(
    pretend: Pretend, client: Clients, body: bytes
) -> None:
    pretend.faults.add(Order("GET", "answer", 200, body, times=None))
    for read in READS.values():
        with pytest.raises(SpotifyDown):
            await read(client(chance=Dice()), pretend)


@pytest.mark.parametrize("status", [200, 204])
async def test_nothing_at_all_is_an_answer_of_the_player_alone(
    pretend: Pretend, client: Clients, status: int
) -> None:
    pretend.faults.add(Order("GET", "answer", status, times=None))
    for name, read in READS.items():
        if name == "player.state":
            await read(client(), pretend)
        else:
            with pytest.raises(SpotifyDown):
                await read(client(chance=Dice()), pretend)


@pytest.mark.parametrize("kept", [0.5, 0.999])
async def test_half_of_an_answer_is_none(pretend: Pretend, client: Clients, kept: float) -> None:
    reads = dict(READS)
    reads["playlists.items"] = lambda s, p: whole(s.playlists.items(one_of(p, "playlist")))
    for read in reads.values():
        await read(client(), pretend)
    answers = {
        one.path: one.response_body for one in pretend.recording.exchanges if one.response_body
    }
    assert len(answers) > len(READS)
    for path, body in answers.items():
        half = body[: int((len(body) - 1) * kept)]
        pretend.faults.add(Order(f"GET {path}$", "answer", 200, half, times=None))
    for read in reads.values():
        with pytest.raises(SpotifyDown):
            await read(client(chance=Dice()), pretend)


@pytest.mark.parametrize(
    "inside",
    [b'{"type": "track", "name": "\xff"}', b'{"a": %s%s}' % (DEEP, b"]" * 5000), b"{}", b"7"],
    ids=["no text", "deep", "empty", "number"],
)
async def test_what_is_unreadable_within_an_answer_is_no_surprise_later(
    pretend: Pretend, client: Clients, inside: bytes
) -> None:
    """Some parts are read only when they are asked for."""
    spotify = client(chance=Dice())
    body = b'{"item": %s, "queue": [%s], "currently_playing": %s}' % (inside, inside, inside)
    pretend.faults.add(Order("me/player", "answer", 200, body, times=None))
    pretend.faults.add(Order("items", "answer", 200, PAGE % (b'{"item": %s}' % inside), times=None))
    with suppress(SpotifyFault):
        state = await spotify.player.state()
        assert state is None or state.item is None or state.item.uri is None
    with suppress(SpotifyFault):
        queued = await spotify.player.queued()
        assert [one.uri for one in (queued.current, *queued.coming) if one and one.uri] == []
    with suppress(SpotifyFault):
        async for entry in spotify.playlists.items(one_of(pretend, "playlist")):
            assert entry is None or entry.item is None or entry.item.uri is None


async def test_a_success_needs_no_readable_body(pretend: Pretend, spotify: Spotify) -> None:
    pretend.faults.add(Order("POST", "answer", 200, DEEP, executed=True, times=None))
    await spotify.player.next()
    with pytest.raises(OutcomeUnknown):
        await spotify.playlists.create("Ropes")
    assert len(pretend.calls) == 2


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
async def test_a_rate_limit_is_always_some_seconds(
    pretend: Pretend, client: Clients, given: str, seconds: float
) -> None:
    pretend.faults.add(Order("", "answer", 429, headers={"Retry-After": given}, times=None))
    with within(0), pytest.raises(TooManyCalls) as limited:
        await client(within=0.9).profile.me()
    assert limited.value.retry_after == pytest.approx(seconds, abs=0.5)
    assert not isinstance(limited.value, QuotaExceeded)
    assert len(pretend.calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b'{"error": "x"}',
        b'{"error": {"message": 3}}',
        b'{"error": %s' % DEEP,
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_every_status_has_its_fault(pretend: Pretend, client: Clients, body: bytes) -> None:
    statuses = {*range(300, 320), *range(400, 452), *range(499, 512), 599, 999} - {304, 401, 429}
    for status in statuses:
        pretend.faults.clear()
        pretend.faults.add(Order("", "answer", status, body, times=None))
        with pytest.raises(SpotifyFault):
            await client(chance=Dice()).player.next()
    assert len(pretend.calls) == len(statuses)
