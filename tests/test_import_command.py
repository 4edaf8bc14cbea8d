"""/import looks first, asks, adds what was chosen, and can be undone for a day."""

from __future__ import annotations

import asyncio
import json

from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from sandbox.spotify.playlists import Playlist
from tests.imported_library import Library, exported, importable, library_of, wipe
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

_DAY = 24 * 60 * 60.0


def _newest(spotify: Spotify) -> Playlist:
    playlist = spotify.accounts["ada"].playlists[0]
    assert playlist is not None
    return playlist


async def _import(user: UserClient, file: bytes) -> Reply:
    """The reply with the overview."""
    reply = await user.run("/import file:library.json", {"library.json": file})
    return await reply.wait_for("Nothing has changed yet")


async def test_an_import_shows_what_it_would_do_then_restores_and_undoes_it(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    empty = library_of(ada)
    reply = await _import(linked_user, file)
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
    reply = await _import(linked_user, file)
    spotify.faults.add(held := HeldResponse("POST .*/items", after=1))
    async with released_at_exit(held.hold) as hold:
        pressing = asyncio.create_task(reply.press("Import everything"))
        await hold.response_ready.wait()  # Spotify has added them, and nobody knows it
        harness.clock.advance(3)  # then its progress is shown
        await pressing
        await harness.restart()
    await linked_user.wait_for_message("Imported")
    assert importable(library_of(ada)) == before


async def test_songs_without_a_link_are_found_or_asked_about(
    spotify: Spotify, linked_user: UserClient
) -> None:
    sure, asked, _ = songs = spotify.catalogue.regular_tracks[10:13]
    items = [
        {"track": {"trackName": sure.name.upper(), "artistName": sure.artists[0].name}},
        {"track": {"trackName": asked.name}},
        {"track": {"trackName": "No Song Is Called So", "artistName": "Nobody"}},
    ]
    file = json.dumps({"playlists": [{"name": "Found", "items": items}]}).encode()
    reply = await _import(linked_user, file)
    assert "not found on Spotify: Nobody – No Song Is Called So" in reply.text
    await reply.press("Decide on 1 song")
    await reply.wait_for("to decide on")
    await reply.pick(asked.uri)
    await reply.wait_for("Found**: 2 songs")
    await reply.press("Import everything")
    await reply.wait_for("Imported 2 songs in 1 new playlist")
    assert _newest(spotify).name == "Found"
    assert [item.uri for item in _newest(spotify).items] == [song.uri for song in songs[:2]]


async def test_what_is_left_out_is_not_called_already_there(linked_user: UserClient) -> None:
    songs = [{"track": "No Song Is Called So", "artist": "Nobody"}]
    file = json.dumps({"tracks": songs}).encode()
    reply = await _import(linked_user, file)
    assert "There’s nothing in it that I could import." in reply.text


async def test_several_imports_are_taken_back_one_after_the_other(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada, uri = spotify.accounts["ada"], spotify.catalogue.regular_tracks[20].uri
    before, replies = library_of(ada), []
    for number in range(1, 4):
        songs = [{"track": {"trackUri": uri}}]
        file = json.dumps({"playlists": [{"name": f"Part {number}", "items": songs}]}).encode()
        reply = await _import(linked_user, file)
        await reply.press("Import everything")
        replies.append(await reply.wait_for("Use /undo within a day"))
        harness.clock.advance(60)
    first, _, third = replies
    wrong = await first.press("Undo the import")
    assert "That’s not your last import" in wrong.text
    assert _newest(spotify).name == "Part 3"
    await third.press("Undo the import")
    await third.wait_for("Use /undo again to take back the import before it.")
    assert _newest(spotify).name == "Part 2"
    await harness.restart()
    question = await linked_user.run("/undo")
    await question.press("Undo the import")
    await question.wait_for("Took the import back")
    assert _newest(spotify).name == "Part 1"
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
        reply = await _import(linked_user, file)
        await reply.press("Import everything")
        await reply.wait_for("Use /undo within a day")
        harness.clock.advance(60)
    assert [item.uri for item in _newest(spotify).items] == songs
    for left in (songs[:2], None):
        question = await linked_user.run("/undo")
        await question.press("Undo the import")
        await question.wait_for("Took the import back")
        assert left is None or [item.uri for item in _newest(spotify).items] == left
    assert library_of(ada) == before


async def test_only_what_was_chosen_is_imported(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada, songs = spotify.accounts["ada"], [t.uri for t in spotify.catalogue.regular_tracks[20:24]]
    wipe(ada)
    lists = {"A": songs[:2], "B": songs[1:3], "C": [songs[3], songs[3]]}
    items = {name: [{"track": {"trackUri": uri}} for uri in uris] for name, uris in lists.items()}
    playlists = [{"name": name, "items": entries} for name, entries in items.items()]
    liked = [{"track": "x", "uri": songs[0]}]
    file = json.dumps({"tracks": liked, "playlists": playlists}).encode()

    async def imported(*buttons: str, pick: tuple[str, ...] = ()) -> Library:
        wipe(ada)
        reply = await _import(linked_user, file)
        for button in buttons:
            await reply.press(button)
            if pick and button == "Choose playlists":
                await reply.pick(*pick)
                await reply.wait_for(f"{len(pick)} playlists chosen")
        await reply.wait_for("Imported")
        harness.clock.advance(1)
        return library_of(ada)

    reply = await _import(linked_user, file)
    assert "old order" not in reply.text, "one liked song has none"
    await reply.press("Cancel")
    likes = await imported("Only liked songs")
    assert (likes.saved["track"], likes.playlists) == ([songs[0]], [])
    chosen = await imported("Choose playlists", "Import 2 playlists", pick=("A", "C"))
    assert chosen.saved["track"] == []
    assert [(name, uris) for name, _, uris in chosen.playlists] == [
        ("A", lists["A"]),
        ("C", lists["C"]),
    ]
    one = await imported("All into one new playlist")
    assert [uris for _, _, uris in one.playlists] == [songs]


async def test_a_playlist_of_the_same_name_gets_what_it_lacks_or_a_second_one_is_made(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada, songs = spotify.accounts["ada"], [t.uri for t in spotify.catalogue.regular_tracks[20:24]]
    for button, expected in (
        ("", [[songs[3], songs[0], songs[1], songs[0]]]),
        ("Make new playlists instead", [[songs[0], songs[1], songs[0]], [songs[3], songs[0]]]),
    ):
        wipe(ada)
        spotify.state.add_playlist("Quay", "ada", songs[3], songs[0], public=False)
        items = [{"track": {"trackUri": uri}} for uri in (songs[0], songs[1], songs[0])]
        file = json.dumps({"playlists": [{"name": "Quay", "items": items}]}).encode()
        reply = await _import(linked_user, file)
        if button:
            await reply.press(button)
            await reply.wait_for("a second one")
        await reply.press("Import everything")
        await reply.wait_for("Imported")
        assert [uris for _, _, uris in library_of(ada).playlists] == expected


async def test_nothing_of_a_file_stays_after_cancel_and_unlink(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada, folder = spotify.accounts["ada"], harness.settings.database.parent
    file = await exported(linked_user)
    wipe(ada)
    reply = await _import(linked_user, file)
    assert list(folder.glob("*-jobs/*/*"))
    await reply.press("Cancel")
    await reply.wait_for("Cancelled")
    assert not list(folder.glob("*-jobs/*"))
    reply = await _import(linked_user, file)
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
    reply = await _import(linked_user, file)
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
    reply = await _import(linked_user, file)
    await reply.press("Import everything")
    await reply.wait_for("Use /undo within a day")
    harness.clock.advance(_DAY + 60)
    assert "nothing to undo" in (await linked_user.run("/undo")).text


async def test_a_spent_quota_is_waited_for(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    reply = await _import(linked_user, file)
    spotify.add_quota("PUT .*/me/library", 2, retry_after=3600)
    await reply.press("Import everything")
    harness.clock.advance(3)
    await reply.wait_for("I’ll go on by myself")
    harness.clock.advance(3601)
    await linked_user.changes.wait_until(lambda: library_of(ada) == before)


async def test_a_file_that_cannot_be_read_is_explained(linked_user: UserClient) -> None:
    for content, part in ((b"", "is empty"), (b"\x89PNG\r\n\x1a\n\0\0", "I don’t know that kind")):
        reply = await linked_user.run("/import file:a.json", {"a.json": content})
        await reply.wait_for(part)


async def test_a_file_that_does_not_come_is_asked_for_again(
    harness: Harness, linked_user: UserClient
) -> None:
    harness.discord.faults.add(Fault("GET /attachments", status=404))
    reply = await linked_user.run("/import file:a.json", {"a.json": b"{}"})
    assert "Attach it again" in reply.text
    size = 10 * 1024 * 1024 + 1
    reply = await linked_user.run("/import file:a.json", {"a.json": bytes(size)})
    assert "too big" in reply.text
