"""Copies of the database: made beside a running bot, put back, and made before a migration."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from bot.errors.bot_error import StartupError
from bot.store import Store
from bot.store.backup import back_up, restore
from bot.store.encryption import TokenCipher
from bot.store.keys import key_file
from bot.store.migration_copies import MAX_AGE
from bot.store.process_lock import process_lock
from bot.store.schema import MIGRATIONS
from sandbox.harness import run_harness
from tests.program import ROOT

KEY = b"\x01" * 32


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def test_copy_of_a_running_bot_restores_everywhere(tmp_path: Path) -> None:
    copy, database = tmp_path / "copy.sqlite3", tmp_path / "elsewhere" / "tonearm.sqlite3"
    killed = tmp_path / "killed" / "tonearm.sqlite3"
    killed.parent.mkdir()
    async with run_harness() as harness:
        ada = await harness.link_account("ada")
        report = back_up(harness.settings.database, copy)
        assert (report.linked_accounts, report.key) == (1, key_file(copy))
        assert (_mode(copy), _mode(key_file(copy))) == (0o600, 0o600)
        with pytest.raises(StartupError, match="--replace"):
            back_up(harness.settings.database, copy)
        assert back_up(harness.settings.database, copy, replace=True).linked_accounts == 1
        with pytest.raises(StartupError, match="is running"):
            restore(harness.settings.database, copy)
        database.parent.mkdir()
        restored = restore(database, copy)
        assert (restored.linked_accounts, restored.new_key) == (1, True)
        async with Store.open(database) as store:
            account = await store.accounts.get(int(harness.discord.state.users["ada"].id))
            assert account is not None
            assert await store.accounts.refresh_token(account)
        # Back on the first server: what is there now stays beside it.
        await (await ada.run("/unlink")).press("Unlink and erase")
        for file in harness.settings.database.parent.glob("tonearm.sqlite3*"):
            shutil.copy(file, killed.parent)  # as a killed bot leaves them, with a log
        assert restore(killed, copy).linked_accounts == 1
        assert _linked(killed) == _linked(copy)
        await harness.stop()
        again = restore(harness.settings.database, copy)
        assert again.old_database is not None
        assert again.old_database.exists()
        assert not again.new_key
        await harness.start()
        assert "Ada's Laptop" in (await ada.run("/now")).text
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "copy.sqlite3", "copy.sqlite3.key", "elsewhere", "killed",
    ]  # fmt: skip


async def test_files_that_root_makes_belong_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    folder, database = tmp_path / "state", tmp_path / "state" / "now.db"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 12345, 12345)
    owner = folder.stat().st_uid
    async with Store.open(database):
        assert {file.stat().st_uid for file in folder.iterdir()} == {owner}
        back_up(database, tmp_path / "copy.db")
    restore(database, tmp_path / "copy.db")
    assert {file.stat().st_uid for file in folder.iterdir()} == {owner}
    assert (tmp_path / "copy.db").stat().st_uid == os.geteuid()


async def test_unusable_copies_are_refused_and_change_nothing(tmp_path: Path) -> None:
    database, copy, foreign = (tmp_path / name for name in ("now.db", "copy.db", "foreign.db"))
    async with run_harness() as harness:
        await harness.link_account("ada")
        back_up(harness.settings.database, copy)
    restore(database, copy)
    before = database.read_bytes()
    with closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")

    def spoil(change: Callable[[Path], object], match: str) -> None:
        spoilt = tmp_path / "spoilt.db"
        shutil.copy(copy, spoilt)
        shutil.copy(key_file(copy), key_file(spoilt))
        change(spoilt)
        with pytest.raises(StartupError, match=match):
            restore(database, spoilt)
        assert database.read_bytes() == before
        spoilt.unlink(missing_ok=True)
        key_file(spoilt).unlink(missing_ok=True)

    def newer(file: Path) -> None:
        with closing(sqlite3.connect(file)) as db:
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")

    def another_key(file: Path) -> None:
        key_file(database).write_text("ab" * 32)
        key_file(file).write_text("cd" * 32)

    spoil(lambda file: file.write_text("a shopping list"), "not an SQLite database")
    spoil(lambda file: file.write_bytes(before[: len(before) // 2]), "damaged")
    spoil(lambda file: shutil.copy(foreign, file), "another program")
    spoil(newer, "newer Tonearm")
    spoil(Path.unlink, "does not exist|cannot be made")
    spoil(another_key, "key")
    with process_lock(database), pytest.raises(StartupError, match="is running"):
        restore(database, copy)


async def test_migration_leaves_a_copy_for_a_week_without_those_who_unlink(tmp_path: Path) -> None:
    database, version = tmp_path / "tonearm.sqlite3", len(MIGRATIONS) - 1
    cipher = TokenCipher([KEY])
    with closing(sqlite3.connect(database)) as db:
        for statements in MIGRATIONS[:version]:
            db.executescript(statements)
        db.execute(f"PRAGMA user_version = {version}")
        for user in (1, 2):
            token = cipher.encrypt("token", "refresh_token", user)
            db.execute("INSERT INTO person (discord_id) VALUES (?)", (user,))
            db.execute(
                "INSERT INTO link (discord_id, account_id, name, client_id, scopes, authorized_at,"
                " refresh_token) VALUES (?, ?, 'A', 'c', '', 1, ?)",
                (user, f"account {user}", token),
            )
        db.commit()
    copy = tmp_path / f"{database.name}.schema-{version}"
    age = 0.0
    async with Store.open(database, [KEY], file_time=lambda: time.time() + age) as store:
        assert _mode(copy) == 0o600
        assert _linked(copy) == [1, 2]
        await store.accounts.unlink(1)
        assert _linked(copy) == [2]
        assert b"account 1" not in copy.read_bytes()
        await store.maintain()
        assert copy.exists()
    restore(database, copy, [KEY])  # as an operator does who goes back to the version before
    assert _linked(database) == [2]
    async with Store.open(database, [KEY], file_time=lambda: time.time() + age) as store:
        age = MAX_AGE + 60
        await store.maintain()
        assert not copy.exists()


def _linked(database: Path) -> list[int]:
    with closing(sqlite3.connect(database)) as db:
        return [user for (user,) in db.execute("SELECT discord_id FROM link ORDER BY 1")]


@pytest.mark.slow
async def test_killed_backup_and_restore_lose_nothing(tmp_path: Path) -> None:
    """A process is killed at a random moment of a backup and a restore, again and again."""
    database, copy = tmp_path / "tonearm.sqlite3", tmp_path / "copy.sqlite3"
    async with run_harness() as harness:
        await harness.link_account("ada")
        back_up(harness.settings.database, copy)
    restore(database, copy)
    random = Random(0)
    for _ in range(60):
        program = (
            "import sys; from pathlib import Path; from bot.store.backup import back_up, restore\n"
            "database, copy = map(Path, sys.argv[1:])\n"
            "print(flush=True)\n"
            "while True:\n"
            "    back_up(database, copy, replace=True)\n"
            "    restore(database, copy)\n"
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, str(database), str(copy)),
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        await process.stdout.readline()
        with pytest.raises(TimeoutError):  # it runs until it is killed
            await asyncio.wait_for(process.wait(), random.random() * 0.05)
        process.kill()
        await process.wait()
        for file in (database, copy):
            async with Store.open(file) as store:
                assert await store.accounts.count() == 1
                assert await store.opens_logins()
        for file in tmp_path.glob("*.replaced-*"):
            file.unlink()
