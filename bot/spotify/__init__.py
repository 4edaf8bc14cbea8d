"""A client library for Spotify's Web API and login of 2026; knows neither Discord nor SQLite.

Of the rest of the bot it uses only `bot.errors`:

    async def liked(http: ClientSession, token: str, url: str = API_URL) -> list[str | None]:
        async def token_source(refused: str | None) -> str:
            if refused:
                raise AccessTokenRefused
            return token

        spotify = Spotify(Transport(http, url), token_source)
        songs = [entry.track async for entry in spotify.library.tracks() if entry]
        return [song.name for song in songs if song]
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from bot.spotify.api_client import ApiClient, TokenSource
from bot.spotify.background_budget import BackgroundBudget
from bot.spotify.call_shares import PersonalShare
from bot.spotify.catalogue import CatalogueApi
from bot.spotify.library import LibraryApi
from bot.spotify.links import Link, ShortLink, Target, find_links
from bot.spotify.player import PlayerApi
from bot.spotify.playlists import PlaylistsApi
from bot.spotify.profile import ProfileApi
from bot.spotify.transport import Transport

__all__ = ["Spotify", "Transport"]


class Spotify:
    """The Web API for one user, or for an app without a user; each attribute is one of its parts.

    token       returns access tokens
    client_id   the app, which shares its rate limit and quota among all its users
    account     the account whose personal responses may be cached; empty: cache none
    timeout     seconds for all calls of this object together; None: CALL_TIMEOUT for each call
    scopes      of the login; None if they are not known
    is_app      the token is the app's own: there is no user and no library
    background  whether the calls yield to those of commands and use a share of the quota only
    goes_on_later  background work that waits for its share, so lists are begun that exceed it
    on_write    makes a context for each write
    share       of the app's calls, of the person who asks; None: they have no limit
    """

    def __init__(
        self,
        transport: Transport,
        token: TokenSource,
        *,
        client_id: str = "",
        account: str = "",
        scopes: Collection[str] | None = None,
        timeout: float | None = None,
        background: bool = False,
        goes_on_later: bool = False,
        is_app: bool = False,
        on_write: Callable[[], AbstractContextManager[None]] = nullcontext,
        share: PersonalShare | None = None,
    ) -> None:
        self.account = account
        self.is_app = is_app
        self._transport = transport
        self._with_timeout = partial(
            Spotify,
            transport,
            token,
            client_id=client_id,
            account=account,
            scopes=scopes,
            background=background,
            goes_on_later=goes_on_later,
            is_app=is_app,
            on_write=on_write,
            share=share,
        )
        api = ApiClient(
            transport,
            token,
            client_id=client_id,
            account=account,
            timeout=timeout,
            background=background,
            goes_on_later=goes_on_later,
            on_write=on_write,
            share=share,
        )
        self._api = api
        self.player = PlayerApi(api)
        self.library = LibraryApi(api)
        self.playlists = PlaylistsApi(api, scopes)
        self.catalogue = CatalogueApi(api)
        self.profile = ProfileApi(api)

    async def resolve_links(self, text: str, *, max_links: int | None = None) -> list[Target]:
        """The targets of the links in a text, in order; follows short links.

        max_links  how many links to read; None: all

        Raises UnreadableLink, and SpotifyDown if a short link cannot be followed.
        """
        return [await self.follow_link(link) for link in find_links(text)[:max_links]]

    async def follow_link(self, link: Link) -> Target:
        """The link's target. Raises UnreadableLink and SpotifyDown for a short link."""
        if isinstance(link, ShortLink):
            return await self._transport.short_links.follow(link, self._api.time_left())
        return link

    @property
    def calls_sent(self) -> int:
        """The number of calls of this object, with retries."""
        return self._api.calls_sent

    def background_budget(self, path: str) -> BackgroundBudget:
        """How many GETs like that of `path` background work may still make."""
        return self._api.background_budget(path)

    def require_player_quota(self) -> None:
        """Raises QuotaExceeded if the quota of player commands is known to be used up; no call."""
        self._api.require_quota("PUT", "me/player/play")

    def forget_library(self) -> None:
        """Read the library's lists again: the user may have changed them in Spotify."""
        self._api.invalidate("library", "playlists")

    def with_timeout(self, timeout: float) -> Spotify:
        """A copy for calls that together take `timeout` seconds at most."""
        return self._with_timeout(timeout=timeout)
