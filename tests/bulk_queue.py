"""Much to be queued: an album, a long playlist, and the answer to the question whether to."""

from __future__ import annotations

from sandbox.discord import Reply
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Album
from tests.command_assertions import playable_uris, spotify_url


def playable_album(spotify: Spotify) -> Album:
    """One that Ada does not play now, all of which can be heard."""
    albums = list(spotify.catalogue.albums.values())[1:]
    return next(
        one for one in albums if all(t.playable for t in one.tracks) and len(one.tracks) > 4
    )


def create_playlist(spotify: Spotify, name: str, track_count: int) -> str:
    """A playlist of Ada's with so many songs; a link to it."""
    uris = playable_uris(spotify, 999)
    made = spotify.state.add_playlist(
        name, "ada", *(uris * (1 + track_count // len(uris)))[:track_count]
    )
    return spotify_url(made.uri)


async def confirm_queue(reply: Reply) -> Reply:
    """The last word after the question was answered; before it, there is progress."""
    pressed = await reply.press("Queue them")
    under_way = ("Queueing", "It has stopped")
    return await pressed.wait_for(
        lambda it: len(it.messages) > 1 or not any(words in it.text for words in under_way)
    )
