"""/playlist add: what it says, what it asks, and what it leaves in Spotify."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.store import SavedDefault
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify, generated_uri
from sandbox.spotify.catalogue import make_id
from tests.command_assertions import spotify_url
from tests.list_components import enabled_button_labels
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.playlist_steps import add_playlist, entry_uris, song_uris, undo_last


async def test_add_says_what_is_there_and_adds_only_the_new(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c = song_uris(spotify, 3)
    playlist = add_playlist(spotify, a, b)
    links = " ".join(spotify_url(uri) for uri in (b, c))
    question = await linked_user.run(f"/playlist add what:{links} to:Tides")
    assert question.ephemeral
    assert "1 of 2 is in **Tides** already" in question.text
    assert entry_uris(playlist) == [a, b]
    assert enabled_button_labels(question) == ["Add anyway", "Add only the new one", "Cancel"]
    await harness.restart()
    reply = await question.press("Add only the new one")
    assert "Added to [Tides]" in reply.text
    assert entry_uris(playlist) == [a, b, c]
    question = await linked_user.run(f"/playlist add what:{spotify_url(a)} to:Tides at:top")
    assert "Already in **Tides**" in question.text
    await question.press("Add anyway")
    assert entry_uris(playlist) == [a, a, b, c]
    message, caveats = await undo_last(harness)
    assert (message, caveats) == (
        "Removed 1 song from **Tides**.",
        ("Spotify now says those were added today.",),
    )
    assert entry_uris(playlist) == [a, b, c]
    question = await linked_user.run(f"/playlist add what:{spotify_url(a)} to:Tides")
    assert "Nothing was added" in (await question.press("Cancel")).text
    assert entry_uris(playlist) == [a, b, c]


async def test_add_without_names_adds_what_plays_to_the_default(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    playlist = add_playlist(spotify)
    player = spotify.accounts["ada"].player
    player.resume()
    question = await linked_user.run("/playlist add")
    reply = await question.pick("Tides")
    assert "Added to [Tides]" in reply.text
    assert player.item is not None
    assert entry_uris(playlist) == [player.item]
    ada = int(harness.discord.state.users["ada"].id)
    default = SavedDefault(playlist.id, playlist.name)
    await harness.bot.services.store.preferences.set_playlist(ada, default)
    assert "Already in **Tides**" in (await linked_user.run("/playlist add")).text


async def test_other_versions_of_a_song_count_as_there(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """The same recording by its ISRC, and the same title, artists and length."""
    single = next(
        track
        for track in spotify.catalogue.regular_tracks
        if sum(other.isrc == track.isrc for other in spotify.catalogue.regular_tracks) == 1
    )
    playlist = add_playlist(spotify, single.uri)
    twin = replace(single, id=make_id("twin"), name="Other name")
    remaster = replace(single, id=make_id("remaster"), isrc="XXNEW0000001")
    spotify.catalogue.tracks.update({twin.id: twin, remaster.id: remaster})
    for other, reason in ((twin, "the same recording"), (remaster, "same title")):
        link = spotify_url(other.uri)
        reply = await linked_user.run(f"/playlist add what:{link} to:Tides")
        assert reason in reply.text
    assert entry_uris(playlist) == [single.uri]


async def test_warm_check_of_a_long_playlist_costs_two_calls(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    long = [generated_uri(number) for number in range(2_000)]
    playlist = add_playlist(spotify, *long)
    a, b = song_uris(spotify, 2)
    before = len(spotify.calls)
    reply = await linked_user.run(f"/playlist add what:{spotify_url(a)} to:Tides")
    assert "Working on it: 50 of 2,000." in reply.text
    await reply.wait_for("Added to [Tides]")
    cold = len(spotify.calls) - before
    assert cold <= 2_000 // 49 + 8
    await linked_user.run(f"/playlist add what:{spotify_url(b)} to:Tides")  # reads the song
    calls = spotify.calls[before + cold :]
    own = [call for call in calls if call.path.startswith(f"playlists/{playlist.id}")]
    assert [call.method for call in own] == ["GET", "POST"]
    assert entry_uris(playlist) == [*long, a, b]
    # Changed in the app: it is read again, and never overwritten.
    playlist.remove({long[7], b})
    reply = await linked_user.run(f"/playlist add what:{spotify_url(b)} to:Tides at:top")
    await reply.wait_for("Added at the top of [Tides]")
    assert entry_uris(playlist) == [b, *long[:7], *long[8:], a]


async def test_two_commands_at_once_lose_and_double_nothing(
    spotify: Spotify, linked_user: UserClient
) -> None:
    songs = song_uris(spotify, 4)
    playlist = add_playlist(spotify, songs[0], songs[0])
    held = HeldResponse(f"GET .*/playlists/{playlist.id}")
    spotify.faults.add(held)
    async with released_at_exit(held.hold) as hold:
        commands = [
            asyncio.create_task(linked_user.run(f"/playlist add what:{spotify_url(song)} to:Tides"))
            for song in (songs[1], songs[2], songs[1])
        ]
        await hold.response_ready.wait()
        hold.released.set()
        replies = await asyncio.gather(*commands)
    assert sorted(map(str, entry_uris(playlist))) == sorted(
        [songs[0], songs[0], songs[1], songs[2]]
    )
    assert sum("Already in **Tides**" in reply.text for reply in replies) == 1


async def test_unconfirmed_write_is_looked_at_and_not_repeated(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c = song_uris(spotify, 3)
    playlist = add_playlist(spotify, a)
    post = f"POST .*/playlists/{playlist.id}/items"
    spotify.faults.add(Fault(post, status=502, runs_first=True))
    reply = await linked_user.run(f"/playlist add what:{spotify_url(b)} to:Tides")
    assert "Added to [Tides]" in reply.text
    assert entry_uris(playlist) == [a, b]
    spotify.faults.add(Fault(post, status=502))
    reply = await linked_user.run(f"/playlist add what:{spotify_url(c)} to:Tides")
    assert "Spotify didn’t confirm, and the playlist doesn’t show it yet" in reply.text
    assert entry_uris(playlist) == [a, b]
    assert len(spotify.calls_to("POST", f"playlists/{playlist.id}/items")) == 2
    await undo_last(harness)
    assert entry_uris(playlist) == [a]


async def test_refusals_have_words_of_their_own(spotify: Spotify, linked_user: UserClient) -> None:
    song = spotify_url(song_uris(spotify, 1)[0])
    theirs = next(each for each in spotify.playlists.values() if each.name == "Grace's Mornings")
    gone = spotify_url("spotify:playlist:" + "0" * 22)
    local = next(iter(spotify.catalogue.local))
    add_playlist(spotify, name="Empty")
    files = add_playlist(spotify, local, name="Files")
    for command, words in (
        (f"/playlist add what:{song} to:{spotify_url(theirs.uri)}", "Grace"),
        (f"/playlist add what:{song} to:{gone}", "doesn’t show apps that playlist"),
        (f"/playlist add what:{spotify_url(files.uri)} to:Empty", "can’t add files"),
        (f"/playlist remove what:{song} from:Empty", "**Empty** is empty"),
        (f"/playlist remove what:{song} from:Files", "I can’t find that in **Files**"),
        ("/playlist remove what:tide", "choose a default with /playlist default"),
        ("/playlist tidy name:Empty", "is tidy"),
    ):
        reply = await linked_user.run(command)
        assert words in reply.text, command


@pytest.mark.slow
async def test_full_playlist(spotify: Spotify, linked_user: UserClient) -> None:
    full = add_playlist(spotify, *(generated_uri(number) for number in range(11_000)))
    song = spotify_url(song_uris(spotify, 1)[0])
    reply = await linked_user.run(f"/playlist add what:{song} to:Tides")
    sentence = "**Tides** has 11,000 songs, and Spotify allows about 11,000"
    await reply.wait_for(sentence, timeout=60)
    assert len(full.items) == 11_000
    # Pages that repeat each other are read only once, but they count.
    full.items[:] = full.items[:50] * 220
    full.new_snapshot()
    reply = await linked_user.run(f"/playlist add what:{song} to:Tides")
    await reply.wait_for(sentence, timeout=60)


async def test_a_refusal_in_the_middle_says_what_was_done_and_can_be_undone(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    source = add_playlist(spotify, *(generated_uri(n) for n in range(250)), name="Source")
    playlist = add_playlist(spotify, *song_uris(spotify, 2))
    link = spotify_url(source.uri)
    refusal = Fault(
        f"POST .*/playlists/{playlist.id}/items", status=400, body="{}", after=1, times=None
    )
    spotify.faults.add(refusal)
    reply = await linked_user.run(f"/playlist add what:{link} to:Tides")
    assert "Added 100 songs to **Tides**. Then it stopped:" in reply.text
    assert len(playlist.items) == 102
    await undo_last(harness)
    assert entry_uris(playlist) == song_uris(spotify, 2)


async def test_context_menu_adds_all_links_of_a_message(
    spotify: Spotify, linked_user: UserClient
) -> None:
    a, b = song_uris(spotify, 2)
    playlist = add_playlist(spotify)
    message = linked_user.send(f"{spotify_url(a)} and {spotify_url(b)}")
    question = await linked_user.use_context_menu("Add to playlist", message=message)
    assert question.ephemeral
    reply = await question.pick("Tides")
    assert "Added 2 songs to [Tides]" in reply.text
    assert entry_uris(playlist) == [a, b]
