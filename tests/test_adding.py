"""Adding to a playlist: the default one at once, or one that is chosen."""

from __future__ import annotations

import pytest

from bot.store import Favourite
from sandbox.discord import Reply, Seat
from sandbox.faults import Fault
from sandbox.readable import walk
from sandbox.spotify import Playlist, Spotify
from sandbox.stage import Stage
from tests.entries import buttons, chosen, ids, options


def _named(spotify: Spotify, name: str) -> Playlist:
    return next(one for one in spotify.playlists.values() if one.name == name)


async def _default(stage: Stage, playlist: Playlist) -> None:
    assert stage.bot is not None
    ada = int(stage.discord.world.users["ada"].id)
    favourite = Favourite(playlist.id, playlist.name)
    await stage.bot.store.preferences.choose_playlist(ada, favourite)


async def _asked(linked: Seat) -> tuple[Reply, str]:
    """A question to which playlist a song is to be added, and the song's URI."""
    found = await linked.run("/search lantern")
    return await found.press("Add to playlist"), f"spotify:track:{chosen(found)}"


async def test_without_a_default_one_chooses_among_those_one_can_add_to(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    asks, song = await _asked(linked)
    assert asks.ephemeral
    names = [option["label"] for option in options(asks)]
    assert names == ["=SUM(1) @everyone **mix**", "Hard to Print", "Harbour Evenings", "Potluck"]
    await stage.restart()
    quay = _named(spotify, "Harbour Evenings")
    said = await asks.pick("Harbour Evenings")
    assert quay.items[-1].uri == song
    assert f"Added to [Harbour Evenings](https://open.spotify.com/playlist/{quay.id})" in said.text
    assert buttons(said) == ["Add to another playlist"]


async def test_a_shared_playlist_takes_it_too(spotify: Spotify, linked: Seat) -> None:
    asks, song = await _asked(linked)
    await asks.pick("Potluck")
    assert _named(spotify, "Potluck").items[-1].uri == song


async def test_the_default_takes_it_at_once_and_another_is_one_press_away(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    quay = _named(spotify, "Harbour Evenings")
    await _default(stage, quay)
    said, song = await _asked(linked)
    assert quay.items[-1].uri == song
    assert "Added to [Harbour Evenings]" in said.text
    await stage.restart()
    asks = await said.press("Add to another playlist")
    other = await asks.pick("Hard to Print")
    assert _named(spotify, "Hard to Print").items[-1].uri == song
    assert "Added to [Hard to Print]" in other.text
    assert len(spotify.calls_of("POST", f"playlists/{quay.id}/items")) == 1


async def test_a_default_that_takes_nothing_any_more_asks_for_another(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await _default(stage, _named(spotify, "Grace's Mornings"))
    asks, song = await _asked(linked)
    assert "**Grace's Mornings** cannot be added to any more." in asks.text
    await asks.pick("Harbour Evenings")
    assert _named(spotify, "Harbour Evenings").items[-1].uri == song


async def test_an_album_that_is_gone_is_not_blamed_on_the_playlist(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await _default(stage, _named(spotify, "Harbour Evenings"))
    found = await linked.run("/search query:lantern type:albums")
    spotify.faults.add(Fault("GET .*/albums/.*/tracks", status=404, body="{}", times=None))
    refused = await found.press("Add to playlist")
    assert "Spotify has nothing there for apps" in refused.text
    assert not options(refused)


async def test_a_playlist_that_is_listed_twice_is_one_choice(
    spotify: Spotify, linked: Seat
) -> None:
    quay = _named(spotify, "Harbour Evenings")
    spotify.accounts["ada"].playlists.append(quay)
    asks, song = await _asked(linked)
    assert [option["label"] for option in options(asks)].count("Harbour Evenings") == 1
    await asks.pick("Harbour Evenings")
    assert quay.items[-1].uri == song


async def test_a_whole_album_is_added_in_order(spotify: Spotify, linked: Seat) -> None:
    found = await linked.run("/search query:lantern type:albums")
    record = spotify.catalogue.albums[chosen(found)]
    asks = await found.press("Add to playlist")
    said = await asks.pick("Harbour Evenings")
    quay = _named(spotify, "Harbour Evenings")
    assert [one.uri for one in quay.items[-len(record.tracks) :]] == [
        track.uri for track in record.tracks
    ]
    assert f"{len(record.tracks)} songs, added to [Harbour Evenings]" in said.text
    assert len(spotify.calls_of("POST", f"playlists/{quay.id}/items")) == 1


async def test_of_a_large_album_the_first_fifty_are_added_and_that_is_said(
    spotify: Spotify, linked: Seat
) -> None:
    record = next(iter(spotify.catalogue.albums.values()))
    was = list(record.tracks)
    record.tracks.extend(spotify.catalogue.stock[100:160])
    try:
        found = await linked.run(f"/search query:{record.name} type:albums")
        said = await (await found.press("Add to playlist")).pick("Harbour Evenings")
        assert f"The first 50 songs of {len(was) + 60}, added to" in said.text
    finally:
        record.tracks[:] = was


async def test_an_episode_is_added(spotify: Spotify, linked: Seat) -> None:
    found = await linked.run("/search query:kettles type:episodes")
    asks = await found.press("Add to playlist")
    await asks.pick("Harbour Evenings")
    added = _named(spotify, "Harbour Evenings").items[-1].uri
    assert added == f"spotify:episode:{ids(found)[0]}"


async def test_what_is_there_already_comes_twice_and_that_is_said(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    quay = _named(spotify, "Harbour Evenings")
    await _default(stage, quay)
    _, song = await _asked(linked)
    stage.clock.advance(2)
    said, _ = await _asked(linked)
    assert [one.uri for one in quay.items].count(song) >= 2
    assert "Spotify adds it even where it is there already." in said.text


async def test_names_of_playlists_stay_names(stage: Stage, spotify: Spotify, linked: Seat) -> None:
    asks, _ = await _asked(linked)
    said = await asks.pick("=SUM(1) @everyone **mix**")
    for part in walk(said.message):
        assert "@everyone" not in part.get("content", "")
        assert "**mix**" not in part.get("content", "")
    assert not said.message["mention_everyone"]


async def test_of_many_playlists_25_fit_and_that_is_said(spotify: Spotify, linked: Seat) -> None:
    for number in range(30):
        spotify.world.add_playlist(f"Shelf {number}", "ada")
    asks, song = await _asked(linked)
    assert len(options(asks)) == 25
    assert options(asks)[0]["label"] == "Shelf 29"
    assert "These are the first of yours." in asks.text
    await asks.pick("Shelf 29")
    assert [one.uri for one in _named(spotify, "Shelf 29").items] == [song]


async def test_without_a_playlist_one_is_told_to_make_one(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].playlists.clear()
    said, _ = await _asked(linked)
    assert said.text == "You have no playlist to add to. Make one in Spotify, then try again."


@pytest.mark.parametrize("default", [True, False], ids=["the default", "one that was chosen"])
async def test_what_may_have_been_added_is_not_added_again(
    stage: Stage, spotify: Spotify, linked: Seat, default: bool
) -> None:
    quay = _named(spotify, "Harbour Evenings")
    if default:
        await _default(stage, quay)
    call = f"playlists/{quay.id}/items"
    spotify.faults.add(Fault(f"POST .*/{call}$", status=502, body="bad", executed=True))
    before = len(quay.items)
    said, song = await _asked(linked)
    if not default:
        said = await said.pick("Harbour Evenings")
    assert "Spotify did not say whether that was added." in said.text
    assert said.ephemeral
    assert [one.uri for one in quay.items[before:]] == [song]
    assert len(spotify.calls_of("POST", call)) <= 1


async def test_each_refusal_has_its_words(stage: Stage, spotify: Spotify, linked: Seat) -> None:
    found = await linked.run("/search lantern")
    asks = await found.press("Add to playlist")
    spotify.quota("POST .*/playlists/", calls=0, retry_after=48_925)
    refused = await asks.pick("Harbour Evenings")
    assert "in 14 hours" in refused.text
    assert "Add it to which playlist?" in asks.text
    grace = stage.discord.seat("grace", "music")
    await found.press("Share")
    seen = await grace.until("Ada shared a song")
    assert "Link Spotify" in buttons(await grace.press(seen, "Add to playlist"))
