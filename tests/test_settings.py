"""/settings: one panel whose buttons and selects show each change at once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot.spotify.consent_expiry import consent_expires_at
from sandbox.discord import Reply, UserClient
from sandbox.discord.visible_text import find_buttons, find_selects
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.message_text import controls
from sandbox.spotify import Spotify
from sandbox.spotify.devices import Device
from tests.database_edits import edit_database

QUOTA_FAULT = Fault(
    "me/player/devices|me/playlists",
    status=429,
    body=json.dumps({"error": {"status": 429, "message": "", "reason": "QUOTA_EXCEEDED"}}),
    headers={"Retry-After": "48925", "Content-Type": "application/json"},
    times=None,
)
OUTAGE_FAULT = Fault("me", status=502, times=None)

DEVICE_SELECT, PLAYLIST_SELECT = 0, 1


def _selected(panel: Reply, select: int) -> str:
    """The label of the option that this select shows as chosen."""
    options = find_selects(panel.message)[select]["options"]
    (selected,) = [option["label"] for option in options if option.get("default")]
    return str(selected)


def _option_labels(panel: Reply, select: int) -> list[str]:
    return [option["label"] for option in find_selects(panel.message)[select]["options"]]


async def test_panel_is_private_and_shows_settings(linked_user: UserClient) -> None:
    panel = await linked_user.run("/settings")
    assert panel.ephemeral
    assert "Only you see replies." in panel.text
    assert "Others can’t see what you’re playing." in panel.text
    assert "30 and 7 days before" in panel.text
    assert _selected(panel, DEVICE_SELECT) == _selected(panel, PLAYLIST_SELECT) == "None"


@pytest.mark.parametrize(
    ("press", "expected", "inverse"),
    [
        (
            "Make public",
            "Everyone in the channel sees replies. Errors and account details",
            "Make private",
        ),
        ("Allow", "Others can see what you’re playing", "Hide"),
        ("Turn off", "No DM before", "Turn on"),
    ],
)
async def test_press_shows_new_state_and_inverse_button(
    harness: Harness, linked_user: UserClient, press: str, expected: str, inverse: str
) -> None:
    panel = await linked_user.run("/settings")
    before, calls = panel.text, len(harness.spotify.calls)
    after = await panel.press(press)
    assert len(harness.spotify.calls) == calls, "a setting needs no call"
    assert after.message["id"] == panel.message["id"]
    assert expected in after.text
    assert expected in (await linked_user.run("/settings")).text
    assert (await after.press(inverse)).text == before


async def test_device_and_playlist_can_be_set_and_cleared(linked_user: UserClient) -> None:
    panel = await linked_user.run("/settings")
    picked = await panel.pick("Kitchen Speaker", select=DEVICE_SELECT)
    assert _selected(picked, DEVICE_SELECT) == "Kitchen Speaker"
    picked = await panel.pick("Harbour Evenings", select=PLAYLIST_SELECT)
    for reply in (picked, await linked_user.run("/settings")):
        assert _selected(reply, DEVICE_SELECT) == "Kitchen Speaker"
        assert _selected(reply, PLAYLIST_SELECT) == "Harbour Evenings"
    for select in (PLAYLIST_SELECT, DEVICE_SELECT):
        assert _selected(await panel.pick("None", select=select), select) == "None"


async def test_only_usable_options_are_offered(linked_user: UserClient) -> None:
    panel = await linked_user.run("/settings")
    assert _option_labels(panel, DEVICE_SELECT) == [
        "None",
        "Ada's Laptop",
        "Kitchen Speaker",
        "Ada's Phone",
    ]
    assert "Potluck" in _option_labels(panel, PLAYLIST_SELECT), (
        "collaborative playlists can be edited"
    )
    assert "Grace's Mornings" not in _option_labels(panel, PLAYLIST_SELECT), (
        "followed playlists cannot be edited"
    )


async def test_buttons_survive_a_restart(harness: Harness, linked_user: UserClient) -> None:
    panel = await linked_user.run("/settings")
    await harness.restart()
    assert "Everyone in the channel sees replies" in (await panel.press("Make public")).text
    picked = await panel.pick("Ada's Phone", select=DEVICE_SELECT)
    assert _selected(picked, DEVICE_SELECT) == "Ada's Phone"
    await harness.restart()
    restarted = await linked_user.run("/settings")
    assert "Everyone in the channel sees replies" in restarted.text
    assert _selected(restarted, DEVICE_SELECT) == "Ada's Phone"


async def test_offline_default_device_stays_selected(
    spotify: Spotify, linked_user: UserClient
) -> None:
    await (await linked_user.run("/settings")).pick("Kitchen Speaker", select=DEVICE_SELECT)
    devices = spotify.accounts["ada"].player.devices
    del devices[1]
    panel = await linked_user.run("/settings")
    assert _selected(panel, DEVICE_SELECT) == "Kitchen Speaker"
    assert "Kitchen Speaker – Not open now" in panel.text
    devices.clear()
    assert _option_labels(await linked_user.run("/settings"), DEVICE_SELECT) == [
        "None",
        "Kitchen Speaker",
    ]
    await (await linked_user.run("/settings")).pick("None", select=DEVICE_SELECT)
    assert "Spotify shows no device you can choose" in (await linked_user.run("/settings")).text


async def test_options_over_select_limit_are_cut_and_reported(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.player.devices += [Device(f"{n:040}", f"Radio {n}", "Speaker") for n in range(40)]
    for n in range(30):
        spotify.state.add_playlist(f"Mix {n}", "ada")
    panel = await linked_user.run("/settings")
    assert (
        len(_option_labels(panel, DEVICE_SELECT))
        == len(_option_labels(panel, PLAYLIST_SELECT))
        == 25
    )
    assert "These are the first 24 of your playlists" in panel.text
    last = _option_labels(panel, PLAYLIST_SELECT)[-1]
    await panel.pick(last, select=PLAYLIST_SELECT)
    spotify.state.add_playlist("Newest", "ada")
    harness.clock.advance(11 * 60)
    later = await linked_user.run("/settings")
    assert "Newest" in _option_labels(later, PLAYLIST_SELECT)
    assert _selected(later, PLAYLIST_SELECT) == last, "the selected option is always offered"


async def test_user_without_playlists_is_told(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].playlists.clear()
    assert (
        "You have no playlist that you can add to yet" in (await linked_user.run("/settings")).text
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (QUOTA_FAULT, "has used up its daily limit"),
        (OUTAGE_FAULT, "Spotify isn’t responding properly"),
    ],
    ids=["quota", "502"],
)
async def test_other_settings_work_when_spotify_fails(fault: Fault, expected: str) -> None:
    async with run_harness(command_timeout=3) as harness:
        ada = await harness.link_account("ada")
        await (await ada.run("/settings")).pick("Kitchen Speaker", select=DEVICE_SELECT)
        harness.clock.advance(660)
        harness.spotify.faults.add(fault)
        panel = await ada.run("/settings")
        assert panel.text.count(expected) == 2
        assert _selected(panel, 0) == "Kitchen Speaker"
        shared = await panel.press("Make public")
        assert "Everyone in the channel sees replies" in shared.text
        assert shared.text.count(expected) == 2, "the redrawn panel repeats why options are missing"
        assert _selected(await panel.pick("None"), 0) == "None"


async def test_expired_login_keeps_settings_and_offers_login(harness: Harness) -> None:
    ada = await harness.link_account("ada")
    harness.clock.advance(consent_expires_at(harness.clock()) + 60 - harness.clock())
    panel = await ada.run("/settings")
    assert "Your Spotify login has ended" in panel.text
    reply = await panel.press("Turn off")
    assert "No DM before" in reply.text
    assert harness.find_login_offer(await reply.press("Link Spotify")).url


async def test_login_without_playlist_scope_gets_login_button(
    harness: Harness, linked_user: UserClient
) -> None:
    await _remove_scopes(harness)
    panel = await linked_user.run("/settings")
    assert "Your Spotify login doesn’t allow this." in panel.text
    assert len(find_selects(panel.message)) == 1, "the devices need no further scope"
    assert harness.find_login_offer(await panel.press("Link Spotify")).url


async def test_unlinked_user_gets_login_button(harness: Harness, ada: UserClient) -> None:
    reply = await ada.run("/settings")
    assert reply.ephemeral
    assert "You haven’t linked Spotify yet" in reply.text
    assert harness.find_login_offer(await reply.press("Link Spotify")).url


@pytest.mark.parametrize("login_pending", [False, True])
async def test_panel_of_unlinked_user_changes_nothing(
    harness: Harness, linked_user: UserClient, login_pending: bool
) -> None:
    panel = await linked_user.run("/settings")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    if login_pending:
        await linked_user.run("/link")
    for label in ("Make public", "Allow", "Turn off"):
        assert "You haven’t linked Spotify yet" in (await panel.press(label)).text
    for select in (DEVICE_SELECT, PLAYLIST_SELECT):
        choice = _option_labels(panel, select)[1]
        assert "haven’t linked" in (await panel.pick(choice, select=select)).text
    if login_pending:
        assert _settings_row(harness) == (0, 0, 1, None, None, None, None)


async def test_unlink_erases_settings(harness: Harness, linked_user: UserClient) -> None:
    panel = await linked_user.run("/settings")
    await panel.pick("Kitchen Speaker", select=DEVICE_SELECT)
    await panel.pick("Harbour Evenings", select=PLAYLIST_SELECT)
    await panel.press("Make public")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    stored = b"".join(
        path.read_bytes() for path in harness.settings.database.parent.glob("tonearm.sql*")
    )
    assert b"Kitchen Speaker" not in stored
    assert b"Harbour Evenings" not in stored
    await harness.link_account("ada")
    assert "Only you see replies." in (await linked_user.run("/settings")).text


async def test_account_shows_stored_settings(linked_user: UserClient) -> None:
    panel = await linked_user.run("/settings")
    await panel.pick("Kitchen Speaker", select=DEVICE_SELECT)
    await panel.pick("=SUM(1) @everyone **mix**", select=PLAYLIST_SELECT)
    await panel.press("Allow")
    text = (await linked_user.run("/account")).text
    assert "Default device: **Kitchen Speaker**" in text
    assert "Default playlist: **" in text
    assert "@everyone" not in text
    assert "Others can see what you’re playing" in text


async def test_every_control_has_complete_custom_id(
    harness: Harness, linked_user: UserClient
) -> None:
    panel = await linked_user.run("/settings")
    ids = {control.custom_id for control in controls(panel.message).values()}
    assert all(custom_id.startswith("set:") for custom_id in ids)
    assert len(ids) == 5
    assert all(len(button["label"]) <= 25 for button in find_buttons(panel.message)), (
        "longer labels are cut on a phone"
    )
    assert harness.bot is not None
    assert not harness.bot._connection._view_store._views


def _settings_row(harness: Harness) -> Any:
    with closing(sqlite3.connect(harness.settings.database)) as db:
        return db.execute(
            "SELECT shared_replies, shows_playing, reminders, device_id, device_name,"
            " playlist_id, playlist_name FROM person"
        ).fetchone()


async def _remove_scopes(harness: Harness) -> None:
    """Reduce the scopes of Ada's login to those of an older version."""
    scopes = "user-read-playback-state user-modify-playback-state user-library-read"
    await edit_database(harness, "UPDATE link SET scopes = ?", f"{scopes} user-library-modify")


@pytest.mark.parametrize(("account", "expected"), [("ada", "Kitchen Speaker"), ("grace", "None")])
async def test_new_account_has_no_default_device(
    harness: Harness, linked_user: UserClient, account: str, expected: str
) -> None:
    await (await linked_user.run("/settings")).pick("Kitchen Speaker", select=DEVICE_SELECT)
    await harness.link_account("ada", account=account)
    assert _selected(await linked_user.run("/settings"), DEVICE_SELECT) == expected
