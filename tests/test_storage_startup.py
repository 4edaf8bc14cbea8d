"""The start on a disk, a database or a key file that cannot be used: one sentence each."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import apsw
import pytest

from bot.config import Settings
from bot.errors.bot_error import SettingsError, StartupError
from bot.errors.storage import StorageError, StorageFull, StorageGone, StorageReadOnly
from bot.store import Store
from bot.store.disk_errors import file_error, statement_error
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.durability.store_operations import KEYS, complete_login
from tests.storage_startup import make_database, startup_reason
from tests.test_config import VALID
from tests.unprivileged import unprivileged


async def test_database_without_rights_is_refused_with_its_name(tmp_path: Path) -> None:
    """The database, the files beside it, and their folder; to be allowed to read is too little."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "tonearm.sqlite3"
    lock, siblings = folder / "tonearm.sqlite3.lock", [Path(f"{path}-wal"), Path(f"{path}-shm")]
    await make_database(path)
    for refused in (path, *siblings, lock, folder):
        for mode in (0o555,) if refused == folder else (0o000, 0o444):
            for sibling in siblings:
                sibling.unlink(missing_ok=True)
                sibling.write_bytes(bytes(64))  # SQLite allows itself to write an empty one
            lock.unlink() if refused == folder else lock.touch()
            allowed = refused.stat().st_mode
            refused.chmod(mode)
            with unprivileged():
                reason = await startup_reason(path)
            refused.chmod(allowed)
            assert f" {refused}." in reason
            assert "may not" in reason
    async with Store.open(path, KEYS) as store:
        assert await store.accounts.count() == 100


async def test_what_is_no_file_is_refused_with_its_name(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".lock"):
        path = tmp_path / f"in the way of {suffix}" / "tonearm.sqlite3"
        path.parent.mkdir()
        in_the_way = path.with_name(path.name + suffix)
        in_the_way.mkdir()
        assert f"{in_the_way} is a folder where a file should be" in await startup_reason(path)
    path = tmp_path / "pipe" / "tonearm.sqlite3"
    path.parent.mkdir()
    os.mkfifo(path)
    assert "is a device or a pipe" in await startup_reason(path)
    path = tmp_path / "nowhere" / "tonearm.sqlite3"
    assert "does not exist" in await startup_reason(path)
    assert not path.parent.exists()
    link = tmp_path / "link.sqlite3"
    link.symlink_to(path)
    assert f"is a link to {path}, which does not exist" in await startup_reason(link)


async def test_database_behind_a_link_is_watched_where_it_is(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "disk" / "tonearm.sqlite3"
    target.parent.mkdir()
    link.symlink_to(target)
    async with Store.open(link, KEYS) as store:
        await store.check_writable()
        for file in (link, target, target.with_name(f"{target.name}-wal")):
            kept = tmp_path / "kept"
            file.rename(kept)
            with pytest.raises(StorageGone):
                await store.check_writable()
            kept.rename(file)
            await store.check_writable()


async def test_file_with_a_name_that_sqlite_reserves_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / ":memory:"
    async with Store.open(path, KEYS) as store:
        await complete_login(store, 101, 1)
    async with Store.open(path, KEYS) as store:
        assert await store.accounts.count() == 1


async def test_damaged_pages_are_found_and_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    await make_database(path)
    intact, rng = path.read_bytes(), Random(1)
    size = len(intact) // 4096
    found = 0
    for page in range(size):
        damaged = bytearray(intact)
        damaged[page * 4096 : (page + 1) * 4096] = rng.randbytes(4096)
        path.write_bytes(damaged)
        reason = await startup_reason(path)
        assert "is damaged" in reason or "is not an SQLite database" in reason
        assert "backup" in reason
        assert path.read_bytes() == damaged
        found += 1
    assert found == size > 6
    path.write_bytes(intact[: len(intact) // 2])
    assert "is damaged" in await startup_reason(path)
    path.write_bytes(intact)
    async with Store.open(path, KEYS) as store:
        assert await store.accounts.count() == 100


async def test_database_locked_by_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    await make_database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "Another program has locked" in await startup_reason(path)


async def test_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    await make_database(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 999")
    with pytest.raises(StartupError, match=r"newer Tonearm\. Upgrade"):
        async with Store.open(path, KEYS):
            pass


async def test_disk_that_refuses_the_test_write_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    for code, part in (
        (None, "no room left"),
        (apsw.SQLITE_READONLY, "cannot be written"),
        (apsw.SQLITE_IOERR_WRITE, "Check its disk"),
        (apsw.SQLITE_IOERR_FSYNC, "Check its disk"),
        (apsw.SQLITE_CANTOPEN, "Check its disk"),
    ):
        for is_new in (True, False):
            disk = SimulatedDisk()
            if not is_new:
                async with Store.open(path, KEYS, connect_to(disk)):
                    pass
            disk.write_error = code
            if code is None:
                disk.fill()
            assert part in await startup_reason(path, disk)
            disk.repair()
            async with Store.open(path, KEYS, connect_to(disk)) as store:
                await complete_login(store, 101, 1)


async def test_key_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    key = tmp_path / "tonearm.sqlite3.key"
    async with Store.open(path) as store:
        await complete_login(store, 101, 1)
    intact = key.read_text()

    def replace_by_folder() -> None:
        key.unlink()
        key.mkdir()

    def replace_by_pipe() -> None:
        key.unlink()
        os.mkfifo(key)

    cases: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: key.chmod(0o000), "may not use"),
        (lambda: key.write_text("a shopping list"), "is not a valid key file"),
        (lambda: key.write_bytes(b"\xff\xfe"), "is not a valid key file"),
        (lambda: key.write_text("0a" * 32), "encrypted with a key that is missing"),
        (key.unlink, "is missing"),
        (replace_by_folder, "is a folder where a file should be"),
        (replace_by_pipe, "is a device or a pipe"),
    )
    for spoil, part in cases:
        spoil()
        with unprivileged(), pytest.raises(StartupError, match=part):
            async with Store.open(path):
                pass
        if key.is_dir():
            key.rmdir()
        else:
            key.unlink(missing_ok=True)
        key.touch()
        key.chmod(0o600)
        key.write_text(intact)
    key.write_text(f"{intact}\r\n", encoding="utf-8-sig")  # as some editors save it
    async with Store.open(path):
        pass


async def test_key_that_cannot_be_made_leaves_no_file(tmp_path: Path) -> None:
    """The name of the file that becomes the key is too long; those of the database are not."""
    path = tmp_path / ("n" * 245)
    assert "File name too long" in await startup_reason(path, keys=False)
    assert not [file for file in tmp_path.iterdir() if ".key" in file.name]


def test_database_setting_that_cannot_be_looked_at_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o000)
    for path, part in (
        (closed / "in" / "tonearm.sqlite3", "may not"),
        (tmp_path / ("long" * 200), "File name too long"),
    ):
        with unprivileged(), pytest.raises(SettingsError) as refused:
            Settings.from_env(VALID | {"DATABASE": str(path)})
        assert list(refused.value.problems) == ["DATABASE"]
        assert part in refused.value.problems["DATABASE"]
    closed.chmod(0o700)


def test_every_error_of_the_system_has_a_sentence(tmp_path: Path) -> None:
    kinds = {
        errno.ENOSPC: StorageFull,
        errno.EDQUOT: StorageFull,
        errno.EROFS: StorageReadOnly,
        errno.EACCES: StorageReadOnly,
        errno.EPERM: StorageReadOnly,
        errno.ENOENT: StorageGone,
        errno.ESTALE: StorageGone,
    }
    for number in errno.errorcode:
        error = file_error(OSError(number, os.strerror(number)), tmp_path / "file")
        assert type(error) is kinds.get(number, type(error))
        assert str(tmp_path) in str(error)
        assert str(error).endswith(".")
        assert "UTF-8" not in str(error)


def test_every_error_of_sqlite_has_a_sentence_or_is_a_bug(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    bugs = set()
    for name in dir(sqlite3):
        code = getattr(sqlite3, name)
        if not name.startswith("SQLITE_") or not isinstance(code, int):
            continue
        error = sqlite3.OperationalError("a reason")
        error.sqlite_errorcode, error.sqlite_errorname = code, name
        refusal = statement_error(error, path)
        if refusal is None:
            bugs.add(code & 0xFF)
        else:
            assert isinstance(refusal, StorageError)
            assert str(path.parent) in str(refusal)
    assert bugs == {1, 18, 19, 20, 21, 25}
