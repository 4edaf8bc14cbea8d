"""All that is said on the wire is held against the OpenAPI files of Discord and of Spotify."""

from __future__ import annotations

import json
from collections import Counter, deque
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.recording import Exchange
from sandbox.stage import stage
from tests.specification import covered, flows, known, rounds, wrong
from tests.specification.checking import JSON, MULTIPART, Checker, Finding
from tests.specification.known import Known, sift
from tests.specification.openapi import Specification
from tests.stage.discord_bot import SmallBot, connected
from tests.stage.discord_client import BACK, Client
from tests.stage.discord_wire import wired
from tests.stage.spotify_caller import calling

ROOT = Path(__file__).parent.parent
SPECS = ROOT.parent / "shared" / "specs"

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the specifications are not in ../shared/specs"
)

Service = Literal["discord", "spotify"]
SERVICES: tuple[Service, ...] = get_args(Service)
KNOWN = {"discord": known.DISCORD, "spotify": known.SPOTIFY}


@dataclass(frozen=True)
class Said:
    """What each service heard and answered: with the bot, in its round, and at the login.

    client  what Spotify heard of each method of our client
    """

    bot: dict[Service, deque[Exchange]]
    round: dict[Service, deque[Exchange]]
    client: dict[str, list[Exchange]]
    login: deque[Exchange]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def said() -> Said:
    async with stage() as it:
        for flow in flows.FLOWS:
            await flow(it)
    async with Discord(Clock()) as discord, wired(discord) as wire:
        async with connected(discord, SmallBot()):
            await rounds.people(discord)
        await rounds.messages(wire)
        discord.register(BACK)
        await rounds.signing_in(Client(discord, wire.session))
    async with calling() as call:
        for part in rounds.OF_SPOTIFY:
            await part(call)
    async with calling() as another:
        client = await rounds.client(another.spotify, another.http)
    return Said(
        bot={
            "discord": it.discord.recording.exchanges,
            "spotify": it.spotify.recording.exchanges,
        },
        round={
            "discord": discord.recording.exchanges,
            "spotify": call.spotify.recording.exchanges,
        },
        client=client,
        login=it.spotify.accounts_recording.exchanges,
    )


@cache
def _checker(service: Service) -> Checker:
    if service == "discord":
        return Checker(Specification(SPECS / "discord-api.json"))
    told = Specification(SPECS / "spotify-web-api.yml")
    return Checker(told, undeclared=told.content("BadRequest")[JSON])


def _findings(service: Service, said: Said) -> Counter[Finding]:
    checker = _checker(service)
    exchanges = [*said.bot[service], *said.round[service]]
    if service == "spotify":
        exchanges += chain(*said.client.values())
    return Counter(finding for exchange in exchanges for finding in checker.check(exchange))


# ---- the run


@pytest.mark.parametrize("service", SERVICES)
def test_all_that_is_said_is_specified(said: Said, service: Service) -> None:
    findings = _findings(service, said)
    unknown, unused = sift(findings, KNOWN[service])
    lines = [f"{finding} ({findings[finding]} times)" for finding in unknown]
    lines += [f"{entry.operation}: {entry.where} differs no more ({entry.why})" for entry in unused]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


@pytest.mark.parametrize(
    ("by", "service", "operations"),
    [
        ("bot", "discord", covered.BOT_AND_DISCORD),
        ("bot", "spotify", covered.BOT_AND_SPOTIFY),
        ("round", "discord", covered.ROUND_OF_DISCORD),
        ("round", "spotify", covered.ROUND_OF_SPOTIFY),
    ],
)
def test_the_run_saw_what_it_claims(said: Said, by: str, service: Service, operations: str) -> None:
    exchanges = (said.bot if by == "bot" else said.round)[service]
    seen = {one for exchange in exchanges for one in _checker(service).seen(exchange)}
    assert covered.each(operations) - seen == set()


def test_every_method_of_the_client_asks_what_it_claims(said: Said) -> None:
    claimed, checker = covered.by_method(covered.CLIENT_OF_SPOTIFY), _checker("spotify")
    assert claimed.keys() == said.client.keys()
    for method, exchanges in said.client.items():
        seen = set().union(*(checker.seen(exchange) for exchange in exchanges))
        assert claimed[method] <= seen
        assert {_operation(one) for one in claimed[method]} == {_operation(one) for one in seen}


def test_the_run_sent_every_kind_of_message(said: Said) -> None:
    sent = [*said.bot["discord"], *said.round["discord"]]
    assert {exchange.request_type for exchange in sent} >= {JSON, MULTIPART}
    answers = [exchange for exchange in sent if exchange.path.endswith("/callback")]
    kinds = {json.loads(one.request_body)["type"] for one in answers if one.request_type == JSON}
    assert kinds == {4, 5, 6, 7, 8, 9}


def test_the_run_is_recorded_whole(said: Said) -> None:
    for exchanges in (*said.bot.values(), *said.round.values()):
        assert len(exchanges) < (exchanges.maxlen or 0)


def test_the_login_goes_where_the_specification_says(said: Said) -> None:
    flow = _checker("spotify").told.login()
    page, token = (urlsplit(flow[url]).path for url in ("authorizationUrl", "tokenUrl"))
    asked = [dict(exchange.query) for exchange in said.login if exchange.path == page]
    assert asked
    assert all(set(query["scope"].split()) <= flow["scopes"].keys() for query in asked)
    forms = [parse_qs(one.request_body.decode()) for one in said.login if one.path == token]
    kinds = {form["grant_type"][0] for form in forms}
    assert kinds == {"authorization_code", "refresh_token"}


def _operation(seen: str) -> str:
    """Without the status."""
    return seen.rpartition(" ")[0]


# ---- the check itself


@pytest.mark.parametrize(
    ("service", "exchange"),
    [
        *(("discord", exchange) for exchange in wrong.RIGHT_AT_DISCORD),
        *(("spotify", exchange) for exchange in wrong.RIGHT_AT_SPOTIFY),
    ],
)
def test_nothing_is_said_of_what_is_right(service: Service, exchange: Exchange) -> None:
    assert _checker(service).check(exchange) == []


@pytest.mark.parametrize(
    ("service", "exchange", "says"),
    [
        *(("discord", exchange, says) for exchange, says in wrong.WRONG_AT_DISCORD),
        *(("spotify", exchange, says) for exchange, says in wrong.WRONG_AT_SPOTIFY),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_sort_of_mistake_is_named(service: Service, exchange: Exchange, says: str) -> None:
    findings = [str(finding) for finding in _checker(service).check(exchange)]
    assert any(says in finding for finding in findings), findings


def test_what_is_known_is_let_pass_once_it_happens_and_else_reported() -> None:
    happened = Finding("GET /me", "answer 200 /name", "is missing")
    table = [
        Known("GET /me", "answer 200 /name", "is missing", "happens"),
        Known("GET /.*", "answer .*", "is", "is never reached for it"),
        Known("PUT /me", "answer 200 /name", "is missing", "never happens"),
    ]
    other = Finding("POST /me", "query name", "is missing")
    assert sift([happened, other], table) == ([other], table[1:])
