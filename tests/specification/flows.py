"""All that the bot can be asked for, with every refusal that can come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.browser import Browser
from sandbox.discord import Reply
from sandbox.faults import Fault
from sandbox.readable import walk
from sandbox.stage import Stage

NOTHING = "0" * 22  # the id of nothing there is
COMMANDS = ("/search lantern", "/play lantern", "/pause", "/next", "/now", "/save")


async def nobody_is_linked(it: Stage) -> None:
    for command in (*COMMANDS, "/export format:csv", "/unlink"):
        await it.discord.seat("ada").run(command)


async def logins_that_come_to_nothing(it: Stage) -> None:
    app = it.spotify.apps[it.spotify.client_id]
    for person, accepts, premium, ending in (
        ("grace", False, True, "cancelled"),
        ("mallory", True, True, "owner must add you"),
        ("ada", True, False, "owner has no Premium"),
    ):
        app.owner_premium = premium
        reply = await it.discord.seat(person).run("/link")
        await _log_in(it, reply, person, accepts=accepts)
        await reply.until(ending)
    app.owner_premium = True
    closed = it.discord.seat("grace", "elsewhere")
    it.discord.closed_dms.add("grace")
    reply = await closed.run("/link")
    await _log_in(it, reply, "grace")
    await reply.until("Almost linked")
    for code in ("WRONG", "WRONG"):
        form = await closed.press(reply.message, "Enter code")
        await form.submit(code=code)
    it.discord.closed_dms.clear()


async def linking(it: Stage) -> None:
    for person in ("ada", "linus", "ada"):
        await it.link(person)
    ada = it.discord.seat("ada")
    for command in ("/account", "/setup", "/privacy"):
        await ada.run(command)
    panel = await ada.run("/settings")
    await panel.press("Turn off")
    await panel.pick("Kitchen Speaker")
    await ada.run("/help")
    await ada.run("/link client_id:ffffffffffffffffffffffffffffffff")
    it.clock.advance(600)
    reply = await it.discord.seat("grace").run("/link")
    await _log_in(it, reply, "ada")
    await reply.until("another Discord account")


async def choosing(it: Stage) -> None:
    ada = it.discord.seat("ada")
    reply = await ada.run("/search lantern")
    await reply.pick(_options(reply)[1])
    for button in ("Play", "Queue", "Save"):
        await reply.press(button)
    for query in ("xyzzyplugh", "everyone", "Sung by Nobody", "lantern " * 750):
        await ada.run(f"/search query:{query}")


async def pressing_what_is_old(it: Stage) -> None:
    """By somebody who has left since, and after an update."""
    ada = it.discord.seat("ada")
    reply = await ada.run("/search lantern")
    await (await ada.run("/unlink")).press("Unlink and erase")
    await reply.press("Save")
    await (await reply.pick(_options(reply)[1])).press("Link Spotify")
    it.clock.advance(600)
    await it.link("ada")
    for part in walk(reply.message):
        if part.get("label") == "Play":
            part["custom_id"] = "once:upon:a:time"
    await ada.press(reply.message, "Play")


async def playing_links(it: Stage) -> None:
    ada, catalogue = it.discord.seat("ada"), it.spotify.catalogue
    shelves = {
        "track": catalogue.tracks,
        "album": catalogue.albums,
        "artist": catalogue.artists,
        "playlist": it.spotify.playlists,
        "show": catalogue.shows,
        "episode": catalogue.episodes,
        "audiobook": catalogue.audiobooks,
    }
    for kind, shelf in shelves.items():
        for id_ in (next(iter(shelf)), NOTHING):
            await ada.run(f"/play what:https://open.spotify.com/{kind}/{id_}")
    await ada.run("/play what:https://open.spotify.com/track/short")


async def controlling(it: Stage) -> None:
    it.spotify.accounts["ada"].player.start(*(track.uri for track in it.spotify.catalogue.stock))
    for command in ("/pause", "/pause", *["/next"] * 8, "/save"):
        await it.discord.seat("ada").run(command)


async def looking(it: Stage) -> None:
    ada, catalogue = it.discord.seat("ada"), it.spotify.catalogue
    player = it.spotify.accounts["ada"].player
    for uri in (catalogue.stock[0].uri, next(iter(catalogue.local)),
                next(iter(catalogue.episodes.values())).uri):  # fmt: skip
        player.start(uri)
        it.clock.advance(10)
        for command in ("/now", "/save"):
            await ada.run(command)
    player.pause()
    for place in ("music", "dm", "huddle", "elsewhere"):
        await it.discord.seat("ada", place).run("/now")
    player.interlude = "ad"
    await ada.run("/now")
    player.interlude = None


async def exporting(it: Stage) -> None:
    it.spotify.accounts["ada"].like_many(150)
    for kind in ("json", "csv"):
        reply = await it.discord.seat("ada").run(f"/export format:{kind}")
        await reply.until("Here are your")


async def refused_by_the_player(it: Stage) -> None:
    ada, player = it.discord.seat("ada"), it.spotify.accounts["ada"].player
    for command in COMMANDS:
        await it.discord.seat("linus").run(command)
    awake = player.device
    for device in (None, next(one for one in player.devices if one.is_restricted)):
        player.device = device
        for command in COMMANDS:
            await ada.run(command)
    player.device = awake


async def refused_at_the_door(it: Stage) -> None:
    ada, spotify = it.discord.seat("ada"), it.spotify
    spotify.expire_access_tokens()
    await ada.run("/now")
    for command in ("/search lantern", "/next", "/pause"):
        for quota in (False, True):
            spotify.rate_limit(48_925, quota=quota)
            await ada.run(command)
            it.clock.advance(48_926)
    spotify.faults.add(Fault("GET .*/me/player", status=502, body="<html>bad gateway</html>"))
    await ada.run("/now")
    spotify.faults.add(Fault("POST .*/me/player", status=503))
    await ada.run("/next")
    spotify.end_consent("ada")
    spotify.expire_access_tokens()
    await ada.run("/now")


FLOWS: tuple[Callable[[Stage], Awaitable[None]], ...] = (
    nobody_is_linked,
    logins_that_come_to_nothing,
    linking,
    choosing,
    pressing_what_is_old,
    playing_links,
    controlling,
    looking,
    exporting,
    refused_by_the_player,
    refused_at_the_door,
)


async def _log_in(it: Stage, reply: Reply, account: str, *, accepts: bool = True) -> None:
    async with Browser() as browser:
        await browser.log_in(it.offer(reply).url, account=account, accept=accepts)


def _options(reply: Reply) -> list[str]:
    return [one["value"] for part in walk(reply.message) for one in part.get("options", ())]
