"""/settings: one panel, each press of which shows at once what holds now."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot.spotify.consent import ends_at
from sandbox.discord import Reply, Seat
from sandbox.discord.reading import buttons, selects
from sandbox.faults import Fault
from sandbox.readable import controls
from sandbox.spotify import Spotify
from sandbox.spotify.devices import Device
from sandbox.stage import Stage, stage

QUOTA = Fault(
    "me/player/devices|me/playlists",
    status=429,
    body=json.dumps({"error": {"status": 429, "message": "", "reason": "QUOTA_EXCEEDED"}}),
    headers={"Retry-After": "48925", "Content-Type": "application/json"},
    times=None,
)
DOWN = Fault("me", status=502, times=None)

DEVICES, PLAYLISTS = 0, 1


def _chosen(panel: Reply, select: int) -> list[str]:
    """What is picked in a menu."""
    options = selects(panel.message)[select]["options"]
    return [option["label"] for option in options if option.get("default")]


def _offered(panel: Reply, select: int) -> list[str]:
    return [option["label"] for option in selects(panel.message)[select]["options"]]


async def test_the_panel_is_private_and_says_what_holds(linked: Seat) -> None:
    panel = await linked.run("/settings")
    assert panel.ephemeral
    assert "You alone see them." in panel.text
    assert "Nobody can ask Tonearm what you play." in panel.text
    assert "30 and 7 days before" in panel.text
    assert _chosen(panel, DEVICES) == _chosen(panel, PLAYLISTS) == ["None"]


@pytest.mark.parametrize(
    ("press", "then", "back"),
    [
        (
            "Share them",
            "Everybody here sees them; errors, questions and your account",
            "Keep them private",
        ),
        ("Let others see it", "Others see it with", "Hide it"),
        ("Turn off", "You get no message", "Turn on"),
    ],
)
async def test_a_press_shows_the_new_state_and_the_way_back_at_once(
    stage: Stage, linked: Seat, press: str, then: str, back: str
) -> None:
    panel = await linked.run("/settings")
    before, calls = panel.text, len(stage.spotify.calls)
    after = await panel.press(press)
    assert len(stage.spotify.calls) == calls, "Spotify need not be asked"
    assert after.message["id"] == panel.message["id"]
    assert then in after.text
    assert then in (await linked.run("/settings")).text
    assert (await after.press(back)).text == before


async def test_a_device_and_a_playlist_are_picked_and_given_up(linked: Seat) -> None:
    panel = await linked.run("/settings")
    assert _chosen(await panel.pick("Kitchen Speaker", select=DEVICES), DEVICES) == [
        "Kitchen Speaker"
    ]
    picked = await panel.pick("Harbour Evenings", select=PLAYLISTS)
    for shown in (picked, await linked.run("/settings")):
        assert _chosen(shown, DEVICES) == ["Kitchen Speaker"]
        assert _chosen(shown, PLAYLISTS) == ["Harbour Evenings"]
    assert _chosen(await panel.pick("None", select=PLAYLISTS), PLAYLISTS) == ["None"]
    assert _chosen(await panel.pick("None", select=DEVICES), DEVICES) == ["None"]


async def test_only_what_can_be_used_is_offered(linked: Seat) -> None:
    panel = await linked.run("/settings")
    assert _offered(panel, DEVICES) == ["None", "Ada's Laptop", "Kitchen Speaker", "Ada's Phone"]
    assert "Potluck" in _offered(panel, PLAYLISTS), "made together with others"
    assert "Grace's Mornings" not in _offered(panel, PLAYLISTS), "only followed"


async def test_a_press_survives_a_restart(stage: Stage, linked: Seat) -> None:
    panel = await linked.run("/settings")
    await stage.restart()
    assert "Everybody here sees them" in (await panel.press("Share them")).text
    assert _chosen(await panel.pick("Ada's Phone", select=DEVICES), DEVICES) == ["Ada's Phone"]
    await stage.restart()
    kept = await linked.run("/settings")
    assert "Everybody here sees them" in kept.text
    assert _chosen(kept, DEVICES) == ["Ada's Phone"]


async def test_a_chosen_device_that_sleeps_stays_chosen(spotify: Spotify, linked: Seat) -> None:
    await (await linked.run("/settings")).pick("Kitchen Speaker", select=DEVICES)
    devices = spotify.accounts["ada"].player.devices
    del devices[1]
    panel = await linked.run("/settings")
    assert _chosen(panel, DEVICES) == ["Kitchen Speaker"]
    assert "Kitchen Speaker – Not awake now" in panel.text
    devices.clear()
    assert _offered(await linked.run("/settings"), DEVICES) == ["None", "Kitchen Speaker"]
    await (await linked.run("/settings")).pick("None", select=DEVICES)
    assert "Spotify shows no device that can be chosen" in (await linked.run("/settings")).text


async def test_more_than_a_menu_holds_is_cut_and_said(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    ada = spotify.accounts["ada"]
    ada.player.devices += [Device(f"{n:040}", f"Radio {n}", "Speaker") for n in range(40)]
    for n in range(30):
        spotify.world.add_playlist(f"Mix {n}", "ada")
    panel = await linked.run("/settings")
    assert len(_offered(panel, DEVICES)) == len(_offered(panel, PLAYLISTS)) == 25
    assert "You have more playlists than fit here" in panel.text
    last = _offered(panel, PLAYLISTS)[-1]
    await panel.pick(last, select=PLAYLISTS)
    spotify.world.add_playlist("Newest", "ada")
    stage.clock.advance(11 * 60)
    later = await linked.run("/settings")
    assert "Newest" in _offered(later, PLAYLISTS)
    assert _chosen(later, PLAYLISTS) == [last], "the chosen one stays among them"


async def test_somebody_without_a_playlist_is_told(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].playlists.clear()
    assert "You have no playlist that you can add to yet" in (await linked.run("/settings")).text


@pytest.mark.parametrize(
    ("fault", "says"),
    [(QUOTA, "has used up what Spotify allows"), (DOWN, "Spotify is not answering properly")],
    ids=["quota", "down"],
)
async def test_where_spotify_cannot_be_asked_all_else_still_works(fault: Fault, says: str) -> None:
    async with stage(within=1) as it:
        ada = await it.link("ada")
        await (await ada.run("/settings")).pick("Kitchen Speaker", select=DEVICES)
        it.clock.advance(660)
        it.spotify.faults.add(fault)
        panel = await ada.run("/settings")
        assert panel.text.count(says) == 2
        assert _chosen(panel, 0) == ["Kitchen Speaker"]
        shared = await panel.press("Share them")
        assert "Everybody here sees them" in shared.text
        assert shared.text.count(says) == 2, "why something is missing stays there"
        assert _chosen(await panel.pick("None"), 0) == ["None"]


async def test_a_login_that_has_ended_leaves_the_settings_and_a_way_back(stage: Stage) -> None:
    ada = await stage.link("ada")
    stage.clock.advance(ends_at(stage.clock()) + 60 - stage.clock())
    panel = await ada.run("/settings")
    assert "Spotify no longer accepts your login" in panel.text
    off = await panel.press("Turn off")
    assert "You get no message" in off.text
    assert stage.offer(await off.press("Link Spotify")).url


async def test_a_login_from_before_playlists_were_asked_for_gets_the_button(
    stage: Stage, linked: Seat
) -> None:
    _forget_scopes(stage)
    panel = await linked.run("/settings")
    assert "Your Spotify login does not allow this." in panel.text
    assert len(selects(panel.message)) == 1, "the devices can be asked for"
    assert stage.offer(await panel.press("Link Spotify")).url


async def test_whoever_is_not_linked_gets_the_button(stage: Stage, ada: Seat) -> None:
    reply = await ada.run("/settings")
    assert reply.ephemeral
    assert "You have not linked Spotify yet" in reply.text
    assert stage.offer(await reply.press("Link Spotify")).url


@pytest.mark.parametrize("login_under_way", [False, True])
async def test_a_panel_of_somebody_who_left_changes_nothing(
    stage: Stage, linked: Seat, login_under_way: bool
) -> None:
    panel = await linked.run("/settings")
    await (await linked.run("/unlink")).press("Unlink and erase")
    if login_under_way:
        await linked.run("/link")
    for label in ("Share them", "Let others see it", "Turn off"):
        assert "You have not linked Spotify yet" in (await panel.press(label)).text
    for select in (DEVICES, PLAYLISTS):
        choice = _offered(panel, select)[1]
        assert "not linked" in (await panel.pick(choice, select=select)).text
    if login_under_way:
        assert _row(stage) == (0, 0, 1, None, None, None, None)


async def test_leaving_erases_what_was_chosen(stage: Stage, linked: Seat) -> None:
    panel = await linked.run("/settings")
    await panel.pick("Kitchen Speaker", select=DEVICES)
    await panel.pick("Harbour Evenings", select=PLAYLISTS)
    await panel.press("Share them")
    await (await linked.run("/unlink")).press("Unlink and erase")
    stored = b"".join(f.read_bytes() for f in stage.settings.database.parent.glob("tonearm.sql*"))
    assert b"Kitchen Speaker" not in stored
    assert b"Harbour Evenings" not in stored
    await stage.link("ada")
    assert "You alone see them." in (await linked.run("/settings")).text


async def test_the_account_says_what_is_kept_of_them(linked: Seat) -> None:
    panel = await linked.run("/settings")
    await panel.pick("Kitchen Speaker", select=DEVICES)
    await panel.pick("=SUM(1) @everyone **mix**", select=PLAYLISTS)
    await panel.press("Let others see it")
    text = (await linked.run("/account")).text
    assert "**Kitchen Speaker** as your device" in text
    assert "as your playlist" in text
    assert "@everyone" not in text
    assert "others may see what you play" in text


async def test_every_control_knows_all_it_needs(stage: Stage, linked: Seat) -> None:
    panel = await linked.run("/settings")
    ids = {one.custom_id for one in controls(panel.message).values()}
    assert all(custom_id.startswith("set:") for custom_id in ids)
    assert len(ids) == 5
    assert all(len(button["label"]) <= 25 for button in buttons(panel.message)), "on a phone"
    assert stage.bot is not None
    assert not stage.bot._connection._view_store._views


def _row(it: Stage) -> Any:
    with closing(sqlite3.connect(it.settings.database)) as db:
        return db.execute(
            "SELECT shared_replies, shows_playing, reminders, device_id, device_name,"
            " playlist_id, playlist_name FROM person"
        ).fetchone()


def _forget_scopes(it: Stage) -> None:
    """As if Ada had linked when less was asked for."""
    old = "user-read-playback-state user-modify-playback-state user-library-read"
    with closing(sqlite3.connect(it.settings.database)) as db, db:
        db.execute("UPDATE link SET scopes = ?", (f"{old} user-library-modify",))


@pytest.mark.parametrize(("account", "stays"), [("ada", ["Kitchen Speaker"]), ("grace", ["None"])])
async def test_another_account_begins_without_a_device(
    stage: Stage, linked: Seat, account: str, stays: list[str]
) -> None:
    await (await linked.run("/settings")).pick("Kitchen Speaker", select=DEVICES)
    await stage.link("ada", account=account)
    assert _chosen(await linked.run("/settings"), DEVICES) == stays
