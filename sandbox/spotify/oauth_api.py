"""POST /api/token: codes, refresh tokens and client secrets become access tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal

from aiohttp import web

from sandbox.spotify.oauth_tokens import CODE_LIFETIME, Consent
from sandbox.spotify.state import SpotifyState

from ..oauth import (
    VERIFIER_PATTERN,
    FormFields,
    OAuthError,
    basic_credentials,
    read_form,
    s256_challenge,
)
from .accounts import App

RefreshTokenReply = Literal["none", "empty", "same", "new"]

TokenResponse = dict[str, object]


class OAuthApi:
    """`lifetime` of access tokens in seconds; `refresh_reply` says what a refresh brings back."""

    def __init__(self, state: SpotifyState) -> None:
        self.state = state
        self.access_token_lifetime = 3600.0
        self.refresh_token_reply: RefreshTokenReply = "none"

    def routes(self) -> list[web.RouteDef]:
        return [web.route("POST", "/api/token", self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-store"}
        try:
            answer = self._grant(request, await read_form(request))
        except OAuthError as refused:
            return web.json_response(refused.payload, status=refused.status, headers=headers)
        return web.json_response(answer, headers=headers)

    def _grant(self, request: web.Request, form: FormFields) -> TokenResponse:
        grants: dict[str, Callable[[web.Request, FormFields], TokenResponse]] = {
            "authorization_code": self._authorization_code,
            "refresh_token": self._refresh_token,
            "client_credentials": self._client_credentials,
        }
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise OAuthError("unsupported_grant_type", "grant_type parameter is missing or unknown")
        return grant(request, form)

    def _authorization_code(self, request: web.Request, form: FormFields) -> TokenResponse:
        app = self._pkce_app(request, form)
        code = self.state.tokens.redeem_code(form.get("code", ""))
        if code is None or code.client_id != app.client_id:
            raise OAuthError("invalid_grant", "Invalid authorization code")
        if code.issued_at + CODE_LIFETIME <= self.state.clock():
            raise OAuthError("invalid_grant", "Authorization code expired")
        if form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("invalid_grant", "Invalid redirect URI")
        verifier = form.get("code_verifier", "")
        if not VERIFIER_PATTERN.fullmatch(verifier):
            raise OAuthError("invalid_request", "code_verifier must be 43 to 128 unreserved chars")
        if not secrets.compare_digest(s256_challenge(verifier), code.code_challenge):
            raise OAuthError("invalid_grant", "code_verifier was incorrect")
        consent = self.state.tokens.grant_consent(code)
        return self._token_response(consent) | {"refresh_token": consent.refresh_token}

    def _refresh_token(self, request: web.Request, form: FormFields) -> TokenResponse:
        app = self._pkce_app(request, form)
        tokens, sent = self.state.tokens, form.get("refresh_token", "")
        if not sent:
            raise OAuthError("invalid_request", "refresh_token must be supplied")
        consent = tokens.find_consent(sent)
        if consent is None or consent.client_id != app.client_id:
            raise OAuthError("invalid_grant", "Invalid refresh token")
        if consent.revoked:
            raise OAuthError("invalid_grant", "Refresh token revoked")
        if consent.expires_at <= self.state.clock():
            raise OAuthError("invalid_grant", "Refresh token expired")
        if self.refresh_token_reply == "new":
            tokens.rotate_refresh_token(consent)
        answer = self._token_response(consent)
        if self.refresh_token_reply == "empty":
            answer["refresh_token"] = ""
        elif self.refresh_token_reply != "none":
            answer["refresh_token"] = consent.refresh_token
        return answer

    def _client_credentials(self, request: web.Request, form: FormFields) -> TokenResponse:
        """An app without a user proves itself by its secret, in a Basic header."""
        client_id, secret = basic_credentials(request) or ("", "")
        app = self.state.apps.get(client_id)
        if app is None:
            raise OAuthError("invalid_client", "Invalid client")
        if not app.client_secret or not secrets.compare_digest(
            secret.encode(), app.client_secret.encode()
        ):
            raise OAuthError("invalid_client", "Invalid client secret")
        token = self.state.tokens.issue_access_token(
            app.client_id, None, frozenset(), self.access_token_lifetime
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self.access_token_lifetime),
        }

    def _pkce_app(self, request: web.Request, form: FormFields) -> App:
        """The app of a PKCE request: named in the form, without a secret anywhere."""
        if "Authorization" in request.headers or "client_secret" in form:
            raise OAuthError("invalid_request", "A PKCE request carries no client secret")
        app = self.state.apps.get(form.get("client_id", ""))
        if app is None:
            raise OAuthError("invalid_client", "Invalid client")
        return app

    def _token_response(self, consent: Consent) -> TokenResponse:
        token = self.state.tokens.issue_access_token(
            consent.client_id, consent.account, consent.scopes, self.access_token_lifetime
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "scope": " ".join(sorted(consent.scopes)),
            "expires_in": int(self.access_token_lifetime),
        }
