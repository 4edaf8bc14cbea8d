"""What /import adds is chosen: playlists, and songs that are in doubt."""

from __future__ import annotations

import json

from sandbox.discord import Reply, UserClient
from sandbox.discord.visible_text import find_buttons
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.imported_library import (
    Library,
    library_of,
    newest_playlist,
    overview_of,
    wipe,
)


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
    reply = await overview_of(linked_user, file)
    assert "not found on Spotify: Nobody – No Song Is Called So" in reply.text
    await reply.press("Decide on 1 song")
    await reply.wait_for("to decide on")
    await reply.pick(asked.uri)
    await reply.wait_for("Found**: 2 songs")
    await reply.press("Import everything")
    await reply.wait_for("Imported 2 songs in 1 new playlist")
    assert newest_playlist(spotify).name == "Found"
    assert [item.uri for item in newest_playlist(spotify).items] == [song.uri for song in songs[:2]]


async def test_doubtful_songs_are_decided_on_at_once_and_the_result_names_them(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    songs = spotify.catalogue.regular_tracks[10:13]
    items = [{"track": {"trackName": song.name}} for song in songs]
    linked = {"track": {"trackUri": songs[0].uri}}
    for how, then in (("Likeliest", "Likeliest match for 3 songs, 3 fair matches"), ("Skip", "")):
        file = json.dumps({"playlists": [{"name": how, "items": [linked, *items]}]}).encode()
        reply = await overview_of(linked_user, file)
        await reply.press("Decide on 3 songs")
        await reply.wait_for("The likeliest of each: 3 fair matches.")
        await reply.press(f"{how} for all 3" if then else f"{how} all 3")
        await reply.wait_for(then or "3 songs left out, as you chose")
        await reply.press("Ask me about those 3")
        await reply.wait_for("3 songs to decide on")
        harness.clock.advance(1)  # it is no double press
        await reply.press(f"{how} for all 3" if then else f"{how} all 3")
        await reply.press("Import everything")
        await reply.wait_for("Use /undo within a day")
        added = [item.uri for item in newest_playlist(spotify).items]
        assert added == [songs[0].uri, *([song.uri for song in songs] if then else [])]
        assert "matches.txt has what I took" in reply.text
        rows = reply.files["matches.txt"].decode().splitlines()
        what = "fair match, the likeliest" if then else "left out"
        assert [what in row for row in rows] == [True] * 3, rows


async def test_a_playlist_of_undecided_songs_is_not_offered(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """Nothing could be added but an empty playlist. A cancelled import leaves no file behind."""
    songs = spotify.catalogue.regular_tracks[10:12]
    items = [{"track": {"trackName": song.name}} for song in songs]
    lost = {"track": {"trackName": "No Song Is Called So", "artistName": "Nobody"}}
    entries = [*items, lost]
    file = json.dumps({"playlists": [{"name": "Open", "items": entries}]}).encode()
    reply = await overview_of(linked_user, file)
    assert "Decide on those first" in reply.text
    assert _labels(reply) == {"Cancel", "Decide on 2 songs"}
    await reply.press("Decide on 2 songs")
    await reply.press("Skip all 2")
    await reply.wait_for("2 songs left out, as you chose")
    assert _labels(reply) == {"Cancel", "Ask me about those 2"}
    assert reply.files.keys() == {"left-out.txt"}
    await reply.press("Cancel")
    await reply.wait_for("Cancelled")
    assert not reply.files


async def test_what_is_left_out_is_not_called_already_there(linked_user: UserClient) -> None:
    songs = [{"track": "No Song Is Called So", "artist": "Nobody"}]
    file = json.dumps({"tracks": songs}).encode()
    reply = await overview_of(linked_user, file)
    assert "There’s nothing in it that I could import." in reply.text


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
        reply = await overview_of(linked_user, file)
        for button in buttons:
            await reply.press(button)
            if pick and button == "Choose playlists":
                await reply.pick(*pick)
                await reply.wait_for(f"{len(pick)} playlists chosen")
        await reply.wait_for("Imported")
        harness.clock.advance(1)
        return library_of(ada)

    reply = await overview_of(linked_user, file)
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
        reply = await overview_of(linked_user, file)
        if button:
            await reply.press(button)
            await reply.wait_for("a second one")
        await reply.press("Import everything")
        await reply.wait_for("Imported")
        assert [uris for _, _, uris in library_of(ada).playlists] == expected


def _labels(reply: Reply) -> set[str]:
    return {button["label"] for button in find_buttons(reply.message)}
