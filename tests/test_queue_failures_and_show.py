"""Failures while queueing several items are reported; /queue show lists the queue."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.discord import Discord, Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import BUTTON, controls, walk_components
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Track
from sandbox.spotify.rules import Changed
from tests.bulk_queue import confirm_queue, playable_album
from tests.command_assertions import api_calls_since, playable_uris, spotify_url

QUEUE_ENDPOINT = "me/player/queue"


# ---- failures


async def test_device_lost_while_queueing_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = playable_uris(spotify, 5)
    spotify.on(f"POST /v1/{QUEUE_ENDPOINT}", player.deactivate_device, after=2)
    reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
    assert reply.text.startswith("2 of 5 are queued, in order. ")
    assert not [part for part in walk_components(reply.message) if part["type"] == BUTTON]
    assert player.queue == uris[:2]
    assert reply.ephemeral


async def test_quota_exhausted_while_queueing_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    album = playable_album(spotify)
    spotify.add_quota("POST /v1/me/player", 3, 3600)
    confirmation = await linked_user.run(f"/queue add what:{spotify_url(album.uri)}")
    reply = await confirm_queue(confirmation)
    assert f"3 of {len(album.tracks)} are queued, in order. This bot has" in reply.text
    assert "in 1 hour" in reply.text
    assert player.queue == [track.uri for track in album.tracks[:3]]


@pytest.mark.parametrize("executed", [True, False])
@pytest.mark.parametrize("action", ["answer", "reset"])
async def test_unknown_outcome_while_queueing_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient, executed: bool, action: str
) -> None:
    uris = playable_uris(spotify, 5)
    fault = Fault(f"POST .*/{QUEUE_ENDPOINT}", action=action, runs_first=executed)  # type: ignore[arg-type]
    spotify.on(f"POST /v1/{QUEUE_ENDPOINT}", lambda: spotify.faults.add(fault))
    reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
    assert reply.text.startswith("1 of 5 is queued, in order. Not sure that worked: ")
    assert "/queue show" in reply.text
    assert player.queue == uris[: 2 if executed else 1]


async def test_rate_limit_while_queueing_is_waited_out(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    uris = playable_uris(spotify, 3)
    spotify.on(
        f"POST /v1/{QUEUE_ENDPOINT}", lambda: spotify.add_rate_limit(1, pattern=QUEUE_ENDPOINT)
    )
    reply = await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, uris))}")
    assert reply.text == "Queued 3 songs, in order."
    assert player.queue == uris


async def test_double_press_queues_once(
    discord: Discord, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    album = playable_album(spotify)
    reply = await linked_user.run(f"/queue add what:{spotify_url(album.uri)}")
    discord.duplicate_interactions = True
    first, second = await asyncio.gather(reply.press("Queue them"), reply.press("Queue them"))
    answered = first if first.messages else second
    await answered.wait_for("in order")
    assert player.queue == [track.uri for track in album.tracks]


# ---- /queue show


def _numbered_lines(reply: Reply) -> list[str]:
    """The entries, without those of the menu."""
    text = reply.text.partition("\nSkip to")[0]
    return [line for line in text.splitlines() if line.split(". ")[0].isdecimal()]


def _buttons(reply: Reply) -> list[str]:
    """The buttons for the pages of the queue; all of them can be pressed."""
    labels = [control.label for control in controls(reply.message).values() if not control.choice]
    return [label for label in labels if not label.startswith("Go to ")]


async def test_queue_shows_current_and_next_items_by_page(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.play(context=next(iter(spotify.state.playlists.values())).uri)
    upcoming = [spotify.catalogue.find_item(uri) for uri in player.upcoming()]
    since = len(spotify.calls)
    reply = await linked_user.run("/queue show")
    assert api_calls_since(spotify, since) == [f"GET {QUEUE_ENDPOINT}"]
    assert reply.text.splitlines()[0] == "### Now"
    first_page = _numbered_lines(reply)
    assert len(first_page) == 10
    assert "-# 1–10 of 20 · On Spotify, which shows only the next 20 or so" in reply.text
    assert _buttons(reply) == ["🔄", "Page 2 ▶"], "no dead arrow"
    reply = await reply.press("Page 2 ▶")
    lines = [*first_page, *_numbered_lines(reply)]
    assert "-# 11–20 of 20 ·" in reply.text
    assert _buttons(reply) == ["◀ Page 1", "🔄"]
    for number, (track, line) in enumerate(zip(upcoming, lines, strict=True), start=1):
        assert isinstance(track, Track)
        assert line.startswith(f"{number}. [{track.name}]({spotify_url(track.uri)})")
    back = await reply.press("◀ Page 1")
    assert _numbered_lines(back) == first_page
    player.enqueue(spotify.catalogue.regular_tracks[70].uri)
    assert spotify.catalogue.regular_tracks[70].name in _numbered_lines(await back.press("🔄"))[0]


async def test_empty_queue_says_how_to_fill_it(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.play(spotify.catalogue.regular_tracks[0].uri)
    cases = (
        (lambda: None, "Add something with /queue add, or **Queue** below a song in /search."),
        (player.deactivate_device, "Start something with /play, then add more with /queue add."),
    )
    for change, expected in cases:
        change()
        reply = await linked_user.run("/queue show")
        assert f"### Next\nNothing yet. {expected}" in reply.text
        assert "20 or so" not in reply.text
        assert _buttons(reply) == ["🔄"]


async def test_old_queue_message_shows_current_queue(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.play(context=next(iter(spotify.state.playlists.values())).uri)
    reply = await linked_user.run("/queue show")
    await harness.restart()
    player.play(spotify.catalogue.regular_tracks[0].uri)
    reply = await reply.press("Page 2 ▶")
    assert _numbered_lines(reply) == []
    assert spotify.catalogue.regular_tracks[0].name in reply.text


async def test_press_by_other_user_shows_their_own_queue(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    await harness.bot.services.reply_visibility.share(
        int(harness.discord.state.users["ada"].id), True
    )
    grace = await harness.link_account("grace")
    uris = [track.uri for track in spotify.catalogue.regular_tracks[90:93]]
    spotify.accounts["grace"].player.play(*uris)
    shared = await linked_user.run("/queue show")
    before = shared.text
    assert not shared.ephemeral
    reply = await grace.press(shared.message, "🔄")
    assert reply.ephemeral
    assert spotify.catalogue.regular_tracks[91].name in reply.text
    assert shared.text == before


async def test_malformed_queue_is_not_a_bug(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    for body in ("", "[]", '{"queue": null}', '{"queue": [null, 3, {}]}', "<p>"):
        spotify.faults.clear()
        spotify.faults.add(Fault(f"GET .*/{QUEUE_ENDPOINT}$", status=200, body=body, times=None))
        assert "bug" not in (await linked_user.run("/queue show")).text


async def test_queue_says_what_it_leaves_out(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """Entries that cannot be read, and an item that Spotify does not show."""
    player.play(*(track.uri for track in spotify.catalogue.regular_tracks[:4]))

    def bend(answer: dict[str, Any]) -> object:
        _, *others = answer["queue"]
        return {"currently_playing": {"type": "hologram"}, "queue": [None, 7, *others[:1]]}

    spotify.on(f"GET .*/{QUEUE_ENDPOINT}$", Changed(bend))
    reply = await linked_user.run("/queue show")
    assert len(_numbered_lines(reply)) == 1
    assert "And 2 that I couldn’t read" in reply.text
    assert "Something that Spotify doesn’t show to apps." in reply.text
