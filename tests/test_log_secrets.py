"""The log contains no tokens, codes, states, login links, or text that users typed."""

from __future__ import annotations

import json
import logging
import re
from urllib.parse import parse_qsl

import pytest

from sandbox.browser import Browser
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from tests.database_edits import edit_database


async def test_no_secret_is_logged_in_any_flow(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    spotify = harness.spotify
    spotify.oauth.refresh_token_reply = "new"
    ada = harness.discord.user_client("ada")
    typed = ["a very private query", "https://open.spotify.com/concert/secretword"]

    reply = await ada.run("/link")
    login = harness.find_login_offer(reply).url
    async with Browser() as browser:
        await browser.open(f"{harness.settings.public_url}/callback?state=canary1&code=canary2")
        done = await browser.log_in(login, account="ada")
        await browser.open(done.url)
    await reply.wait_for("Almost done")
    await harness.link_account("ada")
    for text in typed:
        await ada.run(f"/play what:{text}")
    spotify.tokens.expire_access_tokens()
    await ada.run("/now")
    for fault in (Fault("/me/player", status=403, body="canary3"), Fault("/api/token", status=400)):
        (spotify.accounts_faults if "token" in fault.pattern else spotify.faults).add(fault)
        spotify.tokens.expire_access_tokens()
        await ada.run("/now")
    await _break_store(harness)
    assert "reference" in (await ada.run("/now")).text

    logged = "\n".join(record.getMessage() + str(record.exc_text) for record in caplog.records)
    assert "Traceback" in logged
    secrets = _known_secrets(harness) | {
        harness.discord.token,
        login.rpartition("/")[2],
        *typed,
        "canary",
    }
    assert len(secrets) >= 10
    assert not [secret for secret in secrets if secret in logged]


async def _break_store(harness: Harness) -> None:
    """Make the next command fail with an unexpected error."""
    await edit_database(harness, "ALTER TABLE link RENAME TO link_away")


def _known_secrets(harness: Harness) -> set[str]:
    """Every token, code, state and verifier that the accounts service received or sent."""
    secrets: set[str] = set()
    for exchange in harness.spotify.accounts_traffic.exchanges:
        form = dict(parse_qsl(exchange.request_body.decode())) | dict(exchange.query)
        if exchange.response_type == "application/json":
            form |= json.loads(exchange.response_body)
        names = ("code", "state", "code_verifier", "access_token", "refresh_token")
        secrets |= {str(form[name]) for name in names if form.get(name)}
        secrets |= set(re.findall(r"[?&](?:code|state)=([\w-]+)", exchange.response_body.decode()))
    return secrets


async def test_bug_reply_and_log_share_a_reference(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await harness.link_account("ada")
    await _break_store(harness)
    match = re.search(r"reference (\w+)", (await ada.run("/now")).text)
    assert match is not None
    (record,) = [r for r in caplog.records if match[0] in r.getMessage()]
    assert record.exc_info is not None
    assert record.levelno == logging.ERROR
