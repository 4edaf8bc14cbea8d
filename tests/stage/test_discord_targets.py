"""What the menu of a message or of a user tells the bot: every kind of message, every place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.discord import Discord, Refused, Seat
from sandbox.discord.reading import read
from tests.stage.discord_bodies import V2, box, button, layout, menu, row, text
from tests.stage.discord_bot import SmallBot
from tests.stage.discord_wire import Wire

LINK = "https://open.spotify.com/track/4iV5W9uYEdYUVa79Axb7Rh"
UNFURLED = {"type": "link", "url": LINK, "title": "Lantern", "provider": {"name": "Spotify"}}
LISTEN = button(style=5, label="Listen", url=LINK, custom_id=None)


async def look(seat: Seat, message: dict[str, Any]) -> str:
    return (await seat.menu("Look Inside", message=message)).text


async def test_what_discord_makes_of_a_link(stand_in: Discord, ada: Seat) -> None:
    said = stand_in.seat("grace").say(LINK, embeds=[UNFURLED])
    assert await look(ada, said) == f"grace bot=False | {LINK} | {LINK} Lantern Spotify"


async def test_another_bots_embeds_and_link_buttons(stand_in: Discord, ada: Seat) -> None:
    heard = ada.hear("Now:", embeds=[{"title": "Lantern", "url": LINK}], components=[row(LISTEN)])
    seen = await look(ada, heard)
    assert seen == f"Jukebox bot=True | Now: | {LINK} Lantern None | Listen: {LINK}"
    assert heard in stand_in.seat("grace").messages()
    with pytest.raises(Refused, match="opens"):
        await ada.press(heard, "Listen")


async def test_another_bots_layout(ada: Seat) -> None:
    heard = ada.hear(by="Band", **layout(text(f"[Lantern]({LINK})"), row(LISTEN)))
    assert heard["flags"] & V2
    assert await look(ada, heard) == f"Band bot=True |  | [Lantern]({LINK}) | Listen: {LINK}"


async def test_another_bots_buttons_are_not_ours(ada: Seat, bot: SmallBot) -> None:
    heard = ada.hear("Vote", components=[row(button(label="Up")), row(button(custom_id="b"))])
    with pytest.raises(Refused, match="another bot"):
        await ada.press(heard, "Up")
    assert bot.heard == []


async def test_another_bot_is_refused_what_any_bot_is(ada: Seat) -> None:
    for body in ({"content": "x" * 2001}, {}, {"content": "x", "flags": 64}, layout(box())):
        with pytest.raises(ValueError, match="400"):
            ada.hear(**body)


async def test_a_forwarded_message_brings_everything_but_its_author(
    stand_in: Discord, ada: Seat
) -> None:
    general = stand_in.seat("ada", "general")
    heard = general.hear("Now:", embeds=[UNFURLED | {"type": "rich"}], components=[row(LISTEN)])
    forwarded = ada.forward(heard)
    assert (forwarded["content"], forwarded["embeds"], forwarded["components"]) == ("", [], [])
    assert forwarded["flags"] & 1 << 14
    assert forwarded["message_reference"] == {
        "type": 1,
        "channel_id": heard["channel_id"],
        "message_id": heard["id"],
        "guild_id": stand_in.world.guilds[0].id,
    }
    [snapshot] = forwarded["message_snapshots"]
    assert set(snapshot["message"]) == {
        "type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp",
        "edited_timestamp", "flags", "components",
    }  # fmt: skip
    seen = await look(ada, forwarded)
    assert seen.startswith("ada bot=False |  | forwarded | Now: |")
    assert seen.endswith(f"Listen: {LINK}")
    assert forwarded in [m for m in ada.messages() if "Now:" in read(m)]


async def test_a_forward_stays_as_it_was_and_can_be_forwarded(stand_in: Discord, ada: Seat) -> None:
    dm = stand_in.seat("ada", "dm")
    first = ada.forward(dm.say("A secret of mine"))
    assert "guild_id" not in first["message_reference"]
    second = stand_in.seat("grace", "huddle").forward(first)
    assert second["message_snapshots"] == first["message_snapshots"]
    seen = await look(stand_in.seat("grace", "huddle"), second)
    assert seen == "grace bot=False |  | forwarded | A secret of mine"


async def test_what_cannot_be_forwarded(stand_in: Discord, ada: Seat) -> None:
    private = (await (await ada.run("/panel")).press("❤️")).message
    night = stand_in.seat("ada", "night").say("For those who are here")
    with pytest.raises(Refused, match="alone"):
        ada.forward(private)
    with pytest.raises(Refused, match="not here"):
        stand_in.seat("grace").forward(night)


@pytest.mark.parametrize("place", ["music", "elsewhere", "dm", "huddle"])
async def test_the_bot_reads_a_message_wherever_it_may_act(
    stand_in: Discord, bot: SmallBot, place: str
) -> None:
    seat = stand_in.seat("ada", place)
    assert await look(seat, seat.say(LINK)) == f"ada bot=False | {LINK}"
    heard = bot.heard[-1]
    assert (heard.guild_id is None) is (place in ("dm", "huddle"))
    assert heard.is_guild_integration() is (place == "music")


@pytest.mark.parametrize("place", ["music", "elsewhere", "dm", "huddle"])
async def test_the_menu_of_a_user(stand_in: Discord, bot: SmallBot, place: str) -> None:
    seat = stand_in.seat("ada", place)
    whom = "tonearm" if place == "dm" else "grace"
    assert (await seat.menu("Greet", user=whom)).text == f"Hello {whom.title()}"
    data: Any = bot.heard[-1].data
    resolved = data["resolved"]
    assert list(resolved["users"]) == [data["target_id"]]
    in_a_server = place in ("music", "elsewhere")
    assert ("members" in resolved) is in_a_server
    if in_a_server:
        known = resolved["members"][data["target_id"]]
        assert not {"deaf", "mute"} & set(known)
        assert "permissions" in known


async def test_a_menu_only_shows_where_somebody_is(stand_in: Discord, ada: Seat) -> None:
    with pytest.raises(Refused, match="no user"):
        await stand_in.seat("ada", "night").menu("Greet", user="grace")
    gone = ada.say("Gone soon")
    stand_in.world.remove(stand_in.world.find(gone["id"]))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="not here"):
        await ada.menu("Look Inside", message=gone)


async def test_what_others_write_is_not_read_over_rest(stand_in: Discord, wire: Wire) -> None:
    """The bot has no message content intent: only the menu shows it what a message says."""
    seat, dm = stand_in.seat("grace"), stand_in.seat("ada", "dm")
    said = seat.say(LINK, embeds=[UNFURLED])
    me = stand_in.world.bot
    named = seat.say(f"<@{me.id}> {LINK}", mentions=[me.payload()])
    for message, content in ((said, ""), (named, named["content"]), (dm.say("Hi"), "Hi")):
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        answer = (await wire.call("GET", path)).json
        assert answer["content"] == content
        assert answer["embeds"] == ([] if message is said else message["embeds"])


async def test_one_person_presses_one_button_twice_at_once(ada: Seat, bot: SmallBot) -> None:
    reply = await ada.run("/panel")
    both = await asyncio.gather(reply.press("Play later"), reply.press("Play later"))
    assert [one.message["id"] for one in both] == [reply.message["id"]] * 2
    assert reply.message["content"] == "Later"
    likes = await asyncio.gather(*(reply.press("❤️") for _ in range(5)))
    assert len({like.message["id"] for like in likes}) == 5
    assert len({heard.id for heard in bot.heard}) == 8


async def test_half_of_a_double_press_may_come_to_nothing(ada: Seat) -> None:
    reply = await ada.run("/panel")
    first, second = await asyncio.gather(reply.press("Once"), reply.press("Once"))
    assert (first.text, second.messages) == ("Once", [])


async def test_a_press_alone_must_come_to_something(ada: Seat) -> None:
    reply = await ada.run("/panel")
    await reply.press("Once")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):  # it would wait for five seconds
            await reply.press("Once")


async def test_a_menu_that_is_disabled_takes_no_choice(
    stand_in: Discord, ada: Seat, wire: Wire
) -> None:
    body = {"type": 4, "data": {"components": [row(menu(2, disabled=True))]}}
    answer = await wire.answer(await wire.interaction(), body)
    with pytest.raises(Refused, match="disabled"):
        await ada.pick(answer.json["resource"]["message"], "Song 1")
