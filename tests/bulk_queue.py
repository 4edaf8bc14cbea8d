"""Helpers for queueing albums and playlists: test data and the confirmation button."""

from __future__ import annotations

from sandbox.discord import Reply
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Album
from tests.command_assertions import playable_uris, spotify_url


def playable_album(spotify: Spotify) -> Album:
    """An album that is not playing, has more than four tracks, and all of them playable."""
    albums = list(spotify.catalogue.albums.values())[1:]
    return next(
        album
        for album in albums
        if all(track.playable for track in album.tracks) and len(album.tracks) > 4
    )


def create_playlist(spotify: Spotify, name: str, track_count: int) -> str:
    """Create a playlist of Ada with this many tracks; returns its URL."""
    uris = playable_uris(spotify, 999)
    playlist = spotify.state.add_playlist(
        name, "ada", *(uris * (1 + track_count // len(uris)))[:track_count]
    )
    return spotify_url(playlist.uri)


async def confirm_queue(reply: Reply) -> Reply:
    """Press "Queue them"; returns the final reply, after the progress messages."""
    pressed = await reply.press("Queue them")
    progress_texts = ("Queueing", "Stopping", "Stopped, see below")

    def is_final(update: Reply) -> bool:
        return len(update.messages) > 1 or not any(text in update.text for text in progress_texts)

    return await pressed.wait_for(is_final)
