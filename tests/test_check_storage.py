"""`python -m bot check`: the database, its key, its disk and its files."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from stat import S_IMODE

from bot.command_line.checks.findings import Finding, Mark
from bot.command_line.checks.owners import owner_finding
from bot.command_line.checks.storage import check_storage, inspect_database, space_finding
from bot.store import Store
from bot.store.schema import MIGRATIONS
from tests.durability.store_operations import KEYS, complete_login
from tests.findings import expect
from tests.unprivileged import unprivileged

OK, WRONG, NOTE = Mark.OK, Mark.WRONG, Mark.NOTE
ACCOUNTS = 3


async def _make_database(path: Path) -> None:
    async with Store.open(path, KEYS) as store:
        for user in range(ACCOUNTS):
            await complete_login(store, user, user)


async def _findings(path: Path, keys: tuple[bytes, ...] = tuple(KEYS)) -> list[Finding]:
    before = _contents(path.parent)
    with unprivileged():
        inspection, findings = await inspect_database({"database": path})
        findings += check_storage({"database": path, "token_keys": keys}, inspection)
    assert _contents(path.parent) == before, "the check changed a file"
    return findings


def _contents(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.iterdir() if file.is_file() and os.access(file, os.R_OK)]
    return {file.name: file.read_bytes() for file in files}


async def test_database_is_read_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    expect(await _findings(path), "DATABASE", NOTE, "has no tables yet")
    await _make_database(path)
    for _ in range(2):
        findings = await _findings(path)
        expect(findings, "DATABASE", OK, f"{ACCOUNTS} accounts are linked")
        expect(findings, "Key", OK, "TOKEN_KEYS opens all stored logins")
        expect(findings, "Disk", OK, "A test write succeeds")
        expect(findings, "Files", OK, "cannot read")
        async with Store.open(path, KEYS):
            expect(await _findings(path), "DATABASE", OK, f"{ACCOUNTS} accounts are linked")


async def test_unusable_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    await _make_database(path)
    intact = path.read_bytes()

    def run(sql: str) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute(sql)
            database.commit()

    def make_foreign() -> None:
        path.unlink()
        run("CREATE TABLE cookies (name TEXT)")

    def make_folder() -> None:
        path.unlink()
        path.mkdir()

    cases: tuple[tuple[Callable[[], object], Mark, str], ...] = (
        (lambda: run(f"PRAGMA user_version = {len(MIGRATIONS) + 1}"), WRONG, "newer Tonearm"),
        (lambda: run("PRAGMA user_version = 1"), OK, "The next start brings it up"),
        (make_foreign, WRONG, "belongs to another program"),
        (lambda: path.write_text("a shopping list, " * 100), WRONG, "is not an SQLite database"),
        (lambda: path.write_bytes(intact[:4096]), WRONG, "is damaged"),
        (lambda: path.chmod(0o000), WRONG, "may not use"),
        (make_folder, WRONG, "is a folder"),
    )
    for spoil, mark, part in cases:
        spoil()
        expect(await _findings(path), "DATABASE", mark, part)
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        path.write_bytes(intact)


async def test_key_is_compared_with_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    key = tmp_path / "tonearm.sqlite3.key"
    expect(await _findings(path, ()), "Key", NOTE, "none yet")
    await _make_database(path)
    for make, part in (
        (lambda: None, "is missing"),
        (lambda: key.write_text("0a" * 32), "encrypted with a key that is missing"),
        (lambda: key.write_text("a shopping list"), "not a valid key file"),
        (lambda: key.chmod(0o000), "may not use"),
    ):
        make()
        expect(await _findings(path, ()), "Key", WRONG, part)
    key.chmod(0o600)
    key.write_text(KEYS[0].hex())
    expect(await _findings(path, ()), "Key", OK, "opens all stored logins")
    expect(await _findings(path, (b"other" * 6 + b"!!",)), "Key", WRONG, "a key that is missing")


async def test_files_that_others_can_read_are_named_with_the_command(tmp_path: Path) -> None:
    path, key = tmp_path / "tonearm.sqlite3", tmp_path / "tonearm.sqlite3.key"
    async with Store.open(path):
        for file in tmp_path.iterdir():
            assert S_IMODE(file.stat().st_mode) == 0o600, file
    path.chmod(0o644)
    expect(await _findings(path, ()), "Files", WRONG, f"Run: chmod o= {path}")
    async with Store.open(path):  # as an earlier version made it
        assert S_IMODE(path.stat().st_mode) == 0o640
    key.chmod(0o640)
    expect(await _findings(path, ()), "Files", WRONG, f"Run: chmod go= {key}")


def test_files_of_another_user_are_named_with_the_command(tmp_path: Path) -> None:
    path, backups = tmp_path / "tonearm.sqlite3", tmp_path / "backups"
    jobs = tmp_path / "tonearm.sqlite3-jobs"
    (jobs / "1").mkdir(parents=True)
    backups.mkdir()
    for file in (path, jobs / "1" / "list", tmp_path / "tonearm.sqlite3.key", tmp_path / "other"):
        file.touch()
    user, other = os.geteuid(), 12345
    assert owner_finding(path, backups) is None
    if user != 0:
        return  # only root can give files away
    for place, names in (
        (jobs / "1" / "list", (jobs,)),
        (tmp_path / "tonearm.sqlite3.key", (jobs, tmp_path / "tonearm.sqlite3.key")),
        (backups, (jobs, tmp_path / "tonearm.sqlite3.key", backups)),
    ):
        os.chown(place, other, other)
        finding = owner_finding(path, backups)
        assert finding is not None
        assert finding.text.endswith(f"run as root: chown -R root: {' '.join(map(str, names))}")
    os.chown(tmp_path, other, other)  # the bot ran once as root, in the folder of its own user
    finding = owner_finding(path, backups)
    assert finding is not None
    assert f"belong to {other}, and this runs as root" in finding.text
    assert f"sudo -u {other}" in finding.text


async def test_disk_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    tmp_path.chmod(0o500)
    expect(await _findings(path), "Disk", WRONG, "may not make files in")
    tmp_path.chmod(0o700)
    await _make_database(path)
    path.chmod(0o400)
    expect(await _findings(path), "Disk", WRONG, "may not use")
    for free, mark, part in ((99 * 1024**2, WRONG, "Only 99 MB are free"), (2**31, OK, "2.0 GB")):
        expect([space_finding(tmp_path, free)], "Disk", mark, part)
