"""POST /api/token: codes, refresh tokens and client secrets become access tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal

from aiohttp import web

from ..oauth import VERIFIER, Fields, OAuthError, challenge_of, fields_of, password_of
from .accounts import App
from .tokens import CODE_LIFETIME, Consent
from .world import World

RefreshReply = Literal["none", "empty", "same", "new"]

Answer = dict[str, object]


class TokenApi:
    """`lifetime` of access tokens in seconds; `refresh_reply` says what a refresh brings back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lifetime = 3600.0
        self.refresh_reply: RefreshReply = "none"

    def routes(self) -> list[web.RouteDef]:
        return [web.route("POST", "/api/token", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-store"}
        try:
            answer = self._grant(request, await fields_of(request))
        except OAuthError as refused:
            return web.json_response(refused.payload, status=refused.status, headers=headers)
        return web.json_response(answer, headers=headers)

    def _grant(self, request: web.Request, form: Fields) -> Answer:
        grants: dict[str, Callable[[web.Request, Fields], Answer]] = {
            "authorization_code": self._code,
            "refresh_token": self._refresh,
            "client_credentials": self._client,
        }
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise OAuthError("unsupported_grant_type", "grant_type parameter is missing or unknown")
        return grant(request, form)

    def _code(self, request: web.Request, form: Fields) -> Answer:
        app = self._public_app(request, form)
        code = self.world.tokens.take(form.get("code", ""))
        if code is None or code.client_id != app.client_id:
            raise OAuthError("invalid_grant", "Invalid authorization code")
        if code.given_at + CODE_LIFETIME <= self.world.clock():
            raise OAuthError("invalid_grant", "Authorization code expired")
        if form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("invalid_grant", "Invalid redirect URI")
        verifier = form.get("code_verifier", "")
        if not VERIFIER.fullmatch(verifier):
            raise OAuthError("invalid_request", "code_verifier must be 43 to 128 unreserved chars")
        if not secrets.compare_digest(challenge_of(verifier), code.challenge):
            raise OAuthError("invalid_grant", "code_verifier was incorrect")
        consent = self.world.tokens.consent(code)
        return self._access(consent) | {"refresh_token": consent.refresh_token}

    def _refresh(self, request: web.Request, form: Fields) -> Answer:
        app = self._public_app(request, form)
        tokens, sent = self.world.tokens, form.get("refresh_token", "")
        if not sent:
            raise OAuthError("invalid_request", "refresh_token must be supplied")
        consent = tokens.consented(sent)
        if consent is None or consent.client_id != app.client_id:
            raise OAuthError("invalid_grant", "Invalid refresh token")
        if consent.ended:
            raise OAuthError("invalid_grant", "Refresh token revoked")
        if consent.expires_at <= self.world.clock():
            raise OAuthError("invalid_grant", "Refresh token expired")
        if self.refresh_reply == "new":
            tokens.rotate(consent)
        answer = self._access(consent)
        if self.refresh_reply == "empty":
            answer["refresh_token"] = ""
        elif self.refresh_reply != "none":
            answer["refresh_token"] = consent.refresh_token
        return answer

    def _client(self, request: web.Request, form: Fields) -> Answer:
        """An app without a user proves itself by its secret, in a Basic header."""
        client_id, secret = password_of(request) or ("", "")
        app = self.world.apps.get(client_id)
        if app is None:
            raise OAuthError("invalid_client", "Invalid client")
        if not app.client_secret or not secrets.compare_digest(
            secret.encode(), app.client_secret.encode()
        ):
            raise OAuthError("invalid_client", "Invalid client secret")
        token = self.world.tokens.allow(app.client_id, None, frozenset(), self.lifetime)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self.lifetime),
        }

    def _public_app(self, request: web.Request, form: Fields) -> App:
        """The app of a PKCE request: named in the form, without a secret anywhere."""
        if "Authorization" in request.headers or "client_secret" in form:
            raise OAuthError("invalid_request", "A PKCE request carries no client secret")
        app = self.world.apps.get(form.get("client_id", ""))
        if app is None:
            raise OAuthError("invalid_client", "Invalid client")
        return app

    def _access(self, consent: Consent) -> Answer:
        token = self.world.tokens.allow(
            consent.client_id, consent.account, consent.scopes, self.lifetime
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "scope": " ".join(sorted(consent.scopes)),
            "expires_in": int(self.lifetime),
        }
