"""The schema of the database, as an append-only list of migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from functools import cache

import aiosqlite

from bot.errors.bot_error import ConfigError

# The database's user_version counts the migrations that were applied to it.
MIGRATIONS = (
    """
    CREATE TABLE link (
        discord_id    INTEGER PRIMARY KEY,
        account_id    TEXT NOT NULL,
        name          TEXT NOT NULL,
        client_id     TEXT NOT NULL,
        scopes        TEXT NOT NULL,
        authorized_at INTEGER NOT NULL,
        refresh_token BLOB NOT NULL
    ) STRICT;
    CREATE TABLE note (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) STRICT;
    """,
    # All rows of a user reference one row of `person`, so that one DELETE erases them.
    """
    CREATE TABLE person (
        discord_id INTEGER PRIMARY KEY,
        reminders  INTEGER NOT NULL DEFAULT 1 CHECK (reminders IN (0, 1))
    ) STRICT;
    INSERT INTO person (discord_id) SELECT discord_id FROM link;
    ALTER TABLE link RENAME TO link_before;
    CREATE TABLE link (
        discord_id    INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        account_id    TEXT NOT NULL UNIQUE,
        name          TEXT NOT NULL,
        client_id     TEXT NOT NULL,
        scopes        TEXT NOT NULL,
        authorized_at INTEGER NOT NULL,
        refresh_token BLOB NOT NULL,
        generation    INTEGER NOT NULL DEFAULT 1,
        ended         INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),
        reminded      INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT OR REPLACE INTO link (
        discord_id, account_id, name, client_id, scopes, authorized_at, refresh_token
    ) SELECT * FROM link_before ORDER BY authorized_at;
    DROP TABLE link_before;
    CREATE TABLE login (
        discord_id    INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        serial        INTEGER NOT NULL,
        discord_name  TEXT NOT NULL,
        client_id     TEXT NOT NULL,
        expires_at    INTEGER NOT NULL,
        notice        BLOB,
        nonce         BLOB UNIQUE,
        cookie        BLOB UNIQUE,
        state         BLOB UNIQUE,
        verifier      BLOB,
        proved        INTEGER NOT NULL DEFAULT 0 CHECK (proved IN (0, 1)),
        tries         INTEGER NOT NULL DEFAULT 0,
        code          BLOB,
        account_id    TEXT,
        name          TEXT,
        scopes        TEXT,
        authorized_at INTEGER,
        refresh_token BLOB,
        outcome       TEXT
    ) STRICT;
    CREATE INDEX login_expiry ON login (expires_at);
    CREATE INDEX link_age ON link (authorized_at);
    """,
    # For each Spotify app, not for each user: calls by the hour, and exhausted quotas.
    """
    CREATE TABLE spent (
        client_id  TEXT NOT NULL,
        endpoints  TEXT NOT NULL,
        start      INTEGER NOT NULL,
        commands   INTEGER NOT NULL,
        background INTEGER NOT NULL,
        PRIMARY KEY (client_id, endpoints, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE exhausted (
        client_id TEXT NOT NULL,
        endpoints TEXT NOT NULL,
        until     REAL NOT NULL,
        PRIMARY KEY (client_id, endpoints)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE person ADD COLUMN
        shared_replies INTEGER NOT NULL DEFAULT 0 CHECK (shared_replies IN (0, 1));
    ALTER TABLE person ADD COLUMN
        shows_playing INTEGER NOT NULL DEFAULT 0 CHECK (shows_playing IN (0, 1));
    ALTER TABLE person ADD COLUMN device_id TEXT;
    ALTER TABLE person ADD COLUMN
        device_name TEXT CHECK ((device_name IS NULL) = (device_id IS NULL));
    ALTER TABLE person ADD COLUMN playlist_id TEXT;
    ALTER TABLE person ADD COLUMN
        playlist_name TEXT CHECK ((playlist_name IS NULL) = (playlist_id IS NULL));
    """,
    """
    CREATE TABLE sleep_timer (
        discord_id  INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        due         REAL NOT NULL,
        tracks_left INTEGER
    ) STRICT;
    """,
    # `step` says what a login waits for, so that its nonce and cookie can be kept after their use.
    # This migration ends logins that wait for a browser, because their state was random.
    """
    ALTER TABLE login RENAME TO login_before;
    CREATE TABLE login (
        discord_id    INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        serial        INTEGER NOT NULL,
        discord_name  TEXT NOT NULL,
        client_id     TEXT NOT NULL,
        step          TEXT NOT NULL CHECK (step IN
            ('page', 'discord', 'spotify', 'exchange', 'code', 'over', 'replaced')),
        expires_at    INTEGER NOT NULL,
        notice        BLOB,
        nonce         BLOB UNIQUE,
        cookie        BLOB,
        proved        INTEGER NOT NULL DEFAULT 0 CHECK (proved IN (0, 1)),
        tries         INTEGER NOT NULL DEFAULT 0,
        code          BLOB,
        account_id    TEXT,
        name          TEXT,
        scopes        TEXT,
        authorized_at INTEGER,
        refresh_token BLOB,
        outcome       TEXT,
        PRIMARY KEY (discord_id, serial)
    ) STRICT;
    INSERT INTO login
        (discord_id, serial, discord_name, client_id, step, expires_at, notice, nonce, cookie,
         proved, tries, code, account_id, name, scopes, authorized_at, refresh_token, outcome)
    SELECT discord_id, serial, discord_name, client_id,
        CASE WHEN outcome IS NOT NULL THEN 'over' WHEN code IS NOT NULL THEN 'code'
            ELSE 'page' END,
        expires_at, notice, nonce, cookie,
        proved, tries, code, account_id, name, scopes, authorized_at, refresh_token, outcome
    FROM login_before
    WHERE nonce IS NOT NULL OR code IS NOT NULL OR outcome IS NOT NULL;
    DROP TABLE login_before;
    CREATE UNIQUE INDEX login_open ON login (discord_id) WHERE step NOT IN ('over', 'replaced');
    CREATE INDEX login_cookie ON login (cookie);
    CREATE INDEX login_expiry ON login (expires_at);
    """,
    """
    CREATE TABLE pin (
        discord_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        uri        TEXT NOT NULL,
        name       TEXT NOT NULL,
        PRIMARY KEY (discord_id, uri)
    ) STRICT;
    """,
    """
    CREATE TABLE job (
        discord_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        kind       TEXT NOT NULL,
        id         INTEGER NOT NULL UNIQUE,
        arguments  TEXT NOT NULL,
        started_at REAL NOT NULL,
        progress   TEXT NOT NULL,
        place      BLOB,
        touched_at REAL NOT NULL,
        resume_at  REAL NOT NULL,
        done       INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
        PRIMARY KEY (discord_id, kind)
    ) STRICT;
    """,
    """
    CREATE TABLE download (
        discord_id INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        token      BLOB NOT NULL UNIQUE,
        name       TEXT NOT NULL,
        expires_at REAL NOT NULL,
        attempts   INTEGER NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE backup (
        discord_id INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        every      TEXT CHECK (every IN ('week', 'month')),
        due        REAL NOT NULL DEFAULT 0,
        failures   INTEGER NOT NULL DEFAULT 0,
        stopped    TEXT,
        message    INTEGER
    ) STRICT;
    """,
    """
    CREATE TABLE blocked (
        discord_id INTEGER PRIMARY KEY
    ) STRICT;
    """,
    # Which process goes on with it after a restart; alone, the bot is process 1.
    """
    ALTER TABLE job ADD COLUMN process INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE sleep_timer ADD COLUMN process INTEGER NOT NULL DEFAULT 1;
    """,
    # Why it waits until `resume_at`; empty: it is not known.
    """
    ALTER TABLE job ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
    """,
)


# The tables about users that no erasure empties. The rows of all others reference `person`.
KEPT_OF_ERASED = {"blocked"}
# A table in each database of Tonearm since the first migration.
FIRST_TABLE = "note"

_COLUMNS = """
    SELECT part.name, field.name FROM sqlite_schema AS part, pragma_table_info(part.name) AS field
    WHERE part.type = 'table'
"""


# The query for the table and the name of each column of bytes.
BYTE_COLUMNS = f"{_COLUMNS} AND field.type = 'BLOB'"


@cache
def table_columns() -> Mapping[str, tuple[str, ...]]:
    """The columns of each table of a migrated database, in their order."""
    columns: dict[str, tuple[str, ...]] = {}
    with closing(sqlite3.connect(":memory:")) as db:
        for statements in MIGRATIONS:
            db.executescript(statements)
        for table, column in db.execute(_COLUMNS):
            columns[table] = (*columns.get(table, ()), column)
    return columns


async def missing_columns(db: aiosqlite.Connection) -> list[str]:
    """The columns that a migrated database lacks, as "table.column"."""
    present = {tuple(row) for row in await db.execute_fetchall(_COLUMNS)}
    expected = {(table, column) for table, names in table_columns().items() for column in names}
    return [".".join(column) for column in sorted(expected - present)]


async def migrate(
    db: aiosqlite.Connection, back_up: Callable[[int], Awaitable[object]] | None = None
) -> None:
    """Apply the missing migrations, each in its own transaction.

    back_up  called with the number of migrations that a database has, before one more is applied

    Raises ConfigError if another program, or a newer version of Tonearm, made the database.
    """
    tables = {
        str(name)
        for (name,) in await db.execute_fetchall(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '[_]*'"
        )
    }
    if tables and FIRST_TABLE not in tables:
        raise ConfigError(
            "The file in DATABASE belongs to another program. Set DATABASE to another file."
        )
    async with db.execute("PRAGMA user_version") as rows:
        row = await rows.fetchone()
    applied = int(row[0]) if row else 0
    if applied > len(MIGRATIONS):
        raise ConfigError(
            "This database was written by a newer Tonearm. Upgrade Tonearm to use it."
        )
    if back_up is not None and 0 < applied < len(MIGRATIONS):
        await back_up(applied)
    for number, statements in enumerate(MIGRATIONS, start=1):
        if applied < number:
            await db.executescript(
                f"BEGIN IMMEDIATE; {statements} PRAGMA user_version = {number}; COMMIT;"
            )
