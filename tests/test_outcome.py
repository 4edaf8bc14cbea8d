"""When nobody knows whether Spotify did it: it is not done twice, and what plays now is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import Reply, Seat
from sandbox.faults import Fault
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Track
from sandbox.stage import Stage, stage
from tests.linking.slow import HeldBack

UNKNOWN = "Spotify did not say whether that worked."
LOOK = f"{UNKNOWN} Look in Spotify, or with /now, before you repeat it."

# What a command has for Spotify here, in seconds; of these, a call that may not be sent twice
# needs two.
WITHIN = 2.5


@dataclass(frozen=True)
class Wish:
    """Something that must not be done twice, the call that does it, and what then is advised."""

    call: str
    do: Callable[[Seat], Coroutine[None, None, Reply]]
    advice: str = "Repeat it only if that is not what you wanted."


async def _press(seat: Seat, button: str) -> Reply:
    return await (await seat.run("/search lantern")).press(button)


WISHES = {
    "/play words": Wish("me/player/play", lambda seat: seat.run("/play lantern")),
    "/next": Wish("me/player/next", lambda seat: seat.run("/next")),
    "/previous": Wish("me/player/previous", lambda seat: seat.run("/previous")),
    "/restart": Wish("me/player/seek", lambda seat: seat.run("/restart")),
    "/queue add": Wish(
        "me/player/queue",
        lambda seat: seat.run("/queue add lantern"),
        "Look with /queue show before you repeat it.",
    ),
    "Play": Wish("me/player/play", lambda seat: _press(seat, "Play")),
    "Queue": Wish(
        "me/player/queue",
        lambda seat: _press(seat, "Queue"),
        "Look with /queue show before you repeat it.",
    ),
}
every_wish = pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())


def said_of(spotify: Spotify, player: Player, wish: Wish) -> str:
    """What plays at Ada's, as it is said of it."""
    assert player.item is not None
    track = spotify.catalogue.find(player.item)
    assert isinstance(track, Track)
    names = ", ".join(artist.name for artist in track.artists)
    verb = "Playing" if player.is_playing else "Paused"
    link = f"https://open.spotify.com/track/{track.id}"
    return f"{UNKNOWN} {verb} now: [{track.name}]({link}) · {names}. {wish.advice}"


def sent(spotify: Spotify, wish: Wish) -> list[bool]:
    """Of each time that the call was sent, whether it was executed."""
    return [call.executed for call in spotify.calls if call.path == wish.call]


@dataclass(frozen=True)
class Before:
    """How Ada's player was, while it played."""

    player: Player
    item: str | None
    coming: str
    behind: str

    @classmethod
    def of(cls, spotify: Spotify) -> Before:
        player = spotify.accounts["ada"].player
        player.resume()
        first = next(iter(spotify.catalogue.albums.values())).tracks[0]
        return cls(player, player.item, player.coming()[0], first.uri)

    def check(self, wish: Wish, executed: bool) -> None:
        """It was done once, or not at all."""
        assert len(self.player.queue) == (executed and wish.call == "me/player/queue")
        match wish.call:
            case "me/player/next":
                assert self.player.item == (self.coming if executed else self.item)
            case "me/player/previous":
                assert self.player.item == (self.behind if executed else self.item)
            case "me/player/seek":
                assert (self.player.progress < 40_000) == executed
            case "me/player/play":
                assert (self.player.item != self.item) == executed
            case _:
                assert self.player.item == self.item


# ---- an answer that says nothing, or none


@every_wish
@pytest.mark.parametrize("executed", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 500, "body": '{"error": {"status": 500, "message": "Server error."}}'},
        {"act": "reset"},
    ],
    ids=["502", "500", "reset"],
)
async def test_what_plays_now_is_said(
    spotify: Spotify, linked: Seat, wish: Wish, fault: dict[str, object], executed: bool
) -> None:
    before = Before.of(spotify)
    order = Fault(f"{wish.call}$", executed=executed, times=None, **fault)  # type: ignore[arg-type]
    spotify.faults.add(order)
    reply = await wish.do(linked)
    assert reply.text == said_of(spotify, before.player, wish)
    assert reply.ephemeral
    assert sent(spotify, wish) == [executed]
    before.check(wish, executed)


@every_wish
async def test_that_it_is_paused_is_said(spotify: Spotify, linked: Seat, wish: Wish) -> None:
    player = spotify.accounts["ada"].player
    player.pause()
    spotify.faults.add(Fault(f"{wish.call}$", act="reset"))
    reply = await wish.do(linked)
    assert reply.text == said_of(spotify, player, wish)
    assert "Paused now" in reply.text


@every_wish
async def test_that_nothing_plays_is_said(spotify: Spotify, linked: Seat, wish: Wish) -> None:
    spotify.accounts["ada"].player.device = None
    spotify.faults.add(Fault(f"{wish.call}$", status=502))
    reply = await wish.do(linked)
    assert reply.text == f"{UNKNOWN} Nothing is playing now. {wish.advice}"
    assert len(sent(spotify, wish)) == 1


@every_wish
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "body": '{"error": {"status": 404, "message": "Not found."}}'},
        {"status": 429, "headers": {"Retry-After": "60"}},
    ],
    ids=["404", "429"],
)
async def test_where_to_look_is_said_where_that_cannot_be_asked(
    spotify: Spotify, linked: Seat, wish: Wish, fault: dict[str, object]
) -> None:
    spotify.faults.add(Fault(f"{wish.call}$", act="reset"))
    spotify.faults.add(Fault("GET .*/me/player$", times=None, **fault))  # type: ignore[arg-type]
    assert (await wish.do(linked)).text == LOOK
    assert len(sent(spotify, wish)) == 1


async def test_nor_where_nobody_can_read_the_answer(spotify: Spotify, linked: Seat) -> None:
    spotify.faults.add(Fault("me/player/next$", act="reset"))
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body="<html>hello", times=None))
    assert (await linked.run("/next")).text == LOOK


async def test_an_ad_between_is_nothing_that_plays(spotify: Spotify, linked: Seat) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    player.interlude = "ad"
    spotify.faults.add(Fault("me/player/next$", act="reset"))
    assert (await linked.run("/next")).text.startswith(UNKNOWN)


async def test_what_may_be_done_twice_is_done_until_it_is_certain(
    spotify: Spotify, linked: Seat
) -> None:
    spotify.faults.add(Fault("PUT .*/me/library$", status=502, executed=True))
    reply = await _press(linked, "Save")
    assert "Saved" in reply.text
    assert len([call for call in spotify.calls if call.path == "me/library"]) == 2


@every_wish
async def test_a_login_that_ran_out_is_no_doubt(spotify: Spotify, linked: Seat, wish: Wish) -> None:
    spotify.accounts["ada"].player.resume()
    spotify.interrupt("GET /v1/(search|tracks/.*)$", spotify.expire_access_tokens)
    reply = await wish.do(linked)
    assert UNKNOWN not in reply.text
    assert sent(spotify, wish).count(True) == 1


# ---- no answer at all


class Hasty(asyncio.SelectorEventLoop):
    """A loop on which time can pass without anybody waiting."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@dataclass
class Stalls(Fault):
    """Does it or does not, and then says nothing until the client leaves; `there` is set then."""

    there: asyncio.Event = field(default_factory=asyncio.Event)

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.executed:
            await handler(request)
        self.there.set()
        return await Fault(act="stall").commit(request, handler)


def on_a_hasty_loop(play: Callable[[Stage, Seat, Hasty], Awaitable[None]]) -> None:
    """Let this happen on a stage of its own, where Ada is linked."""

    async def happen() -> None:
        async with stage(within=WITHIN) as it:
            linked = await it.link("ada")
            await play(it, linked, hasty)

    hasty = Hasty()
    with asyncio.Runner(loop_factory=lambda: hasty) as runner:
        runner.run(happen())


@every_wish
@pytest.mark.parametrize("executed", [True, False], ids=["done", "not done"])
def test_a_call_that_is_never_answered_ends_with_its_command(wish: Wish, executed: bool) -> None:
    async def play(it: Stage, linked: Seat, hasty: Hasty) -> None:
        before = Before.of(it.spotify)
        stalled = Stalls(f"{wish.call}$", executed=executed, times=None)
        it.spotify.faults.add(stalled)
        asking = asyncio.create_task(wish.do(linked))
        await stalled.there.wait()
        hasty.ahead += WITHIN
        reply = await asking
        assert reply.text == said_of(it.spotify, before.player, wish)
        assert stalled.hits == 1
        before.check(wish, executed)

    on_a_hasty_loop(play)


def test_nor_does_the_look_that_follows_last() -> None:
    async def play(it: Stage, linked: Seat, hasty: Hasty) -> None:
        skipping = Stalls("me/player/next$", executed=True)
        looking = Stalls("GET .*/me/player$", times=None)
        it.spotify.faults.add(skipping)
        it.spotify.faults.add(looking)
        asking = asyncio.create_task(linked.run("/next"))
        await skipping.there.wait()
        hasty.ahead += WITHIN
        await looking.there.wait()
        hasty.ahead += 2
        # By now a seat has waited nearly all its time, as the loop counts it: so a fresh wait.
        await asyncio.gather(linked.until(LOOK), asking, return_exceptions=True)
        assert LOOK in str(linked.messages()[-1])
        assert (skipping.hits, looking.hits) == (1, 1)

    on_a_hasty_loop(play)


def test_what_could_not_be_waited_for_is_not_sent() -> None:
    """To give up on it halfway would leave nobody knowing."""

    async def play(it: Stage, linked: Seat, hasty: Hasty) -> None:
        it.spotify.faults.add(found := HeldBack("GET .*/search$"))
        asking = asyncio.create_task(linked.run("/play lantern"))
        await found.pause.arrived.wait()
        hasty.ahead += WITHIN - 1.9
        found.pause.over.set()
        assert (await asking).text.startswith("Spotify is not answering properly")
        assert not it.spotify.calls_of("PUT", "me/player/play")

    on_a_hasty_loop(play)
