"""The menu of /queue show skips to an entry: one call for each skip, and never too far."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.message_text import controls
from sandbox.spotify import Player, Spotify
from sandbox.spotify.actions import Repeat
from sandbox.spotify.rules import Changed
from tests.bulk_queue import playable_album
from tests.command_assertions import api_calls_since, final_reply, playable_uris, player_error
from tests.stall_free_loop import StallFreeLoop

REPEATS = get_args(Repeat)
QUEUE, NEXT = "GET me/player/queue", "POST me/player/next"


def _fill(spotify: Spotify, player: Player) -> list[str]:
    """Two queued songs before the rest of an album; returns what comes next."""
    album = playable_album(spotify)
    player.play(context=album.uri)
    for track in spotify.catalogue.regular_tracks[60:62]:
        player.enqueue(track.uri)
    return player.upcoming()


def _choices(reply: Reply) -> list[str]:
    """The descriptions of the entries in the menu."""
    return [control.label for control in controls(reply.message).values() if control.choice]


async def _pick(reply: Reply, uri: str) -> Reply:
    """Choose the entry with this URI in the menu."""
    _, kind, id_ = uri.split(":")
    choices = [control.choice for control in controls(reply.message).values() if control.choice]
    choice = next(choice for choice in choices if choice.endswith(f":{kind}:{id_}"))
    return await reply.pick(choice)


async def test_jump_skips_to_the_entry_and_keeps_what_follows(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    for index in (0, 1, 2, 4):
        upcoming = _fill(spotify, player)
        reply = await linked_user.run("/queue show")
        assert f"{index + 1} skip" in _choices(reply)[index]
        since = len(spotify.calls)
        reply = await _pick(reply, upcoming[index])
        assert player.item == upcoming[index]
        assert player.upcoming() == upcoming[index + 1 :]
        tracks = "1 track" if not index else f"{index + 1} tracks"
        assert f"-# Skipped {tracks} · Playing on Ada's Laptop" in reply.text
        assert len(reply.messages) == 1, "it changes the message"
        skips = [NEXT] * (index + 1)
        assert api_calls_since(spotify, since) == [QUEUE, *skips, "GET me/player", QUEUE]
        player.queue.clear()


async def test_unreadable_entries_are_skipped_too(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    upcoming = _fill(spotify, player)

    def bend(answer: dict[str, Any]) -> object:
        answer["queue"][:2] = [None, {"type": "chapter"}]
        return answer

    spotify.on(f"{QUEUE.replace(' ', ' .*/')}$", Changed(bend), times=None)
    reply = await linked_user.run("/queue show")
    assert _choices(reply)[0].startswith("1. ")
    assert "3 skips" in _choices(reply)[0]
    await _pick(reply, upcoming[2])
    assert player.item == upcoming[2]


async def test_jump_in_a_queue_that_has_moved_on(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """It never skips too far, after a restart either; and not at all if the entry is gone."""
    upcoming = _fill(spotify, player)
    reply = await linked_user.run("/queue show")
    player.next()
    player.next()
    await harness.restart()
    since = len(spotify.calls)
    reply = await _pick(reply, upcoming[3])
    assert player.item == upcoming[3]
    assert api_calls_since(spotify, since).count(NEXT) == 2
    stale = await linked_user.run("/queue show")
    player.play(*upcoming[:2])
    harness.clock.advance(1)
    since = len(spotify.calls)
    reply = await _pick(stale, upcoming[4])
    assert "-# That isn’t in the queue any more" in reply.text
    assert player.item == upcoming[0]
    assert NEXT not in api_calls_since(spotify, since)


async def test_failed_skip_says_how_many_were_made_and_is_not_repeated(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    cases = (
        (player_error("POST .*/next"), 2, 2, "Skipped 2 of 5. Spotify won’t allow that right now."),
        (player_error("POST .*/next"), 0, 0, "Spotify won’t allow that right now."),
        (Fault("POST .*/next", action="reset"), 1, 1, "Skipped 1 of 5. Not sure that worked:"),
        (Fault("POST .*/next", runs_first=True), 1, 2, "Skipped 1 of 5. Not sure that worked:"),
    )
    for fault, after, skipped, expected in cases:
        player.queue.clear()
        upcoming = _fill(spotify, player)
        playing = [player.item, *upcoming]
        reply = await linked_user.run("/queue show")
        fault.after = after
        spotify.faults.add(fault)
        since = len(spotify.calls)
        reply = await _pick(reply, upcoming[4])
        assert expected in reply.text
        assert reply.ephemeral
        assert player.item == playing[skipped]
        assert api_calls_since(spotify, since).count(NEXT) <= skipped + 1


async def test_jump_goes_on_after_the_device_was_lost(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    upcoming = _fill(spotify, player)
    reply = await linked_user.run("/queue show")

    def sleep() -> None:
        player.device = None

    spotify.on("POST /v1/me/player/next", sleep, after=2)
    question = await _pick(reply, upcoming[4])
    assert "Which device should I use?" in question.text
    assert player.item == upcoming[1]
    player.device = player.devices[1]  # the queue is a device's: without one Spotify shows none
    await final_reply(await question.pick("Kitchen Speaker"))
    assert player.item == upcoming[4]


async def test_jump_is_serialised_with_other_commands(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    upcoming = _fill(spotify, player)
    reply = await linked_user.run("/queue show")
    jumped, _ = await asyncio.gather(_pick(reply, upcoming[2]), linked_user.run("/pause"))
    assert "Skipped 3 tracks" in jumped.text
    assert player.item == upcoming[2]


async def test_song_that_repeats_is_not_offered(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """Spotify lists the current song up to twenty times while it repeats."""
    _fill(spotify, player)

    def bend(answer: dict[str, Any]) -> object:
        return answer | {"queue": [answer["currently_playing"]] * 20}

    spotify.on(f"{QUEUE.replace(' ', ' .*/')}$", Changed(bend))
    assert _choices(await linked_user.run("/queue show")) == []


async def test_jump_of_another_user_is_about_their_own_queue(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    upcoming = _fill(spotify, player)
    assert harness.bot is not None
    ada_id = int(harness.discord.state.users["ada"].id)
    await harness.bot.services.reply_visibility.share(ada_id, True)
    shared = await linked_user.run("/queue show")
    grace = await harness.link_account("grace")
    own = spotify.catalogue.regular_tracks[93]
    spotify.accounts["grace"].player.play(own.uri)
    reply = await grace.pick(shared.message, controls(shared.message)[1].choice or "")
    assert own.name in reply.text
    assert reply.ephemeral
    assert player.upcoming() == upcoming


SONGS = st.lists(st.integers(0, 7), min_size=1, max_size=12)


def test_jump_ends_at_the_entry_in_any_queue() -> None:
    """Songs come twice, are queued before others, repeat, and move on before the choice."""
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:
        stack = AsyncExitStack()
        harness = runner.run(stack.enter_async_context(run_harness()))
        spotify, player = harness.spotify, harness.spotify.accounts["ada"].player
        tracks = playable_uris(spotify, 8)
        ada = runner.run(harness.link_account("ada"))

        @settings(max_examples=30)
        @given(SONGS, SONGS, st.integers(0, 30), st.integers(0, 3), st.sampled_from(REPEATS))
        def jump(
            songs: list[int], queued: list[int], choice: int, moves: int, repeat: Repeat
        ) -> None:
            player.queue.clear()
            player.set_repeat(repeat)
            player.play(*(tracks[song] for song in songs))
            for song in queued:
                player.enqueue(tracks[song])
            reply = runner.run(ada.run("/queue show"))
            choices = [control.choice or "" for control in controls(reply.message).values()]
            choices = list(filter(None, choices))
            for _ in range(moves):
                player.next()
            if not choices:
                return
            chosen = choices[choice % len(choices)]
            uri = f"spotify:{chosen.partition(':')[2]}"
            before, since = player.upcoming(), len(spotify.calls)
            harness.clock.advance(1)  # not the second half of a double press
            reply = runner.run(reply.pick(chosen))
            skips = api_calls_since(spotify, since).count(NEXT)
            if skips:
                assert player.item == uri == before[skips - 1]
                assert f"Skipped {skips} track" in reply.text
            else:
                assert uri not in before
                assert "isn’t in the queue any more" in reply.text

        try:
            jump()
        finally:
            runner.run(stack.aclose())
