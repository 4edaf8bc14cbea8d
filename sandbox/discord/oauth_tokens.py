"""Sign-ins with the pretend Discord: codes, what a person allowed, and the tokens for it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.discord.state import User

CODE_LIFETIME = 60.0  # seconds
ACCESS_TOKEN_LIFETIME = 604_800  # seconds; a week


@dataclass(frozen=True)
class AuthorizationCode:
    """What a code was given for; there is one app, so it is that app's. Time since 1970."""

    user: User
    redirect_uri: str
    scopes: frozenset[str]
    code_challenge: str | None
    issued_at: float


@dataclass(frozen=True, eq=False)
class UserGrant:
    """What a code was exchanged for."""

    user: User
    scopes: frozenset[str]
    expires_at: float
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class TokenStore:
    """All that was handed out and still stands for something."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, AuthorizationCode] = {}
        self.grants: list[UserGrant] = []

    def issue_code(self, code: AuthorizationCode) -> str:
        """A code for a consent just given."""
        text = secrets.token_urlsafe(24)
        self._codes[text] = code
        return text

    def redeem_code(self, text: str) -> AuthorizationCode | None:
        """What the code was given for, within a minute; it is used up by asking."""
        code = self._codes.pop(text, None)
        expired = code is not None and code.issued_at + CODE_LIFETIME <= self._clock()
        return None if expired else code

    def issue_tokens(self, code: AuthorizationCode) -> UserGrant:
        """Tokens for a person who has signed in."""
        expires_at = self._clock() + ACCESS_TOKEN_LIFETIME
        tokens = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        made = UserGrant(code.user, code.scopes, expires_at, *tokens)
        self.grants.append(made)
        return made

    def authenticate(self, headers: Mapping[str, str]) -> UserGrant | None:
        """The sign-in that a request speaks for, if its access token is alive."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        alive = (one for one in self.grants if one.expires_at > self._clock())
        return next((one for one in alive if (scheme, token) == ("Bearer", one.access_token)), None)

    def revoke(self, token: str) -> None:
        """End an access or a refresh token, and with it all that the same person allowed.

        https://docs.discord.com/developers/topics/oauth2, "Token Revocation Example".
        """
        meant = {one.user for one in self.grants if token in (one.access_token, one.refresh_token)}
        self.grants = [one for one in self.grants if one.user not in meant]
