"""What is the same at every OAuth service: forms, client passwords, PKCE, errors of two strings."""

from __future__ import annotations

import base64
import hashlib
import re

from aiohttp import web

CHALLENGE_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256, without padding
VERIFIER_PATTERN = re.compile(r"[A-Za-z0-9._~-]{43,128}")
FORM_CONTENT_TYPE = "application/x-www-form-urlencoded"

FormFields = dict[str, str]


class OAuthError(Exception):
    """An error in OAuth's own shape: two strings."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    @property
    def payload(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


async def read_form(request: web.Request) -> FormFields:
    """The fields of a form; none of anything else, nor beside a query.

    Raises OAuthError where a field stands twice or the form cannot be read.
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
    """The name and the password of HTTP Basic; None where there are none to be read."""
    scheme, _, proof = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        name, colon, password = base64.b64decode(proof, validate=True).decode().partition(":")
    except ValueError:  # of base64 and of UTF-8
        return None
    return (name, password) if colon else None


def s256_challenge(verifier: str) -> str:
    """The S256 challenge that this verifier answers (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
