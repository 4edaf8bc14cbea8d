"""/import looks first, asks, adds what was chosen, and can be undone for a day."""

from __future__ import annotations

import asyncio
import json

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.imported_library import (
    exported,
    importable,
    library_of,
    newest_playlist,
    overview_of,
    wipe,
)
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

_DAY = 24 * 60 * 60.0


async def test_an_import_shows_what_it_would_do_then_restores_and_undoes_it(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    empty = library_of(ada)
    reply = await overview_of(linked_user, file)
    assert library_of(ada) == empty
    assert reply.ephemeral
    for part in ("Liked songs**: 59 · 0 already there", "new playlist", "Cellar Tape", "requests"):
        assert part in reply.text, reply.text
    await harness.restart()
    await reply.press("Import everything")
    await reply.wait_for("Use /undo within a day")
    assert library_of(ada) == before
    await harness.restart()
    question = await linked_user.run("/undo")
    await question.wait_for("Your last change is the import")
    assert library_of(ada) == before
    await question.press("Undo the import")
    await question.wait_for("Took the import back")
    assert library_of(ada) == empty
    assert "nothing to undo" in (await linked_user.run("/undo")).text


async def test_a_restart_in_the_middle_adds_nothing_twice(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    songs = [track.uri for track in spotify.catalogue.regular_tracks[:60]]
    spotify.state.add_playlist("Long", "ada", *songs * 5, public=False)
    before, file = importable(library_of(ada)), await exported(linked_user, "Long")
    ada.playlists = [each for each in ada.playlists if each and each.name != "Long"]
    reply = await overview_of(linked_user, file)
    spotify.faults.add(held := HeldResponse("POST .*/items", after=1))
    async with released_at_exit(held.hold) as hold:
        pressing = asyncio.create_task(reply.press("Import everything"))
        await hold.response_ready.wait()  # Spotify has added them, and nobody knows it
        harness.clock.advance(3)  # then its progress is shown
        await pressing
        await harness.restart()
    await linked_user.wait_for_message("Imported")
    assert importable(library_of(ada)) == before


async def test_several_imports_are_taken_back_one_after_the_other(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada, uri = spotify.accounts["ada"], spotify.catalogue.regular_tracks[20].uri
    before, replies = library_of(ada), []
    for number in range(1, 4):
        songs = [{"track": {"trackUri": uri}}]
        file = json.dumps({"playlists": [{"name": f"Part {number}", "items": songs}]}).encode()
        reply = await overview_of(linked_user, file)
        await reply.press("Import everything")
        replies.append(await reply.wait_for("Use /undo within a day"))
        harness.clock.advance(60)
    first, _, third = replies
    wrong = await first.press("Undo the import")
    assert "That’s not your last import" in wrong.text
    assert newest_playlist(spotify).name == "Part 3"
    await third.press("Undo the import")
    await third.wait_for("Use /undo again to take back the import before it.")
    assert newest_playlist(spotify).name == "Part 2"
    await harness.restart()
    question = await linked_user.run("/undo")
    await question.press("Undo the import")
    await question.wait_for("Took the import back")
    assert newest_playlist(spotify).name == "Part 1"
    harness.clock.advance(_DAY - 600)
    await first.press("Undo the import")
    await first.wait_for("Took the import back: removed 1 item.")
    assert "again" not in first.text
    assert library_of(ada) == before
    assert "nothing to undo" in (await linked_user.run("/undo")).text


async def test_a_playlist_that_came_in_two_parts_is_taken_back_as_a_whole(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, songs = library_of(ada), [t.uri for t in spotify.catalogue.regular_tracks[20:23]]
    for uris in (songs[:2], songs[2:]):
        items = [{"track": {"trackUri": uri}} for uri in uris]
        file = json.dumps({"playlists": [{"name": "Quay", "items": items}]}).encode()
        reply = await overview_of(linked_user, file)
        await reply.press("Import everything")
        await reply.wait_for("Use /undo within a day")
        harness.clock.advance(60)
    assert [item.uri for item in newest_playlist(spotify).items] == songs
    for left in (songs[:2], None):
        question = await linked_user.run("/undo")
        await question.press("Undo the import")
        await question.wait_for("Took the import back")
        assert left is None or [item.uri for item in newest_playlist(spotify).items] == left
    assert library_of(ada) == before


async def test_nothing_of_a_file_stays_after_cancel_and_unlink(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada, folder = spotify.accounts["ada"], harness.settings.database.parent
    file = await exported(linked_user)
    wipe(ada)
    reply = await overview_of(linked_user, file)
    assert list(folder.glob("*-jobs/*/*"))
    await reply.press("Cancel")
    await reply.wait_for("Cancelled")
    assert not list(folder.glob("*-jobs/*"))
    reply = await overview_of(linked_user, file)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks"))
    async with released_at_exit(held.hold) as hold:
        pressing = asyncio.create_task(reply.press("Import everything"))
        await hold.response_ready.wait()
        harness.clock.advance(3)
        await pressing
        unlinking = await linked_user.run("/unlink")
        await unlinking.press("Unlink and erase")
    await harness.stop()  # which waits for the erasure
    assert not list(folder.glob("*-jobs/*"))


async def test_what_was_imported_until_a_stop_can_be_undone_for_a_day(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    file = await exported(linked_user)
    wipe(ada)
    empty = library_of(ada)
    reply = await overview_of(linked_user, file)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks"))
    async with released_at_exit(held.hold) as hold:
        pressing = asyncio.create_task(reply.press("Import everything"))
        await hold.response_ready.wait()
        harness.clock.advance(3)
        await pressing
        await reply.press("Stop")
        await reply.wait_for("Stopped.\nImported 8 liked songs")
    harness.clock.advance(_DAY - 60)
    question = await linked_user.run("/undo")
    await question.press("Undo the import")
    await question.wait_for("Took the import back: removed 8 items")
    assert library_of(ada) == empty
    reply = await overview_of(linked_user, file)
    await reply.press("Import everything")
    await reply.wait_for("Use /undo within a day")
    harness.clock.advance(_DAY + 60)
    assert "nothing to undo" in (await linked_user.run("/undo")).text


async def test_limits_of_spotify_are_waited_for_and_named(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    reply = await overview_of(linked_user, file)
    spotify.add_rate_limit(120, pattern="PUT .*/me/library")
    await reply.press("Import everything")
    harness.clock.advance(3)
    await reply.wait_for("Spotify asks me to wait: it got too many requests. I’ll go on by myself")
    spotify.add_quota("PUT .*/me/library", 2, retry_after=3600)
    harness.clock.advance(121)
    await reply.wait_for("limit for today is used up. I’ll go on by myself")
    harness.clock.advance(3601)
    await linked_user.changes.wait_until(lambda: library_of(ada) == before)
