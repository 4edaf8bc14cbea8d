"""When nobody knows whether Spotify did it: it is not done twice, and what plays now is said."""

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

# What a command has for Spotify here, in seconds; of these, a call that may not be sent twice
# needs two.
COMMAND_TIMEOUT_S = 2.5


@dataclass(frozen=True)
class Attempt:
    """Something that must not be done twice, the call that does it, and what then is advised."""

    endpoint: str
    perform: Callable[[UserClient], Coroutine[None, None, Reply]]
    advice: str = "Repeat it only if that is not what you wanted."


async def _search_and_press(user: UserClient, button: str) -> Reply:
    return await (await user.run("/search lantern")).press(button)


ATTEMPTS = {
    "/play words": Attempt("me/player/play", lambda seat: seat.run("/play lantern")),
    "/next": Attempt("me/player/next", lambda seat: seat.run("/next")),
    "/previous": Attempt("me/player/previous", lambda seat: seat.run("/previous")),
    "/restart": Attempt("me/player/seek", lambda seat: seat.run("/restart")),
    "/queue add": Attempt(
        "me/player/queue",
        lambda seat: seat.run("/queue add lantern"),
        "Look with /queue show before you repeat it.",
    ),
    "Play": Attempt("me/player/play", lambda seat: _search_and_press(seat, "Play")),
    "Queue": Attempt(
        "me/player/queue",
        lambda seat: _search_and_press(seat, "Queue"),
        "Look with /queue show before you repeat it.",
    ),
}
each_attempt = pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())


def expected_reply(spotify: Spotify, player: Player, attempt: Attempt) -> str:
    """What plays at Ada's, as it is said of it."""
    assert player.item is not None
    track = spotify.catalogue.find_item(player.item)
    assert isinstance(track, Track)
    names = ", ".join(artist.name for artist in track.artists)
    verb = "Playing" if player.is_playing else "Paused"
    link = f"https://open.spotify.com/track/{track.id}"
    return f"{OUTCOME_UNKNOWN} {verb} now: [{track.name}]({link}) · {names}. {attempt.advice}"


def sent_calls(spotify: Spotify, attempt: Attempt) -> list[bool]:
    """Of each time that the call was sent, whether it was executed."""
    return [call.executed for call in spotify.calls if call.path == attempt.endpoint]


@dataclass(frozen=True)
class PlayerBefore:
    """How Ada's player was, while it played."""

    player: Player
    item: str | None
    next_item: str
    item_after_next: str

    @classmethod
    def of(cls, spotify: Spotify) -> PlayerBefore:
        player = spotify.accounts["ada"].player
        player.resume()
        first = next(iter(spotify.catalogue.albums.values())).tracks[0]
        return cls(player, player.item, player.upcoming()[0], first.uri)

    def check(self, attempt: Attempt, executed: bool) -> None:
        """It was done once, or not at all."""
        assert len(self.player.queue) == (executed and attempt.endpoint == "me/player/queue")
        match attempt.endpoint:
            case "me/player/next":
                assert self.player.item == (self.next_item if executed else self.item)
            case "me/player/previous":
                assert self.player.item == (self.item_after_next if executed else self.item)
            case "me/player/seek":
                assert (self.player.progress < 40_000) == executed
            case "me/player/play":
                assert (self.player.item != self.item) == executed
            case _:
                assert self.player.item == self.item


# ---- an answer that says nothing, or none


@each_attempt
@pytest.mark.parametrize("executed", [True, False], ids=["done", "not done"])
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
    order = Fault(f"{attempt.endpoint}$", runs_first=executed, times=None, **fault)  # type: ignore[arg-type]
    spotify.faults.add(order)
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


# ---- no answer at all


class FastForwardLoop(asyncio.SelectorEventLoop):
    """A loop on which time can pass without anybody waiting."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@dataclass
class StallingFault(Fault):
    """Does it or does not, and then says nothing until the client leaves; `there` is set then."""

    there: asyncio.Event = field(default_factory=asyncio.Event)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.runs_first:
            await handler(request)
        self.there.set()
        return await Fault(action="stall").apply(request, handler)


def run_fast_forward(
    play: Callable[[Harness, UserClient, FastForwardLoop], Awaitable[None]],
) -> None:
    """Let this happen on a stage of its own, where Ada is linked."""

    async def happen() -> None:
        async with run_harness(command_timeout=COMMAND_TIMEOUT_S) as it:
            linked_user = await it.link_account("ada")
            await play(it, linked_user, hasty)

    hasty = FastForwardLoop()
    with asyncio.Runner(loop_factory=lambda: hasty) as runner:
        runner.run(happen())


@each_attempt
@pytest.mark.parametrize("executed", [True, False], ids=["done", "not done"])
def test_unanswered_call_times_out_with_command(attempt: Attempt, executed: bool) -> None:
    async def play(it: Harness, linked_user: UserClient, hasty: FastForwardLoop) -> None:
        before = PlayerBefore.of(it.spotify)
        stalled = StallingFault(f"{attempt.endpoint}$", runs_first=executed, times=None)
        it.spotify.faults.add(stalled)
        asking = asyncio.create_task(attempt.perform(linked_user))
        await stalled.there.wait()
        hasty.ahead += COMMAND_TIMEOUT_S
        reply = await asking
        assert reply.text == expected_reply(it.spotify, before.player, attempt)
        assert stalled.hits == 1
        before.check(attempt, executed)

    run_fast_forward(play)


def test_unanswered_state_read_times_out() -> None:
    async def play(it: Harness, linked_user: UserClient, hasty: FastForwardLoop) -> None:
        skipping = StallingFault("me/player/next$", runs_first=True)
        looking = StallingFault("GET .*/me/player$", times=None)
        it.spotify.faults.add(skipping)
        it.spotify.faults.add(looking)
        asking = asyncio.create_task(linked_user.run("/next"))
        await skipping.there.wait()
        hasty.ahead += COMMAND_TIMEOUT_S
        await looking.there.wait()
        hasty.ahead += 2
        # By now a seat has waited nearly all its time, as the loop counts it: so a fresh wait.
        await asyncio.gather(
            linked_user.wait_for_message(CHECK_SPOTIFY), asking, return_exceptions=True
        )
        assert CHECK_SPOTIFY in str(linked_user.messages()[-1])
        assert (skipping.hits, looking.hits) == (1, 1)

    run_fast_forward(play)


def test_call_without_remaining_time_is_not_sent() -> None:
    """To give up on it halfway would leave nobody knowing."""

    async def play(it: Harness, linked_user: UserClient, hasty: FastForwardLoop) -> None:
        it.spotify.faults.add(found := HeldResponse("GET .*/search$"))
        asking = asyncio.create_task(linked_user.run("/play lantern"))
        await found.hold.response_ready.wait()
        hasty.ahead += COMMAND_TIMEOUT_S - 1.9
        found.hold.released.set()
        assert (await asking).text.startswith("Spotify is not answering properly")
        assert not it.spotify.calls_to("PUT", "me/player/play")

    run_fast_forward(play)
