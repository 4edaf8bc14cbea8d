"""The pretend gateway: sessions that survive, orders to reconnect, and why it hangs up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import aiohttp
import pytest

from sandbox.changes import BotDied
from sandbox.discord import Discord, NoAnswer
from sandbox.discord.gateway import ACK_DELAY
from tests.stage.discord_bot import SmallBot, connected

PROPERTIES = {"os": "linux", "browser": "hand", "device": "hand"}


async def test_a_bot_gets_ready(stand_in: Discord, bot: SmallBot) -> None:
    await asyncio.wait_for(bot.wait_until_ready(), 5)
    assert sorted(guild.name for guild in bot.guilds) == ["Harbour", "Night Shift"]
    assert bot.user is not None
    assert str(bot.user.id) == stand_in.application_id
    assert stand_in.command_writes == 1
    assert {command["name"] for command in stand_in.commands} >= {"panel", "queue", "Quote this"}


async def test_a_goodbye_is_noted(stand_in: Discord, bot: SmallBot) -> None:
    await bot.close()
    await stand_in.changes.until(lambda: bool(stand_in.gateway.close_codes))
    assert stand_in.gateway.close_codes == [1000]
    assert stand_in.gateway.sessions == {}


async def test_a_dropped_connection_is_resumed(stand_in: Discord, bot: SmallBot) -> None:
    await stand_in.gateway.drop()
    assert not stand_in.gateway.ready
    # what happens meanwhile is told once the bot is back
    assert (await stand_in.seat().run("/song lantern")).text == "lantern x 1"
    await stand_in.ready()
    assert (stand_in.gateway.identifies, stand_in.gateway.resumes) == (1, 1)


async def test_reconnect(stand_in: Discord, bot: SmallBot) -> None:
    await stand_in.gateway.reconnect()
    await stand_in.ready()
    assert (await stand_in.seat().run("/song lantern")).text == "lantern x 1"
    assert (stand_in.gateway.identifies, stand_in.gateway.resumes) == (1, 1)
    assert stand_in.gateway.close_codes == [4000]


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session(stand_in: Discord, bot: SmallBot, resumable: bool) -> None:
    await stand_in.gateway.invalidate(resumable)
    await stand_in.ready()
    assert (await stand_in.seat().run("/song lantern")).text == "lantern x 1"
    began = (stand_in.gateway.identifies, stand_in.gateway.resumes)
    assert began == ((1, 1) if resumable else (2, 0))


async def test_a_bot_that_comes_back_resumes_nothing(stand_in: Discord) -> None:
    for times in (1, 2):
        async with connected(stand_in, SmallBot()):
            assert (await stand_in.seat().run("/song lantern")).text == "lantern x 1"
        assert stand_in.gateway.identifies == times
    ids = [command["id"] for command in stand_in.commands]
    assert len(set(ids)) == len(ids)


async def test_waiting_ends_with_the_bot(stand_in: Discord, bot: SmallBot) -> None:
    run = asyncio.create_task(stand_in.seat().run("/hang"))
    await bot.hanging.wait()
    await bot.close()
    with pytest.raises(BotDied):
        await run
    bot.released.set()


async def test_a_stage_without_a_bot(stand_in: Discord) -> None:
    with pytest.raises(TimeoutError, match="the bot to be ready"):
        await stand_in.ready(timeout=0.01)
    assert not isinstance(NoAnswer, TimeoutError)


class Client:
    """A websocket client without manners."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, op: object, data: object) -> None:
        await self._socket.send_str(json.dumps({"op": op, "d": data}))

    async def say(self, text: str) -> None:
        await self._socket.send_str(text)

    async def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(await self._socket.receive_str())
        return heard

    async def end(self) -> int | None:
        """The code with which the gateway hangs up."""
        while not self._socket.closed:
            await self._socket.receive(timeout=5)
        return self._socket.close_code


@pytest.fixture(name="client")
async def _client(stand_in: Discord) -> AsyncIterator[Client]:
    url = stand_in.gateway.resume_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield Client(socket)


def identity(stand_in: Discord, **fields: Any) -> dict[str, Any]:
    return {"token": stand_in.token, "intents": 1, "properties": PROPERTIES, **fields}


async def test_hello_heartbeat_identify(stand_in: Discord, client: Client) -> None:
    hello = await client.hear()
    assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41_250)
    await client.send(1, None)
    await client.send(2, identity(stand_in))
    events = [await client.hear() for _ in range(3)]
    assert [event["t"] for event in events] == ["READY", "GUILD_CREATE", "GUILD_CREATE"]
    assert [event["s"] for event in events] == [1, 2, 3]
    assert events[0]["d"]["resume_gateway_url"].startswith("ws://127.0.0.1:")


async def test_an_ack_comes_as_late_as_over_a_network_and_holds_nothing_up(
    stand_in: Discord, client: Client
) -> None:
    """discord.py notes the time after sending, and takes an ACK before that for a very late one."""
    await client.hear()
    began = perf_counter()
    for _ in range(3):
        await client.send(1, None)
    await client.send(2, identity(stand_in))
    heard = [(await client.hear())["op"] for _ in range(6)]
    assert heard == [0, 0, 0, 11, 11, 11]
    assert perf_counter() - began >= ACK_DELAY


async def test_resuming_replays_what_was_missed(stand_in: Discord, client: Client) -> None:
    await client.hear()
    await client.send(2, identity(stand_in))
    ready = await client.hear()
    await stand_in.gateway.drop()
    await stand_in.gateway.dispatch("SOMETHING", {"x": 1})
    url = ready["d"]["resume_gateway_url"] + "?v=10&encoding=json"
    session_id = ready["d"]["session_id"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        again = Client(socket)
        await again.hear()
        await again.send(6, {"token": stand_in.token, "session_id": session_id, "seq": 3})
        assert [await again.hear() for _ in range(2)] == [
            {"op": 0, "t": "SOMETHING", "s": 4, "d": {"x": 1}},
            {"op": 0, "t": "RESUMED", "s": 5, "d": {}},
        ]


async def test_a_session_that_is_not_known(stand_in: Discord, client: Client) -> None:
    await client.hear()
    await client.send(6, {"token": stand_in.token, "session_id": "x", "seq": 1})
    assert await client.hear() == {"op": 9, "d": False}


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
async def test_why_it_hangs_up(
    stand_in: Discord, client: Client, op: object, data: dict[str, object], code: int
) -> None:
    await client.send(op, identity(stand_in, **data))
    assert await client.end() == code
    assert not stand_in.gateway.ready


@pytest.mark.parametrize("text", ["", "{", "[]", '{"op": 1}', '{"d": 1}'])
async def test_what_is_no_payload(client: Client, text: str) -> None:
    await client.say(text)
    assert await client.end() == 4002


async def test_identifying_twice(stand_in: Discord, client: Client) -> None:
    await client.send(2, identity(stand_in))
    await client.send(2, identity(stand_in))
    assert await client.end() == 4005


async def test_an_unknown_wish(stand_in: Discord, client: Client) -> None:
    await client.send(2, identity(stand_in))
    await client.send(99, {})
    assert await client.end() == 4001


async def test_a_sequence_from_the_future(stand_in: Discord, client: Client) -> None:
    await client.hear()
    await client.send(2, identity(stand_in))
    session_id = (await client.hear())["d"]["session_id"]
    url = stand_in.gateway.resume_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        again = Client(socket)
        await again.send(6, {"token": stand_in.token, "session_id": session_id, "seq": 99})
        assert await again.end() == 4007


async def test_too_many_words(stand_in: Discord, client: Client) -> None:
    for _ in range(121):
        await client.send(1, None)
    assert await client.end() == 4008


async def test_another_version(stand_in: Discord) -> None:
    url = stand_in.gateway.resume_url + "?v=9&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert await Client(socket).end() == 4012


async def test_silence_is_an_end(stand_in: Discord) -> None:
    stand_in.gateway.heartbeat_interval = 10
    url = stand_in.gateway.resume_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert await Client(socket).end() == 4009
