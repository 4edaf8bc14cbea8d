"""A database of an earlier version keeps the logins that can continue."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store import LoginStep, Store
from bot.store.encryption import TokenCipher
from bot.store.schema import MIGRATIONS

KEY = b"\x01" * 32
LATER = 1_900_000_000
# The first migration that knows the steps of a login.
STEPS = next(number for number, sql in enumerate(MIGRATIONS) if "login_before" in sql)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def test_pending_logins_of_an_earlier_version_continue(tmp_path: Path) -> None:
    file, cipher = tmp_path / "tonearm.sqlite3", TokenCipher([KEY])
    with closing(sqlite3.connect(file)) as db:
        for sql in MIGRATIONS[:STEPS]:
            db.executescript(sql)
        db.execute(f"PRAGMA user_version = {STEPS}")
        logins: dict[int, dict[str, object]] = {
            1: {"nonce": _hash("page"), "notice": cipher.encrypt("messages", "notice", 1)},
            2: {"state": _hash("state"), "cookie": _hash("waiting")},
            3: {"cookie": _hash("code"), "code": cipher.encrypt("7KQ2-M0XA", "code", 3)},
            4: {"cookie": _hash("over"), "outcome": "Linked", "name": "Ada"},
        }
        for user, values in logins.items():
            db.execute("INSERT INTO person (discord_id) VALUES (?)", (user,))
            columns = {
                "discord_id": user, "serial": user, "discord_name": "ada", "client_id": "app",
                "expires_at": LATER, **values,
            }  # fmt: skip
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            db.execute(f"INSERT INTO login ({names}) VALUES ({marks})", tuple(columns.values()))
        db.commit()
    async with Store.open(file, [KEY]) as store:
        page = await store.pending_logins.by_nonce("page")
        assert page is not None
        assert (page.step, page.message_ref) == (LoginStep.PAGE, "messages")
        assert await store.pending_logins.by_cookie("waiting") == []
        (code,) = await store.pending_logins.by_cookie("code")
        assert (code.step, code.confirmation_code) == (LoginStep.CODE, "7KQ2-M0XA")
        (over,) = await store.pending_logins.by_cookie("over")
        assert (over.step, over.outcome, over.name) == (LoginStep.OVER, "Linked", "Ada")
        assert await store.pending_logins.get(2, 2) is None
