"""Collects all secrets of a session (settings and recorded traffic) to search texts for leaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from sandbox.harness import find_confirmation_code
from sandbox.traffic_log import Exchange
from tests.login_client import LoginClient

SECRET_FIELDS = ("code", "state", "code_verifier", "access_token", "refresh_token", "client_secret")
INTERACTION_TOKEN = re.compile(r"/(?:webhooks|interactions)/\d+/([\w=-]{40,})")
LOGIN_NONCE = re.compile(rb"/login/([\w-]{43})")
# Logs may shorten a secret; a prefix of this many characters still identifies it.
MIN_LEAK_LENGTH = 20

Canaries = dict[str, set[str]]


def collect_canaries(client: LoginClient) -> Canaries:
    """Kind → secrets, from the settings, the recorded exchanges and the client's responses.

    Interaction tokens, login links and confirmation codes count as secrets too.
    """
    secrets_by_kind: Canaries = {}

    def add(kind: str, *secrets: str) -> None:
        secrets_by_kind.setdefault(kind, set()).update(
            secret for secret in secrets if len(secret) > 7
        )

    settings = client.harness.settings
    add("settings", settings.discord_token, settings.discord_client_secret or "")
    add("settings", settings.spotify_client_secret or "", settings.metrics_token or "")
    add("keys", *(key.hex() for key in settings.token_keys))
    recordings = {
        "spotify": client.harness.spotify.accounts_traffic.exchanges,
        "discord": client.harness.discord.traffic.exchanges,
    }
    for service, exchanges in recordings.items():
        for name, value in _exchanged_secrets(exchanges):
            add(f"{service} {name}", value)
    for exchange in recordings["discord"]:
        add("interaction token", *INTERACTION_TOKEN.findall(exchange.path))
        add("nonce", *(link.decode() for link in LOGIN_NONCE.findall(exchange.request_body)))
    for response in client.responses:
        add("cookie", response.cookie)
        add("state", *re.findall(r"[?&]state=([\w-]+)", response.location))
        add("typed code", find_confirmation_code(response.text) or "")
    for callback in client.callbacks:
        add("code", *(value for name, value in callback.query if name == "code"))
    return secrets_by_kind


def _exchanged_secrets(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, str]]:
    for exchange in exchanges:
        pairs = [*exchange.query]
        if exchange.path.endswith(("/token", "/authorize", "/answer")):
            pairs += parse_qsl(exchange.request_body.decode())
            if exchange.response_type == "application/json":
                fields = json.loads(exchange.response_body)
                pairs += fields.items() if isinstance(fields, dict) else ()
        yield from ((name, str(value)) for name, value in pairs if name in SECRET_FIELDS)


def leaked_kinds(text: str, secrets: Canaries) -> set[str]:
    """The kinds of secret that occur in the text, whole or as a prefix."""
    return {
        kind
        for kind, values in secrets.items()
        if any(
            value[:MIN_LEAK_LENGTH] in text or value.replace("-", "") in text for value in values
        )
    }
