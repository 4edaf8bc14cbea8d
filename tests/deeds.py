"""What people can do, each thing once: what `make costs` measures."""

from __future__ import annotations

from sandbox.readable import controls
from sandbox.stage import code_on
from tests.logins import agree
from tests.scene import Deed, Scene, Step

SONGS = 1000
THEIRS = "What are they playing?"


def _types(line: str, until: str = "") -> Step:
    async def step(scene: Scene) -> None:
        await scene.run(line.replace("LINK", scene.link).replace("ALBUM", scene.album))
        if until and scene.reply:
            await scene.reply.until(until)

    return step


def _presses(label: str) -> Step:
    return lambda scene: scene.press(label)


async def _shares(scene: Scene) -> None:
    """The channel's message comes after the reply."""
    reply = await scene.press("Share")
    await reply.until(lambda reply: len(reply.messages) == 2)


async def _switches(scene: Scene) -> None:
    """The first switch, whichever way it stands."""
    await scene.press(controls(scene.message)[1].label)


async def _picks(scene: Scene) -> None:
    await scene.pick(1)


async def _asked(scene: Scene) -> None:
    """To which playlist a song is to be added."""
    await scene.run("/search lantern")
    scene.message = (await scene.press("Add to playlist")).message


async def _added(scene: Scene) -> None:
    await _asked(scene)
    scene.message = (await scene.pick(1)).message


def _chooses(menu: str, links: int) -> Step:
    """Of the menu of a message with so many links."""

    async def step(scene: Scene) -> None:
        songs = scene.stage.spotify.catalogue.stock[-links:]
        content = " ".join(f"https://open.spotify.com/track/{song.id}" for song in songs)
        scene.message = (await scene.ada.menu(menu, message=scene.ada.say(content))).message

    return step


async def _shows(scene: Scene) -> None:
    """Linus lets others see what he plays."""
    linus = scene.stage.discord.seat("linus", "dm")
    if not linus.messages():
        await scene.stage.link("linus", place="dm")
        await (await linus.run("/settings")).press("Let others see it")


async def _many_songs(scene: Scene) -> None:
    account = scene.stage.spotify.accounts["ada"]
    account.like_many(SONGS - len(account.liked))


async def _offered(scene: Scene) -> None:
    await scene.run("/link")
    assert scene.reply is not None
    scene.offer = scene.stage.offer(scene.reply)


async def _agrees(scene: Scene) -> None:
    assert scene.offer is not None
    scene.code = code_on((await agree(scene.offer)).text) or ""
    await scene.offer.seat.until("Almost linked")


async def _agreed(scene: Scene) -> None:
    await _offered(scene)
    await _agrees(scene)
    assert scene.offer is not None
    scene.message = scene.offer.seat.messages()[-1]


async def _enters(scene: Scene) -> None:
    assert scene.offer is not None
    form = await scene.press("Enter code", scene.offer.seat)
    await form.submit(code=scene.code)
    await scene.offer.seat.until("Linked to")


async def _starts(scene: Scene) -> None:
    await scene.press("Link Spotify", scene.stage.discord.seat("grace", "music"))


async def _asks_to_leave(scene: Scene) -> None:
    await scene.stage.link("ada")
    await scene.run("/unlink")


async def _queues(scene: Scene) -> None:
    await (await scene.press("Queue them")).until("Queued 8 songs")


async def _resumes(scene: Scene) -> None:
    scene.player.pause()
    await scene.run("/resume")


async def _with_a_panel(scene: Scene) -> None:
    """The panel is drawn again behind the reply."""
    await scene.run("/pause")
    await scene.ada.until(lambda message: message["id"] == scene.panel and "Paused" in str(message))


async def _panel(scene: Scene) -> None:
    await scene.run("/now")
    scene.panel = scene.message["id"]


async def _likes(scene: Scene) -> None:
    """Or takes it back."""
    labels = [one.label for one in controls(scene.message).values()]
    await scene.press(next(label for label in labels if label.startswith("Like")))


async def _asleep(scene: Scene) -> None:
    """None of three devices is the active one."""
    scene.player.device = None
    await scene.run("/next")


async def _chooses_one(scene: Scene) -> None:
    await _asleep(scene)
    await scene.pick(1)


async def _tries_again(scene: Scene) -> None:
    devices, scene.player.devices[:] = list(scene.player.devices), []
    await scene.run("/next")
    scene.player.devices[:] = devices
    scene.player.device = devices[0]
    await scene.press("Try again")


async def _plays_there(scene: Scene) -> None:
    await scene.pick(1)


async def _makes_default(scene: Scene) -> None:
    await scene.pick(0, select=1)
    assert scene.stage.bot is not None
    await scene.stage.bot.store.preferences.choose_device(scene.user, None)


_FOUND = _types("/search lantern")

DEEDS = (
    Deed("`/search` for words", _FOUND),
    Deed("`/search` for a link to a song", _types("/search query:LINK")),
    Deed("another song of its list", _picks, _FOUND),
    Deed("**Play** below a song", _presses("Play"), _FOUND),
    Deed("**Queue** below a song", _presses("Queue"), _FOUND),
    Deed("**Save** below a song", _presses("Save"), _FOUND),
    Deed("**Share** below a song", _shares, _FOUND),
    Deed("another page of a search", _presses("Page 2 ▶"), _FOUND),
    Deed("**Open album** below a song", _presses("Open album"), _FOUND),
    Deed("**Open** below an artist", _presses("Open"), _types("/search lantern type:artists")),
    Deed("**Add to playlist** below a song", _presses("Add to playlist"), _FOUND),
    Deed("a playlist of its menu", _picks, _asked),
    Deed("**Add to another playlist**", _presses("Add to another playlist"), _added),
    Deed("`/recent`", _types("/recent")),
    Deed("`/top`", _types("/top")),
    Deed("`/play` for words", _types("/play lantern")),
    Deed("`/play` for a link", _types("/play what:LINK")),
    Deed("`/play liked`", _types("/play liked")),
    Deed("`/pause`", _types("/pause")),
    Deed("`/pause` with a panel open", _with_a_panel, _panel),
    Deed("`/resume`, or `/play` alone", _resumes),
    Deed("`/next`", _types("/next")),
    Deed("`/previous`", _types("/previous")),
    Deed("`/restart`", _types("/restart")),
    Deed("`/seek`", _types("/seek 0:30")),
    Deed("`/volume`", _types("/volume 40")),
    Deed("`/shuffle`", _types("/shuffle")),
    Deed("`/repeat`", _types("/repeat")),
    Deed("`/next`, and the question on which device", _asleep),
    Deed("the same, and an answer", _chooses_one),
    Deed("the same with no device at all, and **Try again**", _tries_again),
    Deed("`/now`", _panel),
    Deed("⏸️ on the panel", _presses("⏸️"), _panel),
    Deed("⏭️ on the panel", _presses("⏭️"), _panel),
    Deed("**Like** on the panel", _likes, _panel),
    Deed("🔊 on the panel", _presses("🔊"), _panel),
    Deed("🔄 on the panel", _presses("🔄"), _panel),
    Deed("`/queue show`", _types("/queue show")),
    Deed("another page of it", _presses("🔄"), _types("/queue show")),
    Deed("`/queue add` for words", _types("/queue add lantern")),
    Deed("`/queue add` for a link, with `now`", _types("/queue add what:LINK now:true")),
    Deed("`/queue add` for an album", _types("/queue add what:ALBUM")),
    Deed("**Queue them**, eight songs", _queues, _types("/queue add what:ALBUM")),
    Deed("`/devices`", _types("/devices")),
    Deed("another device of its menu", _plays_there, _types("/devices")),
    Deed("a default device", _makes_default, _types("/devices")),
    Deed("**Look again**", _presses("Look again"), _types("/devices")),
    Deed("`/save`", _types("/save")),
    Deed(f"`/export` of {SONGS:,} songs", _types("/export format:json", "Here are"), _many_songs),
    Deed("words for `/play`, as they are typed", lambda it: it.ada.complete("/play lantern")),
    Deed("**Play on Spotify**", _chooses("Play on Spotify", 1)),
    Deed("**Queue on Spotify**", _chooses("Queue on Spotify", 1)),
    Deed("**Save on Spotify**", _chooses("Save on Spotify", 1)),
    Deed("**Save on Spotify** of three links", _chooses("Save on Spotify", 3)),
    Deed("one of its menu", _picks, _chooses("Save on Spotify", 3)),
    Deed(f"**{THEIRS}**", lambda it: it.ada.menu(THEIRS, user="linus"), _shows),
    Deed("`/link`", _offered),
    Deed("the login in the browser", _agrees, _offered, hasty=True),
    Deed("**Enter code**", _enters, _agreed, hasty=True),
    Deed("**Link Spotify**", _starts, lambda scene: scene.run("/now", "grace")),
    Deed("`/account`", _types("/account")),
    Deed("`/settings`", _types("/settings")),
    Deed("a button of its panel", _switches, _types("/settings")),
    Deed("a device or playlist of its panel", _picks, _types("/settings")),
    Deed("`/help`", _types("/help")),
    Deed("`/setup`", _types("/setup")),
    Deed("`/privacy`", _types("/privacy")),
    Deed("`/usage`", _types("/usage")),
    Deed("`/unlink`", _types("/unlink")),
    Deed("**Unlink and erase**", _presses("Unlink and erase"), _asks_to_leave),
)  # fmt: skip
