"""/playlist list, create and the commands that change a playlist's details."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.spotify import Playlist, Spotify
from tests.list_components import enabled_button_labels


def _newest(spotify: Spotify) -> Playlist:
    playlist = spotify.accounts["ada"].playlists[0]
    assert playlist is not None
    return playlist


async def test_list_says_whose_each_playlist_is(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run("/playlist list")
    assert "Ada’s playlists" in reply.text
    assert "[Potluck]" in reply.text
    assert "20 songs · shared by Grace" in reply.text
    assert "15 songs · by Grace" in reply.text
    assert "Apps can’t see the songs in playlists that you only follow." in reply.text
    assert "And 1 more that I couldn’t read" in reply.text
    assert not spotify.calls_to("GET", "me/library/contains")
    opened = await reply.press("Show songs")
    assert "Back" in enabled_button_labels(opened)


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
