"""Adding to a playlist: the default one at once, or one that is chosen."""

from __future__ import annotations

import pytest

from bot.store import SavedDefault
from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import walk_components
from sandbox.spotify import Playlist, Spotify
from tests.list_components import enabled_button_labels, option_ids, options, selected_id


def _playlist_named(spotify: Spotify, name: str) -> Playlist:
    return next(one for one in spotify.playlists.values() if one.name == name)


async def _set_default_playlist(harness: Harness, playlist: Playlist) -> None:
    assert harness.bot is not None
    ada = int(harness.discord.state.users["ada"].id)
    favourite = SavedDefault(playlist.id, playlist.name)
    await harness.bot.services.store.preferences.set_playlist(ada, favourite)


async def _press_add(linked_user: UserClient) -> tuple[Reply, str]:
    """A question to which playlist a song is to be added, and the song's URI."""
    found = await linked_user.run("/search lantern")
    return await found.press("Add to playlist"), f"spotify:track:{selected_id(found)}"


async def test_without_default_asks_among_editable_playlists(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    asks, song = await _press_add(linked_user)
    assert asks.ephemeral
    names = [option["label"] for option in options(asks)]
    assert names == ["=SUM(1) @everyone **mix**", "Hard to Print", "Harbour Evenings", "Potluck"]
    await harness.restart()
    quay = _playlist_named(spotify, "Harbour Evenings")
    said = await asks.pick("Harbour Evenings")
    assert quay.items[-1].uri == song
    assert f"Added to [Harbour Evenings](https://open.spotify.com/playlist/{quay.id})" in said.text
    assert enabled_button_labels(said) == ["Add to another playlist"]


async def test_adds_to_collaborative_playlist(spotify: Spotify, linked_user: UserClient) -> None:
    asks, song = await _press_add(linked_user)
    await asks.pick("Potluck")
    assert _playlist_named(spotify, "Potluck").items[-1].uri == song


async def test_default_playlist_is_used_at_once_with_button_for_another(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    quay = _playlist_named(spotify, "Harbour Evenings")
    await _set_default_playlist(harness, quay)
    said, song = await _press_add(linked_user)
    assert quay.items[-1].uri == song
    assert "Added to [Harbour Evenings]" in said.text
    await harness.restart()
    asks = await said.press("Add to another playlist")
    other = await asks.pick("Hard to Print")
    assert _playlist_named(spotify, "Hard to Print").items[-1].uri == song
    assert "Added to [Hard to Print]" in other.text
    assert len(spotify.calls_to("POST", f"playlists/{quay.id}/items")) == 1


async def test_read_only_default_asks_for_another_playlist(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await _set_default_playlist(harness, _playlist_named(spotify, "Grace's Mornings"))
    asks, song = await _press_add(linked_user)
    assert "**Grace's Mornings** cannot be added to any more." in asks.text
    await asks.pick("Harbour Evenings")
    assert _playlist_named(spotify, "Harbour Evenings").items[-1].uri == song


async def test_missing_album_error_does_not_mention_playlist(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await _set_default_playlist(harness, _playlist_named(spotify, "Harbour Evenings"))
    found = await linked_user.run("/search query:lantern type:albums")
    spotify.faults.add(Fault("GET .*/albums/.*/tracks", status=404, body="{}", times=None))
    refused = await found.press("Add to playlist")
    assert "Spotify has nothing there for apps" in refused.text
    assert not options(refused)


async def test_duplicate_playlist_is_listed_once(spotify: Spotify, linked_user: UserClient) -> None:
    quay = _playlist_named(spotify, "Harbour Evenings")
    spotify.accounts["ada"].playlists.append(quay)
    asks, song = await _press_add(linked_user)
    assert [option["label"] for option in options(asks)].count("Harbour Evenings") == 1
    await asks.pick("Harbour Evenings")
    assert quay.items[-1].uri == song


async def test_a_whole_album_is_added_in_order(spotify: Spotify, linked_user: UserClient) -> None:
    found = await linked_user.run("/search query:lantern type:albums")
    record = spotify.catalogue.albums[selected_id(found)]
    asks = await found.press("Add to playlist")
    said = await asks.pick("Harbour Evenings")
    quay = _playlist_named(spotify, "Harbour Evenings")
    assert [one.uri for one in quay.items[-len(record.tracks) :]] == [
        track.uri for track in record.tracks
    ]
    assert f"{len(record.tracks)} songs, added to [Harbour Evenings]" in said.text
    assert len(spotify.calls_to("POST", f"playlists/{quay.id}/items")) == 1


async def test_large_album_adds_first_fifty_tracks_and_says_so(
    spotify: Spotify, linked_user: UserClient
) -> None:
    record = next(iter(spotify.catalogue.albums.values()))
    was = list(record.tracks)
    record.tracks.extend(spotify.catalogue.regular_tracks[100:160])
    try:
        found = await linked_user.run(f"/search query:{record.name} type:albums")
        said = await (await found.press("Add to playlist")).pick("Harbour Evenings")
        assert f"The first 50 songs of {len(was) + 60}, added to" in said.text
    finally:
        record.tracks[:] = was


async def test_an_episode_is_added(spotify: Spotify, linked_user: UserClient) -> None:
    found = await linked_user.run("/search query:kettles type:episodes")
    asks = await found.press("Add to playlist")
    await asks.pick("Harbour Evenings")
    added = _playlist_named(spotify, "Harbour Evenings").items[-1].uri
    assert added == f"spotify:episode:{option_ids(found)[0]}"


async def test_duplicate_track_is_added_again_and_reported(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    quay = _playlist_named(spotify, "Harbour Evenings")
    await _set_default_playlist(harness, quay)
    _, song = await _press_add(linked_user)
    harness.clock.advance(2)
    said, _ = await _press_add(linked_user)
    assert [one.uri for one in quay.items].count(song) >= 2
    assert "Spotify adds it even where it is there already." in said.text


async def test_playlist_names_are_escaped(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    asks, _ = await _press_add(linked_user)
    said = await asks.pick("=SUM(1) @everyone **mix**")
    for part in walk_components(said.message):
        assert "@everyone" not in part.get("content", "")
        assert "**mix**" not in part.get("content", "")
    assert not said.message["mention_everyone"]


async def test_select_is_limited_to_25_playlists_and_says_so(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for number in range(30):
        spotify.state.add_playlist(f"Shelf {number}", "ada")
    asks, song = await _press_add(linked_user)
    assert len(options(asks)) == 25
    assert options(asks)[0]["label"] == "Shelf 29"
    assert "These are the first of yours." in asks.text
    await asks.pick("Shelf 29")
    assert [one.uri for one in _playlist_named(spotify, "Shelf 29").items] == [song]


async def test_without_playlists_says_to_create_one(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].playlists.clear()
    said, _ = await _press_add(linked_user)
    assert said.text == "You have no playlist to add to. Make one in Spotify, then try again."


@pytest.mark.parametrize("default", [True, False], ids=["the default", "one that was chosen"])
async def test_add_with_unknown_outcome_is_not_retried(
    harness: Harness, spotify: Spotify, linked_user: UserClient, default: bool
) -> None:
    quay = _playlist_named(spotify, "Harbour Evenings")
    if default:
        await _set_default_playlist(harness, quay)
    call = f"playlists/{quay.id}/items"
    spotify.faults.add(Fault(f"POST .*/{call}$", status=502, body="bad", runs_first=True))
    before = len(quay.items)
    said, song = await _press_add(linked_user)
    if not default:
        said = await said.pick("Harbour Evenings")
    assert "Spotify did not say whether that was added." in said.text
    assert said.ephemeral
    assert [one.uri for one in quay.items[before:]] == [song]
    assert len(spotify.calls_to("POST", call)) <= 1


async def test_each_error_has_its_message(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    found = await linked_user.run("/search lantern")
    asks = await found.press("Add to playlist")
    spotify.add_quota("POST .*/playlists/", calls=0, retry_after=48_925)
    refused = await asks.pick("Harbour Evenings")
    assert "in 14 hours" in refused.text
    assert "Add it to which playlist?" in asks.text
    grace = harness.discord.user_client("grace", "music")
    await found.press("Share")
    seen = await grace.wait_for_message("Ada shared a song")
    assert "Link Spotify" in enabled_button_labels(await grace.press(seen, "Add to playlist"))
