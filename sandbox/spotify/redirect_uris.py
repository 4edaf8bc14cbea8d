"""Spotify's rules for redirect URIs: https, or http with a loopback address."""

from __future__ import annotations

import re

from yarl import URL

_LOOPBACK_PORT = re.compile(r"^(http://(?:127\.0\.0\.1|\[::1\])):[0-9]{1,5}(?=[/?]|$)")


def validate_redirect_uri(redirect_uri: str) -> None:
    """Raises ValueError for a URI that the dashboard refuses, such as one with "localhost"."""
    try:
        url = URL(redirect_uri)
    except ValueError:
        raise ValueError(f"{redirect_uri!r} is not a URL") from None
    if not url.absolute or not url.host:
        raise ValueError(f"{redirect_uri!r} is not an absolute URL")
    if "#" in redirect_uri or url.user is not None or "*" in redirect_uri:
        raise ValueError("a redirect URI has no fragment, no user and no wildcard")
    if url.scheme == "https" and url.host != "localhost":
        return
    if url.scheme != "http" or url.host not in ("127.0.0.1", "::1"):
        raise ValueError(
            f"{redirect_uri!r} is not secure: use https, http://127.0.0.1 or http://[::1]"
        )


def redirect_uri_matches(registered: str, given: str) -> bool:
    """Whether the URIs are equal. A loopback URI registered without a port matches any port."""
    return registered in (given, _LOOPBACK_PORT.sub(r"\1", given))
