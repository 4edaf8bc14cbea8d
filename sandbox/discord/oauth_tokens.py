"""The tokens of people who signed in with the simulated Discord."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.discord.state import User

ACCESS_TOKEN_LIFETIME = 604_800  # seconds; a week


@dataclass(frozen=True, eq=False)
class UserGrant:
    """What a user allowed the app, and the tokens for it. `expires_at` in seconds since 1970."""

    user: User
    scopes: frozenset[str]
    expires_at: float
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class TokenStore:
    """The grants that were not revoked, expired ones included."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.grants: list[UserGrant] = []

    def issue(self, user: User, scopes: frozenset[str]) -> UserGrant:
        """New tokens for a user who has authorized the app."""
        expires_at = self._clock() + ACCESS_TOKEN_LIFETIME
        tokens = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.grants.append(grant := UserGrant(user, scopes, expires_at, *tokens))
        return grant

    def authenticate(self, headers: Mapping[str, str]) -> UserGrant | None:
        """The grant of a request's access token, if the token has not expired."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        for grant in self.grants:
            if (scheme, token) == ("Bearer", grant.access_token):
                return grant if grant.expires_at > self._clock() else None
        return None

    def revoke(self, token: str) -> None:
        """Revoke an access or refresh token, and with it every grant of the same user.

        https://docs.discord.com/developers/topics/oauth2, "Token Revocation Example".
        """
        users = {g.user for g in self.grants if token in (g.access_token, g.refresh_token)}
        self.grants = [grant for grant in self.grants if grant.user not in users]
