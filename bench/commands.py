"""The time of a command, a press and a completion, beside a bare bot that does the same work.

The time runs from the event on the gateway until Discord shows the last answer. One interaction is
in progress at a time: ours, then the bare bot's with the same account, and for the next pair in
the other order, so that whatever else the machine does meets both alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from bench.interactions import Account, Completion, Kind, Now, NowOrNothing, Pause, Press, set_up
from bench.report import Row, compare, percentile
from bench.users import BotPair, LinkedUser, start_pair

# Seconds that Spotify takes for a response, and how many pairs a round has then.
PAIRS = {0.0: 80, 0.08: 16}
# By percentile.
AIMS = {50: 1.5, 99: 2.0}
USERS_PER_KIND = 50
# So many that no user presses twice within DOUBLE_PRESS_SECONDS.
PRESSING_USERS = 300


@dataclass(frozen=True)
class Sample:
    """One interaction.

    first, last  seconds until the first answer and until the last
    calls        to Spotify, by method and path, and to Discord, by method
    """

    first: float
    last: float
    calls: Counter[str]


class Comparison:
    """Runs one kind of interaction at both bots in turn."""

    def __init__(self, bots: BotPair, kind: Kind) -> None:
        self._bots = bots
        self._kind = kind
        self._count = 0

    @property
    def name(self) -> str:
        return self._kind.name

    async def round(self, pairs: int) -> list[tuple[Sample, Sample]]:
        """So many interactions at ours and at the bare bot."""
        return [await self._pair() for _ in range(pairs)]

    async def _pair(self) -> tuple[Sample, Sample]:
        turn, index = divmod(self._count, len(self._kind.users))
        self._count += 1
        user = self._kind.users[index]
        if index % 2:
            ours = await self._run(user, turn, own=True)
            return ours, await self._run(user, turn, own=False)
        peer = await self._run(user, turn, own=False)
        return await self._run(user, turn, own=True), peer

    async def _run(self, user: LinkedUser, turn: int, *, own: bool) -> Sample:
        self._kind.prepare(user, turn)
        bot = self._bots.ours if own else self._bots.peer
        calls, exchanges = self._bots.spotify.calls, bot.discord.traffic.exchanges
        calls.clear()
        exchanges.clear()
        started = perf_counter()
        await (self._kind.ours if own else self._kind.peer)(user, turn)
        ended = perf_counter()
        return Sample(
            exchanges[0].sent_at - started,
            ended - started,
            Counter([*(f"{call.method} {call.path}" for call in calls),
                     *(f"Discord {exchange.method}" for exchange in exchanges)]),
        )  # fmt: skip


Round = list[tuple[Sample, Sample]]


KINDS = (Pause, Now, Press, Completion, Account, NowOrNothing)


async def measure(rounds: int) -> list[Row]:
    counts = {kind: PRESSING_USERS if kind is Press else USERS_PER_KIND for kind in KINDS}
    async with start_pair(sum(counts.values())) as bots:
        users = iter(bots.users)
        kinds = [kind([*islice(users, count)]) for kind, count in counts.items()]
        await set_up(kinds)
        comparisons = [Comparison(bots, kind) for kind in kinds]
        *same_work, account, first_answer = comparisons
        rows = []
        for latency, pairs in PAIRS.items():
            bots.spotify.faults.latency = latency
            for comparison in same_work:
                results = [await comparison.round(pairs) for _ in range(rounds)]
                _require_same_calls(comparison.name, results)
                name = f"{comparison.name}, Spotify at {latency * 1e3:.0f} ms"
                rows += _rows(name, results, _last)
        bots.spotify.faults.latency = 0.0
        for comparison, name, seconds in (
            (account, "/account, peer a deferred no-op", _last),
            (first_answer, "/now, first answer, peer a no-op", _first),
        ):
            results = [await comparison.round(PAIRS[0.0]) for _ in range(rounds)]
            rows += _rows(name, results, seconds)
    return rows


def _first(sample: Sample) -> float:
    return sample.first


def _last(sample: Sample) -> float:
    return sample.last


def _require_same_calls(name: str, rounds: list[Round]) -> None:
    """Raises RuntimeError if the bare bot did not do the same work."""
    for ours, peer in (pair for round_ in rounds for pair in round_):
        if ours.calls != peer.calls:
            raise RuntimeError(f"{name}: ours made {ours.calls}, the bare bot {peer.calls}")


def _rows(name: str, rounds: list[Round], seconds: Callable[[Sample], float]) -> list[Row]:
    return [
        compare(
            f"{name}, p{percent}",
            [
                (
                    percentile([seconds(ours) for ours, _ in pairs], percent),
                    percentile([seconds(peer) for _, peer in pairs], percent),
                )
                for pairs in rounds
            ],
            unit="ms",
            scale=1e3,
            aim=aim,
        )
        for percent, aim in AIMS.items()
    ]
