"""OAuth at the simulated Spotify: PKCE logins, token refreshes and client credentials."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Literal

from aiohttp import web
from yarl import URL

from sandbox.consent_page import Choice, PageTheme
from sandbox.oauth import (
    AuthorizationRequest,
    FormFields,
    OAuthConfig,
    OAuthError,
    OAuthServer,
    TokenResponse,
    basic_credentials,
)
from sandbox.spotify.oauth_tokens import Consent
from sandbox.spotify.redirect_uris import redirect_uri_matches
from sandbox.spotify.state import SpotifyState

from .accounts import Account, App

RefreshTokenReply = Literal["none", "empty", "same", "new"]

# Scope → what it lets an app do, as the consent page says it
SCOPE_DESCRIPTIONS = {
    "user-read-playback-state": "See what is playing, and on which of your devices",
    "user-modify-playback-state": "Play, pause, skip and queue on your devices",
    "user-read-currently-playing": "See what you are listening to now",
    "user-read-recently-played": "See what you listened to lately",
    "user-read-playback-position": "See how far you are in podcasts and books",
    "user-library-read": "See your liked songs and saved things",
    "user-library-modify": "Like songs, and save and remove things",
    "user-follow-read": "See whom you follow",
    "user-follow-modify": "Follow and unfollow for you",
    "user-top-read": "See your favourite artists and tracks",
    "playlist-read-private": "See your private playlists",
    "playlist-read-collaborative": "See your shared playlists",
    "playlist-modify-private": "Change your private playlists",
    "playlist-modify-public": "Change your public playlists",
    "user-read-private": "See what kind of subscription you have",
    "user-read-email": "See your email address",
    "ugc-image-upload": "Upload pictures for your playlists",
    "app-remote-control": "Talk to Spotify on your phone",
    "streaming": "Play music in the app itself",
}


CONFIG = OAuthConfig(
    theme=PageTheme(
        "Spotify",
        light="--ink: #1c2420; --paper: #f4f6f3; --card: #fff; --line: #cfd8d1; --soft: #5a675f; "
        "--go: #17693b; --on-go: #fff;",
        dark="--ink: #e7eee9; --paper: #101512; --card: #19211c; --line: #344039; --soft: #9dada3; "
        "--go: #63d394; --on-go: #0b1a11;",
    ),
    scopes=SCOPE_DESCRIPTIONS,
    authorize_path="/authorize",
    token_path="/api/token",
    user_field="account",
    agree="Agree",
    denied={"error": "access_denied"},
    optional_params={"show_dialog": ("true", "false")},
    error_texts={
        "code": "Invalid authorization code",
        "expired": "Authorization code expired",
        "redirect_uri": "Invalid redirect URI",
        "code_verifier": "code_verifier was incorrect",
    },
    code_bytes=90,
    code_lifetime=600.0,
)


class SpotifyOAuth(OAuthServer):
    """PKCE is required of every login, as for an app that is new in 2026.

    access_token_lifetime  seconds
    refresh_token_reply    which refresh token the response to a refresh contains
    """

    def __init__(self, state: SpotifyState) -> None:
        super().__init__(CONFIG, state.clock)
        self._state = state
        self.access_token_lifetime = 3600.0
        self.refresh_token_reply: RefreshTokenReply = "none"
        self.grants |= {
            "refresh_token": self._refresh_token,
            "client_credentials": self._client_credentials,
        }

    def client_error(self, client_id: str, redirect_uri: str) -> str | None:
        app = self._state.apps.get(client_id)
        if app is None:
            return "INVALID_CLIENT: Invalid client"
        if any(redirect_uri_matches(known, redirect_uri) for known in app.redirect_uris):
            return None
        return "INVALID_CLIENT: Invalid redirect URI"

    def check_request(self, query: Mapping[str, str], request: AuthorizationRequest) -> None:
        super().check_request(query, request)
        if request.code_challenge is None:
            raise OAuthError("invalid_request", "code_challenge is required")

    def page_texts(self, request: AuthorizationRequest) -> tuple[str, Iterable[Choice]]:
        app = self._state.apps[request.client_id]
        accounts = self._state.accounts.values()
        choices = [
            Choice(account.name, account.display_name, _account_description(account, app))
            for account in accounts
        ]
        return f"{app.name} wants to connect to your account", choices

    def form_action(self, redirect_uri: str) -> str:
        # Browsers apply form-action to the redirect that follows a form, too.
        return f"'self' {URL(redirect_uri).origin()}"

    def exchange_code(self, request: web.Request, form: FormFields) -> TokenResponse:
        code = self.redeem_code(form, self._pkce_app(request, form).client_id)
        consent = self._state.tokens.grant_consent(
            code.request.client_id, code.user, code.request.scopes
        )
        return self._token_response(consent) | {"refresh_token": consent.refresh_token}

    def _refresh_token(self, request: web.Request, form: FormFields) -> TokenResponse:
        app = self._pkce_app(request, form)
        tokens, sent = self._state.tokens, form.get("refresh_token", "")
        if not sent:
            raise OAuthError("invalid_request", "refresh_token must be supplied")
        consent = tokens.find_consent(sent)
        if consent is None or consent.client_id != app.client_id:
            raise OAuthError("invalid_grant", "Invalid refresh token")
        if consent.revoked:
            raise OAuthError("invalid_grant", "Refresh token revoked")
        if consent.expires_at <= self._state.clock():
            raise OAuthError("invalid_grant", "Refresh token expired")
        if self.refresh_token_reply == "new":
            tokens.rotate_refresh_token(consent)
        response = self._token_response(consent)
        if self.refresh_token_reply == "empty":
            response["refresh_token"] = ""
        elif self.refresh_token_reply != "none":
            response["refresh_token"] = consent.refresh_token
        return response

    def _client_credentials(self, request: web.Request, form: FormFields) -> TokenResponse:
        """A token for the app itself, which sends its secret by HTTP Basic."""
        client_id, secret = basic_credentials(request) or ("", "")
        app = self._state.apps.get(client_id)
        if app is None:
            raise OAuthError("invalid_client", "Invalid client")
        if not app.client_secret or not secrets.compare_digest(
            secret.encode(), app.client_secret.encode()
        ):
            raise OAuthError("invalid_client", "Invalid client secret")
        token = self._state.tokens.issue_access_token(
            app.client_id, None, frozenset(), self.access_token_lifetime
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self.access_token_lifetime),
        }

    def _pkce_app(self, request: web.Request, form: FormFields) -> App:
        """The app that a PKCE request names in its form, without any client secret."""
        if "Authorization" in request.headers or "client_secret" in form:
            raise OAuthError("invalid_request", "A PKCE request carries no client secret")
        app = self._state.apps.get(form.get("client_id", ""))
        if app is None:
            raise OAuthError("invalid_client", "Invalid client")
        return app

    def _token_response(self, consent: Consent) -> TokenResponse:
        token = self._state.tokens.issue_access_token(
            consent.client_id, consent.account, consent.scopes, self.access_token_lifetime
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "scope": " ".join(sorted(consent.scopes)),
            "expires_in": int(self.access_token_lifetime),
        }


def _account_description(account: Account, app: App) -> str:
    plan = "Premium" if account.premium else "Free"
    return plan if account.name in app.allowed_accounts else f"{plan}, not on the app’s list"
