"""What the menu of a message or of a user sends to the bot, for every kind of message and place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.discord import ClientValidationError, Discord, UserClient
from sandbox.discord.visible_text import visible_text
from tests.simulators.discord_bot import SmallBot
from tests.simulators.discord_rest_client import RestClient
from tests.simulators.message_bodies import (
    COMPONENTS_V2,
    button,
    container,
    layout,
    row,
    select,
    text,
)

LINK = "https://open.spotify.com/track/4iV5W9uYEdYUVa79Axb7Rh"
LINK_EMBED = {"type": "link", "url": LINK, "title": "Lantern", "provider": {"name": "Spotify"}}
LISTEN_BUTTON = button(style=5, label="Listen", url=LINK, custom_id=None)


async def visible_content(seat: UserClient, message: dict[str, Any]) -> str:
    return (await seat.use_context_menu("Look Inside", message=message)).text


async def test_link_gets_an_embed(discord_server: Discord, ada: UserClient) -> None:
    said = discord_server.user_client("grace").send(LINK, embeds=[LINK_EMBED])
    assert await visible_content(ada, said) == f"grace bot=False | {LINK} | {LINK} Lantern Spotify"


async def test_another_bots_embeds_and_link_buttons(
    discord_server: Discord, ada: UserClient
) -> None:
    heard = ada.receive_from_bot(
        "Now:", embeds=[{"title": "Lantern", "url": LINK}], components=[row(LISTEN_BUTTON)]
    )
    seen = await visible_content(ada, heard)
    assert seen == f"Jukebox bot=True | Now: | {LINK} Lantern None | Listen: {LINK}"
    assert heard in discord_server.user_client("grace").messages()
    with pytest.raises(ClientValidationError, match="opens"):
        await ada.press(heard, "Listen")


async def test_another_bots_layout(ada: UserClient) -> None:
    heard = ada.receive_from_bot(
        by="Band", **layout(text(f"[Lantern]({LINK})"), row(LISTEN_BUTTON))
    )
    assert heard["flags"] & COMPONENTS_V2
    assert (
        await visible_content(ada, heard)
        == f"Band bot=True |  | [Lantern]({LINK}) | Listen: {LINK}"
    )


async def test_another_bots_buttons_are_not_ours(ada: UserClient, bot: SmallBot) -> None:
    heard = ada.receive_from_bot(
        "Vote", components=[row(button(label="Up")), row(button(custom_id="b"))]
    )
    with pytest.raises(ClientValidationError, match="another bot"):
        await ada.press(heard, "Up")
    assert bot.received == []


async def test_other_bots_are_refused_invalid_messages(ada: UserClient) -> None:
    for body in ({"content": "x" * 2001}, {}, {"content": "x", "flags": 64}, layout(container())):
        with pytest.raises(ValueError, match="400"):
            ada.receive_from_bot(**body)


async def test_a_forwarded_message_brings_everything_but_its_author(
    discord_server: Discord, ada: UserClient
) -> None:
    general = discord_server.user_client("ada", "general")
    heard = general.receive_from_bot(
        "Now:", embeds=[LINK_EMBED | {"type": "rich"}], components=[row(LISTEN_BUTTON)]
    )
    forwarded = ada.forward(heard)
    assert (forwarded["content"], forwarded["embeds"], forwarded["components"]) == ("", [], [])
    assert forwarded["flags"] & 1 << 14
    assert forwarded["message_reference"] == {
        "type": 1,
        "channel_id": heard["channel_id"],
        "message_id": heard["id"],
        "guild_id": discord_server.state.guilds[0].id,
    }
    [snapshot] = forwarded["message_snapshots"]
    assert set(snapshot["message"]) == {
        "type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp",
        "edited_timestamp", "flags", "components",
    }  # fmt: skip
    seen = await visible_content(ada, forwarded)
    assert seen.startswith("ada bot=False |  | forwarded | Now: |")
    assert seen.endswith(f"Listen: {LINK}")
    assert forwarded in [m for m in ada.messages() if "Now:" in visible_text(m)]


async def test_a_forward_stays_as_it_was_and_can_be_forwarded(
    discord_server: Discord, ada: UserClient
) -> None:
    dm = discord_server.user_client("ada", "dm")
    first = ada.forward(dm.send("A secret of mine"))
    assert "guild_id" not in first["message_reference"]
    second = discord_server.user_client("grace", "huddle").forward(first)
    assert second["message_snapshots"] == first["message_snapshots"]
    seen = await visible_content(discord_server.user_client("grace", "huddle"), second)
    assert seen == "grace bot=False |  | forwarded | A secret of mine"


async def test_what_cannot_be_forwarded(discord_server: Discord, ada: UserClient) -> None:
    private = (await (await ada.run("/panel")).press("❤️")).message
    night = discord_server.user_client("ada", "night").send("For those who are here")
    with pytest.raises(ClientValidationError, match="alone"):
        ada.forward(private)
    with pytest.raises(ClientValidationError, match="not here"):
        discord_server.user_client("grace").forward(night)


@pytest.mark.parametrize("place", ["music", "elsewhere", "dm", "huddle"])
async def test_the_bot_reads_a_message_wherever_it_may_act(
    discord_server: Discord, bot: SmallBot, place: str
) -> None:
    seat = discord_server.user_client("ada", place)
    assert await visible_content(seat, seat.send(LINK)) == f"ada bot=False | {LINK}"
    heard = bot.received[-1]
    assert (heard.guild_id is None) is (place in ("dm", "huddle"))
    assert heard.is_guild_integration() is (place == "music")


@pytest.mark.parametrize("place", ["music", "elsewhere", "dm", "huddle"])
async def test_the_menu_of_a_user(discord_server: Discord, bot: SmallBot, place: str) -> None:
    seat = discord_server.user_client("ada", place)
    whom = "tonearm" if place == "dm" else "grace"
    assert (await seat.use_context_menu("Greet", user=whom)).text == f"Hello {whom.title()}"
    data: Any = bot.received[-1].data
    resolved = data["resolved"]
    assert list(resolved["users"]) == [data["target_id"]]
    in_a_server = place in ("music", "elsewhere")
    assert ("members" in resolved) is in_a_server
    if in_a_server:
        known = resolved["members"][data["target_id"]]
        assert not {"deaf", "mute"} & set(known)
        assert "permissions" in known


async def test_a_menu_only_shows_where_somebody_is(
    discord_server: Discord, ada: UserClient
) -> None:
    with pytest.raises(ClientValidationError, match="no user"):
        await discord_server.user_client("ada", "night").use_context_menu("Greet", user="grace")
    gone = ada.send("Gone soon")
    discord_server.state.delete_message(discord_server.state.find_message(gone["id"]))  # type: ignore[arg-type]
    with pytest.raises(ClientValidationError, match="not here"):
        await ada.use_context_menu("Look Inside", message=gone)


async def test_what_others_write_is_not_read_over_rest(
    discord_server: Discord, api: RestClient
) -> None:
    """The bot has no message content intent: only a menu shows it the text of a message."""
    seat, dm = discord_server.user_client("grace"), discord_server.user_client("ada", "dm")
    said = seat.send(LINK, embeds=[LINK_EMBED])
    me = discord_server.state.bot
    named = seat.send(f"<@{me.id}> {LINK}", mentions=[me.payload()])
    for message, content in ((said, ""), (named, named["content"]), (dm.send("Hi"), "Hi")):
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        answer = (await api.call("GET", path)).json
        assert answer["content"] == content
        assert answer["embeds"] == ([] if message is said else message["embeds"])


async def test_one_person_presses_one_button_twice_at_once(ada: UserClient, bot: SmallBot) -> None:
    reply = await ada.run("/panel")
    both = await asyncio.gather(reply.press("Play later"), reply.press("Play later"))
    assert [answer.message["id"] for answer in both] == [reply.message["id"]] * 2
    assert reply.message["content"] == "Later"
    likes = await asyncio.gather(*(reply.press("❤️") for _ in range(5)))
    assert len({like.message["id"] for like in likes}) == 5
    assert len({heard.id for heard in bot.received}) == 8


async def test_second_press_of_a_double_press_may_have_no_result(ada: UserClient) -> None:
    reply = await ada.run("/panel")
    first, second = await asyncio.gather(reply.press("Once"), reply.press("Once"))
    assert (first.text, second.messages) == ("Once", [])


async def test_single_press_must_have_a_result(ada: UserClient) -> None:
    reply = await ada.run("/panel")
    await reply.press("Once")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):  # it would wait for five seconds
            await reply.press("Once")


async def test_a_menu_that_is_disabled_takes_no_choice(
    discord_server: Discord, ada: UserClient, api: RestClient
) -> None:
    body = {"type": 4, "data": {"components": [row(select(2, disabled=True))]}}
    answer = await api.respond(await api.interaction(), body)
    with pytest.raises(ClientValidationError, match="disabled"):
        await ada.pick(answer.json["resource"]["message"], "Song 1")
