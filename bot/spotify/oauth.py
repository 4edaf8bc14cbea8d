"""Spotify's login: Authorization Code with PKCE, and the renewal of access tokens.

Source: developer.spotify.com, "Authorization Code with PKCE Flow" and "Refreshing tokens".
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

import aiohttp
import msgspec
from cachetools import TTLCache
from msgspec import Meta
from msgspec.structs import replace

from bot.errors.login import LoginExpired, LoginRefused, OwnAppGone
from bot.errors.spotify import AppGone, InvalidClientSecret, SpotifyDown
from bot.spotify.response_body import read_body
from bot.spotify.tolerant_decoding import Unreadable, decode, parse_json
from bot.spotify.transport import TIMEOUT

SCOPES = (
    "user-read-playback-state",
    "user-modify-playback-state",
    "user-read-currently-playing",
    "user-read-recently-played",
    "user-top-read",
    "user-library-read",
    "user-library-modify",
    "user-follow-read",
    "user-follow-modify",
    "playlist-read-private",
    "playlist-read-collaborative",
    "playlist-modify-private",
    "playlist-modify-public",
)
# Those of them with which an export reads the library.
READ_SCOPES = (
    "user-read-recently-played",
    "user-top-read",
    "user-library-read",
    "user-follow-read",
    "playlist-read-private",
    "playlist-read-collaborative",
)
# Those of them with which a restore adds to it.
WRITE_SCOPES = (
    "user-library-modify",
    "user-follow-modify",
    "playlist-modify-private",
    "playlist-modify-public",
)

# How long, in seconds, and how many unknown client IDs to remember.
GONE_TTL, MAX_GONE_APPS = 60.0, 1000
# The error codes by which Spotify says that an app was deleted or disabled.
_GONE_CODES = frozenset(("invalid_client", "unauthorized_client"))


# The characters that OAuth allows (RFC 6749, appendix A.12).
Token = Annotated[str, Meta(pattern=r"\A[!-~]+\Z", max_length=8192)]


class TokenResponse(msgspec.Struct, frozen=True):
    """Tokens. Since 2026 the response to a renewal often has no `refresh_token`.

    access_token  empty if it could not be read, so that the refresh token is not lost
    expires_in    in seconds
    scope         empty if Spotify does not say
    """

    access_token: Token = ""
    expires_in: Annotated[int, Meta(ge=1, le=86_400)] = 3600
    refresh_token: Token | None = None
    scope: str = ""

    @classmethod
    def resolve(cls, value: object) -> object:
        """Reads a list of scopes as well."""
        scopes = value.get("scope") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(scopes, list):
            return value
        return {**value, "scope": " ".join(scope for scope in scopes if isinstance(scope, str))}

    def __repr__(self) -> str:
        return "TokenResponse(…)"


class SpotifyOAuth:
    """Spotify's accounts service, with one redirect URI for the apps of all client IDs.

    client_id  the operator's app; users brought all others
    scopes     the permissions to ask for
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        accounts_url: str,
        redirect_uri: str,
        *,
        client_id: str,
        scopes: Sequence[str] = SCOPES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._scope = " ".join(scopes)
        self._accounts_url = accounts_url
        self.redirect_uri = redirect_uri
        self._client_id = client_id
        self._gone_apps: TTLCache[str, bool] = TTLCache(MAX_GONE_APPS, GONE_TTL, timer=monotonic)

    def authorize_url(self, client_id: str, *, state: str, verifier: str) -> str:
        """The URL at which the user logs in and consents."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "state": state,
            "scope": self._scope,
            "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }
        return f"{self._accounts_url}/authorize?{urlencode(query)}"

    async def exchange_code(self, client_id: str, code: str, verifier: str) -> TokenResponse:
        """Exchange a code for tokens, without a retry.

        Raises LoginRefused, OwnAppGone, AppGone, SpotifyDown.
        """
        status, body = await self._post_app_token(
            client_id,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "client_id": client_id,
                "code_verifier": verifier,
            },
        )
        if status == 200:
            tokens = require_access_token(_decode_tokens(body))
            # If Spotify names no scopes, it grants those that were requested (RFC 6749, 5.1).
            return replace(tokens, scope=tokens.scope or self._scope)
        if (code := _error_code(status, body)) == "invalid_grant":
            raise LoginRefused(code)
        raise SpotifyDown(f"code refused: {status} {code}")

    async def refresh(self, client_id: str, refresh_token: str) -> TokenResponse:
        """New tokens; the caller keeps a refresh token also if the access token is empty.

        Raises LoginExpired only for invalid_grant, OwnAppGone and AppGone if the app is gone,
        otherwise SpotifyDown.
        """
        status, body = await self._post_app_token(
            client_id,
            {
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                "client_id": client_id,
            },
        )
        if status == 200:
            return _decode_tokens(body)
        if _error_code(status, body) == "invalid_grant":
            raise LoginExpired("invalid_grant")
        raise SpotifyDown(f"renewal refused: {status} {_error_code(status, body)}")

    async def client_credentials(self, client_id: str, secret: str) -> TokenResponse:
        """The app's own access token. Raises InvalidClientSecret, AppGone, SpotifyDown."""
        self.require_app(client_id)
        authorization = aiohttp.encode_basic_auth(client_id, secret)
        status, body = await self._post_token({"grant_type": "client_credentials"}, authorization)
        if status == 200:
            return require_access_token(_decode_tokens(body))
        if (code := _error_code(status, body)) in _GONE_CODES:
            # The same code means a wrong secret.
            await self.client_exists(client_id)
            self.require_app(client_id)
            raise InvalidClientSecret(code)
        raise SpotifyDown(f"no token for the app: {status} {code}")

    async def client_exists(self, client_id: str) -> bool:
        """Whether Spotify has an app with this client ID; the request has an invalid refresh token.

        It does not reveal a wrong redirect URI; only Spotify's own page reports that. Raises
        SpotifyDown.
        """
        status, body = await self._post_token(
            {"grant_type": "refresh_token", "refresh_token": "-", "client_id": client_id}
        )
        if (code := _error_code(status, body)) in _GONE_CODES:
            self._gone_apps[client_id] = True
        elif status == 400:
            self._gone_apps.pop(client_id, None)
        else:
            raise SpotifyDown(f"no word about the app: {status} {code}")
        return client_id not in self._gone_apps

    def require_app(self, client_id: str) -> None:
        """Raises OwnAppGone or AppGone if Spotify recently did not know this app."""
        if client_id in self._gone_apps:
            raise AppGone() if client_id == self._client_id else OwnAppGone()

    async def _post_app_token(self, client_id: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """Post as this app. Raises OwnAppGone or AppGone if Spotify does not know it."""
        self.require_app(client_id)
        status, body = await self._post_token(form)
        if status != 200 and _error_code(status, body) in _GONE_CODES:
            self._gone_apps[client_id] = True
            self.require_app(client_id)
        return status, body

    async def _post_token(
        self, form: Mapping[str, str], authorization: str | None = None
    ) -> tuple[int, bytes]:
        try:
            async with self._http.post(
                f"{self._accounts_url}/api/token",
                data=form,
                headers={"Authorization": authorization} if authorization else None,
                allow_redirects=False,
                timeout=TIMEOUT,
            ) as response:
                return response.status, await read_body(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SpotifyDown(f"token endpoint: {type(error).__name__}") from None


# Bytes of a plain-text body that may contain a code.
_MAX_CODE = 100
_ERROR_CODES = frozenset(
    ("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "invalid_scope",
     "unsupported_grant_type", "server_error", "temporarily_unavailable")
)  # fmt: skip


def _error_code(status: int, body: bytes) -> str:
    """The error code of a refusal if OAuth defines it; other text may repeat the request.

    Read from `{"error": code}`, from the shape of the Web API's errors, and from plain text. A
    response with a 5xx status says nothing about the login or the app.
    """
    if status >= 500:
        return "on Spotify's side"
    try:
        error = parse_json(body)
    except Unreadable:
        error = body[:_MAX_CODE].decode("utf-8", "replace")
    for name in ("error", "message"):
        error = error.get(name) if isinstance(error, dict) else error
        error = error[0] if isinstance(error, list) and error else error
    code = re.split(r"[^a-z_]", error.strip().lower())[0] if isinstance(error, str) else ""
    return code if code in _ERROR_CODES else "with an unknown code"


def _decode_tokens(body: bytes) -> TokenResponse:
    """Raises SpotifyDown if there is no token."""
    try:
        tokens = decode(body, TokenResponse)
    except Unreadable:
        raise SpotifyDown("unreadable answer of the token endpoint") from None
    return tokens if tokens.refresh_token else require_access_token(tokens)


def require_access_token(tokens: TokenResponse) -> TokenResponse:
    """The tokens. Raises SpotifyDown without an access token."""
    if not tokens.access_token:
        raise SpotifyDown("no access token in the answer of the token endpoint")
    return tokens
