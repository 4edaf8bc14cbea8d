"""The remote: what of the time of a command, a press and a completion is Tonearm's own.

That is the time until the last answer can be seen at Discord, without the time in which Spotify had
a call to answer, and without what a bare bot of discord.py takes for as many answers on the same
wire. Both take turns, so that whatever else the machine does meets both alike. A third takes its
turn too: bare aiohttp, which shows how much of our own time is the mere wire of so many calls.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter

from bench.caller import Caller, caller
from bench.people import Person, arrive
from bench.running import Running, running
from bench.table import Row, percentile
from bench.waits import Waits, sequential
from sandbox.clock import Clock
from sandbox.spotify import Spotify

WARM, ROUNDS = 100, 300
LATENCY = 0.08
# While Spotify lets one wait, others have their turn. One begins every 30 ms and goes on 80, 160
# and 240 ms later, which is 20, 10 and 0 ms after another began; with its own time on top, none of
# that meets, nor does it meet the bare bot's turn.
SLOT, LATER = 0.03, 0.004
# An odd number, and enough that no press is the half of a double one.
PANELS = 9
AIMS = {50: 3.0, 99: 10.0}

PEOPLE = 12
AT_ONCE = 500
# Seconds after which Discord tells people that nobody answered.
LATEST = 3.0


@dataclass
class Kind:
    """One thing that people do, and what a bare bot does in its place (`against`, in words).

    note   what else is to be known
    whole  seconds until the last answer can be seen
    rest   of these, the seconds in which no call to Spotify was under way
    bare   seconds that the bare bot takes
    calls  to Spotify
    """

    name: str
    against: str
    act: Callable[[Person], Awaitable[None]]
    peer: Callable[[], Awaitable[object]]
    people: list[Person]
    note: str = ""
    pauses: bool = False
    whole: list[float] = field(default_factory=list)
    rest: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    calls: Counter[int] = field(default_factory=Counter)

    def begin(self) -> None:
        """What was measured until now does not count."""
        for seconds in (self.whole, self.rest, self.bare):
            seconds.clear()
        self.calls.clear()

    async def ours(self, turn: int, waits: Waits) -> None:
        person = self.people[turn % len(self.people)]
        async with person.free:
            person.hears(playing=not self.pauses or person.turn % 2 == 0)
            spans = waits.of[person.account.name]
            spans.clear()
            began = perf_counter()
            await self.act(person)
            ended = perf_counter()
            person.turn += 1
            self.whole.append(ended - began)
            self.rest.append(ended - began - sequential(spans, ended))
            self.calls[len(spans)] += 1

    async def theirs(self) -> None:
        began = perf_counter()
        await self.peer()
        self.bare.append(perf_counter() - began)

    def rows(self, latency: float, wire: float) -> list[Row]:
        """`wire`: seconds of one call of bare aiohttp that are not Spotify's."""
        where = f"{self.name}{self.note}, Spotify at {latency * 1e3:.0f} ms"
        rows = []
        for percent, aim in AIMS.items():
            rest, bare = percentile(self.rest, percent), percentile(self.bare, percent)
            rows += [
                Row(f"{where}, p{percent}", percentile(self.whole, percent) * 1e3, "ms",
                    peer=bare * 1e3),
                Row(f"  its own: less Spotify and {self.against}; peer: its calls' wire",
                    (rest - bare) * 1e3, "ms", aim, max(self.calls) * wire * 1e3),
                Row("  without Spotify, against that", rest / bare, "×"),
            ]  # fmt: skip
        return rows

    @property
    def cost(self) -> str:
        least, most = min(self.calls), max(self.calls)
        return f"{self.name} {least}" + (f"–{most}" if most > least else "")


async def kinds(bare: Running, people: list[Person]) -> list[Kind]:
    """Those that are measured, each by so many people that nobody has to wait for themselves."""
    seat, other = bare.discord.user_client("ada"), bare.discord.user_client("ada", "dm")
    button = (await other.run("/button")).message

    async def defer() -> None:
        await seat.run("/later")

    async def edit() -> None:
        await other.press(button, "Nothing")

    async def offer() -> None:
        await seat.autocomplete("/choices what:lan")

    deferred = "a deferred no-op"
    return [
        Kind("/pause", deferred, Person.pause, defer, people[:3]),
        Kind("/now", deferred, Person.now, defer, people[3:6]),
        Kind("a press", "a deferred edit", Person.press, edit, people[6:10], pauses=True),
        Kind("a completion", "constant choices", Person.complete, offer, people[:6],
             " (no pause in typing)"),
    ]  # fmt: skip


async def in_turn(measured: list[Kind], rounds: int, waits: Waits, least: Caller) -> None:
    for turn in range(rounds):
        await least.once()
        for kind in measured:
            await kind.ours(turn, waits)
            await kind.theirs()


async def in_slots(measured: list[Kind], rounds: int, waits: Waits, least: Caller) -> None:
    """One of ours begins in each slot, and one of the bare bot's a little later.

    Bare aiohttp calls once a round, after its call before.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as under_way:
        for number in range(rounds * len(measured)):
            turn, which = divmod(number, len(measured))
            await asyncio.sleep(began + number * SLOT - loop.time())
            under_way.create_task(measured[which].ours(turn, waits))
            await asyncio.sleep(began + number * SLOT + LATER - loop.time())
            under_way.create_task(measured[which].theirs())
            if which == 0 and not least.busy:
                under_way.create_task(least.once())


@dataclass(frozen=True)
class Rush:
    """What became of so many interactions at once.

    wall   seconds until the last was finished
    first  seconds until each first answer, from when all were sent
    lost   those that ended in nothing
    """

    wall: float
    first: list[float]
    lost: int


async def rush(bot: Running, people: list[Person]) -> Rush:
    """Everybody does all of it at once."""
    for person in people:
        await person.open_panels(ceil(AT_ONCE / 4 / len(people)))
        person.hears(playing=True)
    exchanges = bot.discord.traffic.exchanges
    exchanges.clear()
    began = perf_counter()
    done = await asyncio.gather(
        *(
            act
            for number in range(AT_ONCE // 4)
            for act in _all(people[number % len(people)], number // len(people))
        ),
        return_exceptions=True,
    )
    wall = perf_counter() - began
    first = [e.sent_at - began for e in exchanges if e.path.endswith("/callback")]
    lost = sum(isinstance(one, BaseException) for one in done)
    return Rush(wall, first, lost)


def _all(person: Person, panel: int) -> list[Awaitable[object]]:
    """One of each kind."""
    return [
        person.pause(),
        person.now(),
        person.seat.press(person.panels[panel], "Refresh"),
        person.seat.autocomplete("/play what:lantern"),
    ]


@asynccontextmanager
async def both() -> AsyncIterator[tuple[Running, Running, Waits]]:
    """The bare bot, Tonearm, and how long its Spotify took."""
    spotify = Spotify(Clock())
    spotify.faults = waits = Waits(spotify.state.tokens)
    daily = {"SPOTIFY_DAILY_CALLS": "1000000"}
    async with (
        running("bench.bare") as bare,
        running("bench.unhurried", spotify, **daily) as bot,
    ):
        yield bare, bot, waits


def _begin(measured: list[Kind], least: Caller) -> None:
    least.wire.clear()
    for kind in measured:
        kind.begin()


def _rows(measured: list[Kind], latency: float, least: Caller) -> list[Row]:
    wire = percentile(least.wire, 50)
    return [
        *(row for kind in measured for row in kind.rows(latency, wire)),
        Row(f"a call by bare aiohttp, less Spotify at {latency * 1e3:.0f} ms, p50",
            wire * 1e3, "ms"),
    ]  # fmt: skip


async def measure() -> list[Row]:
    async with both() as (bare, bot, waits), caller(bot.spotify, waits) as least:
        people = [await arrive(bot, f"guest{number}") for number in range(PEOPLE)]
        measured = await kinds(bare, people)
        for presser in measured[2].people:
            await presser.open_panels(PANELS)
        await in_turn(measured, WARM, waits, least)
        _begin(measured, least)
        await in_turn(measured, ROUNDS, waits, least)
        rows = _rows(measured, 0, least)
        waits.latency = LATENCY
        _begin(measured, least)
        # What is looked up while somebody types gives way to all commands under way.
        await in_slots(measured[:-1], ROUNDS, waits, least)
        await in_slots(measured[-1:], ROUNDS, waits, least)
        rows += _rows(measured, LATENCY, least)
        waits.latency = 0.0
        costs = ", ".join(kind.cost for kind in measured)
        most = max(max(kind.calls) for kind in measured)
        rushed = await rush(bot, people)
    return [
        *rows,
        Row(f"calls to Spotify: {costs}", most, "calls"),
        Row(f"{AT_ONCE} interactions of {PEOPLE} people at once, all finished",
            rushed.wall, "s"),
        Row("  first answer, p50", percentile(rushed.first, 50), "s"),
        Row("  first answer, p99", percentile(rushed.first, 99), "s"),
        Row("  the last of them", max(rushed.first), "s", LATEST),
        Row("  lost", rushed.lost, "", 0),
    ]  # fmt: skip
