"""Ten thousand calls of three users through two apps; a fifth of them fail."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.errors.bot_error import BotError
from bot.spotify import Spotify, Transport
from bot.spotify.endpoint_groups import GROUPS
from bot.spotify.rate_limiter import RateLimiter
from bot.spotify.uris import Kind
from sandbox.clock import Clock
from sandbox.fault_injection import Fault as Order
from sandbox.spotify import App, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.error_responses import SPURIOUS_ERRORS, TOKEN_EXPIRED
from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS
from tests.spotify_client.client_calls import any_uri, playlist_named, to_uri, track_uris
from tests.spotify_client.client_factory import FakeTokenSource
from tests.spotify_client.network import FixedRandom

CALL_COUNT, CONCURRENCY = 10_000, 100
READ_CALL_PATTERN = "^GET"
# What nobody is refused: there a success that says nonsense is one.
UNPARSED_WRITE_PATTERN = "^(PUT|DELETE) /v1/me/library|^POST /v1/me/playlists"
HTML = "<html><title>Oops</title></html>"

NumberedCall = Callable[[Spotify, int], Coroutine[Any, Any, object]]


def random_faults() -> list[Order]:
    """Faults for a fifth of all calls that reach Spotify."""
    return [
        Order(probability=0.02, times=None, status=500),
        Order(probability=0.02, times=None, status=502, runs_first=True, body=HTML),
        Order(probability=0.01, times=None, status=503, body='{"error": {"status": 503}}'),
        Order(probability=0.03, times=None, action="reset"),
        Order(probability=0.03, times=None, action="reset", runs_first=True),
        TOKEN_EXPIRED.as_fault(probability=0.03, times=None),
        *(glitch.as_fault(probability=0.02, times=None) for glitch in SPURIOUS_ERRORS),
        Order(READ_CALL_PATTERN, probability=0.03, times=None, status=200, body=HTML),
        Order(READ_CALL_PATTERN, probability=0.03, times=None, status=200, body='{"items": [{"na'),
        Order(
            UNPARSED_WRITE_PATTERN,
            probability=0.1,
            times=None,
            status=200,
            body=HTML,
            runs_first=True,
        ),
    ]


@dataclass
class LongRun:
    """The calls of all users and their results: "done" or the name of an error."""

    fake: FakeSpotify
    transport: Transport
    seed: int
    results: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        another = App("another", allowed_accounts={"ada", "grace", "linus"})
        self.fake.apps[another.client_id] = another
        self._tokens = {
            (name, app): FakeTokenSource(self.fake, name, SCOPE_DESCRIPTIONS, app)
            for name in ("ada", "grace", "linus")
            for app in (self.fake.client_id, another.client_id)
        }
        self._calls = self._reads() | self._writes()

    def _reads(self) -> dict[str, NumberedCall]:
        tracks, words = track_uris(self.fake, 140), ["lantern", "quay", "mile", "rope", "tide"]
        own = any_uri(self.fake, Kind.PLAYLIST)
        return {
            "state": lambda s, n: s.player.state(),
            "devices": lambda s, n: s.player.devices(),
            "queued": lambda s, n: s.player.get_queue(),
            "recent": lambda s, n: s.player.recently_played(limit=5),
            "me": lambda s, n: s.profile.me(),
            "item": lambda s, n: s.catalogue.item(tracks[n % len(tracks)]),
            "playlist": lambda s, n: s.catalogue.item(own),
            "search": lambda s, n: s.catalogue.search(words[n % 5], "track", limit=n % 10 + 1),
            "contains": lambda s, n: s.library.contains(*tracks[n % 50 : n % 50 + 3]),
        }

    def _writes(self) -> dict[str, NumberedCall]:
        tracks, own = track_uris(self.fake, 140), to_uri(playlist_named(self.fake, "Potluck").uri)
        return {
            "play": lambda s, n: s.player.play(*tracks[n % 100 : n % 100 + 9]),
            "resume": lambda s, n: s.player.resume(),
            "next": lambda s, n: s.player.next(),
            "previous": lambda s, n: s.player.previous(),
            "seek": lambda s, n: s.player.seek(n),
            "queue": lambda s, n: s.player.add_to_queue(to_uri(generated_uri(n))),
            "create": lambda s, n: s.playlists.create(f"number {n}"),
            "add": lambda s, n: s.playlists.add(own, to_uri(generated_uri(n))),
            "pause": lambda s, n: s.player.pause(),
            "volume": lambda s, n: s.player.set_volume(n % 101),
            "shuffle": lambda s, n: s.player.set_shuffle(n % 2 == 0),
            "save": lambda s, n: s.library.save(tracks[n % 140]),
            "remove": lambda s, n: s.library.remove(tracks[n % 140]),
        }

    async def run_all(self) -> None:
        """Make AT_ONCE calls at a time, in an order by the seed."""
        chance = random.Random(self.seed)
        left = ((n, chance.choice(list(self._calls)), chance.choice(list(self._tokens)))
                for n in range(CALL_COUNT))  # fmt: skip
        await asyncio.gather(*(self._run_calls(left) for _ in range(CONCURRENCY)))

    async def _run_calls(self, left: Iterator[tuple[int, str, tuple[str, str]]]) -> None:
        for n, way, (name, app) in left:
            if n in (3000, 6000):
                self.fake.add_rate_limit(1, times=5)
            if n in (3150, 6150):
                self.fake.clock.advance(601)  # nobody has to go slowly any more
            tokens = self._tokens[name, app]
            account = name if n % 2 else ""
            spotify = Spotify(self.transport, tokens, client_id=app, account=account, timeout=8)
            try:
                await self._calls[way](spotify, n)
                self.results[way, "done"] += 1
            except BotError as fault:
                self.results[way, type(fault).__name__] += 1

    def count(self, outcome: str) -> int:
        return sum(count for (_, ended), count in self.results.items() if ended == outcome)


NON_IDEMPOTENT_PATHS = {
    "play": ("PUT", "me/player/play"),
    "next": ("POST", "me/player/next"),
    "previous": ("POST", "me/player/previous"),
    "seek": ("PUT", "me/player/seek"),
    "queue": ("POST", "me/player/queue"),
    "create": ("POST", "me/playlists"),
}


def check_no_repeats(run: LongRun) -> None:
    """Check that no non-idempotent call was executed more often than requested."""
    fake = run.fake
    for way, (method, path) in NON_IDEMPOTENT_PATHS.items():
        executed = [call for call in fake.calls_to(method, path) if call.executed]
        ways = ("play", "resume") if way == "play" else (way,)
        done = sum(run.results[way, "done"] for way in ways)
        unknown = sum(run.results[way, "OutcomeUnknown"] for way in ways)
        assert done <= len(executed) <= done + unknown, way
        if way in ("seek", "queue"):
            marks = Counter(
                call.query.get("position_ms", call.query.get("uri")) for call in executed
            )
            assert max(marks.values()) == 1, way
    names = Counter(playlist.name for playlist in fake.playlists.values())
    assert names.most_common(1)[0][1] == 1
    added = Counter(entry.uri for entry in playlist_named(fake, "Potluck").items)
    assert added.most_common(1)[0][1] == 1
    assert len(added) > 200


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
async def test_each_call_ends_in_one_result_or_one_error(seed: int) -> None:
    async with FakeSpotify(Clock(), seed=seed) as fake:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            gate = RateLimiter(
                now=fake.clock, monotonic=fake.clock.monotonic, daily_limit=10 * CALL_COUNT
            )
            transport = Transport(
                http,
                fake.api_url,
                limiter=gate,
                monotonic=fake.clock.monotonic,
                rng=FixedRandom(0.001),
            )
            run = LongRun(fake, transport, seed)
            wrong = [fake.faults.add(order) for order in random_faults()]
            fake.add_quota("GET /v1/search", 200, 48_925)
            await run.run_all()
            check_no_repeats(run)
            assert run.results.total() == CALL_COUNT
            assert sum(order.hits for order in wrong) / len(fake.calls) == pytest.approx(
                0.2, abs=0.06
            )
            assert all(order.hits for order in wrong)
            for outcome in (
                "done",
                "OutcomeUnknown",
                "SpotifyDown",
                "QuotaExceeded",
                "PlayerRestricted",
            ):
                assert run.count(outcome) > 5, outcome
            for bug in ("BadRequest", "MissingScope", "NotPermitted", "DeviceNotFound"):
                assert run.count(bug) == 0, bug
            assert {call.status for call in fake.calls} >= {0, 200, 401, 403, 429, 500, 502, 503}
            fake.clock.advance(601)
            waits = {
                gate.acquire(app, group, background=True)
                for app in gate.client_ids
                for group in GROUPS
                if group not in gate.exhausted_quotas(app)
            }
            assert waits == {0.0}, "no command is under way"
            assert not transport.cache._cache._in_flight
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left or not (await asyncio.wait(left, timeout=1))[1]
