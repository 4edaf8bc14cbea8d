"""The store on PostgreSQL behaves as on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.command_line.checks.findings import Mark
from bot.command_line.checks.storage import inspect_database
from bot.errors.bot_error import ConfigError
from bot.store import Job, JobKind, LinkedAccount, ProcessShare, Store
from bot.store.encryption import TokenCipher
from bot.store.rekey import stored_key_ids
from bot.store.renewal_leases import RenewalLeases
from bot.store.schema import KEPT_OF_ERASED
from tests.durability.apsw_connection import open_database
from tests.durability.simulated_disk import SimulatedDisk
from tests.durability.store_operations import (
    KEYS,
    ODD,
    complete_login,
    count_user_rows,
    operation_at,
    read_all_rows,
    read_columns,
    run_operation,
)
from tests.findings import expect
from tests.postgres_server import PostgresServer, run_postgres

CIPHER = TokenCipher(KEYS)
# The tables whose rows are deleted with their person.
SQLITE_CASCADES = (
    "SELECT part.name FROM sqlite_schema AS part, pragma_foreign_key_list(part.name) AS other"
    " WHERE other.\"table\" = 'person' AND other.on_delete = 'CASCADE'"
)
POSTGRES_CASCADES = (
    "SELECT conrelid::regclass::text FROM pg_constraint"
    " WHERE confrelid = 'person'::regclass AND confdeltype = 'c'"
)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


async def test_every_operation_does_the_same_on_both_engines(server: PostgresServer) -> None:
    async with (
        open_database(SimulatedDisk()) as sqlite,
        Store.connect(await server.database(), KEYS) as store,
    ):
        assert await read_columns(store._db) == await read_columns(sqlite)
        await store.set_meta("schema", "")
        await Store(sqlite, CIPHER).set_meta("schema", "")
        for number in range(400):
            await run_operation(Store(sqlite, CIPHER), number)
            await run_operation(Store(store._db, CIPHER), number)
            if number % 20 == 0:
                rows = await read_all_rows(store._db, CIPHER)
                assert rows == await read_all_rows(sqlite, CIPHER), operation_at(number)
        assert await stored_key_ids(store._db) == await stored_key_ids(sqlite)
        user = next(iter(rows["person"]))[0]
        assert isinstance(user, int)
        await store.accounts.unlink(user)
        assert count_user_rows(user, await read_all_rows(store._db, CIPHER)) == 0


async def test_text_that_postgresql_refuses_is_stored_without_it(server: PostgresServer) -> None:
    """Both engines store the same, and find what they stored under such a name."""
    async with (
        open_database(SimulatedDisk()) as sqlite,
        Store.connect(await server.database(), KEYS) as postgres,
    ):
        for store in (Store(sqlite, CIPHER), postgres):
            for odd, kept in (("a\0b", "ab"), ("\ud83dc", "\ufffdc"), ("\ud83c\udfb5", "🎵")):
                await store.set_meta(odd, odd)
                assert await store.get_meta(odd) == await store.get_meta(kept) == kept
            await complete_login(store, 101, 1)
            job = Job(101, JobKind.EXPORT, 1, f'{{"name":"{ODD}"}}', 0.0, place=ODD)
            assert await store.jobs.create(job)
            (stored,) = await store.jobs.all()
            assert (stored.arguments, stored.place) == ('{"name":"\ufffd"}', ODD)


async def test_erasure_knows_every_table(server: PostgresServer) -> None:
    """A new table that references no person, or that no VACUUM erases, fails here."""
    url = await server.database()
    async with open_database(SimulatedDisk()) as sqlite, Store.connect(url, KEYS) as store:
        for database, sql in ((sqlite, SQLITE_CASCADES), (store._db, POSTGRES_CASCADES)):
            columns = await read_columns(database)
            about_users = {table for table, names in columns.items() if "discord_id" in names}
            cascading = {str(table) for (table,) in await database.fetch_all(sql)}
            assert about_users == cascading | {"person"} | KEPT_OF_ERASED
        unerased = "SELECT relname FROM pg_stat_user_tables WHERE vacuum_count = 0"
        unerased_rows = [store.has_unerased_rows]  # a killed process may have left some
        await store.maintain()
        unerased_rows.append(store.has_unerased_rows)
        assert await store._db.fetch_all(unerased) == [("identify_slot",)]
        # The transaction of another program keeps deleted rows readable for itself.
        reader = await asyncpg.connect(url)
        async with reader.transaction(isolation="repeatable_read"):
            await reader.fetch("SELECT 1 FROM person")
            await store.accounts.unlink(101)
            await store.maintain()
            unerased_rows.append(store.has_unerased_rows)
        await reader.close()
        await store.maintain()
        unerased_rows.append(store.has_unerased_rows)
        assert unerased_rows == [True, False, True, False]


async def test_new_key_encrypts_every_column(server: PostgresServer) -> None:
    """Also the access token, which only PostgreSQL has."""
    url = await server.database()
    async with Store.connect(url, KEYS) as store:
        await complete_login(store, 101, 1)
        account, leases = await _renewable(store)
        assert await leases.take(account)
        assert await leases.store(account, None, "an access token", 3600)
    for keys in (KEYS[::-1], KEYS[1:]):
        async with Store.connect(url, keys) as store:
            await store.reencrypt()
            account, leases = await _renewable(store)
            shared = await leases.access_token(account)
            assert shared is not None
            assert shared.value == "an access token"


async def _renewable(store: Store) -> tuple[LinkedAccount, RenewalLeases]:
    """The account of user 101, and the leases of the store's process."""
    account = await store.accounts.get(101)
    assert account is not None
    assert store.leases is not None
    return account, store.leases


async def test_lease_ends_with_the_session_that_holds_it(server: PostgresServer) -> None:
    """Although its process was started again, or one of its number uses another database."""
    url, other_url = await server.database(), await server.database()
    one, two = ProcessShare(1, 2), ProcessShare(2, 2)
    async with Store.connect(other_url, KEYS, one), Store.connect(url, KEYS, two) as second:
        await complete_login(second, 101, 1)
        account, leases = await _renewable(second)
        async with Store.connect(url, KEYS, one) as first:
            assert await (await _renewable(first))[1].take(account)
            assert not await leases.take(account)
        assert await leases.take(account)
        async with Store.connect(url, KEYS, one) as first:
            assert not await (await _renewable(first))[1].take(account)
            await leases.release(account)
            assert await (await _renewable(first))[1].take(account)
        async with Store.connect(url, KEYS, one) as first:
            assert await (await _renewable(first))[1].take(account)


async def test_database_that_lacks_characters_is_refused(server: PostgresServer) -> None:
    server_connection = await asyncpg.connect(server.url())
    for encoding in ("LATIN1", "SQL_ASCII"):
        await server_connection.execute(
            f"CREATE DATABASE {encoding} ENCODING {encoding} LOCALE 'C' TEMPLATE template0"
        )
    await server_connection.close()
    with pytest.raises(ConfigError, match="encoding LATIN1"):
        async with Store.connect(server.url("latin1"), KEYS):
            pass
    async with Store.connect(server.url("sql_ascii"), KEYS) as store:
        await store.set_meta("harbour", "hafen 🎵 港")
        assert await store.get_meta("harbour") == "hafen 🎵 港"


async def test_check_reads_the_database_and_changes_nothing(server: PostgresServer) -> None:
    url = await server.database()

    async def expect_finding(mark: Mark, part: str, url: str = url) -> None:
        inspection, findings = await inspect_database({"database": Path("x"), "database_url": url})
        expect(findings, "DATABASE", mark, part)
        if mark is Mark.OK and inspection is not None:
            assert inspection.require_keys(Path("x"), tuple(KEYS))

    for _ in range(2):
        await expect_finding(Mark.NOTE, "PostgreSQL has no tables yet")
    async with Store.connect(url, KEYS) as store:
        await complete_login(store, 101, 1)
        await expect_finding(Mark.OK, "1 account is linked in PostgreSQL")
        await store.set_meta("schema", "999")
    await expect_finding(Mark.WRONG, "newer Tonearm")
    await expect_finding(Mark.WRONG, "does not exist", server.url("missing"))
    nowhere = "postgresql://postgres@127.0.0.1:9/canary"
    await expect_finding(Mark.WRONG, "cannot be reached", nowhere)
