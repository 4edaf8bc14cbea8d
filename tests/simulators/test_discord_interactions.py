"""Every kind of interaction on real discord.py, as users of the simulated Discord see it."""

from __future__ import annotations

import asyncio

import discord
import pytest

from sandbox.discord import (
    ClientValidationError,
    Discord,
    NoResponse,
    UserClient,
    too_many_requests,
)
from sandbox.fault_injection import Fault
from tests.simulators.discord_bot import SmallBot


async def test_a_slash_command_with_options(ada: UserClient) -> None:
    assert (await ada.run("/song name:lantern times:3")).text == "lantern x 3"
    assert (await ada.run("/song lantern light times:2")).text == "lantern light x 2"
    assert (await ada.run("/song spotify:track:abc")).text == "spotify:track:abc x 1"


async def test_a_word_and_a_colon_that_name_no_option_are_text(ada: UserClient) -> None:
    for text in ("artist:Lantern Mile", "quay artist:Mile year:2019-2024", "nametimes:3", "name :"):
        assert (await ada.run(f"/song {text}")).text == f"{text} x 1"
        assert (await ada.run(f"/song name:{text} times:2")).text == f"{text} x 2"
    reply = await ada.run("/queue add artist:Mile where:At the end")
    assert reply.text == "artist:Mile, now=False, where=end"
    names = await ada.autocomplete("/song name:artist:La")
    assert names == []


async def test_a_sub_command_with_choices(ada: UserClient) -> None:
    reply = await ada.run("/queue add what:x now:true where:At the end")
    assert reply.text == "x, now=True, where=end"


async def test_a_slash_command_with_a_file(ada: UserClient) -> None:
    files = {"a b.txt": b"quay"}
    reply = await ada.run("/measure first:a b.txt times:2", files)
    assert reply.text == "a_b.txt 4: quayquay"
    for line in ("/measure", "/measure times:2", "/measure first:b.txt"):
        with pytest.raises(ClientValidationError):
            await ada.run(line, files)


@pytest.mark.parametrize(
    "line",
    [
        "song lantern",
        "/sing lantern",
        "/song",
        "/song lantern times:many",
        "/song lantern times:2.5",
        "/song name:a name:b",
        "/song " + "x" * 6001,
        "/queue",
        "/queue drop what:x",
        "/queue add x now:perhaps",
        "/queue add x where:nowhere",
        "/panel now",
        "/panel now:true",
    ],
)
async def test_invalid_command_lines(ada: UserClient, line: str) -> None:
    with pytest.raises(ClientValidationError):
        await ada.run(line)


async def test_completion(ada: UserClient) -> None:
    assert await ada.autocomplete("/song lan") == [
        {"name": "Lantern", "value": "id:Lantern"},
        {"name": "Landslide", "value": "id:Landslide"},
    ]
    assert len(await ada.autocomplete("/song")) == 3
    assert await ada.autocomplete("/queue add x where:end") == [
        {"name": "At the end", "value": "end"}
    ]
    with pytest.raises(ClientValidationError):
        await ada.autocomplete("/song lantern times:1")


async def test_a_button_changes_its_message(ada: UserClient) -> None:
    reply = await ada.run("/panel")
    assert (await reply.press("Play")).text.startswith("Playing")
    assert reply.text.startswith("Playing")
    assert (await reply.press("later")).message["content"] == "Later"
    assert reply.message["edited_timestamp"] is not None


async def test_a_button_answers_in_private(discord_server: Discord, ada: UserClient) -> None:
    reply = await (await ada.run("/panel")).press("❤️")
    assert reply.ephemeral
    assert reply.text == "Liked"
    assert len(ada.messages()) == 2
    assert len(discord_server.user_client("grace", "music").messages()) == 1


async def test_buttons_that_cannot_be_pressed(ada: UserClient) -> None:
    reply = await ada.run("/panel")
    assert reply.link_buttons == {"Website": "https://example.org/"}
    for button in ("Website", "Not now", "Stop"):
        with pytest.raises(ClientValidationError):
            await reply.press(button)


async def test_selects(ada: UserClient) -> None:
    reply = await ada.run("/panel")
    assert (await reply.pick("Song 1", "song:2")).text == "Picked song:1 and song:2"
    for options in ((), ("Song 9",), ("Song 1", "Song 1"), ("Song 0", "Song 1", "Song 2")):
        with pytest.raises(ClientValidationError):
            await reply.pick(*options)
    with pytest.raises(ClientValidationError):
        await reply.pick("Song 1", select=2)


async def test_a_modal(discord_server: Discord, ada: UserClient) -> None:
    reply = await (await ada.run("/panel")).press("Rename")
    assert reply.modal is not None
    assert [field["label"] for field in reply.modal.input_fields] == ["Name", "Mood", "Note"]
    assert discord_server.page_view("ada", "music")["modal"]["title"] == "Rename"
    for wrong in ({}, {"name": "x" * 21}, {"name": "x", "mood": "Sad"}, {"name": "x", "age": "3"}):
        with pytest.raises(ClientValidationError):
            await reply.submit(**wrong)
    renamed = await reply.submit(Name="Dawn", mood="Wild")
    assert renamed.text == "Renamed to Dawn, ['Wild']"
    assert discord_server.page_view("ada", "music")["modal"] is None


async def test_a_modal_can_be_dismissed(ada: UserClient) -> None:
    await (await ada.run("/panel")).press("Rename")
    assert ada.modal is not None
    ada.dismiss_modal()
    assert ada.modal is None


async def test_menus(discord_server: Discord, ada: UserClient) -> None:
    said = discord_server.user_client("grace", "music").send("A fine song")
    assert (await ada.use_context_menu("Quote this", message=said)).text == "grace: A fine song"
    assert (await ada.use_context_menu("Greet", user="linus")).text == "Hello Linus"
    with pytest.raises(ClientValidationError):
        await ada.use_context_menu("Greet", message=said)


@pytest.mark.parametrize("private", [True, False])
async def test_deferred_reply(discord_server: Discord, ada: UserClient, private: bool) -> None:
    reply = await (await ada.run(f"/slow private:{private}")).wait_for("And more")
    first, second = reply.messages
    assert first["content"] == "Done"
    assert bool(first["flags"] & 64) is private
    assert not first["flags"] & 128
    assert second["content"] == "And more"
    assert reply.files == {"songs.csv": b"a,b\n"}
    seen = discord_server.user_client("grace", "music").messages()
    assert len(seen) == (1 if private else 2)


async def test_a_layout(ada: UserClient) -> None:
    reply = await ada.run("/card")
    assert reply.message["flags"] & 1 << 15
    assert "by Nobody" in reply.text
    assert "The cover" in reply.text
    assert reply.files == {"lyrics.txt": b"x"}
    file = reply.message["components"][0]["components"][-1]
    assert file["name"] == "lyrics.txt"
    assert file["file"]["url"] == reply.message["attachments"][0]["url"]


async def test_direct_messages(discord_server: Discord, ada: UserClient) -> None:
    assert (await ada.run("/tell")).text == "Sent"
    assert [m["content"] for m in discord_server.user_client("ada", "dm").messages()] == ["Psst"]
    discord_server.closed_dms.add("ada")
    assert (await ada.run("/tell")).text == "closed: 50007"


@pytest.mark.parametrize("place", ["music", "night", "elsewhere", "dm", "huddle"])
async def test_every_place(discord_server: Discord, bot: SmallBot, place: str) -> None:
    reply = await discord_server.user_client("ada", place).run("/song lantern")
    assert reply.text == "lantern x 1"
    heard = bot.received[-1]
    assert heard.user.name == "ada"
    assert heard.filesize_limit == 10 * 1024 * 1024
    assert heard.is_user_integration()
    assert heard.is_guild_integration() is (place in ("music", "night"))
    assert heard.context.dm_channel is (place == "dm")
    assert heard.context.private_channel is (place == "huddle")


async def test_a_command_shows_only_where_it_belongs(
    discord_server: Discord, ada: UserClient
) -> None:
    assert (await ada.run("/plain")).text == "Here"
    for place in ("dm", "elsewhere", "huddle"):
        with pytest.raises(ClientValidationError):
            await discord_server.user_client("ada", place).run("/plain")
    with pytest.raises(LookupError):
        discord_server.user_client("grace", "night")


async def test_who_is_pinged(discord_server: Discord, ada: UserClient) -> None:
    grace = discord_server.state.users["grace"].id
    loud = (await ada.run(f"/shout @everyone and <@{grace}>")).message
    assert loud["mention_everyone"]
    assert [user["username"] for user in loud["mentions"]] == ["grace"]
    quiet = (await ada.run(f"/shout @everyone and <@{grace}> quietly:true")).message
    assert not quiet["mention_everyone"]
    assert quiet["mentions"] == []


async def test_no_answer_in_three_seconds(
    discord_server: Discord, bot: SmallBot, ada: UserClient
) -> None:
    run = asyncio.create_task(ada.run("/hang"))
    await bot.hanging.wait()
    discord_server.clock.advance(3)
    with pytest.raises(NoResponse):
        await run
    bot.released.set()
    error = await bot.errors.get()
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062
    [shown] = discord_server.page_view("ada", "music")["messages"]
    assert shown["failed"]
    assert shown["invoked"] == {"user": "ada", "command": "/hang"}
    assert discord_server.page_view("grace", "music")["messages"] == []


async def test_interactions_that_come_twice(
    discord_server: Discord, bot: SmallBot, ada: UserClient
) -> None:
    discord_server.duplicate_interactions = True
    assert (await ada.run("/song lantern")).text == "lantern x 1"
    error = await bot.errors.get()
    assert isinstance(error, discord.HTTPException)
    assert error.code == 40060


async def test_injected_latency_and_refusals(discord_server: Discord, ada: UserClient) -> None:
    discord_server.faults.latency = 0.01
    slowed = discord_server.faults.add(too_many_requests(pattern="callback"))
    assert (await ada.run("/song lantern")).text == "lantern x 1"
    assert slowed.hits == 1


async def test_a_failing_server(discord_server: Discord, bot: SmallBot, ada: UserClient) -> None:
    discord_server.faults.add(Fault("POST /api/v10/users/@me/channels", status=503))
    run = asyncio.create_task(ada.run("/tell"))
    assert isinstance(await bot.errors.get(), discord.DiscordServerError)
    discord_server.clock.advance(3)
    with pytest.raises(NoResponse):
        await run


async def test_two_hundred_at_once(discord_server: Discord, ada: UserClient) -> None:
    replies = await asyncio.gather(*(ada.run(f"/song number {n}") for n in range(200)))
    assert [reply.text for reply in replies] == [f"number {n} x 1" for n in range(200)]
    assert len(ada.messages()) == 200
    await ada.run("/song the last")
    assert len(ada.messages()) == 200
    assert ada.messages()[-1]["content"] == "the last x 1"
