"""No call that must not be repeated is carried out twice, whatever becomes of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import pytest

from bot.errors import Fault as Named
from bot.errors import OutcomeUnknown
from bot.spotify import Spotify, Transport
from bot.spotify.library import Library
from bot.spotify.player import Player
from bot.spotify.playlists import Playlists
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.spotify import Account, Call
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.refusals import TOKEN_EXPIRED

from .clients import Clients
from .wire import Dice
from .writes import TABLE, WRITES, Write, song, songs, state, uri

HTML = "<html><title>502 Bad Gateway</title></html>"


@dataclass(frozen=True)
class Trouble:
    """Something that happens to one write, and how many seconds there are for the whole."""

    order: Callable[[Pretend], object]
    within: float = 8.0


TROUBLES = {
    "502 after": Trouble(lambda p: p.faults.add(Fault(WRITES, body=HTML, executed=True))),
    "reset before": Trouble(lambda p: p.faults.add(Fault(WRITES, "reset"))),
    "reset after": Trouble(lambda p: p.faults.add(Fault(WRITES, "reset", executed=True))),
    "stall": Trouble(lambda p: p.faults.add(Fault(WRITES, "stall", executed=True)), within=2.2),
    "401": Trouble(lambda p: p.faults.add(TOKEN_EXPIRED.fault(WRITES))),
    "429": Trouble(lambda p: p.rate_limit(1, match=WRITES)),
}


@dataclass(frozen=True)
class Outcome:
    """How it ended, how often it reached Spotify, how often it was carried out, with what result.

    `left` is "as before", "as once", or "otherwise".
    """

    ended: str
    sent: int
    executed: int
    left: str


def expected(write: Write, trouble: str) -> Outcome:
    """What Spotify's documentation and other projects' reports say of repeating."""
    match trouble:
        case "401" | "429":  # it was not carried out
            return Outcome("done", 2, 1, "as once")
        case "stall":  # the time is over then
            ended = "SpotifyDown" if write.repeatable else "OutcomeUnknown"
            return Outcome(ended, 1, 1, "as once")
        case "reset before" if write.repeatable:
            return Outcome("done", 2, 1, "as once")
        case "reset before":
            return Outcome("OutcomeUnknown", 1, 0, "as before")
        case _ if write.again != "done":
            return Outcome(write.again, 2, 1, "as once")
        case _ if write.repeatable:
            return Outcome("done", 2, 2, "as once")
    return Outcome("OutcomeUnknown", 1, 1, "as once")


async def outcome(write: Write, trouble: Trouble | None, once: object) -> tuple[Outcome, object]:
    """Of this write on a Spotify of its own, on a connection that was in use; and what is left."""
    async with Pretend(Clock()) as pretend, aiohttp.ClientSession() as http:
        within = trouble.within if trouble else 8.0
        spotify = Clients(pretend, http, pretend.clock)(within=within, chance=Dice())
        write.prepare(pretend)
        before = state(pretend)
        await spotify.anew(8.0).profile.me()
        if trouble:
            trouble.order(pretend)
        try:
            await write.do(spotify, pretend)
            ended = "done"
        except Named as fault:
            ended = type(fault).__name__
        await pretend.changes.until(lambda: bool(sent(pretend)), "the call")
        executed = sum(call.executed for call in sent(pretend))
        left = state(pretend)
        found = "as before" if left == before else "as once" if left == once else "otherwise"
        return Outcome(ended, len(sent(pretend)), executed, found), left


def sent(pretend: Pretend) -> list[Call]:
    return [call for call in pretend.calls if call.method != "GET"]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_every_write_under(trouble: str) -> None:
    async def both(write: Write) -> Outcome:
        _, once = await outcome(write, None, None)
        return (await outcome(write, TROUBLES[trouble], once))[0]

    outcomes = await asyncio.gather(*map(both, TABLE))
    found = {write.method: ended for write, ended in zip(TABLE, outcomes, strict=True)}
    assert found == {write.method: expected(write, trouble) for write in TABLE}


def test_no_write_is_left_out() -> None:
    reads = {"state", "devices", "queued", "recent", "contains", "mine", "first", "items"}
    reads |= {"tracks", "albums", "shows", "episodes", "audiobooks", "artists"}
    methods = {
        f"{chapter.__name__.lower()}.{name}"
        for chapter in (Player, Library, Playlists)
        for name in vars(chapter)
        if not name.startswith("_") and name not in reads
    }
    assert methods == {write.method for write in TABLE}


async def test_a_write_that_was_refused_its_token_is_still_not_repeated(
    pretend: Pretend, client: Clients, ada: Account
) -> None:
    """What it was forgiven before changes nothing about a dropped connection."""
    pretend.faults.add(TOKEN_EXPIRED.fault(WRITES))
    pretend.faults.add(Fault(WRITES, "reset", executed=True))
    with pytest.raises(OutcomeUnknown):
        await client(within=8).player.queue(song(pretend))
    assert ada.player.queue == [pretend.catalogue.stock[100].uri]
    assert client.tokens.renewals == 1


async def test_of_a_long_addition_nothing_comes_twice(pretend: Pretend, spotify: Spotify) -> None:
    """Three calls; the second is carried out without a word, and the third is not begun."""
    playlist = await spotify.playlists.create("Ropes")
    made = pretend.playlists[playlist.id or ""]
    adding = f"POST /v1/playlists/{made.id}/items"
    pretend.interrupt(adding, lambda: pretend.faults.add(Fault(adding, executed=True)))
    with pytest.raises(OutcomeUnknown):
        await spotify.playlists.add(uri(made.uri), *songs(pretend, 0, 90) * 3)
    assert len(made.items) == 200
    assert len(pretend.calls_of("POST", f"playlists/{made.id}/items")) == 2


@pytest.mark.parametrize("ours", [True, False])
async def test_aiohttp_does_not_repeat_behind_our_back(pretend: Pretend, ours: bool) -> None:
    """Left to itself it sends a PUT again, when a connection that was in use drops."""
    playing = "PUT /v1/me/player/play"
    url, token = pretend.api_url, pretend.access_token("ada", "user-modify-playback-state")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        if ours:
            Transport(http, url)
        async with http.get(f"{url}/me") as response:
            await response.read()
        pretend.faults.add(Fault(playing, "reset", executed=True, times=None))
        wish = {"uris": [pretend.catalogue.stock[7].uri]}
        with pytest.raises(aiohttp.ClientError):
            async with http.put(f"{url}/me/player/play", json=wish):
                raise AssertionError("there was no answer")
    assert [call.executed for call in pretend.calls_of("PUT", "me/player/play")] == (
        [True] if ours else [True, True]
    )
