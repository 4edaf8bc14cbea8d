"""Tokens, codes, states and keys stand in no log, traceback, database file, page or repr."""

from __future__ import annotations

import gc
import importlib
import inspect
import logging
import pkgutil
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

import pytest

import bot
from bot import config
from bot.app import rekey
from bot.panel.live_panel import LivePanel
from bot.player.outcome import Outcome
from sandbox.fault_injection import Fault
from sandbox.harness import find_confirmation_code
from tests.canaries import MIN_LEAK_LENGTH, Canaries, collect_canaries, leaked_kinds
from tests.login_client import LoginClient, login_client

TOKEN_KEYS = "4c616e7465726e20576561746865722c20736964652041202d2074616b652031", "7a" * 32
DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [{}, DISCORD_MODE], ids=["code", "discord"])
CANARY = "c4n4ry"
SECRET_FIELDS = {
    "access_token", "code", "cookie", "discord_client_secret", "discord_token", "nonce",
    "confirmation_code", "message_ref", "metrics_token", "refresh_token",
    "spotify_client_secret", "state", "token", "token_keys", "url", "value", "verifier",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """As the program logs at DEBUG; the libraries' levels are put back at the end."""
    levels = {name: logging.getLogger(name).level for name in config.CAPPED_LOGGERS}
    caplog.set_level(logging.DEBUG)
    config.cap_library_levels(logging.DEBUG)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class LeakSearch:
    """Looks again and again, since files and objects change."""

    def __init__(self, client: LoginClient) -> None:
        self.it = client
        self.files = ""

    def check(self) -> None:
        """Keep what the database's files hold now, and hold all live objects to their repr."""
        database = self.it.harness.settings.database
        for file in sorted(database.parent.glob(f"{database.name}*")):
            self.files += file.read_bytes().decode("latin-1")
        secrets = collect_canaries(self.it)
        ours = [it for it in gc.get_objects() if str(type(it).__module__).startswith("bot.")]
        assert len(ours) > 10
        shown = {
            f"{type(it).__name__}: {kind}" for it in ours for kind in _kinds_in_repr(it, secrets)
        }
        assert not shown

    def finish(self, logged: str, *kinds: str) -> Canaries:
        """Nothing is found anywhere; `kinds` are those that must have been there to be found."""
        secrets = collect_canaries(self.it)
        assert set(kinds) <= {kind for kind, values in secrets.items() if values}
        assert not leaked_kinds(self.files, secrets)
        assert not leaked_kinds(logged, secrets)
        for answer in self.it.responses:
            rest = {
                name: text
                for name, text in answer.headers.items()
                if name not in EXPECTED_SECRET_HEADERS
            }
            allowed = {"typed code"} if find_confirmation_code(answer.text) else set()
            assert leaked_kinds(f"{answer.html} {rest}", secrets) <= allowed, answer.url
        return secrets


EXPECTED_SECRET_HEADERS = ("Location", "Set-Cookie")


def _kinds_in_repr(thing: object, secrets: Canaries) -> set[str]:
    return leaked_kinds(repr(thing), secrets)


@contextmanager
def _break_table(it: LoginClient, table: str) -> Iterator[None]:
    """Whatever asks for this table meets an error that nobody foresaw."""

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(it.harness.settings.database)) as db:
            db.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename(table, f"{table}_away")
    yield
    rename(f"{table}_away", table)


@asynccontextmanager
async def _search_for_leaks(**mode: str) -> AsyncIterator[LeakSearch]:
    async with login_client(TOKEN_KEYS=",".join(TOKEN_KEYS), **mode) as it:
        it.harness.spotify.oauth.refresh_token_reply = "new"
        yield LeakSearch(it)


@MODES
async def test_no_flow_leaks_a_secret(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with _search_for_leaks(**mode) as search:
        it = search.it
        ada = it.harness.discord.user_client("ada")
        await it.send("GET", f"/callback?state={CANARY}&code={CANARY}", CANARY)
        _, offer, there = await it.prepare_callback("/callback")
        search.check()
        page = await it.result_page(await it.send_callback(there))
        search.check()
        await it.send_callback(there)
        if code := find_confirmation_code(page.text):
            await it.enter_code(offer, "AAAA-AAAA")
            search.check()
            await it.enter_code(offer, code)
        await ada.run("/account")
        for reply in ("new", "same", "none"):
            it.harness.spotify.oauth.refresh_token_reply = reply
            it.harness.spotify.tokens.expire_access_tokens()
            await ada.run("/now")
        search.check()
        await it.harness.stop()
        await rekey(it.harness.settings)
        search.check()
        await it.harness.start()
        it.harness.spotify.tokens.revoke_consents("ada")
        it.harness.spotify.tokens.expire_access_tokens()
        await ada.run("/now")
        _, offer = await it.request_login("grace")
        await it.result_page(
            await it.send_callback(await it.authorize(await it.start_login(offer), accept=False))
        )
        await (await ada.run("/unlink")).press("Unlink and erase")
        it.expire_logins()
        assert it.harness.bot is not None
        await it.harness.bot.run_maintenance()
        search.check()
        await it.harness.stop()
        search.check()
        service = "discord" if mode else "spotify"
        secrets = search.finish(
            caplog.text, "settings", "keys", "interaction token", "nonce", "cookie", "state",
            "code", "spotify code_verifier", "spotify access_token", "spotify refresh_token",
            f"{service} code", f"{service} access_token",
        )  # fmt: skip
        assert len(secrets["spotify refresh_token"]) >= 2
        assert bool(secrets.get("typed code")) == (not mode)


@MODES
async def test_no_crash_leaks_a_secret(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with _search_for_leaks(**mode) as search:
        it = search.it
        ada = it.harness.discord.user_client("ada")
        await it.link()
        doors = ("/discord", "/callback") if mode else ("/callback",)
        for table in ("login", "link"):
            it.expire_logins()
            with _break_table(it, table):
                assert "reference" in (await ada.run("/link")).text
                it.harness.spotify.tokens.expire_access_tokens()
                await ada.run("/now")
            _, offer = await it.request_login()
            with _break_table(it, table):
                await it.start_login(offer)
            for door in doors:
                it.expire_logins()
                *_, there = await it.prepare_callback(door)
                with _break_table(it, table):
                    assert (await it.send_callback(there)).status in (303, 500)
                    await it.send("GET", "/done", there.cookies[0])
            search.check()
        assert caplog.text.count("Traceback") >= 6
        await it.harness.stop()
        search.check()
        search.finish(caplog.text, "nonce", "cookie", "state", "code", "spotify refresh_token")


FAULTS = (
    Fault(action="reset"),
    Fault(runs_first=True, action="reset"),
    Fault(status=500, body="ECHO"),
    Fault(status=400, body='{"error": "ECHO"}', headers={"Content-Type": "application/json"}),
    Fault(status=400, body='{"error": {"message": "ECHO"}}'),
    Fault(status=200, body='{"access_token": "ECHO", "refresh_token": ["ECHO"], "id": ["ECHO"]}'),
    Fault(status=302, headers={"Location": "http://127.0.0.1/ECHO"}),
)


@MODES
async def test_no_service_response_leaks_a_secret_to_log(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Even where it repeats what it was sent."""
    async with _search_for_leaks(**mode) as search:
        it = search.it
        await it.link("grace")
        for door in ("/discord", "/callback") if mode else ("/callback",):
            for spoiled in FAULTS:
                it.expire_logins()
                *_, there = await it.prepare_callback(door)
                echo = there.param("code")
                faults = it.harness.spotify.accounts_faults
                if door == "/discord":
                    faults = it.harness.discord.faults
                body = str(spoiled.body).replace("ECHO", echo)
                headers = {k: v.replace("ECHO", echo) for k, v in spoiled.headers.items()}
                faults.add(
                    Fault(
                        "/token$", spoiled.action, spoiled.status, body, headers, spoiled.runs_first
                    )
                )
                page = await it.result_page(await it.send_callback(there))
                assert page.status in (400, 410)
        token = next(iter(collect_canaries(it)["spotify refresh_token"]))
        for spoiled in FAULTS:
            body = str(spoiled.body).replace("ECHO", token)
            it.harness.spotify.accounts_faults.add(Fault("/token$", status=500, body=body))
            it.harness.spotify.tokens.expire_access_tokens()
            await it.harness.discord.user_client("grace").run("/now")
        for act in ("reset", "answer"):
            it.expire_logins()
            *_, there = await it.prepare_callback("/callback")
            it.harness.discord.faults.add(
                Fault("(PATCH|POST) .*/webhooks/", "reset" if act == "reset" else "answer", 404)
            )
            await it.send_callback(there)
        search.check()
        search.finish(caplog.text, "interaction token", "code", "spotify refresh_token")


async def test_leak_in_library_is_detected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logging.getLogger("discord").setLevel(logging.DEBUG)
    async with _search_for_leaks() as search:
        await search.it.link()
        found = leaked_kinds(caplog.text, collect_canaries(search.it))
    assert {"interaction token", "nonce", "typed code"} <= found


def _record_types() -> Iterator[type[Any]]:
    """All classes of ours that are made of fields."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name == "bot.__main__":
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and _field_names(kind):
                yield kind


def _field_names(kind: type[Any]) -> tuple[str, ...]:
    names: Iterable[str] = getattr(kind, "__dataclass_fields__", ())
    return (*names, *getattr(kind, "__struct_fields__", ()))


@pytest.mark.parametrize("kind", list(_record_types()), ids=lambda kind: kind.__qualname__)
def test_no_record_shows_a_secret_in_repr(kind: type[Any]) -> None:
    secret = SECRET_FIELDS & set(_field_names(kind))
    if kind.__module__ == "bot.spotify.models":
        secret.discard("url")  # of a cover
    if kind in (LivePanel, Outcome):
        secret.discard("state")  # of a player
    values = {name: CANARY * 4 if name in secret else None for name in _field_names(kind)}
    assert CANARY not in repr(kind(**values))


def test_secret_prefix_counts_as_leak() -> None:
    assert leaked_kinds(
        "…AQBCDEFGHIJKLMNOPQRSTUVWXYZ…", {"code": {"AQBCDEFGHIJKLMNOPQRS and more"}}
    )
    assert MIN_LEAK_LENGTH <= 20
