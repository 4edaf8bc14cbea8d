"""Lost responses: the bot does not repeat the write, and reports what is playing now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Track
from tests.login_state_machine.held_responses import HeldResponse

OUTCOME_UNKNOWN = "Spotify did not say whether that worked."
CHECK_SPOTIFY = f"{OUTCOME_UNKNOWN} Look in Spotify, or with /now, before you repeat it."

# The timeout of a command here. A call that must not be repeated needs two seconds of it.
COMMAND_TIMEOUT_S = 2.5


@dataclass(frozen=True)
class Attempt:
    """A non-idempotent action, the endpoint of its write, and the advice in the reply."""

    endpoint: str
    perform: Callable[[UserClient], Coroutine[None, None, Reply]]
    advice: str = "Repeat it only if that is not what you wanted."


async def _search_and_press(user: UserClient, button: str) -> Reply:
    return await (await user.run("/search lantern")).press(button)


ATTEMPTS = {
    "/play words": Attempt("me/player/play", lambda user: user.run("/play lantern")),
    "/next": Attempt("me/player/next", lambda user: user.run("/next")),
    "/previous": Attempt("me/player/previous", lambda user: user.run("/previous")),
    "/restart": Attempt("me/player/seek", lambda user: user.run("/restart")),
    "/queue add": Attempt(
        "me/player/queue",
        lambda user: user.run("/queue add lantern"),
        "Look with /queue show before you repeat it.",
    ),
    "Play": Attempt("me/player/play", lambda user: _search_and_press(user, "Play")),
    "Queue": Attempt(
        "me/player/queue",
        lambda user: _search_and_press(user, "Queue"),
        "Look with /queue show before you repeat it.",
    ),
}
each_attempt = pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())


def expected_reply(spotify: Spotify, player: Player, attempt: Attempt) -> str:
    """The reply that names what Ada's player is playing now."""
    assert player.item is not None
    track = spotify.catalogue.find_item(player.item)
    assert isinstance(track, Track)
    names = ", ".join(artist.name for artist in track.artists)
    verb = "Playing" if player.is_playing else "Paused"
    link = f"https://open.spotify.com/track/{track.id}"
    return f"{OUTCOME_UNKNOWN} {verb} now: [{track.name}]({link}) · {names}. {attempt.advice}"


def sent_calls(spotify: Spotify, attempt: Attempt) -> list[bool]:
    """For each request to the action's endpoint: whether it was executed."""
    return [call.executed for call in spotify.calls if call.path == attempt.endpoint]


@dataclass(frozen=True)
class PlayerBefore:
    """Ada's player while it plays, before the attempt."""

    player: Player
    item: str | None
    next_item: str
    previous_item: str

    @classmethod
    def of(cls, spotify: Spotify) -> PlayerBefore:
        player = spotify.accounts["ada"].player
        player.resume()
        previous = next(iter(spotify.catalogue.albums.values())).tracks[0]
        return cls(player, player.item, player.upcoming()[0], previous.uri)

    def check(self, attempt: Attempt, executed: bool) -> None:
        """Check that the action was executed once, or not at all."""
        assert len(self.player.queue) == (executed and attempt.endpoint == "me/player/queue")
        match attempt.endpoint:
            case "me/player/next":
                assert self.player.item == (self.next_item if executed else self.item)
            case "me/player/previous":
                assert self.player.item == (self.previous_item if executed else self.item)
            case "me/player/seek":
                assert (self.player.progress < 40_000) == executed
            case "me/player/play":
                assert (self.player.item != self.item) == executed
            case _:
                assert self.player.item == self.item


# ---- errors and dropped connections


@each_attempt
@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 500, "body": '{"error": {"status": 500, "message": "Server error."}}'},
        {"action": "reset"},
    ],
    ids=["502", "500", "reset"],
)
async def test_reply_names_current_item(
    spotify: Spotify,
    linked_user: UserClient,
    attempt: Attempt,
    fault: dict[str, object],
    executed: bool,
) -> None:
    before = PlayerBefore.of(spotify)
    active_fault = Fault(f"{attempt.endpoint}$", runs_first=executed, times=None, **fault)  # type: ignore[arg-type]
    spotify.faults.add(active_fault)
    reply = await attempt.perform(linked_user)
    assert reply.text == expected_reply(spotify, before.player, attempt)
    assert reply.ephemeral
    assert sent_calls(spotify, attempt) == [executed]
    before.check(attempt, executed)


@each_attempt
async def test_reply_says_paused(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt
) -> None:
    player = spotify.accounts["ada"].player
    player.pause()
    spotify.faults.add(Fault(f"{attempt.endpoint}$", action="reset"))
    reply = await attempt.perform(linked_user)
    assert reply.text == expected_reply(spotify, player, attempt)
    assert "Paused now" in reply.text


@each_attempt
async def test_reply_says_nothing_is_playing(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt
) -> None:
    spotify.accounts["ada"].player.device = None
    spotify.faults.add(Fault(f"{attempt.endpoint}$", status=502))
    reply = await attempt.perform(linked_user)
    assert reply.text == f"{OUTCOME_UNKNOWN} Nothing is playing now. {attempt.advice}"
    assert len(sent_calls(spotify, attempt)) == 1


@each_attempt
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "body": '{"error": {"status": 404, "message": "Not found."}}'},
        {"status": 429, "headers": {"Retry-After": "60"}},
    ],
    ids=["404", "429"],
)
async def test_unreadable_state_says_where_to_look(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt, fault: dict[str, object]
) -> None:
    spotify.faults.add(Fault(f"{attempt.endpoint}$", action="reset"))
    spotify.faults.add(Fault("GET .*/me/player$", times=None, **fault))  # type: ignore[arg-type]
    assert (await attempt.perform(linked_user)).text == CHECK_SPOTIFY
    assert len(sent_calls(spotify, attempt)) == 1


async def test_unparsable_state_says_where_to_look(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.faults.add(Fault("me/player/next$", action="reset"))
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body="<html>hello", times=None))
    assert (await linked_user.run("/next")).text == CHECK_SPOTIFY


async def test_ad_is_not_reported_as_current_item(
    spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    player.interlude = "ad"
    spotify.faults.add(Fault("me/player/next$", action="reset"))
    assert (await linked_user.run("/next")).text.startswith(OUTCOME_UNKNOWN)


async def test_idempotent_write_is_retried(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.faults.add(Fault("PUT .*/me/library$", status=502, runs_first=True))
    reply = await _search_and_press(linked_user, "Save")
    assert "Saved" in reply.text
    assert len([call for call in spotify.calls if call.path == "me/library"]) == 2


@each_attempt
async def test_expired_token_is_not_an_unknown_outcome(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt
) -> None:
    spotify.accounts["ada"].player.resume()
    spotify.on("GET /v1/(search|tracks/.*)$", spotify.tokens.expire_access_tokens)
    reply = await attempt.perform(linked_user)
    assert OUTCOME_UNKNOWN not in reply.text
    assert sent_calls(spotify, attempt).count(True) == 1


# ---- timeouts


class FastForwardLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock the test can move forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@dataclass
class StallingFault(Fault):
    """Executes the request or not, sets `stalling`, then never responds."""

    stalling: asyncio.Event = field(default_factory=asyncio.Event)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.runs_first:
            await handler(request)
        self.stalling.set()
        return await Fault(action="stall").apply(request, handler)


def run_fast_forward(
    scenario: Callable[[Harness, UserClient, FastForwardLoop], Awaitable[None]],
) -> None:
    """Run this scenario with Ada linked, on an event loop that can be moved forward."""

    async def run() -> None:
        async with run_harness(command_timeout=COMMAND_TIMEOUT_S) as harness:
            linked_user = await harness.link_account("ada")
            await scenario(harness, linked_user, loop)

    loop = FastForwardLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())


@each_attempt
@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
def test_unanswered_call_times_out_with_command(attempt: Attempt, executed: bool) -> None:
    async def scenario(harness: Harness, linked_user: UserClient, loop: FastForwardLoop) -> None:
        before = PlayerBefore.of(harness.spotify)
        stalled = StallingFault(f"{attempt.endpoint}$", runs_first=executed, times=None)
        harness.spotify.faults.add(stalled)
        command = asyncio.create_task(attempt.perform(linked_user))
        await stalled.stalling.wait()
        loop.ahead += COMMAND_TIMEOUT_S
        reply = await command
        assert reply.text == expected_reply(harness.spotify, before.player, attempt)
        assert stalled.hits == 1
        before.check(attempt, executed)

    run_fast_forward(scenario)


def test_unanswered_state_read_times_out() -> None:
    async def scenario(harness: Harness, linked_user: UserClient, loop: FastForwardLoop) -> None:
        skip = StallingFault("me/player/next$", runs_first=True)
        state_read = StallingFault("GET .*/me/player$", times=None)
        harness.spotify.faults.add(skip)
        harness.spotify.faults.add(state_read)
        command = asyncio.create_task(linked_user.run("/next"))
        await skip.stalling.wait()
        loop.ahead += COMMAND_TIMEOUT_S
        await state_read.stalling.wait()
        loop.ahead += 2
        # By the loop's clock the client's own wait is nearly over, so start a new one.
        await asyncio.gather(
            linked_user.wait_for_message(CHECK_SPOTIFY), command, return_exceptions=True
        )
        assert CHECK_SPOTIFY in str(linked_user.messages()[-1])
        assert (skip.hits, state_read.hits) == (1, 1)

    run_fast_forward(scenario)


def test_call_without_remaining_time_is_not_sent() -> None:
    """Aborting the call halfway would leave its outcome unknown."""

    async def scenario(harness: Harness, linked_user: UserClient, loop: FastForwardLoop) -> None:
        harness.spotify.faults.add(search := HeldResponse("GET .*/search$"))
        command = asyncio.create_task(linked_user.run("/play lantern"))
        await search.hold.response_ready.wait()
        loop.ahead += COMMAND_TIMEOUT_S - 1.9
        search.hold.released.set()
        assert (await command).text.startswith("Spotify is not answering properly")
        assert not harness.spotify.calls_to("PUT", "me/player/play")

    run_fast_forward(scenario)
