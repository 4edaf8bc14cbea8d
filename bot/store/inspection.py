"""Reads what a database contains, without a lock, a change or a migration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors.bot_error import ConfigError, StartupError
from bot.store.disk_errors import damage_error, exists, file_error, startup_error, statement_error
from bot.store.encrypted_columns import encrypted_columns, key_ids_sql
from bot.store.encryption import TokenCipher
from bot.store.keys import key_file, load
from bot.store.schema import BYTE_COLUMNS, FIRST_TABLE, MIGRATIONS


@dataclass(frozen=True)
class Inspection:
    """What a database contains.

    linked        how many accounts are linked
    is_older      whether the next start migrates it
    key_ids       of the keys that encrypted its secrets
    notes         what the bot stored about itself: see `Store.set_meta`
    """

    linked: int
    is_older: bool
    key_ids: frozenset[bytes] = field(repr=False)
    notes: Mapping[str, str]

    def require_keys(self, path: Path, keys: tuple[bytes, ...]) -> bool:
        """Whether there is a key; raises StartupError if one is missing that a secret needs."""
        key = load(key_file(path)) if not keys else None
        available = keys or ((key,) if key else ())
        if available:
            TokenCipher(available).require_keys(self.key_ids)
        elif self.key_ids:
            raise ConfigError(
                f"The key {key_file(path)} is missing, and the stored logins do not open without "
                "it. Put it back, or set TOKEN_KEYS."
            )
        return bool(available)


def inspect(path: Path) -> Inspection:
    """The contents of the database at `path`, which exists.

    Raises StartupError if it cannot be read, or is not a database of this version or an older one.
    """
    with reading(path) as database:
        return _inspect(database, path)


def verify_copy(copy: Path, named: Path) -> Inspection:
    """The contents of a copy of the database `named`, after a search for damage.

    Raises StartupError as `inspect` does, and if the copy is damaged or empty.
    """
    with reading(copy, named) as database:
        ((result,),) = database.execute("PRAGMA quick_check(1)")
        if result != "ok":
            raise startup_error(damage_error(named, str(result)))
        if not _tables(database):
            raise ConfigError(f"{named} has no tables.")
        return _inspect(database, named)


@contextmanager
def reading(path: Path, named: Path | None = None) -> Iterator[sqlite3.Connection]:
    """A connection that changes no file; its errors are about the database `named`, or `path`.

    A database without a write-ahead log is not in use. SQLite would make the log to read it, and
    the log would belong to the user who runs this.
    """
    named = named or path
    try:
        if not exists(path):
            raise StartupError(f"{named} does not exist.")
        in_use = exists(path.with_name(f"{path.name}-wal"))
        mode = "mode=ro" if in_use else "immutable=1"
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as database:
            yield database
    except sqlite3.Error as error:
        refusal = statement_error(error, named) or damage_error(named, str(error))
        raise startup_error(refusal) from None
    except OSError as error:
        raise startup_error(file_error(error, named)) from None


def _inspect(database: sqlite3.Connection, named: Path) -> Inspection:
    tables = _tables(database)
    if tables and FIRST_TABLE not in tables:
        raise ConfigError(f"{named} belongs to another program. Choose another file.")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise ConfigError(f"{named} was written by a newer Tonearm. Upgrade Tonearm to use it.")
    key_ids = set()
    for table, column in encrypted_columns(database.execute(BYTE_COLUMNS)):
        key_ids |= {bytes(row[0]) for row in database.execute(key_ids_sql(table, column))}
    notes = database.execute("SELECT name, text FROM note").fetchall() if tables else []
    linked = database.execute("SELECT count(*) FROM link").fetchone()[0] if tables else 0
    return Inspection(linked, version < len(MIGRATIONS), frozenset(key_ids), dict(notes))


def _tables(database: sqlite3.Connection) -> set[str]:
    names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {str(name) for (name,) in names}
