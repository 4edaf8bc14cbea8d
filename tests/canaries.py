"""Every secret that went over a wire or stands in the settings, by kind."""

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
# So much of a secret is enough to know it again: logs shorten what they show.
MIN_LEAK_LENGTH = 20

Canaries = dict[str, set[str]]


def collect_canaries(client: LoginClient) -> Canaries:
    """Kind → secrets. An interaction's token, a login link and a typed code are secrets, too."""
    found: Canaries = {}

    def keep(kind: str, *secrets: str) -> None:
        found.setdefault(kind, set()).update(secret for secret in secrets if len(secret) > 7)

    settings = client.harness.settings
    keep("settings", settings.discord_token, settings.discord_client_secret or "")
    keep("settings", settings.spotify_client_secret or "", settings.metrics_token or "")
    keep("keys", *(key.hex() for key in settings.token_keys))
    recordings = {
        "spotify": client.harness.spotify.accounts_traffic.exchanges,
        "discord": client.harness.discord.traffic.exchanges,
    }
    for service, exchanges in recordings.items():
        for name, value in _exchanged_secrets(exchanges):
            keep(f"{service} {name}", value)
    for exchange in recordings["discord"]:
        keep("interaction token", *INTERACTION_TOKEN.findall(exchange.path))
        keep("nonce", *(link.decode() for link in LOGIN_NONCE.findall(exchange.request_body)))
    for answer in client.responses:
        keep("cookie", answer.cookie)
        keep("state", *re.findall(r"[?&]state=([\w-]+)", answer.location))
        keep("typed code", find_confirmation_code(answer.text) or "")
    for there in client.callbacks:
        keep("code", *(value for name, value in there.query if name == "code"))
    return found


def _exchanged_secrets(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, str]]:
    for exchange in exchanges:
        pairs = [*exchange.query]
        if exchange.path.endswith(("/token", "/authorize", "/answer")):
            pairs += parse_qsl(exchange.request_body.decode())
            if exchange.response_type == "application/json":
                answer = json.loads(exchange.response_body)
                pairs += answer.items() if isinstance(answer, dict) else ()
        yield from ((name, str(value)) for name, value in pairs if name in SECRET_FIELDS)


def leaked_kinds(text: str, secrets: Canaries) -> set[str]:
    """The kinds of which something stands in a text, be it the beginning alone."""
    return {
        kind
        for kind, values in secrets.items()
        if any(
            value[:MIN_LEAK_LENGTH] in text or value.replace("-", "") in text for value in values
        )
    }
