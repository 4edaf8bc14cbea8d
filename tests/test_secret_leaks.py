"""No log, traceback, database file, page or repr contains a token, code, state or key."""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing

import pytest

from bot.command_line.rekey import rekey
from bot.config import logs
from sandbox.fault_injection import Fault, FaultAction
from sandbox.harness import find_confirmation_code
from tests.canaries import MIN_LEAK_LENGTH, Canaries, collect_canaries, leaked_kinds
from tests.login_client import LoginClient, login_client

TOKEN_KEYS = "4c616e7465726e20576561746865722c20736964652041202d2074616b652031", "7a" * 32
DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [{}, DISCORD_MODE], ids=["code", "discord"])
CANARY = "c4n4ry"


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Log like the program at DEBUG; restores the libraries' levels."""
    levels = {name: logging.getLogger(name).level for name in logs.CAPPED_LOGGERS}
    caplog.set_level(logging.DEBUG)
    logs.cap_library_levels(logging.DEBUG)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class LeakSearch:
    """Searches files and objects again and again, since they change."""

    def __init__(self, client: LoginClient) -> None:
        self.it = client
        self.files = ""

    def check(self) -> None:
        """Record the bytes of the database's files, and search the repr of all live objects."""
        database = self.it.harness.settings.database
        for file in sorted(database.parent.glob(f"{database.name}*")):
            self.files += file.read_bytes().decode("latin-1")
        secrets = collect_canaries(self.it)
        objects = [o for o in gc.get_objects() if str(type(o).__module__).startswith("bot.")]
        assert len(objects) > 10
        leaks = {
            f"{type(o).__name__}: {kind}"
            for o in objects
            for kind in leaked_kinds(repr(o), secrets)
        }
        assert not leaks

    def finish(self, logged: str, *kinds: str) -> Canaries:
        """Search files, log and responses; `kinds` are secrets that the test must have used."""
        secrets = collect_canaries(self.it)
        assert set(kinds) <= {kind for kind, values in secrets.items() if values}
        assert not leaked_kinds(self.files, secrets)
        assert not leaked_kinds(logged, secrets)
        for response in self.it.responses:
            headers = {
                name: text
                for name, text in response.headers.items()
                if name not in EXPECTED_SECRET_HEADERS
            }
            allowed = {"typed code"} if find_confirmation_code(response.text) else set()
            assert leaked_kinds(f"{response.html} {headers}", secrets) <= allowed, response.url
        return secrets


EXPECTED_SECRET_HEADERS = ("Location", "Set-Cookie")


@asynccontextmanager
async def _break_table(it: LoginClient, table: str) -> AsyncIterator[None]:
    """Make every access to this table fail with an unexpected error.

    In a thread: the bot may be in a transaction, which ends only while the event loop runs.
    """

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(it.harness.settings.database)) as db:
            db.execute(f"ALTER TABLE {old} RENAME TO {new}")

    await asyncio.to_thread(rename, table, f"{table}_away")
    yield
    await asyncio.to_thread(rename, f"{table}_away", table)


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
        _, offer, callback = await it.prepare_callback("/callback")
        search.check()
        page = await it.result_page(await it.send_callback(callback))
        search.check()
        await it.send_callback(callback)
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
        paths = ("/discord", "/callback") if mode else ("/callback",)
        for table in ("login", "link"):
            it.expire_logins()
            async with _break_table(it, table):
                assert "reference" in (await ada.run("/link")).text
                it.harness.spotify.tokens.expire_access_tokens()
                await ada.run("/now")
            _, offer = await it.request_login()
            async with _break_table(it, table):
                await it.start_login(offer)
            for path in paths:
                it.expire_logins()
                *_, callback = await it.prepare_callback(path)
                async with _break_table(it, table):
                    assert (await it.send_callback(callback)).status in (303, 500)
                    await it.send("GET", "/done", callback.cookies[0])
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


def _with_echo(fault: Fault, secret: str) -> Fault:
    """A new fault of the token endpoint, whose response repeats the secret."""
    return Fault(
        "/token$",
        fault.action,
        fault.status,
        str(fault.body).replace("ECHO", secret),
        {name: value.replace("ECHO", secret) for name, value in fault.headers.items()},
        fault.runs_first,
    )


@MODES
async def test_no_service_response_leaks_a_secret_to_log(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Not even if the response repeats the request's code or token."""
    async with _search_for_leaks(**mode) as search:
        it = search.it
        await it.link("grace")
        for path in ("/discord", "/callback") if mode else ("/callback",):
            for fault in FAULTS:
                it.expire_logins()
                *_, callback = await it.prepare_callback(path)
                faults = it.harness.spotify.accounts_faults
                if path == "/discord":
                    faults = it.harness.discord.faults
                faults.add(_with_echo(fault, callback.param("code")))
                page = await it.result_page(await it.send_callback(callback))
                assert page.status in (400, 410)
        token = next(iter(collect_canaries(it)["spotify refresh_token"]))
        for fault in FAULTS:
            body = str(fault.body).replace("ECHO", token)
            it.harness.spotify.accounts_faults.add(Fault("/token$", status=500, body=body))
            it.harness.spotify.tokens.expire_access_tokens()
            await it.harness.discord.user_client("grace").run("/now")
        actions: tuple[FaultAction, ...] = ("reset", "answer")
        for action in actions:
            it.expire_logins()
            *_, callback = await it.prepare_callback("/callback")
            it.harness.discord.faults.add(Fault("(PATCH|POST) .*/webhooks/", action, 404))
            await it.send_callback(callback)
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


def test_secret_prefix_counts_as_leak() -> None:
    assert leaked_kinds(
        "…AQBCDEFGHIJKLMNOPQRSTUVWXYZ…", {"code": {"AQBCDEFGHIJKLMNOPQRS and more"}}
    )
    assert MIN_LEAK_LENGTH <= 20
