"""Playlists of Ada's for tests, and what is in them."""

from __future__ import annotations

from sandbox.harness import Harness
from sandbox.spotify import Playlist, Spotify


def add_playlist(spotify: Spotify, *uris: str | None, name: str = "Tides") -> Playlist:
    """A private playlist of Ada's."""
    return spotify.state.add_playlist(name, "ada", *uris, public=False)


def entry_uris(playlist: Playlist) -> list[str | None]:
    return [entry.uri for entry in playlist.items]


def song_uris(spotify: Spotify, number: int) -> list[str]:
    """The URIs of that many songs."""
    return [track.uri for track in spotify.catalogue.regular_tracks[:number]]


async def undo_last(harness: Harness) -> tuple[str, tuple[str, ...]]:
    """Undo Ada's last change; what it says."""
    assert harness.bot is not None
    services, ada = harness.bot.services, int(harness.discord.state.users["ada"].id)
    session = await services.sessions.session(ada, background=True)
    _, undone = await services.undo_log.undo(ada, session)
    return undone.message, undone.caveats
