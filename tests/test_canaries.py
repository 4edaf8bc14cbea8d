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
from bot import log
from bot.app import rekey
from bot.panel import Shown
from bot.ui.replies import Done
from sandbox.faults import Fault
from sandbox.stage import code_on
from tests.canaries import ENOUGH, Canaries, canaries, found_in
from tests.steps import Steps, steps

KEYS = "4c616e7465726e20576561746865722c20736964652041202d2074616b652031", "7a" * 32
BY_DISCORD = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [{}, BY_DISCORD], ids=["code", "discord"])
CANARY = "c4n4ry"
SECRET_FIELDS = {
    "access_token", "code", "cookie", "discord_client_secret", "discord_token", "nonce", "notice",
    "metrics_token", "refresh_token",
    "spotify_client_secret", "state", "token", "token_keys", "url", "value", "verifier",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """As the program logs at DEBUG; the libraries' levels are put back at the end."""
    levels = {name: logging.getLogger(name).level for name in log.GUARDED}
    caplog.set_level(logging.DEBUG)
    log.guard(logging.DEBUG)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class Search:
    """Looks again and again, since files and objects change."""

    def __init__(self, it: Steps) -> None:
        self.it = it
        self.files = ""

    def look(self) -> None:
        """Keep what the database's files hold now, and hold all live objects to their repr."""
        database = self.it.stage.settings.database
        for file in sorted(database.parent.glob(f"{database.name}*")):
            self.files += file.read_bytes().decode("latin-1")
        secrets = canaries(self.it)
        ours = [it for it in gc.get_objects() if str(type(it).__module__).startswith("bot.")]
        assert len(ours) > 10
        shown = {f"{type(it).__name__}: {kind}" for it in ours for kind in _shown(it, secrets)}
        assert not shown

    def end(self, logged: str, *kinds: str) -> Canaries:
        """Nothing is found anywhere; `kinds` are those that must have been there to be found."""
        secrets = canaries(self.it)
        assert set(kinds) <= {kind for kind, values in secrets.items() if values}
        assert not found_in(self.files, secrets)
        assert not found_in(logged, secrets)
        for answer in self.it.answers:
            rest = {name: text for name, text in answer.headers.items() if name not in SENT_ON}
            allowed = {"typed code"} if code_on(answer.text) else set()
            assert found_in(f"{answer.html} {rest}", secrets) <= allowed, answer.url
        return secrets


SENT_ON = ("Location", "Set-Cookie")


def _shown(thing: object, secrets: Canaries) -> set[str]:
    return found_in(repr(thing), secrets)


@contextmanager
def _broken(it: Steps, table: str) -> Iterator[None]:
    """Whatever asks for this table meets an error that nobody foresaw."""

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(it.stage.settings.database)) as db:
            db.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename(table, f"{table}_away")
    yield
    rename(f"{table}_away", table)


@asynccontextmanager
async def _search(**mode: str) -> AsyncIterator[Search]:
    async with steps(TOKEN_KEYS=",".join(KEYS), **mode) as it:
        it.stage.spotify.refresh_reply = "new"
        yield Search(it)


@MODES
async def test_no_flow_leaves_a_secret_behind(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with _search(**mode) as search:
        it = search.it
        ada = it.stage.discord.seat("ada")
        await it.send("GET", f"/callback?state={CANARY}&code={CANARY}", CANARY)
        _, offer, there = await it.before("/callback")
        search.look()
        page = await it.last_page(await it.bring(there))
        search.look()
        await it.bring(there)
        if code := code_on(page.text):
            await it.enter(offer, "AAAA-AAAA")
            search.look()
            await it.enter(offer, code)
        await ada.run("/account")
        for reply in ("new", "same", "none"):
            it.stage.spotify.refresh_reply = reply
            it.stage.spotify.expire_access_tokens()
            await ada.run("/now")
        search.look()
        await it.stage.stop()
        await rekey(it.stage.settings)
        search.look()
        await it.stage.start()
        it.stage.spotify.end_consent("ada")
        it.stage.spotify.expire_access_tokens()
        await ada.run("/now")
        _, offer = await it.offered("grace")
        await it.last_page(await it.bring(await it.agree(await it.press(offer), accept=False)))
        await (await ada.run("/unlink")).press("Unlink and erase")
        it.later()
        assert it.stage.bot is not None
        await it.stage.bot.go_round()
        search.look()
        await it.stage.stop()
        search.look()
        service = "discord" if mode else "spotify"
        secrets = search.end(
            caplog.text, "settings", "keys", "interaction token", "nonce", "cookie", "state",
            "code", "spotify code_verifier", "spotify access_token", "spotify refresh_token",
            f"{service} code", f"{service} access_token",
        )  # fmt: skip
        assert len(secrets["spotify refresh_token"]) >= 2
        assert bool(secrets.get("typed code")) == (not mode)


@MODES
async def test_no_crash_leaves_a_secret_behind(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with _search(**mode) as search:
        it = search.it
        ada = it.stage.discord.seat("ada")
        await it.link()
        doors = ("/discord", "/callback") if mode else ("/callback",)
        for table in ("login", "link"):
            it.later()
            with _broken(it, table):
                assert "reference" in (await ada.run("/link")).text
                it.stage.spotify.expire_access_tokens()
                await ada.run("/now")
            _, offer = await it.offered()
            with _broken(it, table):
                await it.press(offer)
            for door in doors:
                it.later()
                *_, there = await it.before(door)
                with _broken(it, table):
                    assert (await it.bring(there)).status in (303, 500)
                    await it.send("GET", "/done", there.cookies[0])
            search.look()
        assert caplog.text.count("Traceback") >= 6
        await it.stage.stop()
        search.look()
        search.end(caplog.text, "nonce", "cookie", "state", "code", "spotify refresh_token")


SPOILED = (
    Fault(act="reset"),
    Fault(executed=True, act="reset"),
    Fault(status=500, body="ECHO"),
    Fault(status=400, body='{"error": "ECHO"}', headers={"Content-Type": "application/json"}),
    Fault(status=400, body='{"error": {"message": "ECHO"}}'),
    Fault(status=200, body='{"access_token": "ECHO", "refresh_token": ["ECHO"], "id": ["ECHO"]}'),
    Fault(status=302, headers={"Location": "http://127.0.0.1/ECHO"}),
)


@MODES
async def test_no_answer_of_a_service_puts_a_secret_into_the_log(
    mode: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Even where it repeats what it was sent."""
    async with _search(**mode) as search:
        it = search.it
        await it.link("grace")
        for door in ("/discord", "/callback") if mode else ("/callback",):
            for spoiled in SPOILED:
                it.later()
                *_, there = await it.before(door)
                echo = there.of("code")
                faults = it.stage.spotify.accounts_faults
                if door == "/discord":
                    faults = it.stage.discord.faults
                body = str(spoiled.body).replace("ECHO", echo)
                headers = {k: v.replace("ECHO", echo) for k, v in spoiled.headers.items()}
                faults.add(
                    Fault("/token$", spoiled.act, spoiled.status, body, headers, spoiled.executed)
                )
                page = await it.last_page(await it.bring(there))
                assert page.status in (400, 410)
        token = next(iter(canaries(it)["spotify refresh_token"]))
        for spoiled in SPOILED:
            body = str(spoiled.body).replace("ECHO", token)
            it.stage.spotify.accounts_faults.add(Fault("/token$", status=500, body=body))
            it.stage.spotify.expire_access_tokens()
            await it.stage.discord.seat("grace").run("/now")
        for act in ("reset", "answer"):
            it.later()
            *_, there = await it.before("/callback")
            it.stage.discord.faults.add(
                Fault("(PATCH|POST) .*/webhooks/", "reset" if act == "reset" else "answer", 404)
            )
            await it.bring(there)
        search.look()
        search.end(caplog.text, "interaction token", "code", "spotify refresh_token")


async def test_these_tests_would_find_what_a_library_lets_slip(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logging.getLogger("discord").setLevel(logging.DEBUG)
    async with _search() as search:
        await search.it.link()
        found = found_in(caplog.text, canaries(search.it))
    assert {"interaction token", "nonce", "typed code"} <= found


def _records() -> Iterator[type[Any]]:
    """All classes of ours that are made of fields."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name == "bot.__main__":
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and _fields(kind):
                yield kind


def _fields(kind: type[Any]) -> tuple[str, ...]:
    names: Iterable[str] = getattr(kind, "__dataclass_fields__", ())
    return (*names, *getattr(kind, "__struct_fields__", ()))


@pytest.mark.parametrize("kind", list(_records()), ids=lambda kind: kind.__qualname__)
def test_no_record_shows_a_secret_of_its_own(kind: type[Any]) -> None:
    secret = SECRET_FIELDS & set(_fields(kind))
    if kind.__module__ == "bot.spotify.models":
        secret.discard("url")  # of a cover
    if kind in (Shown, Done):
        secret.discard("state")  # of a player
    values = {name: CANARY * 4 if name in secret else None for name in _fields(kind)}
    assert CANARY not in repr(kind(**values))


def test_enough_of_a_secret_is_little() -> None:
    assert found_in("…AQBCDEFGHIJKLMNOPQRSTUVWXYZ…", {"code": {"AQBCDEFGHIJKLMNOPQRS and more"}})
    assert ENOUGH <= 20
