"""The user's profile, top tracks and top artists: developer.spotify.com, Web API, Users."""

from __future__ import annotations

from typing import Any, Literal

from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel, Id, Name
from bot.spotify.models import Artist, Track
from bot.spotify.pages import page_decoder
from bot.spotify.paging import Paging
from bot.spotify.raw_entries import RawEntry, raw_page_decoder

TimeRange = Literal["short_term", "medium_term", "long_term"]
"""About four weeks, six months and a year."""


class Profile(ApiModel, frozen=True):
    """The response of `GET /me`. `account_id` identifies the account; before May 2026, `id` did."""

    id: Id | None = None
    account_id: Id | None = None
    display_name: Name | None = None

    def __post_init__(self) -> None:
        """Raises ValueError without an ID."""
        if not self.stable_account_id:
            raise ValueError("no ID")

    @property
    def stable_account_id(self) -> str:
        """The account's ID."""
        return self.account_id or self.id or ""

    @property
    def name(self) -> str:
        return self.display_name or self.id or "your account"


class ProfileApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    async def me(self, *, fresh: bool = True) -> Profile:
        """The user's profile; if not `fresh`, perhaps from the cache."""
        return await self._api.get("me", decode=Profile.decode, fresh=fresh)

    def top_tracks(self, time_range: TimeRange = "medium_term") -> Paging[Track]:
        query = {"time_range": time_range}
        return Paging(self._api, "me/top/tracks", page_decoder(Track), query, concurrency=1)

    def top_artists(self, time_range: TimeRange = "medium_term") -> Paging[Artist]:
        query = {"time_range": time_range}
        return Paging(self._api, "me/top/artists", page_decoder(Artist), query, concurrency=1)

    def raw_top(
        self, model: type[Track] | type[Artist], time_range: TimeRange
    ) -> Paging[RawEntry[Any]]:
        """The top tracks or artists, with Spotify's JSON."""
        path = "me/top/tracks" if model is Track else "me/top/artists"
        return Paging(self._api, path, raw_page_decoder(model), {"time_range": time_range})
