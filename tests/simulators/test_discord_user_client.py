"""What users of the simulated Discord do and see: files, forms and the view of a channel."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.clock import Clock
from sandbox.discord import ClientValidationError, Discord, UserClient
from tests.simulators.discord_rest_client import rest_client


async def test_a_modal_with_a_file_upload(ada: UserClient) -> None:
    reply = await ada.run("/survey")
    for wrong in ({}, {"a.txt": b"a", "b.txt": b"b"}):
        with pytest.raises(ClientValidationError):
            await reply.submit(files=wrong)
    assert (await reply.submit(files={"my songs.csv": b"a,b"})).text == "my_songs.csv: a,b"
    with pytest.raises(ClientValidationError, match="not open"):
        await reply.submit(files={"a.txt": b"a"})


async def test_the_view(discord_server: Discord, ada: UserClient) -> None:
    view = discord_server.page_view("ada", "general")
    assert [user["name"] for user in view["users"]] == ["ada", "grace", "linus", "mallory"]
    places = {guild["name"]: [p["place"] for p in guild["places"]] for guild in view["guilds"]}
    assert places == {
        "Harbour": ["music", "general"],
        "Night Shift": ["night"],
        "Elsewhere": ["elsewhere"],
    }
    assert [(p["place"], p["name"]) for p in view["direct"]] == [
        ("dm", "Tonearm"),
        ("huddle", "Grace"),
    ]
    others = discord_server.page_view("linus", "music")
    assert [guild["name"] for guild in others["guilds"]] == ["Harbour", "Elsewhere"]
    assert [place["place"] for place in others["direct"]] == ["dm"]


async def test_unread_until_looked_at(discord_server: Discord, ada: UserClient) -> None:
    def unread(user: str, place: str) -> list[str]:
        view = discord_server.page_view(user, place)
        everywhere = [p for guild in view["guilds"] for p in guild["places"]] + view["direct"]
        return [place["place"] for place in everywhere if place["unread"]]

    assert unread("ada", "general") == []
    await ada.run("/tell")  # a private answer and a DM
    assert unread("ada", "general") == ["music", "dm"]
    assert unread("grace", "general") == []
    assert unread("ada", "dm") == ["music"]
    assert unread("ada", "music") == []


async def test_messages_of_the_view(discord_server: Discord, ada: UserClient) -> None:
    await ada.run("/tell")
    [shown] = discord_server.page_view("ada", "music")["messages"]
    assert shown["content"] == "Sent"
    assert shown["only_you"]
    assert not shown["thinking"]
    assert not shown["failed"]
    assert shown["invoked"] == {"user": "ada", "command": "/tell"}
    ada.send("Thank you")
    assert discord_server.page_view("grace", "music")["messages"][-1]["invoked"] is None


async def test_thinking_fails_after_fifteen_minutes(discord_server: Discord) -> None:
    async with rest_client(discord_server) as api:
        await api.respond(await api.interaction(), {"type": 5})
    [shown] = discord_server.page_view("ada", "music")["messages"]
    assert (shown["thinking"], shown["failed"]) == (True, False)
    discord_server.clock.advance(15 * 60)
    assert discord_server.page_view("ada", "music")["messages"][0]["failed"]


async def test_user_client_waits_for_messages(discord_server: Discord, ada: UserClient) -> None:
    dms = discord_server.user_client("ada", "dm")
    waiting = asyncio.create_task(dms.wait_for_message("Psst"))
    await ada.run("/tell")
    assert (await waiting)["content"] == "Psst"
    with pytest.raises(TimeoutError):
        await dms.wait_for_message("Boo", timeout=0.01)


async def test_messages_that_are_gone_cannot_be_pressed(
    discord_server: Discord, ada: UserClient
) -> None:
    reply = await ada.run("/panel")
    private = await reply.press("❤️")
    with pytest.raises(ClientValidationError):
        await discord_server.user_client("grace", "music").press(private.message, "Liked")
    message = reply.message
    path = f"/channels/{message['channel_id']}/messages/{message['id']}"
    async with rest_client(discord_server) as api:
        await api.call("DELETE", path)
    assert reply.messages == []
    with pytest.raises(ClientValidationError):
        await ada.press(message, "Play")
    with pytest.raises(LookupError):
        await reply.press("Play")


def test_same_seed_gives_the_same_token() -> None:
    clock = Clock(start=1_800_000_000)
    tokens = {Discord(clock, seed=seed).token.split(".", 1)[1] for seed in (1, 1, 2)}
    assert len(tokens) == 2


def test_who_is_where() -> None:
    discord_server = Discord(Clock())
    for user, place in (("grace", "night"), ("linus", "huddle"), ("ada", "cellar")):
        with pytest.raises(LookupError):
            discord_server.user_client(user, place)
    with pytest.raises(LookupError, match="there is no user"):
        discord_server.user_client("eve")


def test_secrets_are_not_shown() -> None:
    discord_server = Discord(Clock())
    assert discord_server.token not in repr(discord_server)
