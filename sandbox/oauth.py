"""An OAuth 2.0 server for the authorization-code flow with PKCE; both services configure it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from sandbox.clock import Clock
from sandbox.consent_page import Choice, PageTheme

CHALLENGE_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256, without padding
VERIFIER_PATTERN = re.compile(r"[A-Za-z0-9._~-]{43,128}")
FORM_CONTENT_TYPE = "application/x-www-form-urlencoded"

FormFields = dict[str, str]
TokenResponse = dict[str, object]
Grant = Callable[[web.Request, FormFields], TokenResponse]


class OAuthError(Exception):
    """An error response of OAuth (RFC 6749, 5.2): two strings."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.payload = {"error": error, "error_description": description}


@dataclass(frozen=True)
class AuthorizationRequest:
    """The parameters of an authorize URL; its client and redirect URI are known to be valid."""

    client_id: str
    redirect_uri: str
    state: str | None
    scopes: frozenset[str]
    code_challenge: str | None


@dataclass(frozen=True)
class AuthorizationCode:
    """What an authorization code stands for. `issued_at` in seconds since 1970."""

    user: str
    request: AuthorizationRequest
    issued_at: float


@dataclass(frozen=True, kw_only=True)
class OAuthConfig:
    """What differs between the services.

    theme            the look of the pages
    scopes           scope → what it lets an app do, as the page says it
    authorize_path   the path of the page
    token_path       the path of the token endpoint
    user_field       the form field that names the user
    agree            the text of the button that grants the request
    denied           the parameters of the redirect after Cancel
    optional_params  parameter of the authorize URL → its values; the first is the default
    error_texts      what is wrong with a token request → the service's description of it
    code_bytes       how many random bytes a code has
    code_lifetime    seconds
    """

    theme: PageTheme
    scopes: Mapping[str, str]
    authorize_path: str
    token_path: str
    user_field: str
    agree: str
    denied: Mapping[str, str]
    optional_params: Mapping[str, tuple[str, ...]]
    error_texts: Mapping[Literal["code", "expired", "redirect_uri", "code_verifier"], str]
    code_bytes: int
    code_lifetime: float


class OAuthServer(ABC):
    """The consent page, its answer, and the token endpoint.

    origin       the origin of the page; the server refuses forms from elsewhere
    next_error   an error of RFC 6749, 4.1.2.1, with which the server answers the next form
    omits_state  whether that answer lacks the state
    """

    def __init__(self, config: OAuthConfig, clock: Clock) -> None:
        self.config = config
        self.origin = ""
        self.clock = clock
        self.next_error: str | None = None
        self.omits_state = False
        self.codes: dict[str, AuthorizationCode] = {}
        self.grants: dict[str, Grant] = {"authorization_code": self.exchange_code}

    # ---- what a service decides

    @abstractmethod
    def client_error(self, client_id: str, redirect_uri: str) -> str | None:
        """Why the browser must not be sent to this redirect URI, or None."""

    @abstractmethod
    def page_texts(self, request: AuthorizationRequest) -> tuple[str, Iterable[Choice]]:
        """The title of the consent page, and the users to choose from. A value is a name."""

    @abstractmethod
    def form_action(self, redirect_uri: str) -> str:
        """The sources of the page's form-action policy."""

    @property
    def redirect_params(self) -> dict[str, str]:
        """Parameters that go with every redirect to the app."""
        return {}

    @abstractmethod
    def exchange_code(self, request: web.Request, form: FormFields) -> TokenResponse:
        """The response to the grant authorization_code. Raises OAuthError."""

    def check_request(self, query: Mapping[str, str], request: AuthorizationRequest) -> None:
        """Raises OAuthError for an error that goes back to the app."""
        if query.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code")
        challenge = request.code_challenge
        if query.get("code_challenge_method") != ("S256" if challenge is not None else None):
            raise OAuthError("invalid_request", "code_challenge_method must be S256")
        if challenge is not None and not CHALLENGE_PATTERN.fullmatch(challenge):
            raise OAuthError("invalid_request", "code_challenge must be a base64url SHA-256")
        for name, values in self.config.optional_params.items():
            if query.get(name, values[0]) not in values:
                raise OAuthError("invalid_request", f"{name} must be one of {', '.join(values)}")
        if unknown := request.scopes - self.config.scopes.keys():
            raise OAuthError("invalid_scope", f"unknown scope {min(unknown)}")

    # ---- the consent page

    def authorize_routes(self, prefix: str = "") -> list[web.RouteDef]:
        """The routes of the page; `prefix` is the part of the path that a sub-app strips."""
        path = self.config.authorize_path.removeprefix(prefix)
        return [web.get(path, self.show_page), web.post(f"{path}/answer", self.submit_answer)]

    async def show_page(self, request: web.Request) -> web.Response:
        parsed = self._parse_request(request)
        if isinstance(parsed, web.Response):
            return parsed
        title, users = self.page_texts(parsed)
        return self.config.theme.consent_page(
            title,
            [text for scope, text in self.config.scopes.items() if scope in parsed.scopes],
            action=f"{self.config.authorize_path}/answer?{request.rel_url.raw_query_string}",
            field=self.config.user_field,
            choices=users,
            buttons=(self.config.agree, "Cancel"),
            form_action=self.form_action(parsed.redirect_uri),
        )

    async def submit_answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Origin", self.origin) != self.origin:
            return self.config.theme.error_page("This form was sent from another site.", status=403)
        parsed = self._parse_request(request)
        if isinstance(parsed, web.Response):
            return parsed
        if self.next_error is not None:
            error, self.next_error = self.next_error, None
            stateless = replace(parsed, state=None)
            return self._redirect(stateless if self.omits_state else parsed, {"error": error})
        form = await request.post()
        answer, user = form.get("answer"), form.get(self.config.user_field)
        if answer == "cancel":
            return self._redirect(parsed, self.config.denied)
        known = {choice.value for choice in self.page_texts(parsed)[1]}
        if answer != self.config.agree.lower() or not isinstance(user, str) or user not in known:
            return self.config.theme.error_page(
                f"Choose an account, then press {self.config.agree} or Cancel."
            )
        code = secrets.token_urlsafe(self.config.code_bytes)
        self.codes[code] = AuthorizationCode(user, parsed, self.clock())
        return self._redirect(parsed, {"code": code})

    def _parse_request(self, request: web.Request) -> AuthorizationRequest | web.Response:
        """The valid request, or the response to a bad one: a page, or a redirect to the app."""
        query = request.query
        if len(set(query)) != len(query):
            return self.config.theme.error_page("INVALID_REQUEST: A parameter was repeated")
        parsed = AuthorizationRequest(
            client_id=query.get("client_id", ""),
            redirect_uri=query.get("redirect_uri", ""),
            state=query.get("state"),
            scopes=frozenset(query.get("scope", "").split()),
            code_challenge=query.get("code_challenge"),
        )
        if (problem := self.client_error(parsed.client_id, parsed.redirect_uri)) is not None:
            return self.config.theme.error_page(problem)
        try:
            self.check_request(query, parsed)
        except OAuthError as error:
            return self._redirect(parsed, error.payload)
        return parsed

    def _redirect(self, request: AuthorizationRequest, params: Mapping[str, str]) -> web.Response:
        state = {} if request.state is None else {"state": request.state}
        query = {**params, **state, **self.redirect_params}
        target = URL(request.redirect_uri).extend_query(query)
        headers = {"Location": str(target), "Cache-Control": "no-store"}
        return web.Response(status=302, headers=headers)

    # ---- the token endpoint

    def token_routes(self) -> list[web.RouteDef]:
        return [web.post(self.config.token_path, oauth_endpoint(self._issue_token))]

    async def _issue_token(self, request: web.Request) -> TokenResponse:
        form = await read_form(request)
        grant = self.grants.get(form.get("grant_type", ""))
        if grant is None:
            raise OAuthError("unsupported_grant_type", "grant_type is missing or unknown")
        return grant(request, form)

    def redeem_code(self, form: FormFields, client_id: str) -> AuthorizationCode:
        """The code of a token request; it is used up even if this raises OAuthError."""
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.request.client_id != client_id:
            raise OAuthError("invalid_grant", self.config.error_texts["code"])
        if code.issued_at + self.config.code_lifetime <= self.clock():
            raise OAuthError("invalid_grant", self.config.error_texts["expired"])
        if form.get("redirect_uri") != code.request.redirect_uri:
            raise OAuthError("invalid_grant", self.config.error_texts["redirect_uri"])
        challenge, verifier = code.request.code_challenge, form.get("code_verifier")
        if verifier is None and challenge is not None:
            raise OAuthError("invalid_request", 'Missing "code_verifier"')
        if verifier is not None and not VERIFIER_PATTERN.fullmatch(verifier):
            raise OAuthError("invalid_request", "code_verifier must be 43 to 128 unreserved chars")
        if challenge != (verifier and s256_challenge(verifier)):
            raise OAuthError("invalid_grant", self.config.error_texts["code_verifier"])
        return code


def oauth_endpoint(
    respond: Callable[[web.Request], Awaitable[Mapping[str, object]]],
) -> Handler:
    """A handler that sends the result or an OAuthError as JSON, which nothing may cache."""

    async def handle(request: web.Request) -> web.StreamResponse:
        status = 200
        payload: Mapping[str, object]
        try:
            payload = await respond(request)
        except OAuthError as error:
            status, payload = error.status, error.payload
        body = json.dumps(payload).encode()
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return web.Response(status=status, body=body, headers=headers)

    return handle


async def read_form(request: web.Request) -> FormFields:
    """The fields of a form body; empty for another content type or a URL with a query.

    Raises OAuthError if a field is repeated or the form cannot be read.
    """
    if request.content_type != FORM_CONTENT_TYPE or request.query_string:
        return {}
    try:
        sent = await request.post()
    except (UnicodeDecodeError, LookupError):
        raise OAuthError("invalid_request", "The form cannot be read") from None
    fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    if len(fields) != len(sent):
        raise OAuthError("invalid_request", "A parameter was repeated")
    return fields


def basic_credentials(request: web.Request) -> tuple[str, str] | None:
    """The name and password of HTTP Basic, or None if the header has no valid ones."""
    scheme, _, proof = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        name, colon, password = base64.b64decode(proof, validate=True).decode().partition(":")
    except ValueError:  # invalid base64 or UTF-8
        return None
    return (name, password) if colon else None


def s256_challenge(verifier: str) -> str:
    """The S256 challenge for this verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
