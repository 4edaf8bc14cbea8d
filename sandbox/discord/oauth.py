"""OAuth at the simulated Discord: people authorize the app to read who they are."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from aiohttp import web

from sandbox.consent_page import Choice, PageTheme
from sandbox.discord.oauth_tokens import ACCESS_TOKEN_LIFETIME, UserGrant
from sandbox.discord.platform import Platform
from sandbox.discord.request_bodies import json_response
from sandbox.discord.state import Json
from sandbox.oauth import (
    AuthorizationRequest,
    FormFields,
    OAuthConfig,
    OAuthError,
    OAuthServer,
    TokenResponse,
    basic_credentials,
    oauth_endpoint,
    read_form,
)

# The fields of the application object that every user may see
PUBLIC_APPLICATION_FIELDS = (
    "id", "name", "icon", "description", "type", "bot_public", "bot_require_code_grant",
    "verify_key", "flags", "flags_new",
)  # fmt: skip
PATH_PREFIX = "/oauth2"


CONFIG = OAuthConfig(
    theme=PageTheme(
        "Discord",
        light="--ink: #1e1f2b; --paper: #f2f3f7; --card: #fff; --line: #d3d5e0; --soft: #5c5f70; "
        "--go: #4752c4; --on-go: #fff;",
        dark="--ink: #e9eaf2; --paper: #12131a; --card: #1d1f2a; --line: #3a3d4e; --soft: #a6a9bb; "
        "--go: #a5adff; --on-go: #12131a;",
    ),
    scopes={"identify": "Know your username and avatar"},
    authorize_path=f"{PATH_PREFIX}/authorize",
    token_path=f"{PATH_PREFIX}/token",
    user_field="user",
    agree="Authorize",
    denied={
        "error": "access_denied",
        "error_description": "The resource owner or authorization server denied the request",
    },
    optional_params={"prompt": ("consent", "none")},
    error_texts={
        "code": 'Invalid "code" in request.',
        "expired": 'Invalid "code" in request.',
        "redirect_uri": 'Invalid "redirect_uri" in request.',
        "code_verifier": 'Invalid "code_verifier"',
    },
    code_bytes=24,
    code_lifetime=60.0,
)


class DiscordOAuth(OAuthServer):
    """The grant authorization_code with the app's secret, PKCE optional.

    Nobody is signed in beforehand, so the page shows whatever `prompt` says. The errors and their
    descriptions are Discord's, as far as they are known.
    """

    def __init__(self, discord: Platform) -> None:
        super().__init__(CONFIG, discord.clock)
        self._discord = discord

    def token_routes(self) -> list[web.RouteDef]:
        return [
            *super().token_routes(),
            web.post(f"{CONFIG.token_path}/revoke", oauth_endpoint(self._revoke_token)),
            web.get(f"{PATH_PREFIX}/@me", self._current_authorization),
        ]

    @property
    def redirect_params(self) -> dict[str, str]:
        """The issuer (RFC 9207), which https://discord.com promises in its server metadata."""
        return {"iss": self.origin}

    def client_error(self, client_id: str, redirect_uri: str) -> str | None:
        if client_id != self._discord.application_id:
            return "Unknown Application"
        known = redirect_uri in self._discord.redirect_uris
        return None if known else "Invalid OAuth2 redirect_uri"

    def check_request(self, query: Mapping[str, str], request: AuthorizationRequest) -> None:
        super().check_request(query, request)
        if not request.scopes:
            raise OAuthError("invalid_scope", "The requested scope is invalid or unknown.")

    def page_texts(self, request: AuthorizationRequest) -> tuple[str, Iterable[Choice]]:
        name = self._discord.application_payload()["name"]
        users = self._discord.state.users.values()
        choices = [Choice(user.name, user.display_name, f"@{user.name}") for user in users]
        return f"{name} wants to know who you are on Discord", choices

    def form_action(self, redirect_uri: str) -> str:
        # Discord's own page redirects by script, which form-action does not restrict: the app may
        # redirect further from there.
        return "'self' http: https:"

    def exchange_code(self, request: web.Request, form: FormFields) -> TokenResponse:
        self._check_client(request, form)
        if not form.get("code"):
            raise OAuthError("invalid_request", 'Missing "code" in request.')
        code = self.redeem_code(form, self._discord.application_id)
        user = self._discord.state.users[code.user]
        grant = self._discord.tokens.issue(user, code.request.scopes)
        return {
            "token_type": "Bearer",
            "access_token": grant.access_token,
            "expires_in": ACCESS_TOKEN_LIFETIME,
            "refresh_token": grant.refresh_token,
            "scope": " ".join(sorted(grant.scopes)),
        }

    async def _revoke_token(self, request: web.Request) -> TokenResponse:
        form = await read_form(request)
        if not form:
            raise OAuthError("invalid_request", "Only a form is accepted")
        self._check_client(request, form)
        if not form.get("token"):
            raise OAuthError("invalid_request", 'Missing "token" in request.')
        if form.get("token_type_hint") not in (None, "access_token", "refresh_token"):
            raise OAuthError("unsupported_token_type", 'Unsupported "token_type_hint"')
        self._discord.tokens.revoke(form["token"])
        return {}

    def _check_client(self, request: web.Request, form: FormFields) -> None:
        """Check the app's id and secret, which come by HTTP Basic or in the form, but not both."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if "Authorization" in request.headers:
            if secret:
                raise OAuthError("invalid_request", "One client authentication is enough")
            name, secret = basic_credentials(request) or ("", "")
            client_id = name if client_id in ("", name) else ""
        known = f"{self._discord.application_id}:{self._discord.client_secret}"
        if not secrets.compare_digest(f"{client_id}:{secret}".encode(), known.encode()):
            raise OAuthError("invalid_client", "Invalid client id or secret", status=401)

    async def _current_authorization(self, request: web.Request) -> web.Response:
        """The grant of the caller's token: app, scopes, expiry and user."""
        grant = self._discord.tokens.authenticate(request.headers)
        assert grant is not None, "the auth middleware refuses other tokens"
        application = self._discord.application_payload()
        return json_response(
            {
                "application": {name: application[name] for name in PUBLIC_APPLICATION_FIELDS},
                "scopes": sorted(grant.scopes),
                "expires": datetime.fromtimestamp(grant.expires_at, UTC).isoformat(),
                "user": grant.user.payload(),
            }
        )


def identified_user(grant: UserGrant) -> Json:
    """The user object as the scope `identify` shows it, without the email and its status."""
    private = {"mfa_enabled": False, "locale": "en-US", "premium_type": 0}
    return grant.user.payload() | private
