"""Ten thousand calls of three people through two apps, a fifth of them going wrong."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.errors import Fault
from bot.spotify import Spotify, Transport
from bot.spotify.endpoints import GROUPS
from bot.spotify.gate import Gate
from sandbox.clock import Clock
from sandbox.faults import Fault as Order
from sandbox.spotify import App, generated_uri
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.login import SCOPES
from sandbox.spotify.refusals import GLITCHES, TOKEN_EXPIRED

from .calls import one_of, playlist, songs, uri_of
from .clients import Tokens
from .wire import Dice

CALLS, AT_ONCE = 10_000, 100
READS = "^GET"
# What nobody is refused: there a success that says nonsense is one.
LENIENT = "^(PUT|DELETE) /v1/me/library|^POST /v1/me/playlists"
HTML = "<html><title>Oops</title></html>"

Way = Callable[[Spotify, int], Coroutine[Any, Any, object]]


def orders() -> list[Order]:
    """A fifth of all that reaches Spotify."""
    return [
        Order(share=0.02, times=None, status=500),
        Order(share=0.02, times=None, status=502, executed=True, body=HTML),
        Order(share=0.01, times=None, status=503, body='{"error": {"status": 503}}'),
        Order(share=0.03, times=None, act="reset"),
        Order(share=0.03, times=None, act="reset", executed=True),
        TOKEN_EXPIRED.fault(share=0.03, times=None),
        *(glitch.fault(share=0.02, times=None) for glitch in GLITCHES),
        Order(READS, share=0.03, times=None, status=200, body=HTML),
        Order(READS, share=0.03, times=None, status=200, body='{"items": [{"na'),
        Order(LENIENT, share=0.1, times=None, status=200, body=HTML, executed=True),
    ]


@dataclass
class Run:
    """Everybody's calls and what became of each: its way, and "done" or the name of a fault."""

    pretend: Pretend
    transport: Transport
    seed: int
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        another = App("another", allow_list={"ada", "grace", "linus"})
        self.pretend.apps[another.client_id] = another
        self._tokens = {
            (name, app): Tokens(self.pretend, name, SCOPES, app)
            for name in ("ada", "grace", "linus")
            for app in (self.pretend.client_id, another.client_id)
        }
        self._ways = self._reads() | self._writes()

    def _reads(self) -> dict[str, Way]:
        tracks, words = songs(self.pretend, 140), ["lantern", "quay", "mile", "rope", "tide"]
        own = one_of(self.pretend, "playlist")
        return {
            "state": lambda s, n: s.player.state(),
            "devices": lambda s, n: s.player.devices(),
            "queued": lambda s, n: s.player.queued(),
            "recent": lambda s, n: s.player.recent(limit=5),
            "me": lambda s, n: s.profile.me(),
            "item": lambda s, n: s.catalogue.item(tracks[n % len(tracks)]),
            "playlist": lambda s, n: s.catalogue.item(own),
            "search": lambda s, n: s.catalogue.search(words[n % 5], "track", limit=n % 10 + 1),
            "contains": lambda s, n: s.library.contains(*tracks[n % 50 : n % 50 + 3]),
        }

    def _writes(self) -> dict[str, Way]:
        tracks, own = songs(self.pretend, 140), uri_of(playlist(self.pretend, "Potluck").uri)
        return {
            "play": lambda s, n: s.player.play(*tracks[n % 100 : n % 100 + 9]),
            "resume": lambda s, n: s.player.resume(),
            "next": lambda s, n: s.player.next(),
            "previous": lambda s, n: s.player.previous(),
            "seek": lambda s, n: s.player.seek(n),
            "queue": lambda s, n: s.player.queue(uri_of(generated_uri(n))),
            "create": lambda s, n: s.playlists.create(f"number {n}"),
            "add": lambda s, n: s.playlists.add(own, uri_of(generated_uri(n))),
            "pause": lambda s, n: s.player.pause(),
            "volume": lambda s, n: s.player.volume(n % 101),
            "shuffle": lambda s, n: s.player.shuffle(n % 2 == 0),
            "save": lambda s, n: s.library.save(tracks[n % 140]),
            "remove": lambda s, n: s.library.remove(tracks[n % 140]),
        }

    async def all(self) -> None:
        """AT_ONCE at a time, in an order that the seed decides."""
        chance = random.Random(self.seed)
        left = ((n, chance.choice(list(self._ways)), chance.choice(list(self._tokens)))
                for n in range(CALLS))  # fmt: skip
        await asyncio.gather(*(self._some(left) for _ in range(AT_ONCE)))

    async def _some(self, left: Iterator[tuple[int, str, tuple[str, str]]]) -> None:
        for n, way, (name, app) in left:
            if n in (3000, 6000):
                self.pretend.rate_limit(1, times=5)
            if n in (3150, 6150):
                self.pretend.clock.advance(601)  # nobody has to go slowly any more
            tokens = self._tokens[name, app]
            account = name if n % 2 else ""
            spotify = Spotify(self.transport, tokens, app=app, account=account, within=8)
            try:
                await self._ways[way](spotify, n)
                self.ended[way, "done"] += 1
            except Fault as fault:
                self.ended[way, type(fault).__name__] += 1

    def count(self, outcome: str) -> int:
        return sum(count for (_, ended), count in self.ended.items() if ended == outcome)


PATHS = {
    "play": ("PUT", "me/player/play"),
    "next": ("POST", "me/player/next"),
    "previous": ("POST", "me/player/previous"),
    "seek": ("PUT", "me/player/seek"),
    "queue": ("POST", "me/player/queue"),
    "create": ("POST", "me/playlists"),
}


def check(run: Run) -> None:
    """Nothing that must not be repeated was carried out more often than somebody wished."""
    pretend = run.pretend
    for way, (method, path) in PATHS.items():
        executed = [call for call in pretend.calls_of(method, path) if call.executed]
        ways = ("play", "resume") if way == "play" else (way,)
        done = sum(run.ended[one, "done"] for one in ways)
        unknown = sum(run.ended[one, "OutcomeUnknown"] for one in ways)
        assert done <= len(executed) <= done + unknown, way
        if way in ("seek", "queue"):
            marks = Counter(
                call.query.get("position_ms", call.query.get("uri")) for call in executed
            )
            assert max(marks.values()) == 1, way
    names = Counter(one.name for one in pretend.playlists.values())
    assert names.most_common(1)[0][1] == 1
    added = Counter(entry.uri for entry in playlist(pretend, "Potluck").items)
    assert added.most_common(1)[0][1] == 1
    assert len(added) > 200


@pytest.mark.parametrize("seed", [1])
async def test_each_of_ten_thousand_calls_ends_in_one_answer_or_one_named_fault(seed: int) -> None:
    async with Pretend(Clock(), seed=seed) as pretend:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            gate = Gate(pretend.clock, daily=10 * CALLS)
            transport = Transport(
                http, pretend.api_url, gate=gate, clock=pretend.clock, chance=Dice(0.001)
            )
            run = Run(pretend, transport, seed)
            wrong = [pretend.faults.add(order) for order in orders()]
            pretend.quota("GET /v1/search", 200, 48_925)
            await run.all()
            check(run)
            assert run.ended.total() == CALLS
            assert sum(order.hits for order in wrong) / len(pretend.calls) == pytest.approx(
                0.2, abs=0.06
            )
            assert all(order.hits for order in wrong)
            for outcome in ("done", "OutcomeUnknown", "SpotifyDown", "QuotaExceeded", "Restricted"):
                assert run.count(outcome) > 5, outcome
            for bug in ("Rejected", "MissingScope", "Forbidden", "DeviceGone"):
                assert run.count(bug) == 0, bug
            assert {call.status for call in pretend.calls} >= {0, 200, 401, 403, 429, 500, 502, 503}
            pretend.clock.advance(601)
            waits = {
                gate.admit(app, group, background=True)
                for app in gate.apps
                for group in GROUPS
                if group not in gate.closed(app)
            }
            assert waits == {0.0}, "no command is under way"
            assert not transport.kept._under_way
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left or not (await asyncio.wait(left, timeout=1))[1]
