"""The question before many songs are queued: Stop, Play instead, and the named device."""

from __future__ import annotations

import asyncio

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness, run_harness
from sandbox.message_text import controls
from sandbox.spotify import Player, Spotify
from tests.bulk_queue import confirm_queue, playable_album
from tests.command_assertions import api_calls_since, spotify_url
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

QUEUE_CALL = "POST .*/me/player/queue$"


def _labels(reply: Reply) -> list[str]:
    return [control.label for control in controls(reply.message).values()]


async def _ask(linked_user: UserClient, spotify: Spotify, options: str = "") -> Reply:
    """The question about an album."""
    what = spotify_url(playable_album(spotify).uri)
    return await linked_user.run(f"/queue add what:{what}{options}")


async def test_stop_ends_the_queueing_after_the_current_song(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """Wherever the work is: while it reads the songs, and while it queues the first or a later."""
    tracks = [track.uri for track in playable_album(spotify).tracks]
    cases = (
        ("GET .*/albums/[^/]*/tracks$", 0, 0, "Stopped: nothing is queued."),
        (QUEUE_CALL, 0, 1, f"Stopped: 1 of {len(tracks)} is queued."),
        (QUEUE_CALL, 2, 3, f"Stopped: 3 of {len(tracks)} are queued."),
    )
    for pattern, after, queued, expected in cases:
        player.queue.clear()
        playing = player.item
        question = await _ask(linked_user, spotify, " now:true")
        spotify.faults.add(held := HeldResponse(pattern, after=after))
        pressed = asyncio.create_task(question.press("Queue them"))
        async with released_at_exit(held.hold) as hold:
            await hold.response_ready.wait()
            progress = await pressed
            assert _labels(progress) == ["Stop"]
            await progress.press("Stop")
            assert "Stopping after this one." in progress.text
            assert _labels(progress) == []
        result = await progress.wait_for("Stopped:")
        assert expected in result.text
        assert player.queue == tracks[:queued]
        assert player.item == playing, "nothing is skipped"
        assert _labels(result) == []


async def test_songs_queued_on_a_chosen_device_can_be_stopped(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """Each work has a Stop of its own."""
    uris = [track.uri for track in spotify.catalogue.regular_tracks[:4]]
    player.device = None
    first, second = [
        await linked_user.run(f"/queue add what:{' '.join(map(spotify_url, pair))}")
        for pair in (uris[:2], uris[2:])
    ]
    player.device = player.devices[0]
    spotify.faults.add(held := HeldResponse(QUEUE_CALL))
    picked = asyncio.create_task(first.pick("Kitchen Speaker"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        progress = await picked
        other = await second.pick("Kitchen Speaker")
        await other.wait_for("Queued 2 songs, in order")
        await progress.press("Stop")
    await progress.wait_for("Stopped: 1 of 2 is queued on Kitchen Speaker.")
    assert player.queue == [uris[0], *uris[2:]]


async def test_stop_after_a_restart_says_that_nothing_is_running() -> None:
    async with run_harness(shutdown_timeout=0.0) as harness:
        ada = await harness.link_account("ada")
        harness.spotify.accounts["ada"].player.resume()
        question = await _ask(ada, harness.spotify)
        harness.spotify.faults.add(held := HeldResponse(QUEUE_CALL, after=1))
        pressed = asyncio.create_task(question.press("Queue them"))
        async with released_at_exit(held.hold) as hold:
            await hold.response_ready.wait()
            card = (await pressed).messages[0]
            await harness.restart()
        result = await ada.press(card, "Stop")
        assert "That isn’t running any more. /queue show lists what’s queued." in result.text
        assert _labels(result) == []


async def test_play_instead_plays_the_whole_in_one_call(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    album = playable_album(spotify)
    question = await _ask(linked_user, spotify)
    assert "Playing it instead uses 1, and replaces what’s playing." in question.text
    since = len(spotify.calls)
    result = await question.press("Play it instead")
    assert api_calls_since(spotify, since) == ["PUT me/player/play"]
    assert (player.context, player.item) == (album.uri, album.tracks[0].uri)
    assert player.queue == []
    assert album.name in result.text
    assert len(result.messages) == 1, "it replaces the question"
    assert "Paused on" in (await result.press("⏸️")).text


async def test_play_instead_plays_several_items_in_order(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """An album and a song: the announced calls, also after a restart and on another device."""
    album, song = playable_album(spotify), spotify.catalogue.regular_tracks[0]
    what = f"{spotify_url(song.uri)} {spotify_url(album.uri)}"
    question = await linked_user.run(f"/queue add what:{what}")
    calls = int(question.text.split("Playing them instead uses ")[1].split(",")[0])
    since = len(spotify.calls)
    await harness.restart()
    player.device = None
    choice = await question.press("Play them instead")
    assert _labels(question) == ["Queue them", "Play them instead"], "the question stays"
    since = len(spotify.calls)
    result = await choice.pick("Kitchen Speaker")
    await result.wait_for(f"Playing {len(album.tracks) + 1} songs on Kitchen Speaker.")
    assert "All controls" in _labels(result)
    assert player.item == song.uri
    assert player.upcoming()[: len(album.tracks)] == [track.uri for track in album.tracks]
    made = api_calls_since(spotify, since)
    assert made.count("PUT me/player/play") == 1
    assert len(made) <= calls + 2, "the items are cached, and the devices are read"


async def test_what_cannot_be_queued_can_be_played_instead(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """An artist, a show, an audiobook, and a playlist that Spotify does not let apps read."""
    tracks = [track.uri for track in spotify.catalogue.regular_tracks[:3]]
    items = [
        *(
            next(iter(getattr(spotify.catalogue, f"{kind}s").values()))
            for kind in ("artist", "show", "audiobook")
        ),
        spotify.state.add_playlist("Of another user", "grace", *tracks),
    ]
    for item in items:
        question = await linked_user.run(f"/queue add what:{spotify_url(item.uri)}")
        assert "Apps can’t " in question.text
        assert _labels(question) == ["Play it instead"]
        result = await question.press("Play it instead")
        assert player.context == item.uri
        assert item.name in result.text
    assert not spotify.calls_to("POST", "me/player/queue")


async def test_question_keeps_the_named_device(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    tracks = [track.uri for track in playable_album(spotify).tracks]
    for press in ("Queue them", "Play it instead"):
        player.play(spotify.catalogue.regular_tracks[1].uri, device=player.devices[0])
        player.queue.clear()
        question = await _ask(linked_user, spotify, " on:kitchen")
        await harness.restart()
        if press == "Queue them":
            await confirm_queue(question)
            assert player.queue == tracks
        else:
            await question.press(press)
            assert player.item == tracks[0]
        assert player.device is player.devices[1], press
    question = await _ask(linked_user, spotify, f" on:{'no such speaker ' * 20}")
    assert "I can’t control a device with that name" in (await confirm_queue(question)).text
