"""Consents and access tokens of the simulated accounts service."""

from __future__ import annotations

import calendar
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..clock import Clock

CONSENT_MONTHS = 6


@dataclass(eq=False)
class Consent:
    """A user's consent to an app. `granted_at` in seconds since 1970."""

    client_id: str
    account: str
    scopes: frozenset[str]
    granted_at: float
    refresh_token: str = field(repr=False)
    revoked: bool = False

    @property
    def expires_at(self) -> float:
        """Six calendar months after the consent. A refresh does not extend it."""
        granted = datetime.fromtimestamp(self.granted_at, UTC)
        years, month = divmod(granted.month - 1 + CONSENT_MONTHS, 12)
        year, month = granted.year + years, month + 1
        day = min(granted.day, calendar.monthrange(year, month)[1])
        return granted.replace(year=year, month=month, day=day).timestamp()


@dataclass(eq=False)
class AccessToken:
    """The grant of an access token; `account` None is an app without a user."""

    client_id: str
    account: str | None
    scopes: frozenset[str]
    expires_at: float


class TokenStore:
    """All consents and access tokens. The API tells expired tokens from unknown ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._consents: dict[str, Consent] = {}
        self._access_tokens: dict[str, AccessToken] = {}

    def grant_consent(self, client_id: str, account: str, scopes: frozenset[str]) -> Consent:
        consent = Consent(client_id, account, scopes, self._clock(), _new_refresh_token())
        self._consents[consent.refresh_token] = consent
        return consent

    def find_consent(self, refresh_token: str) -> Consent | None:
        """The consent with this refresh token."""
        return self._consents.get(refresh_token)

    def rotate_refresh_token(self, consent: Consent) -> None:
        """Replace the consent's refresh token; the old one becomes invalid."""
        del self._consents[consent.refresh_token]
        consent.refresh_token = _new_refresh_token()
        self._consents[consent.refresh_token] = consent

    def issue_access_token(
        self, client_id: str, account: str | None, scopes: frozenset[str], lifetime: float
    ) -> str:
        """A new access token; the lifetime is in seconds."""
        token = "BQ" + secrets.token_urlsafe(120)
        self._access_tokens[token] = AccessToken(
            client_id, account, scopes, self._clock() + lifetime
        )
        return token

    def find_access_token(self, token: str) -> AccessToken | None:
        """The grant of the token, expired or not."""
        return self._access_tokens.get(token)

    def expire_access_tokens(self) -> None:
        """Expire all access tokens now."""
        for access in self._access_tokens.values():
            access.expires_at = min(access.expires_at, self._clock())

    def revoke_consents(self, account: str) -> None:
        """Revoke an account's consents, as if the user removed all apps."""
        for consent in self._consents.values():
            if consent.account == account:
                consent.revoked = True


def _new_refresh_token() -> str:
    return "AQ" + secrets.token_urlsafe(96)
