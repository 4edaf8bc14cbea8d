"""The panel shows what is true: whatever plays, to whomever it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.readable import THUMBNAIL, walk
from sandbox.spotify import Device, Spotify
from sandbox.stage import Stage
from tests.panels import Panel, buttons, off, opened

GET_YOUR_OWN = "This is somebody else’s remote. Get your own with /now."


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked)


def _link(uri: str) -> str:
    _, kind, id_ = uri.split(":")
    return f"https://open.spotify.com/{kind}/{id_}"


def _art(panel: Panel) -> list[str]:
    return [part["media"]["url"] for part in walk(panel.message) if part["type"] == THUMBNAIL]


# ---- what plays


async def test_a_song_has_art_whole_link_back_artists_album_bar_and_device(panel: Panel) -> None:
    track = panel.stage.spotify.catalogue.find(panel.player.item or "")
    assert [url for url in _art(panel) if "/image/" in url]
    assert _link(panel.player.item or "") in str(panel.message["components"])
    record: Any = track
    for said in (
        "Playing on Ada's Laptop",
        record.artists[0].name,
        f"{record.album.name} · On Spotify",
        "▰▱▱▱▱▱▱▱▱▱ 0:20 / 2:13",
        "Volume 60%",
    ):
        assert said in panel.text
    assert panel.reply.ephemeral


async def test_modes_are_in_words_too(panel: Panel) -> None:
    panel.player.set_shuffle(True)
    panel.player.set_repeat("track")
    await panel.press("🔄")
    assert "Volume 60% · Shuffled · Repeating this one" in panel.text
    assert "🔂" in buttons(panel.message)


async def test_an_ad_is_an_ad(panel: Panel) -> None:
    panel.player.interlude = "ad"
    await panel.press("🔄")
    assert "An ad is playing on Ada's Laptop" in panel.text
    assert not _art(panel)


async def test_an_episode_is_shown_with_its_show_and_can_be_liked(
    panel: Panel, spotify: Spotify
) -> None:
    saved = [uri for uri, _ in spotify.accounts["ada"].episodes]
    episode = next(e for e in spotify.catalogue.episodes.values() if e.uri not in saved)
    panel.player.start(episode.uri)
    await panel.press("🔄")
    assert episode.name in panel.text
    assert _link(episode.uri) in str(panel.message["components"])
    await panel.press("🤍")
    assert "💚" in buttons(panel.message)


async def test_a_chapter_is_something_that_spotify_does_not_tell(
    panel: Panel, spotify: Spotify
) -> None:
    book = next(iter(spotify.catalogue.audiobooks.values()))
    panel.player.start(context=book.uri)
    await panel.press("🔄")
    assert "Something is playing on Ada's Laptop" in panel.text
    assert "Spotify does not tell apps what it is" in panel.text
    assert off(panel.message) >= {"🤍"}
    assert "⏸️" not in off(panel.message)


async def test_a_file_of_ones_own_has_neither_link_nor_like(panel: Panel, spotify: Spotify) -> None:
    for uri, file in spotify.catalogue.local.items():
        panel.player.start(uri)
        await panel.press("🔄")
        assert file.name in panel.text
        assert "open.spotify.com" not in str(panel.message["components"])
        assert "🤍" in off(panel.message)


async def test_what_nobody_knows_is_not_guessed(panel: Panel) -> None:
    panel.player.interlude = "unknown"
    await panel.press("🔄")
    assert "Something is playing" in panel.text


async def test_nothing_active(panel: Panel) -> None:
    panel.player.device = None
    await panel.press("🔄")
    assert "Nothing is playing" in panel.text
    assert "Start something with /play, or choose a device." in panel.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ('"item": null, "is_playing": true, "currently_playing_type": "track"', "Something is"),
        ('"item": null, "is_playing": false', "Nothing is playing"),
        ('"item": {"type": "song of tomorrow"}, "is_playing": true', "Something is playing"),
        ('"item": {"type": "track", "name": null}, "is_playing": true', "Untitled"),
        ('"item": {"type": "track", "name": "A", "duration_ms": 60000}, "is_playing": true,'
         ' "progress_ms": null', "Playing"),
        ('"item": {"type": "track", "name": "A"}, "is_playing": true, "progress_ms": 61000',
         "1:01"),
        ('"device": null, "actions": null, "is_playing": false', "Nothing is playing"),
    ],
)  # fmt: skip
async def test_what_spotify_leaves_out_spoils_nothing(
    panel: Panel, spotify: Spotify, fields: str, says: str
) -> None:
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body=f"{{{fields}}}"))
    await panel.press("🔄")
    assert says in panel.text
    assert not panel.live(), "nothing tells when it ends"


async def test_hostile_names_stay_names(panel: Panel, stage: Stage) -> None:
    hostile = "@everyone <@1> [x](https://evil.test) discord.gg/abc \u202eevil\n# Big ~~no~~"
    panel.player.devices.append(device := Device("9" * 40, hostile, "Computer"))
    panel.player.resume(device)
    await panel.press("🔄")
    for track in stage.spotify.catalogue.tracks.values():
        if track.playable and not track.name.isascii():
            panel.player.start(track.uri, device=device)
            stage.clock.advance(1)  # else it were a double press
            await panel.press("🔄")
            assert "\u202e" not in panel.text
    raw = str(panel.message["components"])
    assert not panel.message["mentions"]
    assert not panel.message["mention_everyone"]
    for never in ("@everyone", "<@1>", "(https://evil", "discord.gg/abc", "\u202e", "\n# Big"):
        assert never not in raw


async def test_all_that_is_said_fits_where_everything_is_long(panel: Panel) -> None:
    long = "*_~|`" * 50
    panel.player.devices.append(device := Device("9" * 40, long, "Computer"))
    device.is_private_session = device.is_restricted = True
    panel.player.resume(device)
    await panel.press("🔄")
    assert "Private session · This device takes no commands" in panel.text


# ---- to whom it is shown


@pytest.fixture
async def shared(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked, "share:true")


async def test_a_shared_panel_names_its_owner(shared: Panel) -> None:
    assert not shared.reply.ephemeral
    assert "Ada · Playing on Ada's Laptop" in shared.text
    await shared.press("⏸️")
    assert "Ada · Paused on Ada's Laptop" in shared.text
    await shared.seat.run("/resume")
    await shared.until("Ada · Playing on Ada's Laptop")


async def test_a_private_one_does_not(panel: Panel) -> None:
    assert "Ada ·" not in panel.text


@pytest.mark.parametrize("emoji", ["⏸️", "⏭️", "🤍", "🔊", "📱", "📜", "🔄"])
async def test_somebody_else_gets_their_own_and_spotify_is_not_asked(
    stage: Stage, shared: Panel, spotify: Spotify, emoji: str
) -> None:
    grace = await stage.link("grace")
    shown, calls = shared.message, len(spotify.calls)
    reply = await grace.press(shared.message, emoji)
    assert GET_YOUR_OWN in reply.text
    assert shared.title() in reply.text
    assert reply.ephemeral
    assert [url for url in str(reply.message["components"]).split("'") if "/image/" in url]
    assert len(spotify.calls) == calls
    assert shared.message == shown
    assert shared.player.is_playing


async def test_their_buttons_are_for_their_own_account(
    stage: Stage, shared: Panel, spotify: Spotify
) -> None:
    grace = await stage.link("grace")
    offered = await grace.press(shared.message, "⏸️")
    await offered.press("Save")
    assert spotify.accounts["grace"].liked[0][0] == shared.player.item
    await offered.press("Play")
    assert spotify.accounts["grace"].player.item == shared.player.item
    assert spotify.accounts["grace"].player.is_playing
    assert shared.player.is_playing


async def test_who_has_not_linked_is_told_how(stage: Stage, shared: Panel) -> None:
    linus = stage.discord.seat("linus", "music")
    offered = await linus.press(shared.message, "⏭️")
    assert GET_YOUR_OWN in offered.text
    for button in ("Play", "Save"):
        reply = await offered.press(button)
        assert "You have not linked Spotify yet" in reply.text


async def test_where_nothing_can_be_played_there_is_nothing_to_press(
    stage: Stage, shared: Panel
) -> None:
    shared.player.interlude = "ad"
    await shared.press("🔄")
    reply = await stage.discord.seat("grace", "music").press(shared.message, "🔄")
    assert "An ad is playing" in reply.text
    assert not reply.links
    assert "custom_id" not in str(reply.message["components"])


async def test_shared_replies_share_the_panel_unless_it_is_asked_not_to(
    stage: Stage, panel: Panel
) -> None:
    assert stage.bot is not None
    await stage.bot.replies.share(int(panel.seat._user.id), True)
    assert not (await panel.seat.run("/now")).ephemeral
    assert (await panel.seat.run("/now share:false")).ephemeral
