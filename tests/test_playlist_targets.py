"""What is added to a playlist, from where it is suggested, and what is left out."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.autocomplete_choices import choice_values
from tests.command_assertions import spotify_url
from tests.list_components import options
from tests.playlist_steps import add_playlist, entry_uris, song_uris


async def test_links_that_are_not_added_are_counted(
    spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = add_playlist(spotify)
    songs = song_uris(spotify, 12)
    links = " ".join(map(spotify_url, songs))
    reply = await linked_user.run(f"/playlist add what:{links} to:Tides")
    assert "Added 10 songs" in reply.text
    assert "2 more links were left out (10 at a time)." in reply.text
    question = await linked_user.run(f"/playlist add what:{links} to:Tides")
    assert "2 more links were left out" in question.text
    message = linked_user.receive_from_bot(f"{links} spotify:collection")
    assert (
        "3 more links were left out"
        in (await linked_user.use_context_menu("Add to playlist", message=message)).text
    )
    unknown = spotify_url(f"spotify:track:{'0' * 22}")
    message = linked_user.receive_from_bot(f"{unknown} spotify:collection {spotify_url(songs[11])}")
    question = await linked_user.use_context_menu("Add to playlist", message=message)
    assert "Spotify can’t find 1 link of that message." in question.text
    assert "I can’t add your liked songs." in question.text
    await question.pick("Tides")
    assert entry_uris(playlist) == [*songs[:10], songs[11]]
    removing = await linked_user.run(f"/playlist remove what:{links} from:Tides")
    assert len(options(removing)) == 11


async def test_only_what_can_be_added_is_suggested_and_the_rest_explained(
    spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = add_playlist(spotify)
    others = next(each for each in spotify.playlists.values() if each.name == "Grace's Mornings")
    artist = next(iter(spotify.catalogue.artists.values()))
    for pin in (others.uri, artist.uri):
        await linked_user.run(f"/playlist pin what:{pin}")
    assert choice_values(await linked_user.autocomplete("/playlist add what:")) == []
    found = choice_values(await linked_user.autocomplete("/playlist add what:lantern"))
    assert {value.split(":")[1] for value in found} == {"track", "album"}
    hidden = "Apps can’t see the songs in other people’s playlists"
    for command in ("add to:Tides what", "create name:X from"):
        assert hidden in (await linked_user.run(f"/playlist {command}:{others.uri}")).text
    daily_mix = f"spotify:playlist:{'3' * 22}"
    reply = await linked_user.run(f"/playlist show name:{daily_mix}")
    assert "or be one that Spotify made. /play and /playlist pin still take its link." in reply.text
    assert entry_uris(playlist) == []


async def test_pins_come_first_in_the_question_which_playlist(
    spotify: Spotify, linked_user: UserClient
) -> None:
    pinned = add_playlist(spotify, name="Oldest")
    for number in range(30):
        add_playlist(spotify, name=f"Shelf {number}")
    await linked_user.run("/playlist pin what:Oldest")
    question = await linked_user.run("/playlist add what:lantern")
    assert options(question)[0]["value"] == pinned.id


async def test_a_part_of_its_name_finds_any_playlist(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    oldest = [add_playlist(spotify, name=f"Tides {number}") for number in (1, 2)]
    for number in range(70):
        add_playlist(spotify, name=f"Shelf {number}")
    (song,) = song_uris(spotify, 1)
    message = linked_user.receive_from_bot(spotify_url(song))
    question = await linked_user.use_context_menu("Add to playlist", message=message)
    assert oldest[0].id not in [option["value"] for option in options(question)]
    found = await (await question.press("Find a playlist")).submit(name="TIDES 1")
    assert [option["value"] for option in options(found)] == [oldest[0].id]
    missing = await (await found.press("Find a playlist")).submit(name="**none**")
    assert "None of your playlists has “\\*\\*none\\*\\*” in its name." in missing.text
    assert len(options(missing)) == 25
    await harness.restart()
    found = await (await missing.press("Find a playlist")).submit(name="tides")
    await found.pick("Tides 2")
    assert [entry_uris(each) for each in oldest] == [[], [song]]
