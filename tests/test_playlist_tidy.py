"""/playlist remove and tidy: what they show, what they ask, and what they leave in Spotify."""

from __future__ import annotations

import asyncio

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import PlaylistItem, Spotify, generated_uri
from tests.command_assertions import spotify_url
from tests.list_components import options
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.playlist_steps import add_playlist, entry_uris, song_uris, undo_last


async def test_remove_asks_if_it_means_more_than_one(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    first, second, *_ = spotify.catalogue.regular_tracks
    playlist = add_playlist(spotify, first.uri, second.uri, first.uri, None)
    await linked_user.run(f"/playlist remove what:{spotify_url(second.uri)} from:Tides")
    assert entry_uris(playlist) == [first.uri, first.uri, None]
    await undo_last(harness)
    assert entry_uris(playlist) == [first.uri, second.uri, first.uri, None]
    question = await linked_user.run(f"/playlist remove what:{first.name} from:Tides")
    assert "Spotify removes every copy of a song at once." in question.text
    assert "2 copies" in str(options(question)[0]["description"])
    await harness.restart()
    reply = await question.pick(first.name)
    assert "Removed 1 song (2 copies) from [Tides]" in reply.text
    assert entry_uris(playlist) == [second.uri, None]
    await undo_last(harness)
    assert entry_uris(playlist) == [first.uri, second.uri, first.uri, None]


async def test_tidy_shows_and_removes_what_is_there_twice(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c = song_uris(spotify, 3)
    withdrawn = next(t.uri for t in spotify.catalogue.tracks.values() if not t.playable)
    local = next(iter(spotify.catalogue.local))
    before = [a, b, a, withdrawn, None, local, b, local, c]
    playlist = add_playlist(spotify, *before)
    card = await linked_user.run("/playlist tidy name:Tides")
    assert "3 entries to tidy in [Tides]" in card.text
    assert "1 entry is no longer on Spotify" in card.text
    assert "There’s 1 extra copy of files from a computer" in card.text
    assert entry_uris(playlist) == before
    await harness.restart()
    names = {uri: spotify.catalogue.find_track(uri[-22:]) for uri in (a, b)}
    first = names[a]
    assert first is not None
    card = await card.pick(first.name)
    assert entry_uris(playlist) == [a, b, withdrawn, None, local, b, local, c]
    card = await card.press("Remove all 2")
    assert "Removed 2 entries from [Tides]" in card.text
    assert entry_uris(playlist) == [a, b, None, local, local, c]
    await undo_last(harness)
    assert entry_uris(playlist) == [a, b, withdrawn, None, local, b, local, c]


async def test_a_refusal_in_the_middle_of_tidying_loses_nothing(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c, *others = songs = song_uris(spotify, 6)
    before = [a, others[0], b, others[1], c, others[2], a, b, c]
    playlist = add_playlist(spotify, *before)
    card = await linked_user.run("/playlist tidy name:Tides")
    moves = f"PUT .*/playlists/{playlist.id}/items"
    refusal = spotify.faults.add(Fault(moves, status=400, body="{}", after=1, times=None))
    reply = await card.press("Remove all 3")
    await reply.wait_for(lambda reply: "Then it stopped:" in str(reply.messages))
    assert sorted(map(str, entry_uris(playlist))) == sorted(songs)
    refusal.times = 0
    undone = await linked_user.run("/undo")
    assert "Put 3 songs back" in undone.text
    assert entry_uris(playlist) == before


async def test_a_song_is_not_added_while_its_copies_are_tidied(
    spotify: Spotify, linked_user: UserClient
) -> None:
    a, b = song_uris(spotify, 2)
    playlist = add_playlist(spotify, a, b, a)
    card = await linked_user.run("/playlist tidy name:Tides")
    held = HeldResponse(f"DELETE .*/playlists/{playlist.id}/items")
    spotify.faults.add(held)
    async with released_at_exit(held.hold) as hold:
        tidying = asyncio.create_task(card.press("Remove it"))
        await hold.response_ready.wait()
        link = spotify_url(a)
        adding = asyncio.create_task(linked_user.run(f"/playlist add what:{link} to:Tides"))
        await asyncio.wait([adding], timeout=0.2)  # the removed song is not there now
        hold.released.set()
        await tidying
        assert "Already in **Tides**" in (await adding).text
    assert entry_uris(playlist) == [a, b]


async def test_tidying_keeps_what_was_moved_meanwhile(
    spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c, *others = song_uris(spotify, 6)
    playlist = add_playlist(spotify, a, others[0], b, others[1], c, others[2], a, b, c)
    card = await linked_user.run("/playlist tidy name:Tides")
    foreign = spotify.catalogue.regular_tracks[20].uri
    spotify.on(
        f"PUT .*/playlists/{playlist.id}/items",
        lambda: playlist.insert([PlaylistItem(foreign)], 0),
        after=1,
    )
    await (await card.press("Remove all 3")).wait_for("Removed 3 entries")
    assert sorted(map(str, entry_uris(playlist))) == sorted([foreign, a, b, c, *others])


async def test_contents_are_forgotten_with_the_user(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    playlist = add_playlist(spotify, *(generated_uri(n) for n in range(200)))
    await linked_user.run("/playlist tidy name:Tides")
    ada = int(harness.discord.state.users["ada"].id)
    harness.bot.services.forget_user(ada, settings=False)
    before = len(spotify.calls_to("GET", f"playlists/{playlist.id}/items"))
    await linked_user.run("/playlist tidy name:Tides")
    assert len(spotify.calls_to("GET", f"playlists/{playlist.id}/items")) > before
    harness.clock.advance(11 * 60)
    before = len(spotify.calls_to("GET", f"playlists/{playlist.id}/items"))
    await linked_user.run("/playlist tidy name:Tides")
    assert len(spotify.calls_to("GET", f"playlists/{playlist.id}/items")) > before


async def test_playlist_that_is_too_long_for_today_has_words_of_its_own() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS="100") as harness:
        linked_user = await harness.link_account("ada")
        add_playlist(harness.spotify, *(generated_uri(number) for number in range(4_000)))
        reply = await linked_user.run("/playlist tidy name:Tides")
        await reply.wait_for("too long to look through today")


async def test_a_file_that_no_app_can_put_back_is_removed_only_after_a_question(
    spotify: Spotify, linked_user: UserClient
) -> None:
    local = next(iter(spotify.catalogue.local.values()))
    (song,) = song_uris(spotify, 1)
    playlist = add_playlist(spotify, song, local.uri)
    question = await linked_user.run(f"/playlist remove what:{local.name} from:Tides")
    assert "Should it go?" in question.text
    assert "/undo can’t put back files from a computer" in question.text
    assert entry_uris(playlist) == [song, local.uri]
    removed = await question.pick(local.name)
    assert entry_uris(playlist) == [song]
    assert "take that back" not in removed.text
