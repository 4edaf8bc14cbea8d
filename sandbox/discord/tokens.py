"""Sign-ins with the pretend Discord: codes, what a person allowed, and the tokens for it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.discord.world import User

CODE_LIFETIME = 60.0  # seconds
ACCESS_LIFETIME = 604_800  # seconds; a week


@dataclass(frozen=True)
class Code:
    """What a code was given for; there is one app, so it is that app's. Time since 1970."""

    user: User
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str | None
    given_at: float


@dataclass(frozen=True, eq=False)
class SignIn:
    """What a code was exchanged for."""

    user: User
    scopes: frozenset[str]
    expires_at: float
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class Tokens:
    """All that was handed out and still stands for something."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self.sign_ins: list[SignIn] = []

    def offer(self, code: Code) -> str:
        """A code for a consent just given."""
        text = secrets.token_urlsafe(24)
        self._codes[text] = code
        return text

    def take(self, text: str) -> Code | None:
        """What the code was given for, within a minute; it is used up by asking."""
        code = self._codes.pop(text, None)
        expired = code is not None and code.given_at + CODE_LIFETIME <= self._clock()
        return None if expired else code

    def sign_in(self, code: Code) -> SignIn:
        """Tokens for a person who has signed in."""
        expires_at = self._clock() + ACCESS_LIFETIME
        tokens = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        made = SignIn(code.user, code.scopes, expires_at, *tokens)
        self.sign_ins.append(made)
        return made

    def bearer(self, headers: Mapping[str, str]) -> SignIn | None:
        """The sign-in that a request speaks for, if its access token is alive."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        alive = (one for one in self.sign_ins if one.expires_at > self._clock())
        return next((one for one in alive if (scheme, token) == ("Bearer", one.access_token)), None)

    def revoke(self, token: str) -> None:
        """End an access or a refresh token, and with it all that the same person allowed.

        https://docs.discord.com/developers/topics/oauth2, "Token Revocation Example".
        """
        meant = {
            one.user for one in self.sign_ins if token in (one.access_token, one.refresh_token)
        }
        self.sign_ins = [one for one in self.sign_ins if one.user not in meant]
