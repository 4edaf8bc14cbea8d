"""Copies the SQLite database and its key to files, and puts such copies back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.errors.bot_error import ConfigError, StartupError
from bot.store.complete_files import complete_file, file_errors, require_free
from bot.store.disk_errors import damage_error, exists, statement_error
from bot.store.encryption import TokenCipher
from bot.store.inspection import verify_copy
from bot.store.keys import key_file, parse_key
from bot.store.process_lock import process_lock

_REPLACE = "use --replace to overwrite it"
_WAL_SUFFIXES = ("-wal", "-shm")


@dataclass(frozen=True)
class BackupReport:
    """What a copy of the database holds.

    linked_accounts  their number
    key              the file with its key; None if the keys are in TOKEN_KEYS
    """

    linked_accounts: int
    key: Path | None


@dataclass(frozen=True)
class RestoreReport:
    """A database that was put back.

    linked_accounts  their number
    old_database     where the database is that was there before; None if there was none
    new_key          whether the copy's key is in use now; then `old_key` is where the other one is
    """

    linked_accounts: int
    old_database: Path | None
    new_key: bool
    old_key: Path | None


def back_up(
    database: Path, target: Path, keys: Sequence[bytes] = (), *, replace: bool = False
) -> BackupReport:
    """Copy the database to `target`, and its key to `target` with .key; both are of mode 0600.

    keys     of TOKEN_KEYS; if there are any, no key is copied
    replace  whether files with these names may be there

    The bot may run meanwhile: the copy is one state of the database. It is complete and was opened
    once before it gets its name. Blocks. Raises StartupError.
    """
    key, key_target = key_file(database), key_file(target)
    if not replace:
        require_free(target, _REPLACE)
        if not keys:
            require_free(key_target, _REPLACE)
    if not exists(database):
        raise StartupError(f"{database} does not exist, so there is nothing to back up.")
    with complete_file(target) as copy:
        copy_database(database, copy)
        with file_errors(key):
            key_text = None if keys else key.read_bytes() if exists(key) else None
        own = [_parse(key_text, key)] if key_text is not None else keys
        linked = _check(copy, own, database)
        if key_text is not None:
            with complete_file(key_target) as key_copy:
                key_copy.write_bytes(key_text)
    return BackupReport(linked, key_target if key_text is not None else None)


def copy_database(database: Path, copy: Path) -> None:
    """Copy one state of a database, that another process may be writing to. Raises StartupError."""
    try:
        address = f"{database.absolute().as_uri()}?mode=rw"
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.execute("PRAGMA query_only = ON")
            target.execute("PRAGMA synchronous = OFF")  # the complete file is synced, once
            source.backup(target)  # in one step, or else each write of the bot begins it again
            target.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
    except sqlite3.Error as error:
        refusal = statement_error(error, database) or damage_error(database, str(error))
        raise StartupError(str(refusal)) from None


def restore(database: Path, source: Path, keys: Sequence[bytes] = ()) -> RestoreReport:
    """Put a copy in the place of the database, which is kept beside it under another name.

    keys  of TOKEN_KEYS; without any, the key beside the copy is put in place, if it is another one

    Refuses a running bot, a damaged copy, one of a newer Tonearm, and one whose key is missing. If
    the process is killed, the same call again completes it. Blocks. Raises StartupError.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    key, source_key = key_file(database), key_file(source)
    with file_errors(database), process_lock(database), complete_file(database) as copy:
        with file_errors(source):
            shutil.copyfile(source, copy)
        kept = [_parse(key.read_bytes(), key)] if not keys and exists(key) else list(keys)
        brought = _parse(source_key.read_bytes(), source_key) if exists(source_key) else None
        new_key = None
        try:
            linked = _check(copy, kept, source)
        except ConfigError:
            if brought is None or keys:
                raise
            linked, new_key = _check(copy, [brought], source), brought
        old_key = None
        if new_key is not None:
            if exists(key):
                old_key = _set_aside(key, stamp)
            with complete_file(key) as key_copy:
                key_copy.write_text(new_key.hex())
        old_database = None
        if exists(database):
            old_database = _set_aside(database, stamp)
            _empty_log(database, old_database)
    return RestoreReport(linked, old_database, new_key is not None, old_key)


def _set_aside(file: Path, stamp: str) -> Path:
    """Give the file a second name, under which it stays when it is replaced; which one.

    Its first name stays too, so that a killed process leaves no place for a new, empty database.
    """
    aside = file.with_name(f"{file.name}.replaced-{stamp}")
    with file_errors(file):
        try:
            os.link(file, aside)
        except OSError:  # this file system has one name for each file
            shutil.copy2(file, aside)
    return aside


def _empty_log(database: Path, aside: Path) -> None:
    """Move what is in the write-ahead log into the database: SQLite would apply it to the copy."""
    with file_errors(database):
        with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in _WAL_SUFFIXES:  # of a database that is damaged
            part = database.with_name(database.name + suffix)
            if exists(part):
                part.rename(f"{aside}{suffix}")


def _check(copy: Path, keys: Sequence[bytes], named: Path) -> int:
    """Open the copy of the database `named`; the number of its linked accounts.

    Raises StartupError if it is damaged or of another program, ConfigError if a key is missing.
    """
    contents = verify_copy(copy, named)
    if contents.key_ids:
        if not keys:
            raise ConfigError(f"The key of {named} is missing: {key_file(named)}.")
        TokenCipher(keys).require_keys(contents.key_ids)
    return contents.linked


def _parse(text: bytes, file: Path) -> bytes:
    try:
        return parse_key(text.decode("utf-8-sig"))
    except ValueError:
        raise ConfigError(f"{file} is not a valid key file.") from None
