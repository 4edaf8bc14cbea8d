"""What a panel shows for every kind of item, and what it shows to other users."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import THUMBNAIL, walk_components
from sandbox.spotify import Device, Spotify
from tests.command_assertions import spotify_url
from tests.panel_message import PanelMessage, disabled_buttons, open_panel, panel_buttons

GET_YOUR_OWN = "This is someone else’s remote. Use /now for yours."


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user)


def _artwork_urls(panel: PanelMessage) -> list[str]:
    return [
        part["media"]["url"] for part in walk_components(panel.message) if part["type"] == THUMBNAIL
    ]


# ---- items


async def test_track_shows_artwork_link_artists_album_progress_and_device(
    panel: PanelMessage,
) -> None:
    track: Any = panel.harness.spotify.catalogue.find_item(panel.player.item or "")
    assert [url for url in _artwork_urls(panel) if "/image/" in url]
    assert spotify_url(panel.player.item or "") in str(panel.message["components"])
    assert panel.text.splitlines()[:-1] == [
        track.name,
        f"{track.artists[0].name} · *{track.album.name}*",
        "▰▱▱▱▱▱▱▱▱▱ 0:20 / 2:13",
        "💻 Playing on Ada's Laptop · 🔊 60%",
    ]
    assert panel.text.splitlines()[-1].startswith("On Spotify · Updated <t:")
    assert panel.reply.ephemeral


async def test_shuffle_and_repeat_are_written_out(panel: PanelMessage) -> None:
    panel.player.set_shuffle(True)
    panel.player.set_repeat("track")
    await panel.press("🔄")
    assert "🔊 60% · Shuffled · Repeat one" in panel.text
    assert "🔂" in panel_buttons(panel.message)


async def test_ad_is_shown_as_ad(panel: PanelMessage) -> None:
    panel.player.interlude = "ad"
    await panel.press("🔄")
    assert "An ad is playing on Ada's Laptop" in panel.text
    assert not _artwork_urls(panel)


async def test_an_episode_is_shown_with_its_show_and_can_be_liked(
    panel: PanelMessage, spotify: Spotify
) -> None:
    saved = [uri for uri, _ in spotify.accounts["ada"].episodes]
    episode = next(
        episode for episode in spotify.catalogue.episodes.values() if episode.uri not in saved
    )
    panel.player.play(episode.uri)
    await panel.press("🔄")
    assert episode.name in panel.text
    assert spotify_url(episode.uri) in str(panel.message["components"])
    await panel.press("🤍")
    assert "💚" in panel_buttons(panel.message)


async def test_audiobook_chapter_is_shown_as_unknown_item(
    panel: PanelMessage, spotify: Spotify
) -> None:
    book = next(iter(spotify.catalogue.audiobooks.values()))
    panel.player.play(context=book.uri)
    await panel.press("🔄")
    assert "Something is playing on Ada's Laptop" in panel.text
    assert "Spotify doesn’t show it to apps" in panel.text
    assert "🤍" not in panel_buttons(panel.message)
    assert "⏸️" not in disabled_buttons(panel.message)


async def test_local_file_has_neither_link_nor_like(panel: PanelMessage, spotify: Spotify) -> None:
    for uri, file in spotify.catalogue.local.items():
        panel.player.play(uri)
        await panel.press("🔄")
        assert file.name in panel.text
        assert "open.spotify.com" not in str(panel.message["components"])
        assert "🤍" not in panel_buttons(panel.message)
        for text in (panel.text, (await panel.user.run("/volume")).text):
            assert "Local file" in text
            assert "On Spotify" not in text


async def test_unnamed_item_is_shown_as_something(panel: PanelMessage) -> None:
    panel.player.interlude = "unknown"
    await panel.press("🔄")
    assert "Something is playing" in panel.text


async def test_without_active_device_says_so(panel: PanelMessage) -> None:
    panel.player.device = None
    await panel.press("🔄")
    assert "Nothing is playing" in panel.text
    assert "Start something with /play, or choose a device." in panel.text


MISSING_FIELDS = (
    ('"item": null, "is_playing": true, "currently_playing_type": "track"', "Something is"),
    ('"item": null, "is_playing": false', "Nothing is playing"),
    ('"item": {"type": "song of tomorrow"}, "is_playing": true', "Something is playing"),
    ('"item": {"type": "track", "name": null}, "is_playing": true', "Something is playing"),
    ('"item": {"type": "track", "name": "\u3164"}, "is_playing": true', "Untitled"),
    ('"item": {"type": "song of tomorrow"}, "is_playing": false', "Something is paused"),
    ('"item": null, "device": {"name": "Attic"}', "Spotify doesn’t say what is playing on Attic"),
    ('"item": {"type": "track", "name": "A", "duration_ms": 60000}, "is_playing": true,'
     ' "progress_ms": null', "Playing"),
    ('"item": {"type": "track", "name": "A"}, "is_playing": true, "progress_ms": 61000',
     "1:01"),
    ('"device": null, "actions": null, "is_playing": false', "Nothing is playing"),
)  # fmt: skip


async def test_missing_fields_do_not_break_panel(panel: PanelMessage, spotify: Spotify) -> None:
    for fields, expected in MISSING_FIELDS:
        spotify.faults.add(Fault("GET .*/me/player$", status=200, body=f"{{{fields}}}"))
        panel.harness.clock.advance(1)  # otherwise it counts as a double press
        await panel.press("🔄")
        assert expected in panel.text, fields
        assert not panel.is_live(), "the end of the track is unknown"


async def test_hostile_names_are_escaped(panel: PanelMessage, harness: Harness) -> None:
    hostile = "@everyone <@1> [x](https://evil.test) discord.gg/abc \u202eevil\n# Big ~~no~~"
    panel.player.devices.append(device := Device("9" * 40, hostile, "Computer"))
    panel.player.resume(device)
    await panel.press("🔄")
    for track in harness.spotify.catalogue.tracks.values():
        if track.playable and not track.name.isascii():
            panel.player.play(track.uri, device=device)
            harness.clock.advance(1)  # otherwise it counts as a double press
            await panel.press("🔄")
            assert "\u202e" not in panel.text
    raw = str(panel.message["components"])
    assert not panel.message["mentions"]
    assert not panel.message["mention_everyone"]
    for forbidden in ("@everyone", "<@1>", "(https://evil", "discord.gg/abc", "\u202e", "\n# Big"):
        assert forbidden not in raw


async def test_longest_content_fits_message_limits(panel: PanelMessage) -> None:
    long = "*_~|`" * 50
    panel.player.devices.append(device := Device("9" * 40, long, "Computer"))
    device.is_private_session = device.is_restricted = True
    panel.player.resume(device)
    await panel.press("🔄")
    assert "Private session · This device can’t be controlled from here" in panel.text


# ---- other users


@pytest.fixture
async def shared(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user, "share:true")


async def test_shared_panel_names_its_owner(shared: PanelMessage) -> None:
    assert not shared.reply.ephemeral
    assert shared.text.startswith("Ada’s remote\n")
    await shared.press("🔀")
    assert "🔊 60% · Shuffled" in shared.text
    shared.harness.clock.advance(1)  # otherwise it counts as a double press
    await shared.press("🔀")
    assert shared.text.startswith("Ada’s remote · Shuffle is off\n")


async def test_private_panel_does_not_name_owner(panel: PanelMessage) -> None:
    assert "remote" not in panel.text


async def test_visitor_is_told_to_open_own_panel_without_calls(
    harness: Harness, shared: PanelMessage, spotify: Spotify
) -> None:
    grace = await harness.link_account("grace")
    before, calls = shared.message, len(spotify.calls)
    for emoji in ("⏸️", "⏭️", "🤍", "🔊", "📱", "📜", "🔄"):
        reply = await grace.press(shared.message, emoji)
        assert GET_YOUR_OWN in reply.text
        assert shared.track_title() in reply.text
        assert reply.ephemeral
        assert "/image/" in str(reply.message["components"])
        assert len(spotify.calls) == calls, emoji
        assert shared.message == before
        assert shared.player.is_playing


async def test_visitor_buttons_act_on_own_account(
    harness: Harness, shared: PanelMessage, spotify: Spotify
) -> None:
    grace = await harness.link_account("grace")
    reply = await grace.press(shared.message, "⏸️")
    await reply.press("Save")
    assert spotify.accounts["grace"].liked[0][0] == shared.player.item
    await reply.press("Play")
    assert spotify.accounts["grace"].player.item == shared.player.item
    assert spotify.accounts["grace"].player.is_playing
    assert shared.player.is_playing


async def test_unlinked_user_gets_login_button(harness: Harness, shared: PanelMessage) -> None:
    linus = harness.discord.user_client("linus", "music")
    visit = await linus.press(shared.message, "⏭️")
    assert GET_YOUR_OWN in visit.text
    for button in ("Play", "Save"):
        reply = await visit.press(button)
        assert "You haven’t linked Spotify yet" in reply.text


async def test_visitor_of_unnamed_item_gets_no_buttons(
    harness: Harness, shared: PanelMessage
) -> None:
    shared.player.interlude = "ad"
    await shared.press("🔄")
    reply = await harness.discord.user_client("grace", "music").press(shared.message, "🔄")
    assert "An ad is playing" in reply.text
    assert not reply.link_buttons
    assert "custom_id" not in str(reply.message["components"])


async def test_panel_follows_sharing_setting_unless_overridden(
    harness: Harness, panel: PanelMessage
) -> None:
    assert harness.bot is not None
    await harness.bot.services.reply_visibility.share(int(panel.user._user.id), True)
    assert not (await panel.user.run("/now")).ephemeral
    assert (await panel.user.run("/now share:false")).ephemeral
