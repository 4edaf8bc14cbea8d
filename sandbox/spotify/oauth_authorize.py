"""The accounts service's door for people: the authorize page and what its buttons do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from sandbox.spotify import oauth_page
from sandbox.spotify.oauth_tokens import AuthorizationCode
from sandbox.spotify.redirect_uris import redirect_uri_matches
from sandbox.spotify.state import SpotifyState

from ..oauth import CHALLENGE_PATTERN
from .accounts import App

# Scope → what it lets an app do, in the words of the page
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


@dataclass(frozen=True)
class AuthorizationRequest:
    """What an app asks of a person, once it is known that the app and the way back are true."""

    app: App
    redirect_uri: str
    state: str | None
    scopes: frozenset[str]
    code_challenge: str

    def redirect_back(self, **answer: str) -> web.Response:
        """Send the browser back to the app."""
        state = {} if self.state is None else {"state": self.state}
        target = URL(self.redirect_uri).extend_query({**answer, **state})
        headers = {"Location": str(target), "Cache-Control": "no-store"}
        return web.Response(status=302, headers=headers)


class AuthorizeEndpoint:
    """GET /authorize shows the page, and its buttons POST to /authorize/answer."""

    def __init__(self, state: SpotifyState) -> None:
        self.state = state
        self.origin = ""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("GET", "/authorize", self.show_page),
            web.route("POST", "/authorize/answer", self.submit_answer),
        ]

    async def show_page(self, request: web.Request) -> web.Response:
        wish = self._parse_request(request)
        if not isinstance(wish, AuthorizationRequest):
            return wish
        return oauth_page.consent_page(
            app=wish.app,
            accounts=list(self.state.accounts.values()),
            permissions=[
                SCOPE_DESCRIPTIONS[scope] for scope in SCOPE_DESCRIPTIONS if scope in wish.scopes
            ],
            action=f"/authorize/answer?{request.rel_url.raw_query_string}",
            redirect_uri=wish.redirect_uri,
        )

    async def submit_answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Origin", self.origin) != self.origin:
            return oauth_page.error_page("This form was sent from another site.", status=403)
        wish = self._parse_request(request)
        if not isinstance(wish, AuthorizationRequest):
            return wish
        form = await request.post()
        match form.get("answer"), form.get("account"):
            case "cancel", _:
                return wish.redirect_back(error="access_denied")
            case "agree", str(name) if name in self.state.accounts:
                code = AuthorizationCode(
                    client_id=wish.app.client_id,
                    account=name,
                    redirect_uri=wish.redirect_uri,
                    code_challenge=wish.code_challenge,
                    scopes=wish.scopes,
                    issued_at=self.state.clock(),
                )
                return wish.redirect_back(code=self.state.tokens.issue_code(code))
        return oauth_page.error_page("Choose an account, and agree or cancel.")

    def _parse_request(self, request: web.Request) -> AuthorizationRequest | web.Response:
        """The wish; or a page, where it is not safe to go back; or the way back with an error."""
        query = request.query
        if len(set(query)) != len(query):
            return oauth_page.error_page("INVALID_REQUEST: A parameter was repeated")
        app = self.state.apps.get(query.get("client_id", ""))
        if app is None:
            return oauth_page.error_page("INVALID_CLIENT: Invalid client")
        redirect_uri = query.get("redirect_uri", "")
        if not any(
            redirect_uri_matches(registered, redirect_uri) for registered in app.redirect_uris
        ):
            return oauth_page.error_page("INVALID_CLIENT: Invalid redirect URI")
        wish = AuthorizationRequest(
            app=app,
            redirect_uri=redirect_uri,
            state=query.get("state"),
            scopes=frozenset(query.get("scope", "").split()),
            code_challenge=query.get("code_challenge", ""),
        )
        error = _request_error(query, wish)
        return (
            wish
            if error is None
            else wish.redirect_back(error=error[0], error_description=error[1])
        )


def _request_error(
    query: Mapping[str, str], authorization: AuthorizationRequest
) -> tuple[str, str] | None:
    """What is wrong with a wish, in OAuth's words."""
    if query.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if query.get("code_challenge_method") != "S256":
        return "invalid_request", "code_challenge_method must be S256"
    if not CHALLENGE_PATTERN.fullmatch(authorization.code_challenge):
        return "invalid_request", "code_challenge must be a base64url SHA-256 without padding"
    if query.get("show_dialog", "true") not in ("true", "false"):
        return "invalid_request", "show_dialog must be true or false"
    if unknown := authorization.scopes - SCOPE_DESCRIPTIONS.keys():
        return "invalid_scope", f"unknown scope {min(unknown)}"
    return None
