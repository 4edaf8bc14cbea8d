"""The actions whose cost at Spotify is measured: each command, menu, button and select once."""

from __future__ import annotations

from sandbox.harness import find_confirmation_code
from sandbox.message_text import controls
from tests.cost_session import (
    CostedAction,
    CostSession,
    SessionStep,
    press_button,
    run_command,
    select_second,
)
from tests.costed_import_actions import IMPORT_ACTIONS
from tests.costed_library_actions import LIBRARY_ACTIONS
from tests.costed_playlist_actions import PLAYLIST_ACTIONS
from tests.costed_playlist_item_actions import PLAYLIST_ITEM_ACTIONS
from tests.costed_queue_actions import QUEUE_ACTIONS, VOLUME_ACTIONS
from tests.login_steps import authorize_login

EXPORT_TRACK_COUNT = 1000
FRIEND_PLAYBACK_MENU = "What are they playing?"


async def _press_share(session: CostSession) -> None:
    """The message to the channel comes after the reply."""
    reply = await session.press("Share")
    await reply.wait_for(lambda reply: len(reply.messages) == 2)


async def _press_toggle(session: CostSession) -> None:
    """Press the first toggle in /settings."""
    await session.press(controls(session.message)[1].label)


async def _open_playlist_select(session: CostSession) -> None:
    """Open the question to which playlist a song should be added."""
    await session.run("/search lantern")
    session.message = (await session.press("Add to playlist")).message


async def _add_to_playlist(session: CostSession) -> None:
    await _open_playlist_select(session)
    session.message = (await session.select(1)).message


def _use_message_menu(menu: str, links: int) -> SessionStep:
    """Use a context menu command on a message with this number of links."""

    async def step(session: CostSession) -> None:
        songs = session.harness.spotify.catalogue.regular_tracks[-links:]
        content = " ".join(f"https://open.spotify.com/track/{song.id}" for song in songs)
        session.message = (
            await session.ada.use_context_menu(menu, message=session.ada.send(content))
        ).message

    return step


async def _allow_friend_playback(session: CostSession) -> None:
    """Linus links his account, and allows others to see what he plays."""
    linus = session.harness.discord.user_client("linus", "dm")
    if not linus.messages():
        await session.harness.link_account("linus", place="dm")
        await (await linus.run("/settings")).press("Allow")


async def _see_friend_playback(session: CostSession) -> None:
    await _allow_friend_playback(session)
    player = session.harness.spotify.accounts["linus"].player
    player.play(session.harness.spotify.catalogue.regular_tracks[0].uri, device=player.devices[0])
    player.set_repeat("track")
    session.harness.clock.advance(10)  # what was read before is not cached any more
    reply = await session.ada.use_context_menu(FRIEND_PLAYBACK_MENU, user="linus")
    session.message = reply.message


async def _fill_library(session: CostSession) -> None:
    account = session.harness.spotify.accounts["ada"]
    account.like_generated(EXPORT_TRACK_COUNT - len(account.liked))


async def _request_login(session: CostSession) -> None:
    await session.run("/link")
    assert session.reply is not None
    session.login_offer = session.harness.find_login_offer(session.reply)


async def _authorize_login(session: CostSession) -> None:
    assert session.login_offer is not None
    session.code = find_confirmation_code((await authorize_login(session.login_offer)).text) or ""
    await session.login_offer.user_client.wait_for_message("Almost done")


async def _prepare_code_entry(session: CostSession) -> None:
    await _request_login(session)
    await _authorize_login(session)
    assert session.login_offer is not None
    session.message = session.login_offer.user_client.messages()[-1]


async def _enter_code(session: CostSession) -> None:
    assert session.login_offer is not None
    form = await session.press("Enter code", session.login_offer.user_client)
    await form.submit(code=session.code)
    await session.login_offer.user_client.wait_for_message("Linked to")


async def _press_link_spotify(session: CostSession) -> None:
    await session.press("Link Spotify", session.harness.discord.user_client("grace", "music"))


async def _request_unlink(session: CostSession) -> None:
    await session.harness.link_account("ada")
    await session.run("/unlink")


async def _pause_and_resume(session: CostSession) -> None:
    session.player.pause()
    await session.run("/resume")


async def _pause_with_panel(session: CostSession) -> None:
    """The panel is refreshed after the reply."""
    await session.run("/pause")
    await session.ada.wait_for_message(
        lambda message: message["id"] == session.panel_id and "Paused" in str(message)
    )


async def _open_panel(session: CostSession) -> None:
    await session.run("/now")
    session.panel_id = session.message["id"]


async def _toggle_like(session: CostSession) -> None:
    """Press **Like**, or **Liked** if the song is liked."""
    labels = [control.label for control in controls(session.message).values()]
    await session.press(next(label for label in labels if label.startswith("Like")))


async def _next_without_device(session: CostSession) -> None:
    """Run /next while none of the three devices is active."""
    session.player.device = None
    await session.run("/next")


async def _choose_device(session: CostSession) -> None:
    await _next_without_device(session)
    await session.select(1)


async def _retry_with_device(session: CostSession) -> None:
    devices, session.player.devices[:] = list(session.player.devices), []
    await session.run("/next")
    session.player.devices[:] = devices
    session.player.device = devices[0]
    await session.press("Try again")


async def _transfer_playback(session: CostSession) -> None:
    await session.select(1)


async def _set_default_device(session: CostSession) -> None:
    await session.select(0, select=1)
    assert session.harness.bot is not None
    await session.harness.bot.services.store.preferences.set_device(session.user_id, None)


_SEARCH = run_command("/search lantern")

COSTED_ACTIONS = (
    CostedAction("`/search` for words", _SEARCH),
    CostedAction("`/search` for a link to a song", run_command("/search query:LINK")),
    CostedAction("another song in the list", select_second, _SEARCH),
    CostedAction("**Play** below a song", press_button("Play"), _SEARCH),
    CostedAction("**Queue** below a song", press_button("Queue"), _SEARCH),
    CostedAction("**Save** below a song", press_button("Save"), _SEARCH),
    CostedAction("**Share** below a song", _press_share, _SEARCH),
    CostedAction("another page of search results", press_button("Page 2 ▶"), _SEARCH),
    CostedAction("**Go to album** below a song", press_button("Go to album"), _SEARCH),
    CostedAction(
        "**Show songs** below an artist",
        press_button("Show songs"),
        run_command("/search lantern type:artists"),
    ),
    CostedAction("**Add to playlist** below a song", press_button("Add to playlist"), _SEARCH),
    CostedAction("a playlist from its menu", select_second, _open_playlist_select),
    CostedAction(
        "**Add to another playlist**", press_button("Add to another playlist"), _add_to_playlist
    ),
    CostedAction("`/recent`", run_command("/recent")),
    CostedAction("`/top`", run_command("/top")),
    CostedAction("`/play` for words", run_command("/play lantern")),
    CostedAction("`/play` for a link", run_command("/play what:LINK")),
    CostedAction("`/play liked`", run_command("/play liked")),
    CostedAction("`/pause`", run_command("/pause")),
    CostedAction("`/pause` with a panel open", _pause_with_panel, _open_panel, keep_panel=True),
    CostedAction("`/resume`, or `/play` alone", _pause_and_resume),
    CostedAction("`/next`", run_command("/next")),
    CostedAction("`/previous`", run_command("/previous")),
    CostedAction("`/restart`", run_command("/restart")),
    CostedAction("`/seek`", run_command("/seek 0:30")),
    *VOLUME_ACTIONS,
    CostedAction("`/shuffle`", run_command("/shuffle")),
    CostedAction("`/repeat`", run_command("/repeat")),
    CostedAction("`/next` with no active device", _next_without_device),
    CostedAction("the same, then a device from the menu", _choose_device),
    CostedAction("`/next` with no device at all, then **Try again**", _retry_with_device),
    CostedAction("`/now`", _open_panel),
    CostedAction("⏸️ on the panel", press_button("⏸️"), _open_panel, keep_panel=True),
    CostedAction("⏭️ on the panel", press_button("⏭️"), _open_panel, keep_panel=True),
    CostedAction("**Like** on the panel", _toggle_like, _open_panel, keep_panel=True),
    CostedAction("🔊 on the panel", press_button("🔊"), _open_panel, keep_panel=True),
    CostedAction("🔄 on the panel", press_button("🔄"), _open_panel, keep_panel=True),
    CostedAction("**Devices** on the panel", press_button("Devices"), _open_panel, keep_panel=True),
    CostedAction("**Queue** on the panel", press_button("Queue"), _open_panel, keep_panel=True),
    CostedAction(
        "**Go to artist** on the panel", press_button("Go to artist"), _open_panel, keep_panel=True
    ),
    *QUEUE_ACTIONS,
    CostedAction("`/devices`", run_command("/devices")),
    CostedAction("another device from its menu", _transfer_playback, run_command("/devices")),
    CostedAction("a default device from its menu", _set_default_device, run_command("/devices")),
    CostedAction("**Refresh**", press_button("Refresh"), run_command("/devices")),
    CostedAction("`/sleep` for a time", run_command("/sleep 30m")),
    CostedAction("`/sleep` for a track", run_command("/sleep when:after this one")),
    *PLAYLIST_ACTIONS,
    *PLAYLIST_ITEM_ACTIONS,
    *LIBRARY_ACTIONS,
    *IMPORT_ACTIONS,
    CostedAction(
        f"`/export` of {EXPORT_TRACK_COUNT:,} songs",
        run_command("/export what:liked-songs format:json", "Here are"),
        _fill_library,
    ),
    CostedAction(
        "autocomplete for `/play`", lambda session: session.ada.autocomplete("/play lantern")
    ),
    CostedAction("**Play on Spotify**", _use_message_menu("Play on Spotify", 1)),
    CostedAction("**Queue on Spotify**", _use_message_menu("Queue on Spotify", 1)),
    CostedAction("**Save on Spotify**", _use_message_menu("Save on Spotify", 1)),
    CostedAction("**Save on Spotify** of three links", _use_message_menu("Save on Spotify", 3)),
    CostedAction("a link from its menu", select_second, _use_message_menu("Save on Spotify", 3)),
    CostedAction(
        f"**{FRIEND_PLAYBACK_MENU}**",
        lambda session: session.ada.use_context_menu(FRIEND_PLAYBACK_MENU, user="linus"),
        _allow_friend_playback,
    ),
    CostedAction(
        "**Play what they play**", press_button("Play what they play"), _see_friend_playback
    ),
    CostedAction("`/link`", _request_login),
    CostedAction(
        "the login in the browser", _authorize_login, _request_login, keep_login_fresh=True
    ),
    CostedAction("**Enter code**", _enter_code, _prepare_code_entry, keep_login_fresh=True),
    CostedAction(
        "**Link Spotify**", _press_link_spotify, lambda session: session.run("/now", "grace")
    ),
    CostedAction("`/account`", run_command("/account")),
    CostedAction("`/settings`", run_command("/settings")),
    CostedAction("a button in `/settings`", _press_toggle, run_command("/settings")),
    CostedAction("a device or playlist in `/settings`", select_second, run_command("/settings")),
    CostedAction("`/help`", run_command("/help")),
    CostedAction("`/setup`", run_command("/setup")),
    CostedAction("`/privacy`", run_command("/privacy")),
    CostedAction("`/usage`", run_command("/usage")),
    CostedAction("`/unlink`", run_command("/unlink")),
    CostedAction("**Cancel** below `/unlink`", press_button("Cancel"), _request_unlink),
    CostedAction("**Unlink and erase**", press_button("Unlink and erase"), _request_unlink),
)
