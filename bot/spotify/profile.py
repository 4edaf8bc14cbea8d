"""Who the user is: developer.spotify.com, Web API, Users."""

from __future__ import annotations

from bot.spotify.models import Profile as Me
from bot.spotify.models import read
from bot.spotify.transport import Call


class Profile:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def me(self) -> Me:
        return read(await self._call("GET", "me"), Me)
