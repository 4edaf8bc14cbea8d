"""POST /oauth2/token and /oauth2/token/revoke: codes become tokens, and tokens nothing."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web

from sandbox.discord.oauth_tokens import ACCESS_TOKEN_LIFETIME, AuthorizationCode, UserGrant
from sandbox.discord.platform import Platform
from sandbox.discord.request_bodies import json_response
from sandbox.discord.state import Json
from sandbox.oauth import (
    VERIFIER_PATTERN,
    FormFields,
    OAuthError,
    basic_credentials,
    read_form,
    s256_challenge,
)

# Of the application object, what everybody may know
PUBLIC_APPLICATION_FIELDS = (
    "id",
    "name",
    "icon",
    "description",
    "type",
    "bot_public",
    "bot_require_code_grant",
    "verify_key",
    "flags",
    "flags_new",
)


class OAuthApi:
    """The one grant that is played is authorization_code, with the app's secret.

    The errors and their words are Discord's, as far as they are known; with PKCE a verifier that
    is missing or malformed is an invalid_request there, and a wrong one an invalid_grant.
    """

    def __init__(self, discord: Platform) -> None:
        self._discord = discord

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/token", _with_oauth_errors(self._issue_token)),
            web.post("/oauth2/token/revoke", _with_oauth_errors(self._revoke_token)),
            web.get("/oauth2/@me", self._current_authorization),
        ]

    async def _issue_token(self, request: web.Request) -> Json:
        fields = await read_form(request)
        grant = fields.get("grant_type")
        if grant != "authorization_code":
            raise OAuthError("unsupported_grant_type", f"Grant type {grant} is not supported")
        self._check_client(request, fields)
        code = self._redeem_code(fields)
        sign_in = self._discord.tokens.issue_tokens(code)
        return {
            "token_type": "Bearer",
            "access_token": sign_in.access_token,
            "expires_in": ACCESS_TOKEN_LIFETIME,
            "refresh_token": sign_in.refresh_token,
            "scope": " ".join(sorted(sign_in.scopes)),
        }

    def _redeem_code(self, fields: FormFields) -> AuthorizationCode:
        if not fields.get("code"):
            raise OAuthError("invalid_request", 'Missing "code" in request.')
        code = self._discord.tokens.redeem_code(fields["code"])
        if code is None:
            raise OAuthError("invalid_grant", 'Invalid "code" in request.')
        if fields.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("invalid_grant", 'Invalid "redirect_uri" in request.')
        verifier = fields.get("code_verifier")
        if verifier is not None and not VERIFIER_PATTERN.fullmatch(verifier):
            raise OAuthError("invalid_request", 'Invalid "code_verifier"')
        if code.code_challenge is not None and verifier is None:
            raise OAuthError("invalid_request", 'Missing "code_verifier"')
        if code.code_challenge != (verifier and s256_challenge(verifier)):
            raise OAuthError("invalid_grant", 'Invalid "code_verifier"')
        return code

    async def _revoke_token(self, request: web.Request) -> Json:
        fields = await read_form(request)
        if not fields:
            raise OAuthError("invalid_request", "Only a form is accepted")
        self._check_client(request, fields)
        if not fields.get("token"):
            raise OAuthError("invalid_request", 'Missing "token" in request.')
        if fields.get("token_type_hint") not in (None, "access_token", "refresh_token"):
            raise OAuthError("unsupported_token_type", 'Unsupported "token_type_hint"')
        self._discord.tokens.revoke(fields["token"])
        return {}

    def _check_client(self, request: web.Request, fields: FormFields) -> None:
        """The app's id and secret, by HTTP Basic or in the form, and in one of them alone."""
        client_id, secret = fields.get("client_id", ""), fields.get("client_secret", "")
        if "Authorization" in request.headers:
            if secret:
                raise OAuthError("invalid_request", "One client authentication is enough")
            named, secret = basic_credentials(request) or ("", "")
            client_id = named if client_id in ("", named) else ""
        known = f"{self._discord.application_id}:{self._discord.client_secret}"
        if not secrets.compare_digest(f"{client_id}:{secret}".encode(), known.encode()):
            raise OAuthError("invalid_client", "Invalid client id or secret", status=401)

    async def _current_authorization(self, request: web.Request) -> web.Response:
        """Who has signed in, to what, for what and until when."""
        sign_in = self._discord.tokens.authenticate(request.headers)
        assert sign_in is not None, "nobody else comes through the door"
        application = self._discord.application_payload()
        return json_response(
            {
                "application": {name: application[name] for name in PUBLIC_APPLICATION_FIELDS},
                "scopes": sorted(sign_in.scopes),
                "expires": datetime.fromtimestamp(sign_in.expires_at, UTC).isoformat(),
                "user": sign_in.user.payload(),
            }
        )


def identified_user(sign_in: UserGrant) -> Json:
    """The user object as the scope `identify` shows it: no email, nor whether it is verified."""
    private = {"mfa_enabled": False, "locale": "en-US", "premium_type": 0}
    return sign_in.user.payload() | private


def _with_oauth_errors(
    handler: Callable[[web.Request], Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            response = json_response(await handler(request))
        except OAuthError as refused:
            response = json_response(refused.payload, refused.status)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer
