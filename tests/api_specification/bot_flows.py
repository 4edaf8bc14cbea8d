"""Uses every feature of the bot, and provokes every refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from sandbox.browser import Browser
from sandbox.discord import Reply
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import walk_components

UNKNOWN_ID = "0" * 22  # the id of nothing there is
COMMANDS = ("/search lantern", "/play lantern", "/pause", "/next", "/now", "/save")


async def use_without_account(it: Harness) -> None:
    for command in (*COMMANDS, "/export what:liked-songs format:csv", "/unlink"):
        await it.discord.user_client("ada").run(command)


async def fail_logins(it: Harness) -> None:
    app = it.spotify.apps[it.spotify.client_id]
    for person, accepts, premium, ending in (
        ("grace", False, True, "cancelled"),
        ("mallory", True, True, "five places"),
        ("ada", True, False, "owner has no Premium"),
    ):
        app.owner_premium = premium
        reply = await it.discord.user_client(person).run("/link")
        await _complete_login(it, reply, person, accepts=accepts)
        await reply.wait_for(ending)
    app.owner_premium = True
    closed = it.discord.user_client("grace", "elsewhere")
    it.discord.closed_dms.add("grace")
    reply = await closed.run("/link")
    await _complete_login(it, reply, "grace")
    await reply.wait_for("Almost done")
    for code in ("WRONG", "WRONG"):
        form = await closed.press(reply.message, "Enter code")
        await form.submit(code=code)
    it.discord.closed_dms.clear()


async def link_accounts(it: Harness) -> None:
    for person in ("ada", "linus", "ada"):
        await it.link_account(person)
    ada = it.discord.user_client("ada")
    for command in ("/account", "/setup", "/privacy"):
        await ada.run(command)
    panel = await ada.run("/settings")
    await panel.press("Turn off")
    await panel.pick("Kitchen Speaker")
    await ada.run("/help")
    await ada.run("/link client_id:ffffffffffffffffffffffffffffffff")
    it.clock.advance(600)
    reply = await it.discord.user_client("grace").run("/link")
    await _complete_login(it, reply, "ada")
    await reply.wait_for("another Discord account")


async def search_and_select(it: Harness) -> None:
    ada = it.discord.user_client("ada")
    reply = await ada.run("/search lantern")
    await reply.pick(_option_values(reply)[1])
    for button in ("Play", "Queue", "Save"):
        await reply.press(button)
    for query in ("xyzzyplugh", "everyone", "Sung by Nobody", "lantern " * 750):
        await ada.run(f"/search query:{query}")


async def press_outdated_buttons(it: Harness) -> None:
    """By somebody who has left since, and after an update."""
    ada = it.discord.user_client("ada")
    reply = await ada.run("/search lantern")
    await (await ada.run("/unlink")).press("Unlink and erase")
    await reply.press("Save")
    await (await reply.pick(_option_values(reply)[1])).press("Link Spotify")
    it.clock.advance(600)
    await it.link_account("ada")
    for part in walk_components(reply.message):
        if part.get("label") == "Play":
            part["custom_id"] = "once:upon:a:time"
    await ada.press(reply.message, "Play")


async def play_links(it: Harness) -> None:
    ada, catalogue = it.discord.user_client("ada"), it.spotify.catalogue
    shelves: Mapping[str, Mapping[str, object]] = {
        "track": catalogue.tracks,
        "album": catalogue.albums,
        "artist": catalogue.artists,
        "playlist": it.spotify.playlists,
        "show": catalogue.shows,
        "episode": catalogue.episodes,
        "audiobook": catalogue.audiobooks,
    }
    for kind, shelf in shelves.items():
        for id_ in (next(iter(shelf)), UNKNOWN_ID):
            await ada.run(f"/play what:https://open.spotify.com/{kind}/{id_}")
    await ada.run("/play what:https://open.spotify.com/track/short")


async def control_playback(it: Harness) -> None:
    it.spotify.accounts["ada"].player.play(
        *(track.uri for track in it.spotify.catalogue.regular_tracks)
    )
    for command in ("/pause", "/pause", *["/next"] * 8, "/save"):
        await it.discord.user_client("ada").run(command)


async def show_playback(it: Harness) -> None:
    ada, catalogue = it.discord.user_client("ada"), it.spotify.catalogue
    player = it.spotify.accounts["ada"].player
    for uri in (catalogue.regular_tracks[0].uri, next(iter(catalogue.local)),
                next(iter(catalogue.episodes.values())).uri):  # fmt: skip
        player.play(uri)
        it.clock.advance(10)
        for command in ("/now", "/save"):
            await ada.run(command)
    player.pause()
    for place in ("music", "dm", "huddle", "elsewhere"):
        await it.discord.user_client("ada", place).run("/now")
    player.interlude = "ad"
    await ada.run("/now")
    player.interlude = None


async def export_library(it: Harness) -> None:
    it.spotify.accounts["ada"].like_generated(150)
    for kind in ("json", "csv"):
        reply = await it.discord.user_client("ada").run(f"/export what:liked-songs format:{kind}")
        await reply.wait_for("Here are your")


async def fail_player_commands(it: Harness) -> None:
    ada, player = it.discord.user_client("ada"), it.spotify.accounts["ada"].player
    for command in COMMANDS:
        await it.discord.user_client("linus").run(command)
    awake = player.device
    for device in (None, next(each for each in player.devices if each.is_restricted)):
        player.device = device
        for command in COMMANDS:
            await ada.run(command)
    player.device = awake


async def fail_requests(it: Harness) -> None:
    ada, spotify = it.discord.user_client("ada"), it.spotify
    spotify.tokens.expire_access_tokens()
    await ada.run("/now")
    for command in ("/search lantern", "/next", "/pause"):
        for quota in (False, True):
            spotify.add_rate_limit(48_925, quota=quota)
            await ada.run(command)
            it.clock.advance(48_926)
    spotify.faults.add(Fault("GET .*/me/player", status=502, body="<html>bad gateway</html>"))
    await ada.run("/now")
    spotify.faults.add(Fault("POST .*/me/player", status=503))
    await ada.run("/next")
    spotify.tokens.revoke_consents("ada")
    spotify.tokens.expire_access_tokens()
    await ada.run("/now")


BOT_FLOWS: tuple[Callable[[Harness], Awaitable[None]], ...] = (
    use_without_account,
    fail_logins,
    link_accounts,
    search_and_select,
    press_outdated_buttons,
    play_links,
    control_playback,
    show_playback,
    export_library,
    fail_player_commands,
    fail_requests,
)


async def _complete_login(it: Harness, reply: Reply, account: str, *, accepts: bool = True) -> None:
    async with Browser() as browser:
        await browser.log_in(it.find_login_offer(reply).url, account=account, accept=accepts)


def _option_values(reply: Reply) -> list[str]:
    return [
        each["value"] for part in walk_components(reply.message) for each in part.get("options", ())
    ]
