"""Spotify's Web API and its login, as they are in 2026; knows neither Discord nor SQLite.

It is a library of its own, with `bot.errors` for what can go wrong:

    async def liked(http: ClientSession, access: str, url: str = API_URL) -> list[str | None]:
        async def token(refused: str | None) -> str:
            if refused:
                raise AccessTokenRefused
            return access

        spotify = Spotify(Transport(http, url), token)
        songs = [entry.track async for entry in spotify.library.tracks() if entry]
        return [song.name for song in songs if song]
"""

from __future__ import annotations

from functools import partial

from bot.spotify.api_client import ApiClient, TokenSource
from bot.spotify.catalogue import CatalogueApi
from bot.spotify.library import LibraryApi
from bot.spotify.player import PlayerApi
from bot.spotify.playlists import PlaylistsApi
from bot.spotify.profile import ProfileApi
from bot.spotify.transport import Transport
from bot.spotify.uris import Kind, ShortLink, Uri, find_links

__all__ = ["Spotify", "Transport"]


class Spotify:
    """The Web API as one user, or as an app without a user: a chapter an attribute.

    app         the client id, whose limits hold for all who come with it
    account     whose personal answers may be kept for a while; empty: none are
    within      seconds for all that is done with this object; None: a minute for each call
    background  whether commands go first, and a share of the quota is to last
    """

    def __init__(
        self,
        transport: Transport,
        token: TokenSource,
        *,
        client_id: str = "",
        account: str = "",
        timeout: float | None = None,
        background: bool = False,
    ) -> None:
        self._transport = transport
        self._with_timeout = partial(
            Spotify, transport, token, client_id=client_id, account=account, background=background
        )
        api = ApiClient(
            transport,
            token,
            client_id=client_id,
            account=account,
            timeout=timeout,
            background=background,
        )
        self._api = api
        self.player = PlayerApi(api)
        self.library = LibraryApi(api)
        self.playlists = PlaylistsApi(api)
        self.catalogue = CatalogueApi(api)
        self.profile = ProfileApi(api)

    async def resolve_links(
        self, text: str, *, kind: Kind | None = None, max_links: int | None = None
    ) -> list[Uri]:
        """What a text links to, in order, short links followed; empty for mere words.

        Where the `kind` is known, an id alone will do. No more than the first `most`.
        Raises UnreadableLink, or SpotifyDown where a short link cannot be followed.
        """
        follow = self._transport.short_links.follow
        return [
            await follow(link, self._api.time_left()) if isinstance(link, ShortLink) else link
            for link in find_links(text, kind)[:max_links]
        ]

    def require_player_quota(self) -> None:
        """Raises QuotaExceeded where the player is known to take none for now; asks nothing."""
        self._api.require_quota("PUT", "me/player/play")

    def with_timeout(self, timeout: float) -> Spotify:
        """The same, with so many seconds from now."""
        return self._with_timeout(timeout=timeout)
