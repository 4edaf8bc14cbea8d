"""/playlist add, remove and tidy: what they say, what they ask, and what they leave in Spotify."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import pytest

from bot.store import SavedDefault
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Playlist, Spotify, generated_uri
from sandbox.spotify.catalogue import Track, make_id
from tests.command_assertions import spotify_url
from tests.list_components import enabled_button_labels, options
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit


def _playlist(spotify: Spotify, *uris: str | None, name: str = "Tides") -> Playlist:
    return spotify.state.add_playlist(name, "ada", *uris, public=False)


def _uris(playlist: Playlist) -> list[str | None]:
    return [entry.uri for entry in playlist.items]


def _songs(spotify: Spotify, number: int) -> list[str]:
    return [track.uri for track in spotify.catalogue.regular_tracks[:number]]


async def _undo(harness: Harness) -> tuple[str, tuple[str, ...]]:
    """Undo Ada's last change; what it says."""
    assert harness.bot is not None
    services, ada = harness.bot.services, int(harness.discord.state.users["ada"].id)
    session = await services.sessions.session(ada, background=True)
    _, undone = await services.undo_log.undo(ada, session)
    return undone.message, undone.caveats


async def test_add_says_what_is_there_and_adds_only_the_new(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c = _songs(spotify, 3)
    playlist = _playlist(spotify, a, b)
    links = " ".join(spotify_url(uri) for uri in (b, c))
    question = await linked_user.run(f"/playlist add what:{links} to:Tides")
    assert question.ephemeral
    assert "1 of 2 is in **Tides** already" in question.text
    assert _uris(playlist) == [a, b]
    assert enabled_button_labels(question) == ["Add anyway", "Add only the 1 new", "Cancel"]
    await harness.restart()
    reply = await question.press("Add only the 1 new")
    assert "Added to [Tides]" in reply.text
    assert _uris(playlist) == [a, b, c]
    question = await linked_user.run(f"/playlist add what:{spotify_url(a)} to:Tides at:top")
    assert "Already in **Tides**" in question.text
    await question.press("Add anyway")
    assert _uris(playlist) == [a, a, b, c]
    message, caveats = await _undo(harness)
    assert (message, caveats) == (
        "Removed 1 song from **Tides**.",
        ("Spotify now says those were added today.",),
    )
    assert _uris(playlist) == [a, b, c]
    question = await linked_user.run(f"/playlist add what:{spotify_url(a)} to:Tides")
    assert "Nothing was added" in (await question.press("Cancel")).text
    assert _uris(playlist) == [a, b, c]


async def test_add_without_names_adds_what_plays_to_the_default(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    playlist = _playlist(spotify)
    player = spotify.accounts["ada"].player
    player.resume()
    question = await linked_user.run("/playlist add")
    reply = await question.pick("Tides")
    assert "Added to [Tides]" in reply.text
    assert player.item is not None
    assert _uris(playlist) == [player.item]
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
    playlist = _playlist(spotify, single.uri)
    tracks = cast(dict[str, Track], spotify.catalogue.tracks)
    twin = replace(single, id=make_id("twin"), name="Other name")
    remaster = replace(single, id=make_id("remaster"), isrc="XXNEW0000001")
    tracks |= {twin.id: twin, remaster.id: remaster}
    for other, reason in ((twin, "the same recording"), (remaster, "same title")):
        link = spotify_url(other.uri)
        reply = await linked_user.run(f"/playlist add what:{link} to:Tides")
        assert reason in reply.text
    assert _uris(playlist) == [single.uri]


async def test_warm_check_of_a_long_playlist_costs_two_calls(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    long = [generated_uri(number) for number in range(2_000)]
    playlist = _playlist(spotify, *long)
    a, b = _songs(spotify, 2)
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
    assert _uris(playlist) == [*long, a, b]
    # Changed in the app: it is read again, and never overwritten.
    playlist.remove({long[7], b})
    reply = await linked_user.run(f"/playlist add what:{spotify_url(b)} to:Tides at:top")
    await reply.wait_for("Added at the top of [Tides]")
    assert _uris(playlist) == [b, *long[:7], *long[8:], a]


async def test_two_commands_at_once_lose_and_double_nothing(
    spotify: Spotify, linked_user: UserClient
) -> None:
    songs = _songs(spotify, 4)
    playlist = _playlist(spotify, songs[0], songs[0])
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
    assert sorted(map(str, _uris(playlist))) == sorted([songs[0], songs[0], songs[1], songs[2]])
    assert sum("Already in **Tides**" in reply.text for reply in replies) == 1


async def test_unconfirmed_write_is_looked_at_and_not_repeated(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c = _songs(spotify, 3)
    playlist = _playlist(spotify, a)
    post = f"POST .*/playlists/{playlist.id}/items"
    spotify.faults.add(Fault(post, status=502, runs_first=True))
    reply = await linked_user.run(f"/playlist add what:{spotify_url(b)} to:Tides")
    assert "Added to [Tides]" in reply.text
    assert _uris(playlist) == [a, b]
    spotify.faults.add(Fault(post, status=502))
    reply = await linked_user.run(f"/playlist add what:{spotify_url(c)} to:Tides")
    assert "Spotify didn’t confirm, and the playlist doesn’t show it yet" in reply.text
    assert _uris(playlist) == [a, b]
    assert len(spotify.calls_to("POST", f"playlists/{playlist.id}/items")) == 2
    await _undo(harness)
    assert _uris(playlist) == [a]


async def test_refusals_have_words_of_their_own(spotify: Spotify, linked_user: UserClient) -> None:
    song = spotify_url(_songs(spotify, 1)[0])
    theirs = next(one for one in spotify.playlists.values() if one.name == "Grace's Mornings")
    gone = spotify_url("spotify:playlist:" + "0" * 22)
    local = next(iter(spotify.catalogue.local))
    _playlist(spotify, name="Empty")
    files = _playlist(spotify, local, name="Files")
    for command, words in (
        (f"/playlist add what:{song} to:{spotify_url(theirs.uri)}", "Grace"),
        (f"/playlist add what:{song} to:{gone}", "can’t find that"),
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
    full = _playlist(spotify, *(generated_uri(number) for number in range(11_000)))
    song = spotify_url(_songs(spotify, 1)[0])
    reply = await linked_user.run(f"/playlist add what:{song} to:Tides")
    await reply.wait_for("**Tides** has 11,000 songs, and Spotify allows about 11,000", timeout=60)
    assert len(full.items) == 11_000


async def test_remove_asks_if_it_means_more_than_one(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    first, second, *_ = spotify.catalogue.regular_tracks
    playlist = _playlist(spotify, first.uri, second.uri, first.uri, None)
    await linked_user.run(f"/playlist remove what:{spotify_url(second.uri)} from:Tides")
    assert _uris(playlist) == [first.uri, first.uri, None]
    await _undo(harness)
    assert _uris(playlist) == [first.uri, second.uri, first.uri, None]
    question = await linked_user.run(f"/playlist remove what:{first.name} from:Tides")
    assert "Spotify removes every copy of a song at once." in question.text
    assert "2 copies" in str(options(question)[0]["description"])
    await harness.restart()
    reply = await question.pick(first.name)
    assert "Removed 1 song (2 copies) from [Tides]" in reply.text
    assert _uris(playlist) == [second.uri, None]
    await _undo(harness)
    assert _uris(playlist) == [first.uri, second.uri, first.uri, None]


async def test_tidy_shows_and_removes_what_is_there_twice(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    a, b, c = _songs(spotify, 3)
    withdrawn = next(t.uri for t in spotify.catalogue.tracks.values() if not t.playable)
    local = next(iter(spotify.catalogue.local))
    before = [a, b, a, withdrawn, None, local, b, local, c]
    playlist = _playlist(spotify, *before)
    card = await linked_user.run("/playlist tidy name:Tides")
    assert "3 entries to tidy in [Tides]" in card.text
    assert "1 entry is no longer on Spotify" in card.text
    assert "There’s 1 extra copy of files from a computer" in card.text
    assert _uris(playlist) == before
    await harness.restart()
    names = {uri: spotify.catalogue.find_track(uri[-22:]) for uri in (a, b)}
    first = names[a]
    assert first is not None
    card = await card.pick(first.name)
    assert _uris(playlist) == [a, b, withdrawn, None, local, b, local, c]
    card = await card.press("Remove all 2")
    assert "Removed 2 entries from [Tides]" in card.text
    assert _uris(playlist) == [a, b, None, local, local, c]
    await _undo(harness)
    assert _uris(playlist) == [a, b, withdrawn, None, local, b, local, c]


async def test_a_refusal_in_the_middle_says_what_was_done_and_can_be_undone(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    source = _playlist(spotify, *(generated_uri(n) for n in range(250)), name="Source")
    playlist = _playlist(spotify, *_songs(spotify, 2))
    link = spotify_url(source.uri)
    refusal = Fault(
        f"POST .*/playlists/{playlist.id}/items", status=400, body="{}", after=1, times=None
    )
    spotify.faults.add(refusal)
    reply = await linked_user.run(f"/playlist add what:{link} to:Tides")
    assert "Added 100 songs to **Tides**. Then it stopped:" in reply.text
    assert len(playlist.items) == 102
    await _undo(harness)
    assert _uris(playlist) == _songs(spotify, 2)


async def test_context_menu_adds_all_links_of_a_message(
    spotify: Spotify, linked_user: UserClient
) -> None:
    a, b = _songs(spotify, 2)
    playlist = _playlist(spotify)
    message = linked_user.send(f"{spotify_url(a)} and {spotify_url(b)}")
    question = await linked_user.use_context_menu("Add to playlist", message=message)
    assert question.ephemeral
    reply = await question.pick("Tides")
    assert "Added 2 songs to [Tides]" in reply.text
    assert _uris(playlist) == [a, b]


async def test_contents_are_forgotten_with_the_user(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    playlist = _playlist(spotify, *(generated_uri(n) for n in range(200)))
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
