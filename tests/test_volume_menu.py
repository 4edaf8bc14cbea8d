"""The menu and buttons of /volume, and mute, which comes back to the volume before it."""

from __future__ import annotations

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.message_text import SELECT, controls, walk_components
from sandbox.spotify import Player, Spotify
from tests.command_assertions import api_calls_since

STATE, SET = "GET me/player", "PUT me/player/volume"


def _buttons(reply: Reply) -> list[str]:
    return [control.label for control in controls(reply.message).values() if not control.choice]


def _selected(reply: Reply) -> list[str]:
    """The selected options of the menu."""
    (menu,) = [part for part in walk_components(reply.message) if part["type"] == SELECT]
    return [option["label"] for option in menu["options"] if option.get("default")]


async def test_menu_changes_the_volume_in_its_message(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/volume")
    assert _selected(reply) == ["60%"]
    await harness.restart()
    for option, volume in (("30%", 30), ("Muted", 0), ("100%", 100)):
        since = len(spotify.calls)
        reply = await reply.pick(option)
        assert player.devices[0].volume == volume
        assert _selected(reply) == [option]
        assert len(reply.messages) == 1, "it changes the message"
        assert api_calls_since(spotify, since) == [STATE, SET]
    for button, volume in (("🔉", 90), ("🔊", 100), ("Mute", 0), ("Unmute (100%)", 100)):
        harness.clock.advance(1)
        reply = await reply.press(button)
        assert player.devices[0].volume == volume


async def test_card_offers_only_what_does_something(
    player: Player, linked_user: UserClient
) -> None:
    laptop = player.devices[0]
    cases: tuple[tuple[int | None, list[str], list[str]], ...] = (
        (63, ["63%"], ["🔉", "🔊", "Mute"]),
        (100, ["100%"], ["🔉", "Mute"]),
        (0, ["Muted"], ["🔊"]),
        (None, [], []),
    )
    for laptop.volume, selected, buttons in cases:
        reply = await linked_user.run("/volume")
        assert (_selected(reply), _buttons(reply)) == (selected, buttons), laptop.volume
    laptop.is_restricted = True
    assert not controls((await linked_user.run("/volume")).message)


async def test_every_mute_comes_back_to_the_volume_before(
    harness: Harness, player: Player, linked_user: UserClient
) -> None:
    """Each way to mute, with each way to unmute or after another mute."""
    laptop = player.devices[0]

    async def mute(way: str) -> Reply:
        harness.clock.advance(1)
        if way == "panel":
            laptop.volume = 10
            panel = await linked_user.run("/now")
            await panel.press("🔉")
            return panel
        if way.startswith("/"):
            return await linked_user.run(way)
        card = await linked_user.run("/volume")
        return await (card.press(way) if way == "Mute" else card.pick(way))

    ways = ("/volume mute", "/volume 0", "/volume -99", "Mute", "Muted", "panel")
    agains: tuple[list[str], ...] = ([], ["/volume mute"], ["/volume 0", "/volume"])
    for number, way in enumerate(ways + ways):
        again, by_button = agains[(number + number // 6) % 3], number // 6
        laptop.volume = 70
        await mute(way)
        assert laptop.volume == 0, way
        before = 10 if way == "panel" else 70
        for line in again:
            await linked_user.run(line)
        if by_button:
            card = await linked_user.run("/volume")
            reply = await card.press(f"Unmute ({before}%)")
        else:
            reply = await linked_user.run("/volume unmute")
        assert laptop.volume == before, (way, again, by_button)
        assert reply.text.startswith(f"-# Volume {before}% · ")


async def test_each_device_comes_back_to_its_own_volume(
    player: Player, linked_user: UserClient
) -> None:
    laptop, kitchen = player.devices[:2]
    await linked_user.run("/volume mute")
    player.resume(kitchen)
    reply = await linked_user.run("/volume unmute")
    assert reply.text.startswith("-# It isn’t muted: volume 35% · Playing on Kitchen Speaker")
    await linked_user.run("/volume mute")
    player.resume(laptop)
    await linked_user.run("/volume unmute")
    assert (laptop.volume, kitchen.volume) == (60, 0)
    player.resume(kitchen)
    await linked_user.run("/volume unmute")
    assert (laptop.volume, kitchen.volume) == (60, 35)


async def test_unmute_guesses_no_volume(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """Not after a restart, a change elsewhere, twelve hours or /unlink; a button knows its own."""
    laptop = player.devices[0]

    async def restart() -> None:
        await harness.restart()

    async def change_elsewhere() -> None:
        laptop.volume = 40
        await linked_user.run("/volume")
        laptop.volume = 0

    async def wait() -> None:
        harness.clock.advance(13 * 3600)
        player.resume()

    async def link_again() -> None:
        await (await linked_user.run("/unlink")).press("Unlink and erase")
        await harness.link_account("ada")

    for change in (restart, change_elsewhere, wait, link_again):
        laptop.volume = 60
        muted = await linked_user.run("/volume mute")
        await change()
        reply = await linked_user.run("/volume unmute")
        assert reply.text.startswith("I don’t know how loud it was before. Use a number")
        assert laptop.volume == 0
        await linked_user.press(muted.message, "Unmute (60%)")
        assert laptop.volume == 60
    since = len(spotify.calls)
    await linked_user.run("/volume unmute")
    assert api_calls_since(spotify, since) == [STATE], "it is not muted"


async def test_volume_of_another_user_stays(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    ada_id = int(harness.discord.state.users["ada"].id)
    await harness.bot.services.reply_visibility.share(ada_id, True)
    shared = await linked_user.run("/volume")
    grace = await harness.link_account("grace")
    other = spotify.accounts["grace"].player
    other.play(spotify.catalogue.regular_tracks[3].uri)
    assert other.device is not None
    other.device.volume = 20
    for reply in (await grace.pick(shared.message, "30%"), await grace.press(shared.message, "🔊")):
        assert reply.text.startswith("-# Volume 20% · ")
        assert reply.ephemeral
    assert (player.devices[0].volume, other.device.volume) == (60, 20)


async def test_panel_opens_the_menu(
    harness: Harness, player: Player, linked_user: UserClient
) -> None:
    panel = await linked_user.run("/now share:true")
    card = await panel.press("🎚️")
    assert _selected(card) == ["60%"]
    assert card.ephemeral
    await card.pick("20%")
    await panel.wait_for("20%")
    grace = await harness.link_account("grace")
    visit = await grace.press(panel.message, "🎚️")
    assert "else’s remote" in visit.text
