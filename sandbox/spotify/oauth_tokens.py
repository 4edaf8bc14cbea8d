"""Codes, consents and access tokens: who may ask what, through which app, until when."""

from __future__ import annotations

import calendar
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..clock import Clock

CONSENT_MONTHS = 6


@dataclass(eq=False)
class Consent:
    """A person's consent to an app, as long as its refresh token lives."""

    client_id: str
    account: str
    scopes: frozenset[str]
    granted_at: float
    refresh_token: str = field(repr=False)
    revoked: bool = False

    @property
    def expires_at(self) -> float:
        """Six months after the consent, by the calendar. Refreshing does not move it."""
        given = datetime.fromtimestamp(self.granted_at, UTC)
        years, month = divmod(given.month - 1 + CONSENT_MONTHS, 12)
        year, month = given.year + years, month + 1
        day = min(given.day, calendar.monthrange(year, month)[1])
        return given.replace(year=year, month=month, day=day).timestamp()


@dataclass(eq=False)
class AccessToken:
    """What an access token allows; `account` None is an app without a user."""

    client_id: str
    account: str | None
    scopes: frozenset[str]
    expires_at: float


class TokenStore:
    """All that was handed out. Expired access tokens stay known, to be told from false ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._consents: dict[str, Consent] = {}
        self._access_tokens: dict[str, AccessToken] = {}

    def grant_consent(self, client_id: str, account: str, scopes: frozenset[str]) -> Consent:
        consent = Consent(client_id, account, scopes, self._clock(), _new_refresh_token())
        self._consents[consent.refresh_token] = consent
        return consent

    def find_consent(self, refresh_token: str) -> Consent | None:
        """The consent that this refresh token stands for."""
        return self._consents.get(refresh_token)

    def rotate_refresh_token(self, consent: Consent) -> None:
        """A new refresh token for the same consent; the old one is dead."""
        del self._consents[consent.refresh_token]
        consent.refresh_token = _new_refresh_token()
        self._consents[consent.refresh_token] = consent

    def issue_access_token(
        self, client_id: str, account: str | None, scopes: frozenset[str], lifetime: float
    ) -> str:
        """An access token."""
        token = "BQ" + secrets.token_urlsafe(120)
        self._access_tokens[token] = AccessToken(
            client_id, account, scopes, self._clock() + lifetime
        )
        return token

    def find_access_token(self, token: str) -> AccessToken | None:
        """What the token allows, whether or not it has expired."""
        return self._access_tokens.get(token)

    def expire_access_tokens(self) -> None:
        """End all access tokens there are."""
        for access in self._access_tokens.values():
            access.expires_at = min(access.expires_at, self._clock())

    def revoke_consents(self, account: str) -> None:
        """As if the person had removed all apps on their account page."""
        for consent in self._consents.values():
            if consent.account == account:
                consent.revoked = True


def _new_refresh_token() -> str:
    return "AQ" + secrets.token_urlsafe(96)
