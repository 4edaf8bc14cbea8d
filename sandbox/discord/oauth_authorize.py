"""The door for people who sign in with Discord: the authorize page and what its buttons do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from sandbox.consent_page import Choice, ConsentForm, PageTheme
from sandbox.discord.oauth_tokens import AuthorizationCode
from sandbox.discord.platform import Platform
from sandbox.oauth import CHALLENGE_PATTERN

# Scope → what it lets an app do, in the words of the page
SCOPE_DESCRIPTIONS = {"identify": "Know your username and avatar"}

THEME = PageTheme(
    "Discord",
    light="--ink: #1e1f2b; --paper: #f2f3f7; --card: #fff; --line: #d3d5e0; --soft: #5c5f70; "
    "--go: #4752c4; --on-go: #fff;",
    dark="--ink: #e9eaf2; --paper: #12131a; --card: #1d1f2a; --line: #3a3d4e; --soft: #a6a9bb; "
    "--go: #a5adff; --on-go: #12131a;",
)


@dataclass(frozen=True)
class AuthorizationRequest:
    """What the app asks of a person, once it is known that the app and the way back are true."""

    redirect_uri: str
    issuer: str
    state: str | None
    scopes: frozenset[str]
    code_challenge: str | None

    def redirect_back(self, **answer: str) -> web.Response:
        """Send the browser back to the app.

        `iss` goes with every answer (RFC 9207), as https://discord.com says of itself in its
        /.well-known/oauth-authorization-server.
        """
        state = {} if self.state is None else {"state": self.state}
        target = URL(self.redirect_uri).extend_query({**answer, **state, "iss": self.issuer})
        headers = {"Location": str(target), "Cache-Control": "no-store"}
        return web.Response(status=302, headers=headers)


class AuthorizeEndpoint:
    """GET /authorize shows the page, and its buttons POST to /authorize/answer.

    Nobody is signed in beforehand, so that the page is shown whatever `prompt` says.
    """

    def __init__(self, discord: Platform) -> None:
        self._discord = discord

    def routes(self) -> list[web.RouteDef]:
        """The routes below /oauth2."""
        return [
            web.get("/authorize", self.show_page),
            web.post("/authorize/answer", self.submit_answer),
        ]

    async def show_page(self, request: web.Request) -> web.Response:
        wish = self._parse_request(request)
        if not isinstance(wish, AuthorizationRequest):
            return wish
        name = self._discord.application_payload()["name"]
        form = ConsentForm(
            action=f"/oauth2/authorize/answer?{request.rel_url.raw_query_string}",
            legend="Who are you signed in as?",
            name="user",
            choices=[
                Choice(user.name, user.display_name, f"@{user.name}")
                for user in self._discord.state.users.values()
            ],
            buttons=(("authorize", "Authorize"), ("cancel", "Cancel")),
        )
        # Discord's own page follows the way back by script, which form-action does not bind:
        # the app may send people on from there to wherever it likes.
        return THEME.consent_page(
            f"{name} wants to know who you are on Discord",
            [SCOPE_DESCRIPTIONS[scope] for scope in sorted(wish.scopes)],
            form,
            form_action="'self' http: https:",
        )

    async def submit_answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Origin", self._discord.base_url) != self._discord.base_url:
            return THEME.error_page("This form was sent from another site.", status=403)
        wish = self._parse_request(request)
        if not isinstance(wish, AuthorizationRequest):
            return wish
        form = await request.post()
        users = self._discord.state.users
        match form.get("answer"), form.get("user"):
            case "cancel", _:
                denied = "The resource owner or authorization server denied the request"
                return wish.redirect_back(error="access_denied", error_description=denied)
            case "authorize", str(name) if name in users:
                now = self._discord.clock()
                code = AuthorizationCode(
                    users[name], wish.redirect_uri, wish.scopes, wish.code_challenge, now
                )
                return wish.redirect_back(code=self._discord.tokens.issue_code(code))
        return THEME.error_page("Choose who you are, and authorize or cancel.")

    def _parse_request(self, request: web.Request) -> AuthorizationRequest | web.Response:
        """The wish; or a page, where it is not safe to go back; or the way back with an error."""
        query = request.query
        if len(set(query)) != len(query):
            return THEME.error_page("A parameter was repeated")
        if query.get("client_id") != self._discord.application_id:
            return THEME.error_page("Unknown Application")
        redirect_uri = query.get("redirect_uri", "")
        if redirect_uri not in self._discord.redirect_uris:
            return THEME.error_page("Invalid OAuth2 redirect_uri")
        wish = AuthorizationRequest(
            redirect_uri=redirect_uri,
            issuer=self._discord.base_url,
            state=query.get("state"),
            scopes=frozenset(query.get("scope", "").split()),
            code_challenge=query.get("code_challenge"),
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
        return "unsupported_response_type", "Only the response_type code is played"
    if not authorization.scopes or authorization.scopes - SCOPE_DESCRIPTIONS.keys():
        return "invalid_scope", "The requested scope is invalid, unknown, or malformed."
    if query.get("prompt", "consent") not in ("consent", "none"):
        return "invalid_request", 'Unsupported "prompt"'
    method = query.get("code_challenge_method")
    if method != ("S256" if authorization.code_challenge is not None else None):
        return "invalid_request", 'Unsupported "code_challenge_method"'
    if authorization.code_challenge is not None and not CHALLENGE_PATTERN.fullmatch(
        authorization.code_challenge
    ):
        return "invalid_request", 'Invalid "code_challenge"'
    return None
