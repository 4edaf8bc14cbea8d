"""The player: developer.spotify.com, Web API, Player. Every write needs the user's Premium."""

from __future__ import annotations

from bot.spotify.models import Playback, read
from bot.spotify.transport import Call
from bot.spotify.uris import Uri


class Player:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def state(self) -> Playback | None:
        """What is playing and where; None when no device is active (status 204)."""
        query = {"additional_types": "track,episode"}
        body = await self._call("GET", "me/player", query)
        return read(body, Playback) if body else None

    async def play(self, *uris: Uri) -> None:
        """Play these tracks or episodes, in order."""
        await self._call("PUT", "me/player/play", json={"uris": [str(uri) for uri in uris]})

    async def play_context(self, context: Uri, *, start: Uri | None = None) -> None:
        """Play an album, artist, playlist or show, from `start` on where it is given."""
        offset = {"offset": {"uri": str(start)}} if start else {}
        await self._call("PUT", "me/player/play", json={"context_uri": str(context)} | offset)

    async def pause(self) -> None:
        await self._call("PUT", "me/player/pause")

    async def next(self) -> None:
        await self._call("POST", "me/player/next")

    async def queue(self, uri: Uri) -> None:
        """Add one track or episode to the end of the queue."""
        await self._call("POST", "me/player/queue", {"uri": str(uri)})
