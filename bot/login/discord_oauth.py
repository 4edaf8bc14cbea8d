"""Discord's OAuth2: which Discord user is signed in to Discord in a browser.

Source: discord.com/developers/docs, "OAuth2", Authorization Code Grant, scope `identify`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec
from msgspec import Meta

from bot.errors.login import DiscordDown, DiscordRefused, LoginError, LoginRefused
from bot.spotify.oauth import Token
from bot.spotify.response_body import read_body
from bot.spotify.tolerant_decoding import Unreadable, decode
from bot.spotify.transport import TIMEOUT

T = TypeVar("T")


TOKEN_PATH = "oauth2/token"


class _Token(msgspec.Struct):
    access_token: Token

    def __repr__(self) -> str:
        return "_Token(…)"


class _User(msgspec.Struct):
    id: Annotated[str, Meta(pattern=r"\A[0-9]{1,20}\Z")]


class _Error(msgspec.Struct):
    error: str = ""


class DiscordOAuth:
    """Discord's OAuth2 with one client secret and one redirect URI."""

    def __init__(
        self, http: aiohttp.ClientSession, api_url: str, client_secret: str, redirect_uri: str
    ) -> None:
        site = urlsplit(api_url)
        self._authorize_url = f"{site.scheme}://{site.netloc}/oauth2/authorize"
        self._http = http
        self._api_url = api_url
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri

    @property
    def origin(self) -> str:
        """The site that browsers are redirected to, for the form-action of a page's policy."""
        return self._authorize_url.removesuffix("/oauth2/authorize")

    def authorize_url(self, application_id: int, *, state: str) -> str:
        query = {
            "client_id": application_id,
            "response_type": "code",
            "redirect_uri": self._redirect_uri,
            "scope": "identify",
            "state": state,
            "prompt": "none",
        }
        return f"{self._authorize_url}?{urlencode(query)}"

    async def fetch_user_id(self, application_id: int, code: str) -> int:
        """The id of the user who signed in. The token is not stored.

        Raises LoginRefused for a code that Discord does not accept, DiscordRefused for a wrong
        client secret, and DiscordDown for everything else.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": str(application_id),
            "client_secret": self._client_secret,
        }
        token = await self._request("POST", TOKEN_PATH, _Token, data=form)
        bearer = {"Authorization": f"Bearer {token.access_token}"}
        user = await self._request("GET", "users/@me", _User, headers=bearer)
        return int(user.id)

    async def _request(self, method: str, path: str, model: type[T], **options: Any) -> T:
        try:
            async with self._http.request(
                method, f"{self._api_url}/{path}", allow_redirects=False, timeout=TIMEOUT, **options
            ) as response:
                body = await read_body(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DiscordDown(f"Discord's {path}: {type(error).__name__}") from None
        if response.status != 200:
            raise _refusal(path, response.status, body)
        try:
            return decode(body, model)
        except Unreadable:
            raise DiscordDown(f"Discord's {path}: unreadable response") from None


def _refusal(path: str, status: int, body: bytes) -> LoginError:
    """The error for a response without success. Only the token endpoint refuses a login."""
    log = f"Discord's {path}: {status}"
    if path != TOKEN_PATH or status not in (400, 401):
        return DiscordDown(log)
    try:
        code = decode(body, _Error).error
    except Unreadable:
        code = ""
    is_client = status == 401 or code in ("invalid_client", "unauthorized_client")
    return DiscordRefused(log) if is_client else LoginRefused(log)
