"""All requests and responses conform to the OpenAPI files of Discord and Spotify."""

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
from sandbox.harness import run_harness
from sandbox.traffic_log import Exchange
from tests.api_specification import (
    bot_flows,
    direct_requests,
    example_exchanges,
    expected_operations,
    known_differences,
)
from tests.api_specification.exchange_checker import JSON, MULTIPART, ExchangeChecker, Finding
from tests.api_specification.known_differences import KnownDifference, split_known
from tests.api_specification.openapi import Specification
from tests.simulators.discord_bot import SmallBot, run_bot
from tests.simulators.discord_oauth_site import REDIRECT_URI, OAuthSite
from tests.simulators.discord_rest_client import rest_client
from tests.simulators.spotify.api_caller import api_caller

ROOT = Path(__file__).parent.parent
SPECS = ROOT.parent / "shared" / "specs"

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the specifications are not in ../shared/specs"
)

Service = Literal["discord", "spotify"]
SERVICES: tuple[Service, ...] = get_args(Service)
KNOWN = {
    "discord": known_differences.DISCORD_DIFFERENCES,
    "spotify": known_differences.SPOTIFY_DIFFERENCES,
}


@dataclass(frozen=True)
class Traffic:
    """What each service heard and answered: with the bot, in its round, and at the login.

    client  what Spotify heard of each method of our client
    """

    bot: dict[Service, deque[Exchange]]
    small_bot: dict[Service, deque[Exchange]]
    client: dict[str, list[Exchange]]
    login: deque[Exchange]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def traffic() -> Traffic:
    async with run_harness() as it:
        for flow in bot_flows.BOT_FLOWS:
            await flow(it)
    async with Discord(Clock()) as discord, rest_client(discord) as wire:
        async with run_bot(discord, SmallBot()):
            await direct_requests.run_interactions(discord)
        await direct_requests.send_messages(wire)
        discord.register_redirect_uri(REDIRECT_URI)
        await direct_requests.run_discord_oauth(OAuthSite(discord, wire.session))
    async with api_caller() as call:
        for part in direct_requests.SPOTIFY_REQUESTS:
            await part(call)
    async with api_caller() as another:
        client = await direct_requests.call_client_methods(another.spotify, another.http)
    return Traffic(
        bot={
            "discord": it.discord.traffic.exchanges,
            "spotify": it.spotify.traffic.exchanges,
        },
        small_bot={
            "discord": discord.traffic.exchanges,
            "spotify": call.spotify.traffic.exchanges,
        },
        client=client,
        login=it.spotify.accounts_traffic.exchanges,
    )


@cache
def _specification_checker(service: Service) -> ExchangeChecker:
    if service == "discord":
        return ExchangeChecker(Specification(SPECS / "discord-api.json"))
    told = Specification(SPECS / "spotify-web-api.yml")
    return ExchangeChecker(told, undeclared=told.response_schemas("BadRequest")[JSON])


def _find_violations(service: Service, traffic: Traffic) -> Counter[Finding]:
    checker = _specification_checker(service)
    exchanges = [*traffic.bot[service], *traffic.small_bot[service]]
    if service == "spotify":
        exchanges += chain(*traffic.client.values())
    return Counter(finding for exchange in exchanges for finding in checker.check(exchange))


# ---- the run


@pytest.mark.parametrize("service", SERVICES)
def test_all_traffic_conforms(traffic: Traffic, service: Service) -> None:
    findings = _find_violations(service, traffic)
    unknown, unused = split_known(findings, KNOWN[service])
    lines = [f"{finding} ({findings[finding]} times)" for finding in unknown]
    lines += [
        f"{entry.operation}: {entry.where} differs no more ({entry.reason})" for entry in unused
    ]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


@pytest.mark.parametrize(
    ("by", "service", "operations"),
    [
        ("bot", "discord", expected_operations.BOT_DISCORD_OPERATIONS),
        ("bot", "spotify", expected_operations.BOT_SPOTIFY_OPERATIONS),
        ("round", "discord", expected_operations.DIRECT_DISCORD_OPERATIONS),
        ("round", "spotify", expected_operations.DIRECT_SPOTIFY_OPERATIONS),
    ],
)
def test_run_covers_expected_operations(
    traffic: Traffic, by: str, service: Service, operations: str
) -> None:
    exchanges = (traffic.bot if by == "bot" else traffic.small_bot)[service]
    seen = {
        operation
        for exchange in exchanges
        for operation in _specification_checker(service).observed_operations(exchange)
    }
    assert expected_operations.expand_statuses(operations) - seen == set()


def test_each_client_method_calls_documented_operation(traffic: Traffic) -> None:
    claimed, checker = (
        expected_operations.operations_by_method(expected_operations.CLIENT_METHOD_OPERATIONS),
        _specification_checker("spotify"),
    )
    assert claimed.keys() == traffic.client.keys()
    for method, exchanges in traffic.client.items():
        seen = set().union(*(checker.observed_operations(exchange) for exchange in exchanges))
        assert claimed[method] <= seen
        assert {_operation(call) for call in claimed[method]} == {_operation(call) for call in seen}


def test_run_sends_every_kind_of_message(traffic: Traffic) -> None:
    sent = [*traffic.bot["discord"], *traffic.small_bot["discord"]]
    assert {exchange.request_type for exchange in sent} >= {JSON, MULTIPART}
    answers = [exchange for exchange in sent if exchange.path.endswith("/callback")]
    kinds = {
        json.loads(exchange.request_body)["type"]
        for exchange in answers
        if exchange.request_type == JSON
    }
    assert kinds == {4, 5, 6, 7, 8, 9}


def test_run_is_recorded_completely(traffic: Traffic) -> None:
    for exchanges in (*traffic.bot.values(), *traffic.small_bot.values()):
        assert len(exchanges) < (exchanges.maxlen or 0)


def test_login_uses_specified_urls(traffic: Traffic) -> None:
    flow = _specification_checker("spotify").specification.oauth_flow()
    page, token = (urlsplit(flow[url]).path for url in ("authorizationUrl", "tokenUrl"))
    asked = [dict(exchange.query) for exchange in traffic.login if exchange.path == page]
    assert asked
    assert all(set(query["scope"].split()) <= flow["scopes"].keys() for query in asked)
    forms = [
        parse_qs(exchange.request_body.decode())
        for exchange in traffic.login
        if exchange.path == token
    ]
    kinds = {form["grant_type"][0] for form in forms}
    assert kinds == {"authorization_code", "refresh_token"}


def _operation(seen: str) -> str:
    """Without the status."""
    return seen.rpartition(" ")[0]


# ---- the check itself


@pytest.mark.parametrize(
    ("service", "exchange"),
    [
        *(("discord", exchange) for exchange in example_exchanges.VALID_DISCORD_EXCHANGES),
        *(("spotify", exchange) for exchange in example_exchanges.VALID_SPOTIFY_EXCHANGES),
    ],
)
def test_valid_exchange_has_no_finding(service: Service, exchange: Exchange) -> None:
    assert _specification_checker(service).check(exchange) == []


@pytest.mark.parametrize(
    ("service", "exchange", "expected"),
    [
        *(
            ("discord", exchange, says)
            for exchange, says in example_exchanges.INVALID_DISCORD_EXCHANGES
        ),
        *(
            ("spotify", exchange, says)
            for exchange, says in example_exchanges.INVALID_SPOTIFY_EXCHANGES
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_violation_is_reported(
    service: Service, exchange: Exchange, expected: str
) -> None:
    findings = [str(finding) for finding in _specification_checker(service).check(exchange)]
    assert any(expected in finding for finding in findings), findings


def test_known_violation_is_ignored_and_reported_when_unused() -> None:
    happened = Finding("GET /me", "answer 200 /name", "is missing")
    table = [
        KnownDifference("GET /me", "answer 200 /name", "is missing", "happens"),
        KnownDifference("GET /.*", "answer .*", "is", "is never reached for it"),
        KnownDifference("PUT /me", "answer 200 /name", "is missing", "never happens"),
    ]
    other = Finding("POST /me", "query name", "is missing")
    assert split_known([happened, other], table) == ([other], table[1:])
