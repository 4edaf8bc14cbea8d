"""/playlist list, show, create and the commands that change a playlist."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Playlist, Spotify
from tests.autocomplete_choices import choice_names, choice_values
from tests.database_edits import edit_database
from tests.list_components import enabled_button_labels


def _newest(spotify: Spotify) -> Playlist:
    playlist = spotify.accounts["ada"].playlists[0]
    assert playlist is not None
    return playlist


def _named(spotify: Spotify, name: str) -> Playlist:
    return next(playlist for playlist in spotify.playlists.values() if playlist.name == name)


async def _undo(user: UserClient) -> str:
    """Undo the user's last change; what the reply says."""
    return (await user.run("/undo")).text


async def test_list_says_whose_each_playlist_is(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run("/playlist list")
    assert "Ada’s playlists" in reply.text
    assert "[Potluck]" in reply.text
    assert "20 songs · shared by Grace" in reply.text
    assert "15 songs · by Grace" in reply.text
    assert "Apps can’t see the songs in other people’s playlists" in reply.text
    assert "Save" not in enabled_button_labels(reply), "all of them are saved"
    assert "And 1 more that I couldn’t read" in reply.text
    assert not spotify.calls_to("GET", "me/library/contains")
    opened = await reply.press("Show songs")
    labels = enabled_button_labels(opened)
    assert "Back" in labels
    assert "Save playlist" not in labels


async def test_show_finds_playlists_by_name_link_and_choice(
    spotify: Spotify, linked_user: UserClient
) -> None:
    evenings = _named(spotify, "Harbour Evenings")
    for typed in ("harbour EVENINGS", f"https://open.spotify.com/playlist/{evenings.id}"):
        assert "1–10 of 44" in (await linked_user.run(f"/playlist show name:{typed}")).text
    followed = await linked_user.run("/playlist show name:Grace's Mornings")
    assert "Play" in enabled_button_labels(followed)
    assert "Apps can’t see the songs in other people’s playlists" in followed.text
    mornings = _named(spotify, "Grace's Mornings")
    assert not spotify.calls_to("GET", f"playlists/{mornings.id}/items")


async def test_no_way_to_a_playlist_that_apps_cannot_read_ends_in_a_refusal(
    spotify: Spotify, linked_user: UserClient
) -> None:
    mornings = _named(spotify, "Grace's Mornings")
    listed = await linked_user.run("/playlist list")
    picked = await listed.pick("Grace's Mornings")
    found = await linked_user.run("/search query:mornings type:playlists")
    linked = await linked_user.run(f"/search query:{mornings.uri}")
    shared = await (await linked.press("Share")).user_client.wait_for_message("shared a playlist")
    for reply in (picked, linked):
        assert "Show songs" not in enabled_button_labels(reply)
        assert "Play" in enabled_button_labels(reply)
    for opened in (await found.press("Show songs"), await linked_user.press(shared, "Show songs")):
        assert "Apps can’t see the songs in other people’s playlists" in opened.text
        assert "Mornings" in opened.text
        assert {"Play", "Queue"} <= {*enabled_button_labels(opened)}
    assert "Playlists for" in (await found.press("Back")).text


async def test_playlists_of_one_name_are_told_apart(
    spotify: Spotify, linked_user: UserClient
) -> None:
    songs = [track.uri for track in spotify.catalogue.regular_tracks[:2]]
    twins = [spotify.state.add_playlist("Twin", "ada", *songs[:count]) for count in (1, 2)]
    foreign = spotify.state.add_playlist("Twin", "grace", *songs)
    spotify.accounts["ada"].playlists.append(foreign)
    choices = await linked_user.autocomplete("/playlist delete name:twin")
    assert choice_names(choices) == ["Twin · 2 songs", "Twin · 1 song", "Twin · 2 songs · by Grace"]
    for command in ("show name:twin", "delete name:Twin", "rename name:TWIN to:Other"):
        reply = await linked_user.run(f"/playlist {command}")
        assert "3 of your playlists have that name." in reply.text
        assert "- Twin · 2 songs · by Grace" in reply.text
    value = choice_values(choices)[1]
    await linked_user.run(f"/playlist rename name:{value} to:Other")
    assert [twin.name for twin in twins] == ["Other", "Twin"]
    for number in range(60):
        spotify.state.add_playlist(f"Shelf {number}", "ada", *songs)
    assert "Shelf 3" in (await linked_user.run("/playlist show name:shelf 3")).text
    for accents in ("\u0301", "\u0302"):
        spotify.state.add_playlist(accents, "ada", *songs)
    assert "2 songs?" in (await linked_user.run("/playlist delete name:\u0301")).text
    missing = await linked_user.run("/playlist show name:Nothing like it")
    assert "None of your playlists has that name. I couldn’t read 1 of them." in missing.text


async def test_create_is_private_and_on_one_line(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run(
        "/playlist create name:Night\n**drive** description:slow\n\nand <b>low</b>"
    )
    playlist = _newest(spotify)
    assert playlist.name == "Night **drive**"
    assert playlist.description == "slow and <b>low</b>"
    assert not playlist.public
    assert "Created, private" in reply.text
    assert "**drive**" not in reply.text


@pytest.mark.parametrize("line", ["create name:{}", "rename name:Potluck to:{}"])
async def test_names_that_spotify_refuses_are_refused_before_any_write(
    spotify: Spotify, linked_user: UserClient, line: str
) -> None:
    for name, sentence in (
        ("🌊" * 300, "That name is too long. Use at most 100 characters."),
        ("\u200b", "A playlist needs a name."),
    ):
        reply = await linked_user.run(f"/playlist {line.format(name)}")
        assert sentence in reply.text
    long = await linked_user.run(f"/playlist describe name:Hard to Print text:{'x' * 301}")
    assert "at most 300 characters" in long.text
    assert not [call for call in spotify.calls if call.method != "GET"]


async def test_lost_answer_to_create_is_looked_up_and_not_repeated(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for runs_first, sentence in (
        (True, "there is an empty playlist called **Tides** in your list"),
        (False, "I don’t see it among your playlists"),
    ):
        spotify.accounts["ada"].playlists[:] = []
        fault = Fault("POST .*/me/playlists$", status=502, body="bad", runs_first=runs_first)
        spotify.faults.add(fault)
        spotify.calls.clear()
        reply = await linked_user.run("/playlist create name:Tides")
        assert sentence in reply.text
        assert len(spotify.calls_to("POST", "me/playlists")) == 1


async def test_details_change_and_can_be_undone(spotify: Spotify, linked_user: UserClient) -> None:
    playlist = _named(spotify, "Harbour Evenings")
    playlist.description = "For <the> quay & its cats"
    before = (playlist.name, playlist.description, playlist.public)
    for line, after, shown in (
        ("rename name:Harbour Evenings to:Tides", ("Tides", *before[1:]), "Renamed from"),
        ("describe name:Harbour Evenings text:New", (before[0], "New", True), "New description"),
        ("visibility name:Harbour Evenings to:private", (*before[:2], False), "Private"),
    ):
        assert shown in (await linked_user.run(f"/playlist {line}")).text
        assert (playlist.name, playlist.description, playlist.public) == after
        assert "**Harbour Evenings** is as it was." in await _undo(linked_user)
        assert (playlist.name, playlist.description, playlist.public) == before


async def test_a_change_that_changes_nothing_leaves_undo_alone(
    spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = _named(spotify, "Harbour Evenings")
    before = playlist.description
    await linked_user.run("/playlist pin what:Harbour Evenings name:My own")
    await linked_user.run("/playlist describe name:Harbour Evenings text:New")
    spotify.calls.clear()
    for line, shown in (
        ("rename name:Harbour Evenings to:Harbour Evenings", "It has that name already"),
        ("describe name:Harbour Evenings text:New", "It has that description already"),
        ("visibility name:Harbour Evenings to:public", "Already public"),
    ):
        assert shown in (await linked_user.run(f"/playlist {line}")).text
    assert not [call for call in spotify.calls if call.method != "GET"]
    assert "is as it was" in await _undo(linked_user)
    assert playlist.description == before
    await linked_user.run("/playlist rename name:Harbour Evenings to:Tides")
    assert "[My own]" in (await linked_user.run("/playlist pin")).text
    question = await linked_user.run("/playlist delete name:Tides")
    spotify.accounts["ada"].playlists.remove(playlist)
    gone = await question.press("Delete playlist")
    assert "**Tides** isn’t in your library, so there was nothing to delete." in gone.text
    assert "is as it was" in await _undo(linked_user), "the change before that"
    assert playlist not in spotify.accounts["ada"].playlists


async def test_undo_leaves_alone_what_was_changed_meanwhile(
    spotify: Spotify, linked_user: UserClient
) -> None:
    playlist = _named(spotify, "Harbour Evenings")
    await linked_user.run("/playlist rename name:Harbour Evenings to:Tides")
    playlist.name = "In the app"
    assert "was changed since then" in await _undo(linked_user)
    assert playlist.name == "In the app"
    await linked_user.run("/playlist create name:Fresh")
    fresh = _newest(spotify)
    fresh.insert(list(playlist.items[:1]))
    assert "was changed since then" in await _undo(linked_user)
    assert fresh in spotify.accounts["ada"].playlists
    fresh.items.clear()
    assert "Deleted **Fresh**." in await _undo(linked_user)
    assert fresh not in spotify.accounts["ada"].playlists


async def test_only_the_owner_changes_details(spotify: Spotify, linked_user: UserClient) -> None:
    for name, sentence in (
        ("Potluck", "That’s Grace’s playlist. You can add songs, but only they can do that."),
        ("Grace's Mornings", "That’s Grace’s playlist. Try one of yours."),
    ):
        reply = await linked_user.run(f"/playlist rename name:{name} to:Mine")
        assert sentence in reply.text
    own = spotify.state.add_playlist("Shared", "ada", public=False, collaborators={"grace"})
    reply = await linked_user.run("/playlist visibility name:Shared to:public")
    assert "can’t be public" in reply.text
    assert not own.public
    assert not [call for call in spotify.calls if call.method != "GET"]


async def test_delete_asks_and_comes_back(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    library = spotify.accounts["ada"].playlists
    playlist = _named(spotify, "Hard to Print")
    await linked_user.run("/playlist default name:Hard to Print")
    question = await linked_user.run("/playlist delete name:Hard to Print")
    assert question.ephemeral
    assert "Nothing was deleted." in (await question.press("Keep it")).text
    question = await linked_user.run("/playlist delete name:Hard to Print")
    assert playlist in library
    await harness.restart()
    reply = await question.press("Delete playlist")
    assert "**Hard to Print** is gone from your library." in reply.text
    assert playlist not in library
    assert "no default playlist" in (await linked_user.run("/playlist default")).text
    assert "is back in your library" in await _undo(linked_user)
    assert playlist in library
    assert "**Hard to Print** is your default" in (await linked_user.run("/playlist default")).text
    followed = await linked_user.run("/playlist delete name:Grace's Mornings")
    await followed.press("Unfollow")
    assert _named(spotify, "Grace's Mornings") not in library
    shared = await linked_user.run("/playlist delete name:Potluck")
    potluck = _named(spotify, "Potluck")
    potluck.collaborators.clear()  # nobody else sees it any more
    assert "is gone from your library" in (await shared.press("Unfollow")).text
    assert potluck not in library


async def test_default_comes_first_and_must_be_writable(linked_user: UserClient) -> None:
    reply = await linked_user.run("/playlist default name:Grace's Mornings")
    assert "That’s Grace’s playlist." in reply.text
    reply = await linked_user.run("/playlist default name:Potluck")
    assert "**Potluck** is now your default" in reply.text
    choices = choice_names(await linked_user.autocomplete("/playlist default name:"))
    assert choices[0] == "Potluck · 20 songs · shared by Grace"
    assert not any("Mornings" in name for name in choices)
    own = choice_names(await linked_user.autocomplete("/playlist rename name:"))
    assert not any("Grace" in name for name in own)


async def test_login_without_playlists_is_not_called_a_library_without_playlists(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """Spotify shortens the list silently if the login lacks a scope."""
    sql = "UPDATE link SET scopes = replace(scopes, 'playlist-read-private', '')"
    await edit_database(harness, sql)
    for line in ("list", "show name:Hard to Print", "default name:Potluck"):
        reply = await linked_user.run(f"/playlist {line}")
        assert "Your Spotify login doesn’t allow this." in reply.text
        assert "Link Spotify" in enabled_button_labels(reply)
    assert not spotify.calls_to("GET", "me/playlists")
