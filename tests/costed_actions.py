"""What people can do, each thing once: what `make costs` measures."""

from __future__ import annotations

from sandbox.harness import find_confirmation_code
from sandbox.message_text import controls
from tests.cost_session import CostedAction, CostSession, SessionStep
from tests.login_steps import authorize_login

EXPORT_TRACK_COUNT = 1000
FRIEND_PLAYBACK_MENU = "What are they playing?"


def _run_command(line: str, until: str = "") -> SessionStep:
    async def step(scene: CostSession) -> None:
        await scene.run(line.replace("LINK", scene.track_url).replace("ALBUM", scene.album_url))
        if until and scene.reply:
            await scene.reply.wait_for(until)

    return step


def _press_button(label: str) -> SessionStep:
    return lambda scene: scene.press(label)


async def _press_share(scene: CostSession) -> None:
    """The channel's message comes after the reply."""
    reply = await scene.press("Share")
    await reply.wait_for(lambda reply: len(reply.messages) == 2)


async def _press_toggle(scene: CostSession) -> None:
    """The first switch, whichever way it stands."""
    await scene.press(controls(scene.message)[1].label)


async def _select_second(scene: CostSession) -> None:
    await scene.select(1)


async def _open_playlist_select(scene: CostSession) -> None:
    """To which playlist a song is to be added."""
    await scene.run("/search lantern")
    scene.message = (await scene.press("Add to playlist")).message


async def _add_to_playlist(scene: CostSession) -> None:
    await _open_playlist_select(scene)
    scene.message = (await scene.select(1)).message


def _use_message_menu(menu: str, links: int) -> SessionStep:
    """Of the menu of a message with so many links."""

    async def step(scene: CostSession) -> None:
        songs = scene.harness.spotify.catalogue.regular_tracks[-links:]
        content = " ".join(f"https://open.spotify.com/track/{song.id}" for song in songs)
        scene.message = (
            await scene.ada.use_context_menu(menu, message=scene.ada.send(content))
        ).message

    return step


async def _allow_friend_playback(scene: CostSession) -> None:
    """Linus lets others see what he plays."""
    linus = scene.harness.discord.user_client("linus", "dm")
    if not linus.messages():
        await scene.harness.link_account("linus", place="dm")
        await (await linus.run("/settings")).press("Let others see it")


async def _fill_library(scene: CostSession) -> None:
    account = scene.harness.spotify.accounts["ada"]
    account.like_generated(EXPORT_TRACK_COUNT - len(account.liked))


async def _request_login(scene: CostSession) -> None:
    await scene.run("/link")
    assert scene.reply is not None
    scene.login_offer = scene.harness.find_login_offer(scene.reply)


async def _authorize_login(scene: CostSession) -> None:
    assert scene.login_offer is not None
    scene.code = find_confirmation_code((await authorize_login(scene.login_offer)).text) or ""
    await scene.login_offer.user_client.wait_for_message("Almost linked")


async def _prepare_code_entry(scene: CostSession) -> None:
    await _request_login(scene)
    await _authorize_login(scene)
    assert scene.login_offer is not None
    scene.message = scene.login_offer.user_client.messages()[-1]


async def _enter_code(scene: CostSession) -> None:
    assert scene.login_offer is not None
    form = await scene.press("Enter code", scene.login_offer.user_client)
    await form.submit(code=scene.code)
    await scene.login_offer.user_client.wait_for_message("Linked to")


async def _press_link_spotify(scene: CostSession) -> None:
    await scene.press("Link Spotify", scene.harness.discord.user_client("grace", "music"))


async def _request_unlink(scene: CostSession) -> None:
    await scene.harness.link_account("ada")
    await scene.run("/unlink")


async def _confirm_queue(scene: CostSession) -> None:
    await (await scene.press("Queue them")).wait_for("Queued 8 songs")


async def _pause_and_resume(scene: CostSession) -> None:
    scene.player.pause()
    await scene.run("/resume")


async def _pause_with_panel(scene: CostSession) -> None:
    """The panel is drawn again behind the reply."""
    await scene.run("/pause")
    await scene.ada.wait_for_message(
        lambda message: message["id"] == scene.panel_id and "Paused" in str(message)
    )


async def _open_panel(scene: CostSession) -> None:
    await scene.run("/now")
    scene.panel_id = scene.message["id"]


async def _toggle_like(scene: CostSession) -> None:
    """Or takes it back."""
    labels = [one.label for one in controls(scene.message).values()]
    await scene.press(next(label for label in labels if label.startswith("Like")))


async def _next_without_device(scene: CostSession) -> None:
    """None of three devices is the active one."""
    scene.player.device = None
    await scene.run("/next")


async def _choose_device(scene: CostSession) -> None:
    await _next_without_device(scene)
    await scene.select(1)


async def _retry_with_device(scene: CostSession) -> None:
    devices, scene.player.devices[:] = list(scene.player.devices), []
    await scene.run("/next")
    scene.player.devices[:] = devices
    scene.player.device = devices[0]
    await scene.press("Try again")


async def _transfer_playback(scene: CostSession) -> None:
    await scene.select(1)


async def _set_default_device(scene: CostSession) -> None:
    await scene.select(0, select=1)
    assert scene.harness.bot is not None
    await scene.harness.bot.services.store.preferences.set_device(scene.user_id, None)


_SEARCH = _run_command("/search lantern")

COSTED_ACTIONS = (
    CostedAction("`/search` for words", _SEARCH),
    CostedAction("`/search` for a link to a song", _run_command("/search query:LINK")),
    CostedAction("another song of its list", _select_second, _SEARCH),
    CostedAction("**Play** below a song", _press_button("Play"), _SEARCH),
    CostedAction("**Queue** below a song", _press_button("Queue"), _SEARCH),
    CostedAction("**Save** below a song", _press_button("Save"), _SEARCH),
    CostedAction("**Share** below a song", _press_share, _SEARCH),
    CostedAction("another page of a search", _press_button("Page 2 ▶"), _SEARCH),
    CostedAction("**Open album** below a song", _press_button("Open album"), _SEARCH),
    CostedAction(
        "**Open** below an artist",
        _press_button("Open"),
        _run_command("/search lantern type:artists"),
    ),
    CostedAction("**Add to playlist** below a song", _press_button("Add to playlist"), _SEARCH),
    CostedAction("a playlist of its menu", _select_second, _open_playlist_select),
    CostedAction(
        "**Add to another playlist**", _press_button("Add to another playlist"), _add_to_playlist
    ),
    CostedAction("`/recent`", _run_command("/recent")),
    CostedAction("`/top`", _run_command("/top")),
    CostedAction("`/play` for words", _run_command("/play lantern")),
    CostedAction("`/play` for a link", _run_command("/play what:LINK")),
    CostedAction("`/play liked`", _run_command("/play liked")),
    CostedAction("`/pause`", _run_command("/pause")),
    CostedAction("`/pause` with a panel open", _pause_with_panel, _open_panel),
    CostedAction("`/resume`, or `/play` alone", _pause_and_resume),
    CostedAction("`/next`", _run_command("/next")),
    CostedAction("`/previous`", _run_command("/previous")),
    CostedAction("`/restart`", _run_command("/restart")),
    CostedAction("`/seek`", _run_command("/seek 0:30")),
    CostedAction("`/volume`", _run_command("/volume 40")),
    CostedAction("`/shuffle`", _run_command("/shuffle")),
    CostedAction("`/repeat`", _run_command("/repeat")),
    CostedAction("`/next`, and the question on which device", _next_without_device),
    CostedAction("the same, and an answer", _choose_device),
    CostedAction("the same with no device at all, and **Try again**", _retry_with_device),
    CostedAction("`/now`", _open_panel),
    CostedAction("⏸️ on the panel", _press_button("⏸️"), _open_panel),
    CostedAction("⏭️ on the panel", _press_button("⏭️"), _open_panel),
    CostedAction("**Like** on the panel", _toggle_like, _open_panel),
    CostedAction("🔊 on the panel", _press_button("🔊"), _open_panel),
    CostedAction("🔄 on the panel", _press_button("🔄"), _open_panel),
    CostedAction("**Devices** on the panel", _press_button("Devices"), _open_panel),
    CostedAction("**Queue** on the panel", _press_button("Queue"), _open_panel),
    CostedAction("`/queue show`", _run_command("/queue show")),
    CostedAction("another page of it", _press_button("🔄"), _run_command("/queue show")),
    CostedAction("`/queue add` for words", _run_command("/queue add lantern")),
    CostedAction(
        "`/queue add` for a link, with `now`", _run_command("/queue add what:LINK now:true")
    ),
    CostedAction("`/queue add` for an album", _run_command("/queue add what:ALBUM")),
    CostedAction(
        "**Queue them**, eight songs", _confirm_queue, _run_command("/queue add what:ALBUM")
    ),
    CostedAction("`/devices`", _run_command("/devices")),
    CostedAction("another device of its menu", _transfer_playback, _run_command("/devices")),
    CostedAction("a default device", _set_default_device, _run_command("/devices")),
    CostedAction("**Look again**", _press_button("Look again"), _run_command("/devices")),
    CostedAction("`/save`", _run_command("/save")),
    CostedAction(
        f"`/export` of {EXPORT_TRACK_COUNT:,} songs",
        _run_command("/export format:json", "Here are"),
        _fill_library,
    ),
    CostedAction(
        "words for `/play`, as they are typed", lambda it: it.ada.autocomplete("/play lantern")
    ),
    CostedAction("**Play on Spotify**", _use_message_menu("Play on Spotify", 1)),
    CostedAction("**Queue on Spotify**", _use_message_menu("Queue on Spotify", 1)),
    CostedAction("**Save on Spotify**", _use_message_menu("Save on Spotify", 1)),
    CostedAction("**Save on Spotify** of three links", _use_message_menu("Save on Spotify", 3)),
    CostedAction("one of its menu", _select_second, _use_message_menu("Save on Spotify", 3)),
    CostedAction(
        f"**{FRIEND_PLAYBACK_MENU}**",
        lambda it: it.ada.use_context_menu(FRIEND_PLAYBACK_MENU, user="linus"),
        _allow_friend_playback,
    ),
    CostedAction("`/link`", _request_login),
    CostedAction(
        "the login in the browser", _authorize_login, _request_login, keep_login_fresh=True
    ),
    CostedAction("**Enter code**", _enter_code, _prepare_code_entry, keep_login_fresh=True),
    CostedAction("**Link Spotify**", _press_link_spotify, lambda scene: scene.run("/now", "grace")),
    CostedAction("`/account`", _run_command("/account")),
    CostedAction("`/settings`", _run_command("/settings")),
    CostedAction("a button of its panel", _press_toggle, _run_command("/settings")),
    CostedAction("a device or playlist of its panel", _select_second, _run_command("/settings")),
    CostedAction("`/help`", _run_command("/help")),
    CostedAction("`/setup`", _run_command("/setup")),
    CostedAction("`/privacy`", _run_command("/privacy")),
    CostedAction("`/usage`", _run_command("/usage")),
    CostedAction("`/unlink`", _run_command("/unlink")),
    CostedAction("**Unlink and erase**", _press_button("Unlink and erase"), _request_unlink),
)
