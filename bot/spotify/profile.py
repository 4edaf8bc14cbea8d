"""Who the user is, and what they play most: developer.spotify.com, Web API, Users."""

from __future__ import annotations

from typing import Literal

from bot.spotify.caller import Caller
from bot.spotify.lists import page_of
from bot.spotify.models import Artist, Track
from bot.spotify.models import Profile as Me
from bot.spotify.paging import Paging

Range = Literal["short_term", "medium_term", "long_term"]
"""About four weeks, six months, a year."""


class Profile:
    def __init__(self, call: Caller) -> None:
        self._call = call

    async def me(self, *, fresh: bool = True) -> Me:
        """Whose account it is; `fresh`, or as it was some minutes ago."""
        return await self._call.get("me", read=Me.read, fresh=fresh)

    def top_tracks(self, over: Range = "medium_term", *, flights: int = 1) -> Paging[Track]:
        query = {"time_range": over}
        return Paging(self._call, "me/top/tracks", page_of(Track), query, flights=flights)

    def top_artists(self, over: Range = "medium_term", *, flights: int = 1) -> Paging[Artist]:
        query = {"time_range": over}
        return Paging(self._call, "me/top/artists", page_of(Artist), query, flights=flights)
