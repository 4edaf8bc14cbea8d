"""The simulated gateway: sessions resume, it asks to reconnect, and it closes with codes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import aiohttp
import pytest

from sandbox.discord import Discord, NoResponse
from sandbox.discord.gateway import ACK_DELAY
from sandbox.notifier import BotExited
from tests.simulators.discord_bot import SmallBot, run_bot

PROPERTIES = {"os": "linux", "browser": "hand", "device": "hand"}


async def test_a_bot_gets_ready(discord_server: Discord, bot: SmallBot) -> None:
    await asyncio.wait_for(bot.wait_until_ready(), 5)
    assert sorted(guild.name for guild in bot.guilds) == ["Harbour", "Night Shift"]
    assert bot.user is not None
    assert str(bot.user.id) == discord_server.application_id
    assert discord_server.command_write_count == 1
    assert {command["name"] for command in discord_server.commands} >= {
        "panel",
        "queue",
        "Quote this",
    }


async def test_close_code_is_recorded(discord_server: Discord, bot: SmallBot) -> None:
    await bot.close()
    await discord_server.changes.wait_until(lambda: bool(discord_server.gateway.close_codes))
    assert discord_server.gateway.close_codes == [1000]
    assert discord_server.gateway.sessions == {}


async def test_a_dropped_connection_is_resumed(discord_server: Discord, bot: SmallBot) -> None:
    await discord_server.gateway.drop_connections()
    assert not discord_server.gateway.ready
    # what happened meanwhile is sent once the bot is back
    assert (await discord_server.user_client().run("/song lantern")).text == "lantern x 1"
    await discord_server.wait_until_ready()
    assert (discord_server.gateway.identifies, discord_server.gateway.resumes) == (1, 1)


async def test_reconnect(discord_server: Discord, bot: SmallBot) -> None:
    await discord_server.gateway.request_reconnect()
    await discord_server.wait_until_ready()
    assert (await discord_server.user_client().run("/song lantern")).text == "lantern x 1"
    assert (discord_server.gateway.identifies, discord_server.gateway.resumes) == (1, 1)
    assert discord_server.gateway.close_codes == [4000]


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session(discord_server: Discord, bot: SmallBot, resumable: bool) -> None:
    await discord_server.gateway.invalidate_sessions(resumable)
    await discord_server.wait_until_ready()
    assert (await discord_server.user_client().run("/song lantern")).text == "lantern x 1"
    began = (discord_server.gateway.identifies, discord_server.gateway.resumes)
    assert began == ((1, 1) if resumable else (2, 0))


async def test_a_bot_that_comes_back_resumes_nothing(discord_server: Discord) -> None:
    for times in (1, 2):
        async with run_bot(discord_server, SmallBot()):
            assert (await discord_server.user_client().run("/song lantern")).text == "lantern x 1"
        assert discord_server.gateway.identifies == times
    ids = [command["id"] for command in discord_server.commands]
    assert len(set(ids)) == len(ids)


async def test_waiting_ends_with_the_bot(discord_server: Discord, bot: SmallBot) -> None:
    run = asyncio.create_task(discord_server.user_client().run("/hang"))
    await bot.hanging.wait()
    await bot.close()
    with pytest.raises(BotExited):
        await run
    bot.released.set()


async def test_simulator_without_a_bot(discord_server: Discord) -> None:
    with pytest.raises(TimeoutError, match="the bot to be ready"):
        await discord_server.wait_until_ready(timeout=0.01)
    assert not isinstance(NoResponse, TimeoutError)


class GatewayClient:
    """A websocket client that may break the gateway's protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, op: object, data: object) -> None:
        await self._socket.send_str(json.dumps({"op": op, "d": data}))

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def receive(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(await self._socket.receive_str())
        return heard

    async def close_code(self) -> int | None:
        """The code with which the gateway closes the connection."""
        while not self._socket.closed:
            await self._socket.receive(timeout=5)
        return self._socket.close_code


@pytest.fixture(name="client")
async def _client(discord_server: Discord) -> AsyncIterator[GatewayClient]:
    url = discord_server.gateway.resume_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield GatewayClient(socket)


def identify_data(discord_server: Discord, **fields: Any) -> dict[str, Any]:
    return {"token": discord_server.token, "intents": 1, "properties": PROPERTIES, **fields}


async def test_hello_heartbeat_identify(discord_server: Discord, client: GatewayClient) -> None:
    hello = await client.receive()
    assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41_250)
    await client.send(1, None)
    await client.send(2, identify_data(discord_server))
    events = [await client.receive() for _ in range(3)]
    assert [event["t"] for event in events] == ["READY", "GUILD_CREATE", "GUILD_CREATE"]
    assert [event["s"] for event in events] == [1, 2, 3]
    assert events[0]["d"]["resume_gateway_url"].startswith("ws://127.0.0.1:")


async def test_an_ack_comes_as_late_as_over_a_network_and_holds_nothing_up(
    discord_server: Discord, client: GatewayClient
) -> None:
    """discord.py stores the time after sending, and would take an earlier ACK for a late one."""
    await client.receive()
    began = perf_counter()
    for _ in range(3):
        await client.send(1, None)
    await client.send(2, identify_data(discord_server))
    heard = [(await client.receive())["op"] for _ in range(6)]
    assert heard == [0, 0, 0, 11, 11, 11]
    assert perf_counter() - began >= ACK_DELAY


async def test_resuming_replays_what_was_missed(
    discord_server: Discord, client: GatewayClient
) -> None:
    await client.receive()
    await client.send(2, identify_data(discord_server))
    ready = await client.receive()
    await discord_server.gateway.drop_connections()
    await discord_server.gateway.dispatch("SOMETHING", {"x": 1})
    url = ready["d"]["resume_gateway_url"] + "?v=10&encoding=json"
    session_id = ready["d"]["session_id"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        again = GatewayClient(socket)
        await again.receive()
        await again.send(6, {"token": discord_server.token, "session_id": session_id, "seq": 3})
        assert [await again.receive() for _ in range(2)] == [
            {"op": 0, "t": "SOMETHING", "s": 4, "d": {"x": 1}},
            {"op": 0, "t": "RESUMED", "s": 5, "d": {}},
        ]


async def test_a_session_that_is_not_known(discord_server: Discord, client: GatewayClient) -> None:
    await client.receive()
    await client.send(6, {"token": discord_server.token, "session_id": "x", "seq": 1})
    assert await client.receive() == {"op": 9, "d": False}


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (2, {"token": "stolen"}, 4004),
        (6, {"token": "stolen"}, 4004),
        (2, {"intents": None}, 4013),
        (2, {"intents": 1 << 40}, 4013),
        (2, {"intents": 1 << 15}, 4014),
        (2, {"intents": 1 << 1}, 4014),
        (2, {"properties": {}}, 4002),
        (2, {"shard": [1, 1]}, 4010),
        (3, {}, 4003),
        (99, {}, 4003),
        ("2", {}, 4002),
        (2, {"presence": "x" * 5000}, 4002),
    ],
)
async def test_close_codes(
    discord_server: Discord, client: GatewayClient, op: object, data: dict[str, object], code: int
) -> None:
    await client.send(op, identify_data(discord_server, **data))
    assert await client.close_code() == code
    assert not discord_server.gateway.ready


@pytest.mark.parametrize("text", ["", "{", "[]", '{"op": 1}', '{"d": 1}'])
async def test_invalid_payloads_close_the_connection(client: GatewayClient, text: str) -> None:
    await client.send_text(text)
    assert await client.close_code() == 4002


async def test_identifying_twice(discord_server: Discord, client: GatewayClient) -> None:
    await client.send(2, identify_data(discord_server))
    await client.send(2, identify_data(discord_server))
    assert await client.close_code() == 4005


async def test_unknown_opcode(discord_server: Discord, client: GatewayClient) -> None:
    await client.send(2, identify_data(discord_server))
    await client.send(99, {})
    assert await client.close_code() == 4001


async def test_a_sequence_from_the_future(discord_server: Discord, client: GatewayClient) -> None:
    await client.receive()
    await client.send(2, identify_data(discord_server))
    session_id = (await client.receive())["d"]["session_id"]
    url = discord_server.gateway.resume_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        again = GatewayClient(socket)
        await again.send(6, {"token": discord_server.token, "session_id": session_id, "seq": 99})
        assert await again.close_code() == 4007


async def test_too_many_payloads(discord_server: Discord, client: GatewayClient) -> None:
    for _ in range(121):
        await client.send(1, None)
    assert await client.close_code() == 4008


async def test_another_version(discord_server: Discord) -> None:
    url = discord_server.gateway.resume_url + "?v=9&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert await GatewayClient(socket).close_code() == 4012


async def test_missing_heartbeat_closes_the_connection(discord_server: Discord) -> None:
    discord_server.gateway.heartbeat_interval = 10
    url = discord_server.gateway.resume_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert await GatewayClient(socket).close_code() == 4009
