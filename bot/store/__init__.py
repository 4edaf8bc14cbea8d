"""The SQLite database: accounts, logins, preferences, pins, timers, jobs and API usage."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors.storage import StorageError
from bot.store import rekey
from bot.store.accounts import AccountTable, LinkedAccount
from bot.store.api_usage import ApiUsageTable, ExhaustedQuota, HourlyUsage
from bot.store.blocked import BlockedTable
from bot.store.database import Database, OnMessage, OnWrite
from bot.store.downloads import DownloadTable, StoredDownload
from bot.store.encryption import TokenCipher
from bot.store.identify_slots import IdentifySlots
from bot.store.jobs import Job, JobKind, JobTable
from bot.store.keys import key_file, load_or_create
from bot.store.library_backups import Backup, BackupTable, Interval, StopReason
from bot.store.login_records import AuthorizedAccount, LoginStep, PendingLogin
from bot.store.pending_logins import PendingLoginTable
from bot.store.pins import Pin, PinTable
from bot.store.preferences import Preferences, PreferenceTable, SavedDefault
from bot.store.process_share import ProcessShare
from bot.store.sleep_timers import SleepTimer, SleepTimerTable
from bot.store.sqlite import SqliteDatabase
from bot.store.sqlite_connections import Connect, connect_to_file

if TYPE_CHECKING:
    from bot.store.renewal_leases import RenewalLeases

__all__ = [
    "AuthorizedAccount",
    "Backup",
    "Connect",
    "ExhaustedQuota",
    "HourlyUsage",
    "Interval",
    "Job",
    "JobKind",
    "LinkedAccount",
    "LoginStep",
    "PendingLogin",
    "Pin",
    "Preferences",
    "ProcessShare",
    "SavedDefault",
    "SleepTimer",
    "StopReason",
    "Store",
    "StoredDownload",
    "connect_to_file",
]

_ALONE = ProcessShare()


class Store:
    """One attribute for each group of tables. Each method is one transaction.

    leases, identify_slots  None if only one process can use the database

    The methods take and return plain values. Secrets are encrypted or hashed in here.
    """

    def __init__(
        self,
        database: Database,
        cipher: TokenCipher,
        file_time: Callable[[], float] | None = None,
        share: ProcessShare = _ALONE,
    ) -> None:
        self._db = database
        self._cipher = cipher
        self._file_time = file_time
        self.leases: RenewalLeases | None = None
        self.identify_slots: IdentifySlots | None = None
        self.accounts = AccountTable(database, cipher)
        self.pending_logins = PendingLoginTable(database, cipher)
        self.preferences = PreferenceTable(database)
        self.pins = PinTable(database)
        self.api_usage = ApiUsageTable(database)
        self.sleep_timers = SleepTimerTable(database, share)
        self.backups = BackupTable(database, share)
        self.jobs = JobTable(database, cipher, share)
        self.downloads = DownloadTable(database)
        self.blocked = BlockedTable(database)

    def record_writes(self, on_write: OnWrite) -> None:
        """Use `on_write` as the context of each write that a Discord user asked for."""
        self._db.on_write = on_write

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        keys: Sequence[bytes] = (),
        connect: Connect = connect_to_file,
        file_time: Callable[[], float] | None = None,
    ) -> AsyncIterator[Store]:
        """The store in the file `path`; closed at the end.

        The first of the `keys` encrypts, all of them decrypt. Without keys, the key file beside
        the database is used, which is created with the first secret's database.

        file_time  the clock that dates files, in seconds since 1970, for `maintain`

        Raises StartupError, also if a stored secret needs a key that is missing.
        """
        async with SqliteDatabase.open(path, connect) as database:
            used = await rekey.stored_key_ids(database)
            cipher = TokenCipher(keys or [load_or_create(key_file(path), may_create=not used)])
            cipher.require_keys(used)
            store = cls(database, cipher, file_time)
            try:
                yield store
            finally:
                await store.accounts.save_unsaved_at_exit()

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        url: str,
        keys: Sequence[bytes],
        share: ProcessShare = _ALONE,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> AsyncIterator[Store]:
        """The store in the PostgreSQL database at `url`; waits until the server is there.

        share  this process among those that use the database

        Raises ConfigError, also if a stored secret needs a key that is missing, and StartupError
        if another process has this number.
        """
        postgres = import_module("bot.store.postgres")  # asyncpg is an optional package
        leases = import_module("bot.store.renewal_leases")
        opening = postgres.PostgresDatabase.open(
            url, share.number, sleep=sleep, monotonic=monotonic
        )
        async with opening as database:
            cipher = TokenCipher(keys)
            cipher.require_keys(await rekey.stored_key_ids(database))
            store = cls(database, cipher, share=share)
            store.identify_slots = IdentifySlots(database)
            store.leases = leases.RenewalLeases(database, cipher, database.home)
            try:
                yield store
            finally:
                await store.accounts.save_unsaved_at_exit()

    async def reencrypt(self) -> int:
        """Encrypt every secret with the first key; how many there are. Raises StartupError."""
        return await rekey.reencrypt(self._db, self._cipher)

    async def check_writable(self) -> None:
        """Test that the disk accepts writes, and repeat refused ones. Raises StorageError."""
        await self._db.check_writable()
        await self.accounts.save_unsaved()

    async def maintain(self) -> None:
        """Do what `check_writable` does, finish an erasure, and delete old copies.

        Raises StorageError.
        """
        await self.check_writable()
        if self._file_time is not None:
            self._db.erase_old_copies(self._file_time())
        if self.has_unerased_rows:
            await self._db.finish_erasure()

    async def disk_error(self) -> StorageError | None:
        """The error of the last read or write; None if the disk works."""
        return await self._db.disk_error()

    @property
    def last_error(self) -> StorageError | None:
        """The error that has not been followed by a write; None if the disk works."""
        return self._db.last_error

    @property
    def error_counts(self) -> Mapping[str, int]:
        """How often the disk refused something since the start, by the word of /health."""
        return self._db.error_counts

    def free_bytes(self) -> int | None:
        """Room on the database's disk; None if it cannot be read."""
        return self._db.free_bytes()

    async def opens_logins(self) -> bool:
        """Whether the keys open the first stored login. Raises StorageError."""
        return await self.accounts.opens_first_login()

    @property
    def has_unerased_rows(self) -> bool:
        """Whether the disk still contains rows that were deleted."""
        return self._db.has_unerased_rows

    async def agree(self, name: str, text: str) -> str:
        """The value that all processes use: the first one that any of them proposed."""
        sql = "INSERT INTO note VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"
        await self._db.execute(sql, name, text)
        return await self.get_meta(name) or text

    async def tell(self, topic: str, *values: object) -> None:
        """Tell the other processes something, if there are any. Raises StorageError."""
        await self._db.tell(topic, *values)

    def listen(self, on_message: OnMessage, on_lost: Callable[[], object]) -> None:
        """Call `on_message` for what other processes tell, `on_lost` when some may be missed."""
        self._db.listen(on_message, on_lost)

    async def set_meta(self, name: str, text: str) -> None:
        """Store a value about the bot itself, such as a hash of the commands that Discord has."""
        await self._db.execute(
            "INSERT INTO note VALUES ($1, $2)"
            " ON CONFLICT (name) DO UPDATE SET text = excluded.text",
            name,
            text,
        )

    async def get_meta(self, name: str) -> str | None:
        row = await self._db.fetch_one("SELECT text FROM note WHERE name = $1", name)
        return str(row[0]) if row else None
