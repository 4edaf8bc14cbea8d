"""The time of hundreds of interactions at once, beside a bare bot that does the same work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from bench.interactions import Completion, Kind, Now, Pause, Press, set_up
from bench.report import Row, compare, percentile
from bench.users import BotPair, LinkedUser, start_pair

# Interactions at once: /now alone, and all kinds in equal parts.
NOW_AT_ONCE, MIXED_AT_ONCE = 200, 500
AIM = 2.0
# Seconds between two rounds, in which background work of the bots ends.
PAUSE = 1.0


@dataclass(frozen=True)
class Load:
    """Seconds from the first event: until each first answer, and until the last answer of all."""

    first_answers: list[float]
    total: float


class Crowd:
    """Users who all interact at the same time, each once."""

    def __init__(self, bots: BotPair, members: Sequence[tuple[Kind, LinkedUser]]) -> None:
        self._bots = bots
        self._members = members

    async def round(self, turn: int) -> tuple[Load, Load]:
        """Ours and the bare bot's. Raises an ExceptionGroup if an interaction fails."""
        order = (True, False) if turn % 2 else (False, True)
        loads = {own: await self._run(turn, own) for own in order}
        return loads[True], loads[False]

    async def _run(self, turn: int, own: bool) -> Load:
        for kind, user in self._members:
            kind.prepare(user, turn)
        await asyncio.sleep(PAUSE)
        bot = self._bots.ours if own else self._bots.peer
        exchanges = bot.discord.traffic.exchanges
        exchanges.clear()
        started = perf_counter()
        async with asyncio.TaskGroup() as interactions:
            for kind, user in self._members:
                interact = kind.ours if own else kind.peer
                interactions.create_task(interact(user, turn))
        total = perf_counter() - started
        first = [e.sent_at - started for e in exchanges if e.path.endswith("/callback")]
        return Load(first, total)


async def measure(rounds: int) -> list[Row]:
    per_kind = MIXED_AT_ONCE // 4
    async with start_pair(NOW_AT_ONCE + 3 * per_kind) as bots:
        users = iter(bots.users)
        now = Now([next(users) for _ in range(NOW_AT_ONCE)])
        others = [
            kind([next(users) for _ in range(per_kind)]) for kind in (Pause, Press, Completion)
        ]
        await set_up([now, *others])
        same = Crowd(bots, [(now, user) for user in now.users])
        mixed = Crowd(
            bots,
            [(kind, kind.users[n]) for n in range(per_kind) for kind in (now, *others)],
        )
        same_rounds = [await same.round(turn) for turn in range(rounds)]
        mixed_rounds = [await mixed.round(turn) for turn in range(rounds)]
    return [
        *_rows(f"{NOW_AT_ONCE} /now at once", same_rounds),
        *_rows(f"{MIXED_AT_ONCE} interactions at once", mixed_rounds),
    ]


def _rows(name: str, rounds: list[tuple[Load, Load]]) -> list[Row]:
    firsts = [
        (percentile(ours.first_answers, 99), percentile(peer.first_answers, 99))
        for ours, peer in rounds
    ]
    totals = [(ours.total, peer.total) for ours, peer in rounds]
    return [
        compare(f"{name}, all answered", totals, unit="s", aim=AIM),
        compare(f"{name}, first answer, p99", firsts, unit="s", aim=AIM),
    ]
