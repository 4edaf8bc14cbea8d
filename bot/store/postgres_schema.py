"""The schema of a PostgreSQL database: as a whole, and as migrations from it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from bot.errors.bot_error import ConfigError
from bot.store.schema import MIGRATIONS as SQLITE_MIGRATIONS

# The number of migrations of `bot.store.schema` that SCHEMA corresponds to.
FIRST_VERSION = 9
# `rowid` is what SQLite calls it: the order in which rows were made. The token of `link` changes
# each hour; with room on its page, that touches no index. Its last four columns are about renewals
# by several processes, which SQLite does not have.
SCHEMA = """
CREATE TABLE note (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE person (
    discord_id     BIGINT PRIMARY KEY,
    reminders      INTEGER NOT NULL DEFAULT 1 CHECK (reminders IN (0, 1)),
    shared_replies INTEGER NOT NULL DEFAULT 0 CHECK (shared_replies IN (0, 1)),
    shows_playing  INTEGER NOT NULL DEFAULT 0 CHECK (shows_playing IN (0, 1)),
    device_id      TEXT,
    device_name    TEXT CHECK ((device_name IS NULL) = (device_id IS NULL)),
    playlist_id    TEXT,
    playlist_name  TEXT CHECK ((playlist_name IS NULL) = (playlist_id IS NULL))
);
CREATE TABLE link (
    discord_id    BIGINT PRIMARY KEY REFERENCES person ON DELETE CASCADE,
    account_id    TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    authorized_at BIGINT NOT NULL,
    refresh_token BYTEA NOT NULL,
    generation    BIGINT NOT NULL DEFAULT 1,
    ended         INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),
    reminded      INTEGER NOT NULL DEFAULT 0,
    access_token  BYTEA,
    access_until  DOUBLE PRECISION NOT NULL DEFAULT 0,
    lease_until   DOUBLE PRECISION NOT NULL DEFAULT 0,
    holder        INTEGER NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX link_age ON link (authorized_at);
CREATE TABLE login (
    rowid         BIGINT GENERATED ALWAYS AS IDENTITY,
    discord_id    BIGINT NOT NULL REFERENCES person ON DELETE CASCADE,
    serial        BIGINT NOT NULL,
    discord_name  TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    step          TEXT NOT NULL CHECK (step IN
        ('page', 'discord', 'spotify', 'exchange', 'code', 'over', 'replaced')),
    expires_at    BIGINT NOT NULL,
    notice        BYTEA,
    nonce         BYTEA UNIQUE,
    cookie        BYTEA,
    proved        INTEGER NOT NULL DEFAULT 0 CHECK (proved IN (0, 1)),
    tries         INTEGER NOT NULL DEFAULT 0,
    code          BYTEA,
    account_id    TEXT,
    name          TEXT,
    scopes        TEXT,
    authorized_at BIGINT,
    refresh_token BYTEA,
    outcome       TEXT,
    PRIMARY KEY (discord_id, serial)
);
CREATE UNIQUE INDEX login_open ON login (discord_id) WHERE step NOT IN ('over', 'replaced');
CREATE INDEX login_cookie ON login (cookie);
CREATE INDEX login_expiry ON login (expires_at);
CREATE TABLE spent (
    client_id  TEXT NOT NULL,
    endpoints  TEXT NOT NULL,
    start      BIGINT NOT NULL,
    commands   BIGINT NOT NULL,
    background BIGINT NOT NULL,
    PRIMARY KEY (client_id, endpoints, start)
);
CREATE TABLE exhausted (
    client_id TEXT NOT NULL,
    endpoints TEXT NOT NULL,
    until     DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (client_id, endpoints)
);
CREATE TABLE sleep_timer (
    discord_id  BIGINT PRIMARY KEY REFERENCES person ON DELETE CASCADE,
    due         DOUBLE PRECISION NOT NULL,
    tracks_left BIGINT
);
CREATE TABLE pin (
    rowid      BIGINT GENERATED ALWAYS AS IDENTITY,
    discord_id BIGINT NOT NULL REFERENCES person ON DELETE CASCADE,
    uri        TEXT NOT NULL,
    name       TEXT NOT NULL,
    PRIMARY KEY (discord_id, uri)
);
CREATE TABLE job (
    discord_id BIGINT NOT NULL REFERENCES person ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    id         BIGINT NOT NULL UNIQUE,
    arguments  TEXT NOT NULL,
    started_at DOUBLE PRECISION NOT NULL,
    progress   TEXT NOT NULL,
    place      BYTEA,
    touched_at DOUBLE PRECISION NOT NULL,
    resume_at  DOUBLE PRECISION NOT NULL,
    done       INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    PRIMARY KEY (discord_id, kind)
);
CREATE TABLE download (
    discord_id BIGINT PRIMARY KEY REFERENCES person ON DELETE CASCADE,
    token      BYTEA NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    attempts   INTEGER NOT NULL
);
CREATE TABLE identify_slot (
    bucket  INTEGER PRIMARY KEY,
    free_at DOUBLE PRECISION NOT NULL
);
"""
# The counterparts of the migrations of SQLite after FIRST_VERSION, in their order.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE backup (
        discord_id BIGINT PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        every      TEXT CHECK (every IN ('week', 'month')),
        due        DOUBLE PRECISION NOT NULL DEFAULT 0,
        failures   BIGINT NOT NULL DEFAULT 0,
        stopped    TEXT,
        message    BIGINT
    );
    """,
    """
    CREATE TABLE blocked (
        discord_id BIGINT PRIMARY KEY
    );
    """,
    """
    ALTER TABLE job ADD COLUMN process INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE sleep_timer ADD COLUMN process INTEGER NOT NULL DEFAULT 1;
    """,
    """
    ALTER TABLE job ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
    """,
)

# SQL_ASCII, of a server made without a locale, takes the bytes of UTF-8 as they are.
_ENCODINGS = {"UTF8", "SQL_ASCII"}
VERSION_NOTE = "schema"
# Seconds that a migration may take. Other processes wait for it.
MIGRATION_TIMEOUT = 600.0
# Processes that start at once migrate one after another. The number is arbitrary.
_LOCK = 0x746F6E65

assert FIRST_VERSION + len(MIGRATIONS) == len(SQLITE_MIGRATIONS)


# Every database of Tonearm has these tables.
OWN_TABLES = {"note", "link", "person"}
# The query for the table and the name of each column of bytes.
BYTE_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type = 'bytea'"
)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


async def lock_schema(connection: asyncpg.Connection) -> None:
    """Until the end of the transaction, let no other process make or migrate the tables."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def migrate(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
    """Make the tables, or apply the missing migrations, over a connection of its own.

    Raises ConfigError as `migrate_over` does, OSError after MIGRATION_TIMEOUT.
    """
    connection = await connect()
    try:
        async with asyncio.timeout(MIGRATION_TIMEOUT):
            await migrate_over(connection)
    finally:
        connection.terminate()


async def migrate_over(connection: asyncpg.Connection) -> None:
    """Make the tables, or apply the missing migrations, in one transaction.

    Raises ConfigError if another program, or a newer version of Tonearm, made the tables, or if
    they cannot hold every text.
    """
    if (encoding := await connection.fetchval("SHOW server_encoding")) not in _ENCODINGS:
        raise ConfigError(
            f"The database in DATABASE has the encoding {encoding}, which lacks characters of "
            "names. Make another one with createdb --encoding=UTF8 --template=template0."
        )
    async with connection.transaction():
        await lock_schema(connection)
        tables = {row[0] for row in await connection.fetch(TABLES)}
        if not tables:
            await connection.execute(SCHEMA)
            applied = FIRST_VERSION
        elif tables >= OWN_TABLES:
            applied = int(
                await connection.fetchval("SELECT text FROM note WHERE name = $1", VERSION_NOTE)
                or 0
            )
        else:
            applied = 0
        if applied < FIRST_VERSION:
            raise ConfigError(
                "The database in DATABASE belongs to another program. Choose an empty one."
            )
        newest = FIRST_VERSION + len(MIGRATIONS)
        if applied > newest:
            raise ConfigError(
                "This database was written by a newer Tonearm. Upgrade Tonearm to use it."
            )
        for statements in MIGRATIONS[applied - FIRST_VERSION :]:
            await connection.execute(statements)
        await connection.execute(
            "INSERT INTO note VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET text = $2",
            VERSION_NOTE,
            str(newest),
        )
