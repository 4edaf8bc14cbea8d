"""/playlist pin: up to five pins of anything with a link, in suggestions and on the panel."""

from __future__ import annotations

import sqlite3

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.message_text import controls
from sandbox.spotify import Spotify
from tests.autocomplete_choices import choice_names, choice_values
from tests.list_components import options
from tests.panel_message import open_panel


def _links(spotify: Spotify) -> list[str]:
    """A link of each kind that is a context or can be played."""
    catalogue = spotify.catalogue
    items = [
        next(iter(kind.values()))
        for kind in (catalogue.albums, catalogue.artists, catalogue.shows, catalogue.episodes)
    ]
    return [item.uri for item in items] + [catalogue.regular_tracks[0].uri]


def _pin_menus(message: object) -> list[str]:
    return [each.choice for each in controls(message).values() if each.choice]  # type: ignore[arg-type]


async def test_pins_of_any_kind_survive_restart_come_first_and_play(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert "No pins yet." in (await linked_user.run("/playlist pin")).text
    links = _links(spotify)
    for link in links:
        assert "Pinned **" in (await linked_user.run(f"/playlist pin what:{link}")).text
    refused = await linked_user.run("/playlist pin what:Harbour Evenings")
    assert "You already have five pins." in refused.text
    again = await linked_user.run(f"/playlist pin what:{links[0]} name:My **album**")
    assert "Pinned **My \\*\\*album\\*\\***" in again.text
    await harness.restart()
    choices = await linked_user.autocomplete("/play what:")
    assert choice_values(choices) == links
    assert choice_names(choices)[0] == "Pinned · My **album**"
    await linked_user.run(f"/play what:{links[0]}")
    assert spotify.accounts["ada"].player.context == links[0]
    card = await linked_user.run("/playlist pin")
    await card.pick("My **album**", select=1)
    assert "My" not in (await linked_user.run("/playlist pin")).text
    assert "Pinned **" in (await linked_user.run("/playlist pin what:Harbour Evenings")).text


async def test_playlist_that_apps_cannot_read_is_pinned_by_name_and_plays(
    spotify: Spotify, linked_user: UserClient
) -> None:
    mix = next(p for p in spotify.playlists.values() if p.owner == "spotify")
    unnamed = await linked_user.run(f"/playlist pin what:{mix.uri}")
    assert "give it your own name" in unnamed.text
    card = await linked_user.run(f"/playlist pin what:{mix.uri} name:Daily Mix")
    assert f"[Daily Mix](https://open.spotify.com/playlist/{mix.id})" in card.text
    played = await card.pick("Daily Mix")
    assert spotify.accounts["ada"].player.context == mix.uri
    assert "Playing" in played.text
    spotify.accounts["ada"].player.pause()
    await linked_user.run(f"/play what:https://open.spotify.com/playlist/{mix.id}")
    assert spotify.accounts["ada"].player.is_playing
    gone = await linked_user.run("/play what:spotify:playlist:" + "0" * 22)
    assert "Spotify can’t" in gone.text


async def test_private_panel_plays_pins_and_shared_panel_hides_them(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    album = list(spotify.catalogue.albums.values())[3]
    await linked_user.run(f"/playlist pin what:{album.uri}")
    panel = await open_panel(harness, linked_user)
    await linked_user.pick(panel.message, album.name)
    assert panel.player.context == album.uri
    assert album.tracks[0].name in panel.text
    shared = await open_panel(harness, linked_user, "share:true")
    assert not _pin_menus(shared.message)
    panel.player.device = None
    empty = await linked_user.run("/now")
    assert _pin_menus(empty.message) == [album.uri]


async def test_deleted_playlist_is_pinned_again_by_undo_if_there_is_room(
    spotify: Spotify, linked_user: UserClient
) -> None:
    links = _links(spotify)
    for others in (links[:1], links):
        await linked_user.run("/playlist pin what:Hard to Print")
        question = await linked_user.run("/playlist delete name:Hard to Print")
        await question.press("Delete playlist")
        assert "Hard to Print" not in (await linked_user.run("/playlist pin")).text
        for link in others:
            await linked_user.run(f"/playlist pin what:{link}")
        undone = (await linked_user.run("/undo")).text
        assert "is back in your library" in undone
        is_full = "It’s no longer pinned" in undone
        assert is_full == (others == links)
        assert ("Hard to Print" in (await linked_user.run("/playlist pin")).text) != is_full


async def test_default_and_pins_come_first_where_a_playlist_is_chosen(
    spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run("/playlist pin what:Hard to Print")
    await linked_user.run("/playlist default name:Potluck")
    choices = choice_names(await linked_user.autocomplete("/playlist show name:"))
    assert [name.partition(" · ")[0] for name in choices[:2]] == ["Potluck", "Hard to Print"]
    message = linked_user.send(spotify.catalogue.regular_tracks[0].uri)
    question = await linked_user.use_context_menu("Add to playlist", message=message)
    assert [option["label"] for option in options(question)][:2] == ["Potluck", "Hard to Print"]


async def test_unlink_erases_pins(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run(f"/playlist pin what:{_links(spotify)[0]}")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    db = sqlite3.connect(harness.settings.database)
    assert db.execute("SELECT count(*) FROM pin").fetchone() == (0,)
    db.close()
    assert await linked_user.autocomplete("/play what:") == []
