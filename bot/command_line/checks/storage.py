"""Checks the database, its key, its disk, and who may read these files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.command_line.checks.findings import Finding, failed, not_checked, note, ok, wrong
from bot.command_line.checks.owners import FILES, owner_finding
from bot.errors.bot_error import ConfigError, StartupError
from bot.store.disk_errors import access_error, exists, file_error, lock_file
from bot.store.inspection import Inspection, inspect
from bot.store.keys import key_file
from bot.store.private_files import OTHERS, database_files

DATABASE, KEY, DISK = "DATABASE", "Key", "Disk"
_MIN_FREE = 100 * 1024 * 1024  # bytes
_TEST_BYTES = 4096
_EMPTY = Inspection(0, False, frozenset(), {})
_GROUP_AND_OTHERS = 0o077


async def inspect_database(
    values: Mapping[str, Any],
) -> tuple[Inspection | None, list[Finding]]:
    """The contents of the database, if there is a readable one, and what is wrong with it."""
    path: Path | None = values.get("database")
    if path is None:
        return None, []  # it is malformed, which is a finding about the settings
    try:
        if url := values.get("database_url"):
            place, inspection = "PostgreSQL", await _inspect_server(url)
        else:
            place, inspection = str(path), _inspect_file(path)
    except StartupError as error:
        return None, [_refusal(DATABASE, error)]
    if inspection is None:
        return None, [note(DATABASE, f"{place} has no tables yet. The first start makes them.")]
    migrates = " The next start brings it up to this version." if inspection.is_older else ""
    people = "1 account is" if inspection.linked == 1 else f"{inspection.linked} accounts are"
    return inspection, [ok(DATABASE, f"{people} linked in {place}.{migrates}")]


async def _inspect_server(url: str) -> Inspection | None:
    inspection = import_module("bot.store.postgres_inspection")  # needs an optional package
    contents: Inspection | None = await inspection.inspect_server(url)
    return contents


def _inspect_file(path: Path) -> Inspection | None:
    try:
        is_new = not exists(path) or path.stat().st_size == 0
    except OSError as error:
        raise StartupError(str(file_error(error, path))) from None
    return None if is_new else inspect(path)


def check_storage(values: Mapping[str, Any], inspection: Inspection | None) -> Iterator[Finding]:
    """Findings about the key, the disk and the files."""
    path: Path | None = values.get("database")
    if path is None:
        return
    yield _key_finding(path, values, inspection)
    yield from _disk_findings(path)
    yield from _mode_findings(path)


def check_env_file(file: Path) -> Iterator[Finding]:
    """Whether there is a .env, and other users may read it."""
    if not exists(file):
        yield note(
            file.name, "There is none in this folder, so all settings come from the environment."
        )
    yield from _open_to_others([file], OTHERS)


def _refusal(subject: str, error: Exception) -> Finding:
    return (wrong if isinstance(error, ConfigError) else failed)(subject, str(error))


def _key_finding(path: Path, values: Mapping[str, Any], inspection: Inspection | None) -> Finding:
    keys = values.get("token_keys")
    if keys is None:
        return not_checked(KEY, "a valid TOKEN_KEYS")
    try:
        has_key = (inspection or _EMPTY).require_keys(path, keys)
    except StartupError as error:
        return _refusal(KEY, error)
    place = "TOKEN_KEYS" if keys else str(key_file(path))
    if not has_key:
        return note(KEY, "There is none yet. The first start makes it beside the database.")
    if inspection is None or not inspection.key_ids:
        return ok(KEY, f"{place} is valid. Keep a copy elsewhere.")
    return ok(KEY, f"{place} opens all stored logins. Keep a copy elsewhere.")


def _disk_findings(path: Path) -> Iterator[Finding]:
    folder = path.absolute().parent
    for file in (path, lock_file(path), key_file(path)):
        if exists(file) and (refusal := access_error(file)):
            yield failed(DISK, str(refusal))
            return
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=f"{path.name}.check.") as test:
            test.write(bytes(_TEST_BYTES))
            test.flush()
            os.fsync(test.fileno())
        disk = os.statvfs(folder)
    except OSError as error:
        yield failed(DISK, str(file_error(error, path)))
        return
    yield space_finding(folder, disk.f_bavail * disk.f_frsize)


def space_finding(folder: Path, free: int) -> Finding:
    """Whether the disk of a folder that can be written has room enough; `free` in bytes."""
    if free < _MIN_FREE:
        return failed(DISK, f"Only {_size(free)} are free in {folder}. Make room there.")
    return ok(DISK, f"A test write succeeds in {folder}, and {_size(free)} are free.")


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1024**3 else f"{count // 1024**2} MB"


def _mode_findings(path: Path) -> Iterator[Finding]:
    """Whether the files belong to the user who runs this, and only that user may read them."""
    if finding := owner_finding(path):
        yield finding
        return
    files, key = database_files(path), key_file(path)
    problems = [*_open_to_others(files, OTHERS), *_open_to_others([key], _GROUP_AND_OTHERS)]
    yield from problems
    if files and not problems:
        yield ok(FILES, "Other users cannot read the database and its key.")


def _open_to_others(files: Sequence[Path], bits: int) -> Iterator[Finding]:
    is_open = [str(file) for file in files if file.is_file() and file.stat().st_mode & bits]
    if is_open:
        names, who = " ".join(is_open), "o" if bits == OTHERS else "go"
        yield wrong(FILES, f"Other users can use {', '.join(is_open)}. Run: chmod {who}= {names}")
