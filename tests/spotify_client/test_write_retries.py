"""A non-idempotent call is never executed twice, even if its response is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import pytest

from bot.errors.bot_error import BotError as Named
from bot.errors.spotify import OutcomeUnknown
from bot.spotify import Spotify, Transport
from bot.spotify.library import LibraryApi
from bot.spotify.player import PlayerApi
from bot.spotify.playlists import PlaylistsApi
from sandbox.clock import Clock
from sandbox.fault_injection import Fault
from sandbox.spotify import Account, Call
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.error_responses import TOKEN_EXPIRED
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import FixedRandom
from tests.spotify_client.write_cases import (
    ANY_WRITE_CALL,
    WRITE_CASES,
    WriteCase,
    account_state,
    link_uri,
    track_uri,
    track_uri_range,
)

HTML = "<html><title>502 Bad Gateway</title></html>"


@dataclass(frozen=True)
class WriteFault:
    """A fault of one write, and the seconds for all attempts."""

    inject: Callable[[FakeSpotify], object]
    within: float = 8.0


WRITE_FAULTS = {
    "502 after": WriteFault(
        lambda p: p.faults.add(Fault(ANY_WRITE_CALL, body=HTML, runs_first=True))
    ),
    "reset before": WriteFault(lambda p: p.faults.add(Fault(ANY_WRITE_CALL, "reset"))),
    "reset after": WriteFault(
        lambda p: p.faults.add(Fault(ANY_WRITE_CALL, "reset", runs_first=True))
    ),
    "stall": WriteFault(
        lambda p: p.faults.add(Fault(ANY_WRITE_CALL, "stall", runs_first=True)), within=2.2
    ),
    "401": WriteFault(lambda p: p.faults.add(TOKEN_EXPIRED.as_fault(ANY_WRITE_CALL))),
    "429": WriteFault(lambda p: p.add_rate_limit(1, pattern=ANY_WRITE_CALL)),
}


@dataclass(frozen=True)
class WriteOutcome:
    """The outcome: the error, the number of requests and executions, and the final state.

    `final_state` is "as before", "as once", or "otherwise".
    """

    result: str
    sent: int
    executed: int
    final_state: str


def expected_outcome(write: WriteCase, trouble: str) -> WriteOutcome:
    """The expected outcome, by Spotify's documentation and reports of other projects."""
    match trouble:
        case "401" | "429":  # it was not carried out
            return WriteOutcome("done", 2, 1, "as once")
        case "stall":  # the time is over then
            ended = "SpotifyDown" if write.repeatable else "OutcomeUnknown"
            return WriteOutcome(ended, 1, 1, "as once")
        case "reset before" if write.repeatable:
            return WriteOutcome("done", 2, 1, "as once")
        case "reset before":
            return WriteOutcome("OutcomeUnknown", 1, 0, "as before")
        case _ if write.repeat_result != "done":
            return WriteOutcome(write.repeat_result, 2, 1, "as once")
        case _ if write.repeatable:
            return WriteOutcome("done", 2, 2, "as once")
    return WriteOutcome("OutcomeUnknown", 1, 1, "as once")


async def run_write(
    write: WriteCase, trouble: WriteFault | None, once: object
) -> tuple[WriteOutcome, object]:
    """Run this write over a kept-alive connection; the outcome, and the account's final state."""
    async with FakeSpotify(Clock()) as fake, aiohttp.ClientSession() as http:
        within = trouble.within if trouble else 8.0
        spotify = ClientFactory(fake, http, fake.clock)(within=within, rng=FixedRandom())
        write.prepare(fake)
        before = account_state(fake)
        await spotify.with_timeout(8.0).profile.me()
        if trouble:
            trouble.inject(fake)
        try:
            await write.call(spotify, fake)
            ended = "done"
        except Named as fault:
            ended = type(fault).__name__
        await fake.changes.wait_until(lambda: bool(sent_writes(fake)), "the call")
        executed = sum(call.executed for call in sent_writes(fake))
        left = account_state(fake)
        found = "as before" if left == before else "as once" if left == once else "otherwise"
        return WriteOutcome(ended, len(sent_writes(fake)), executed, found), left


def sent_writes(fake: FakeSpotify) -> list[Call]:
    return [call for call in fake.calls if call.method != "GET"]


@pytest.mark.parametrize("trouble", WRITE_FAULTS)
async def test_every_write_with_fault(trouble: str) -> None:
    async def both(write: WriteCase) -> WriteOutcome:
        _, once = await run_write(write, None, None)
        return (await run_write(write, WRITE_FAULTS[trouble], once))[0]

    outcomes = await asyncio.gather(*map(both, WRITE_CASES))
    found = {write.method: ended for write, ended in zip(WRITE_CASES, outcomes, strict=True)}
    assert found == {write.method: expected_outcome(write, trouble) for write in WRITE_CASES}


def test_write_cases_are_complete() -> None:
    reads = {
        "state",
        "devices",
        "get_queue",
        "recently_played",
        "contains",
        "mine",
        "first_pages",
        "get",
        "known_queue",
        "items",
        "open",
        "open_raw",
    }
    reads |= {"tracks", "albums", "shows", "episodes", "audiobooks", "artists"}
    methods = {
        f"{chapter.__name__.removesuffix('Api').lower()}.{name}"
        for chapter in (PlayerApi, LibraryApi, PlaylistsApi)
        for name in vars(chapter)
        if not name.startswith(("_", "raw")) and name not in reads
    }
    assert methods == {write.method for write in WRITE_CASES}


async def test_write_is_not_repeated_after_token_renewal(
    fake: FakeSpotify, make_client: ClientFactory, ada: Account
) -> None:
    """An earlier retry does not allow another one after a dropped connection."""
    fake.faults.add(TOKEN_EXPIRED.as_fault(ANY_WRITE_CALL))
    fake.faults.add(Fault(ANY_WRITE_CALL, "reset", runs_first=True))
    with pytest.raises(OutcomeUnknown):
        await make_client(within=8).player.add_to_queue(track_uri(fake))
    assert ada.player.queue == [fake.catalogue.regular_tracks[100].uri]
    assert make_client.token_source.renewals == 1


async def test_long_addition_adds_nothing_twice(fake: FakeSpotify, spotify: Spotify) -> None:
    """Three calls: the second is executed without a response, and the third is not sent."""
    playlist = await spotify.playlists.create("Ropes")
    made = fake.playlists[playlist.id or ""]
    adding = f"POST /v1/playlists/{made.id}/items"
    fake.on(adding, lambda: fake.faults.add(Fault(adding, runs_first=True)))
    with pytest.raises(OutcomeUnknown):
        await spotify.playlists.add(link_uri(made.uri), *track_uri_range(fake, 0, 90) * 3)
    assert len(made.items) == 200
    assert len(fake.calls_to("POST", f"playlists/{made.id}/items")) == 2


@pytest.mark.parametrize("ours", [True, False])
async def test_aiohttp_does_not_retry_writes(fake: FakeSpotify, ours: bool) -> None:
    """By default, aiohttp sends a PUT again if a kept-alive connection drops."""
    playing = "PUT /v1/me/player/play"
    url, token = fake.api_url, fake.issue_access_token("ada", "user-modify-playback-state")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        if ours:
            Transport(http, url)
        async with http.get(f"{url}/me") as response:
            await response.read()
        fake.faults.add(Fault(playing, "reset", runs_first=True, times=None))
        wish = {"uris": [fake.catalogue.regular_tracks[7].uri]}
        with pytest.raises(aiohttp.ClientError):
            async with http.put(f"{url}/me/player/play", json=wish):
                raise AssertionError("there was no answer")
    assert [call.executed for call in fake.calls_to("PUT", "me/player/play")] == (
        [True] if ours else [True, True]
    )
