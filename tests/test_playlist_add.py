"""Adding to a playlist: the default playlist at once, or one chosen from a select."""

from __future__ import annotations

from typing import Any

import pytest

from bot.store import SavedDefault
from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import SELECT, walk_components
from sandbox.spotify import Playlist, PlaylistItem, Spotify
from sandbox.spotify.rules import Changed
from tests.list_components import (
    components,
    enabled_button_labels,
    option_ids,
    options,
    selected_id,
)


def _playlist_named(spotify: Spotify, name: str) -> Playlist:
    return next(playlist for playlist in spotify.playlists.values() if playlist.name == name)


async def _set_default_playlist(harness: Harness, playlist: Playlist) -> None:
    assert harness.bot is not None
    ada = int(harness.discord.state.users["ada"].id)
    default = SavedDefault(playlist.id, playlist.name)
    await harness.bot.services.store.preferences.set_playlist(ada, default)


async def _press_add(linked_user: UserClient) -> tuple[Reply, str]:
    """Press "Add to playlist" below a search result; returns the reply and the track's URI."""
    results = await linked_user.run("/search lantern")
    return await results.press("Add to playlist"), f"spotify:track:{selected_id(results)}"


def _playlist_options(reply: Reply) -> list[dict[str, Any]]:
    """The options of the menu of playlists; empty without one."""
    menus = [menu for menu in components(reply, SELECT) if menu["custom_id"].startswith("add:to:")]
    return [option for menu in menus for option in menu["options"]]


async def test_without_default_asks_among_editable_playlists(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    question, uri = await _press_add(linked_user)
    assert question.ephemeral
    names = [option["label"] for option in _playlist_options(question)]
    assert names == ["=SUM(1) @everyone **mix**", "Hard to Print", "Harbour Evenings", "Potluck"]
    assert "Songs for “lantern”" in question.text, "the list is still there"
    await harness.restart()
    playlist = _playlist_named(spotify, "Harbour Evenings")
    reply = await question.pick("Harbour Evenings")
    assert playlist.items[-1].uri == uri
    assert (
        f"Added to [Harbour Evenings](https://open.spotify.com/playlist/{playlist.id})"
        in reply.text
    )
    assert "Add to another playlist" in enabled_button_labels(reply)
    assert not _playlist_options(reply)


async def test_adds_to_collaborative_playlist(spotify: Spotify, linked_user: UserClient) -> None:
    question, uri = await _press_add(linked_user)
    await question.pick("Potluck")
    assert _playlist_named(spotify, "Potluck").items[-1].uri == uri


async def test_default_playlist_is_used_at_once_with_button_for_another(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    default = _playlist_named(spotify, "Harbour Evenings")
    await _set_default_playlist(harness, default)
    reply, uri = await _press_add(linked_user)
    assert default.items[-1].uri == uri
    assert "Added to [Harbour Evenings]" in reply.text
    await harness.restart()
    question = await reply.press("Add to another playlist")
    other = await question.pick("Hard to Print")
    assert _playlist_named(spotify, "Hard to Print").items[-1].uri == uri
    assert "Added to [Hard to Print]" in other.text
    assert len(spotify.calls_to("POST", f"playlists/{default.id}/items")) == 1


async def test_read_only_default_asks_for_another_playlist(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await _set_default_playlist(harness, _playlist_named(spotify, "Grace's Mornings"))
    question, uri = await _press_add(linked_user)
    assert "won’t add to **Grace's Mornings**. It may be full" in question.text
    await question.pick("Harbour Evenings")
    assert _playlist_named(spotify, "Harbour Evenings").items[-1].uri == uri


async def test_missing_album_error_does_not_mention_playlist(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await _set_default_playlist(harness, _playlist_named(spotify, "Harbour Evenings"))
    results = await linked_user.run("/search query:lantern type:albums")
    spotify.faults.add(Fault("GET .*/albums/.*/tracks", status=404, body="{}", times=None))
    reply = await results.press("Add to playlist")
    assert "Spotify can’t find that" in reply.text
    assert not _playlist_options(results)


async def test_duplicate_playlist_is_listed_once(spotify: Spotify, linked_user: UserClient) -> None:
    playlist = _playlist_named(spotify, "Harbour Evenings")
    spotify.accounts["ada"].playlists.append(playlist)
    question, uri = await _press_add(linked_user)
    assert [option["label"] for option in options(question)].count("Harbour Evenings") == 1
    await question.pick("Harbour Evenings")
    assert playlist.items[-1].uri == uri


async def test_whole_album_is_added_in_order(spotify: Spotify, linked_user: UserClient) -> None:
    results = await linked_user.run("/search query:lantern type:albums")
    album = spotify.catalogue.albums[selected_id(results)]
    question = await results.press("Add to playlist")
    reply = await question.pick("Harbour Evenings")
    playlist = _playlist_named(spotify, "Harbour Evenings")
    assert [item.uri for item in playlist.items[-len(album.tracks) :]] == [
        track.uri for track in album.tracks
    ]
    assert f"{len(album.tracks)} songs, added to [Harbour Evenings]" in reply.text
    assert len(spotify.calls_to("POST", f"playlists/{playlist.id}/items")) == 1


async def test_tracks_beyond_fifty_are_omitted_and_reported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    album = next(iter(spotify.catalogue.albums.values()))
    original = list(album.tracks)
    album.tracks.extend(spotify.catalogue.regular_tracks[100:160])
    try:
        results = await linked_user.run(f"/search query:{album.name} type:albums")
        reply = await (await results.press("Add to playlist")).pick("Harbour Evenings")
        assert f"The first 50 songs of {len(original) + 60}, added to" in reply.text
    finally:
        album.tracks[:] = original


async def test_episode_is_added(spotify: Spotify, linked_user: UserClient) -> None:
    results = await linked_user.run("/search query:kettles type:episodes")
    question = await results.press("Add to playlist")
    await question.pick("Harbour Evenings")
    added = _playlist_named(spotify, "Harbour Evenings").items[-1].uri
    assert added == f"spotify:episode:{option_ids(results)[0]}"


async def test_duplicate_track_is_added_again_and_reported(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = _playlist_named(spotify, "Harbour Evenings")
    await _set_default_playlist(harness, playlist)
    _, uri = await _press_add(linked_user)
    harness.clock.advance(2)
    reply, _ = await _press_add(linked_user)
    assert [item.uri for item in playlist.items].count(uri) >= 2
    assert "If it was already there, it’s in there twice now." in reply.text


async def test_playlist_names_are_escaped(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    question, _ = await _press_add(linked_user)
    reply = await question.pick("=SUM(1) @everyone **mix**")
    for part in walk_components(reply.message):
        assert "@everyone" not in part.get("content", "")
        assert "**mix**" not in part.get("content", "")
    assert not reply.message["mention_everyone"]


async def test_playlists_beyond_select_limit_are_omitted_and_reported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for number in range(30):
        spotify.state.add_playlist(f"Shelf {number}", "ada")
    question, uri = await _press_add(linked_user)
    assert len(_playlist_options(question)) == 25
    assert _playlist_options(question)[0]["label"] == "Shelf 29"
    assert "These are the first of yours." in question.text
    await question.pick("Shelf 29")
    assert [item.uri for item in _playlist_named(spotify, "Shelf 29").items] == [uri]


async def test_unusable_playlists_are_not_called_none(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """Playlists without a usable ID, also if one has the name that the user typed."""

    def bend(answer: dict[str, Any]) -> object:
        for playlist in filter(None, answer["items"]):
            playlist |= {"id": "odd", "uri": None}
        return answer

    spotify.on("GET .*/me/playlists$", Changed(bend), times=None)
    question, _ = await _press_add(linked_user)
    assert "I couldn’t read it" in question.text
    reply = await linked_user.run("/play what:Harbour Evenings")
    assert "I couldn’t read your playlists" in reply.text


async def test_without_playlists_says_to_create_one(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].playlists.clear()
    reply, _ = await _press_add(linked_user)
    assert reply.text == "You have no playlist to add to. Make one in Spotify, then try again."


@pytest.mark.parametrize("default", [True, False], ids=["default", "chosen"])
async def test_add_with_unknown_outcome_is_not_retried(
    harness: Harness, spotify: Spotify, linked_user: UserClient, default: bool
) -> None:
    playlist = _playlist_named(spotify, "Harbour Evenings")
    if default:
        await _set_default_playlist(harness, playlist)
    path = f"playlists/{playlist.id}/items"
    spotify.faults.add(Fault(f"POST .*/{path}$", status=502, body="bad", runs_first=True))
    before = len(playlist.items)
    reply, uri = await _press_add(linked_user)
    if not default:
        reply = await reply.pick("Harbour Evenings")
    assert "Not sure that was added: Spotify didn’t confirm." in reply.text
    assert reply.ephemeral
    assert [item.uri for item in playlist.items[before:]] == [uri]
    assert len(spotify.calls_to("POST", path)) <= 1


async def test_each_error_has_its_message(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    results = await linked_user.run("/search lantern")
    question = await results.press("Add to playlist")
    spotify.add_quota("POST .*/playlists/", calls=0, retry_after=48_925)
    reply = await question.pick("Harbour Evenings")
    assert "in 14 hours" in reply.text
    assert "Which playlist?" in question.text
    grace = harness.discord.user_client("grace", "music")
    await results.press("Share")
    shared = await grace.wait_for_message("Ada shared a song")
    assert "Link Spotify" in enabled_button_labels(await grace.press(shared, "Add to playlist"))


async def test_undo_takes_back_what_a_button_added_and_nothing_else(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    default = _playlist_named(spotify, "Harbour Evenings")
    await _set_default_playlist(harness, default)
    _, uri = await _press_add(linked_user)
    default.insert([PlaylistItem(uri)], 0)  # in the app, meanwhile
    before = [entry.uri for entry in default.items[:-1]]
    assert "Removed 1 song from **Harbour Evenings**" in (await linked_user.run("/undo")).text
    assert [entry.uri for entry in default.items] == before
