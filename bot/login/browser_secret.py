"""The secret in a browser's cookie, and the OAuth parameters that are derived from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Literal, Self

Service = Literal["Spotify", "Discord"]

_COOKIE_PATTERN = re.compile(r"([A-Za-z0-9_-]{43})(?:\.([0-9]{1,19}))?")


@dataclass(frozen=True)
class BrowserSecret:
    """A secret of 256 bits in the cookie of one browser; the store holds its hash.

    State and verifier are derived from it. So a browser that repeats a request is redirected to the
    same URL, and the store does not hold them.

    serial  the login whose result page the browser opens next, if its cookie names one
    """

    value: str = field(repr=False)
    serial: int | None = None

    @classmethod
    def generate(cls) -> Self:
        return cls(secrets.token_urlsafe(32))

    @classmethod
    def from_cookie(cls, cookie: str) -> Self | None:
        """The secret in this cookie; None if the bot cannot have set the cookie."""
        found = _COOKIE_PATTERN.fullmatch(cookie)
        if found is None:
            return None
        value, serial = found.groups()
        return cls(value, None if serial is None else int(serial))

    def cookie(self, serial: int | None = None) -> str:
        """The cookie's value; `serial` is the login whose result the browser shows next."""
        return self.value if serial is None else f"{self.value}.{serial}"

    def state(self, service: Service, serial: int) -> str:
        """The OAuth state with which the browser is sent to a service for this login."""
        return self._derive(f"state at {service} of login {serial}")

    def verifier(self, serial: int) -> str:
        """The PKCE code verifier of this login; RFC 7636 requires 43 to 128 characters."""
        return self._derive(f"PKCE verifier of login {serial}")

    def _derive(self, label: str) -> str:
        """43 characters (256 bits) that do not reveal the secret."""
        digest = hmac.digest(self.value.encode(), label.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
