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

from bot.spotify.caller import Caller, TokenSource
from bot.spotify.catalogue import Catalogue
from bot.spotify.library import Library
from bot.spotify.player import Player
from bot.spotify.playlists import Playlists
from bot.spotify.profile import Profile
from bot.spotify.transport import Transport
from bot.spotify.uris import Kind, ShortLink, Uri, find

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
        app: str = "",
        account: str = "",
        within: float | None = None,
        background: bool = False,
    ) -> None:
        self._transport = transport
        self._anew = partial(
            Spotify, transport, token, app=app, account=account, background=background
        )
        call = Caller(
            transport, token, app=app, account=account, within=within, background=background
        )
        self._call = call
        self.player = Player(call)
        self.library = Library(call)
        self.playlists = Playlists(call)
        self.catalogue = Catalogue(call)
        self.profile = Profile(call)

    async def pasted(
        self, text: str, *, kind: Kind | None = None, most: int | None = None
    ) -> list[Uri]:
        """What a text links to, in order, short links followed; empty for mere words.

        Where the `kind` is known, an id alone will do. No more than the first `most`.
        Raises UnreadableLink, or SpotifyDown where a short link cannot be followed.
        """
        follow = self._transport.short_links.follow
        return [
            await follow(link, self._call.left()) if isinstance(link, ShortLink) else link
            for link in find(text, kind)[:most]
        ]

    def check_commands(self) -> None:
        """Raises QuotaExceeded where the player is known to take none for now; asks nothing."""
        self._call.check("PUT", "me/player/play")

    def anew(self, within: float) -> Spotify:
        """The same, with so many seconds from now."""
        return self._anew(within=within)
