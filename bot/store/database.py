"""What the tables need of a database engine. SQL has `$1`, `$2` …, which both engines bind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol

from bot.errors.storage import StorageError

Row = Sequence[Any]
OnWrite = Callable[[int], AbstractContextManager[None]]
"""Makes the context of a write that the Discord user with this ID asked for."""


OnMessage = Callable[[str, Sequence[Any]], object]
"""Called with the topic and the values of a message of another process."""


# What neither engine's text can hold, but the JSON of another service: PostgreSQL refuses zero
# bytes, and both refuse half a surrogate pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(value: object) -> object:
    """A value as both engines store it: text without zero bytes, and � for half a pair.

    Both engines call this for every value of every statement.
    """
    if isinstance(value, str) and _UNSTORABLE.search(value):
        paired = value.replace("\0", "").encode("utf-16", "surrogatepass")
        return paired.decode("utf-16", "replace")
    return value


class ConstraintViolated(Exception):
    """A row with this unique value exists already, or the row that it belongs to is gone."""


class Transaction(Protocol):
    """Statements that are committed together. All raise StorageError, and ConstraintViolated."""

    async def execute(self, sql: str, *values: object) -> int:
        """How many rows the statement changed."""

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run the statement once for the values of each row."""

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        """The rows of a query, or of a RETURNING clause."""

    async def tell(self, topic: str, *values: object) -> None:
        """Tell the other processes, once this is committed. There are none on SQLite."""


class Database(Protocol):
    """Reads see only committed data. Writes run in a transaction each.

    Errors of the disk or server are raised as StorageError, and logged when they begin and end.

    byte_columns       the query for the table and the name of each column of bytes
    has_unerased_rows  deleted rows are still on the disk, or may be
    on_write           a context for each write that a user asked for
    last_error         the error since the last write; None if all is well
    error_counts       how often the disk or server refused something, by the word of /health
    """

    byte_columns: str
    has_unerased_rows: bool
    on_write: OnWrite
    last_error: StorageError | None

    @property
    def error_counts(self) -> Mapping[str, int]: ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction: committed at the end, rolled back on an error. Raises StorageError."""

    async def execute(self, sql: str, *values: object) -> bool:
        """Run one statement in its own transaction; whether it changed a row."""

    async def fetch_returning(self, sql: str, *values: object) -> Row | None:
        """Run one statement in its own transaction; the first row of its RETURNING clause."""

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row. The query must use an index: SQLite runs it in the event loop."""

    async def fetch_few(self, sql: str, *values: object) -> list[Row]:
        """A few rows, with the same condition as `fetch_one`."""

    async def fetch_all(self, sql: str, *values: object) -> list[Row]: ...

    async def check_writable(self) -> None:
        """Write a row and delete it again, committed to the disk. Raises StorageError."""

    async def disk_error(self) -> StorageError | None:
        """The last error, if a new test still fails; None if the disk works."""

    def free_bytes(self) -> int | None:
        """Room on the disk for the bot; None if it is not known."""

    def erase_old_copies(self, now: float) -> None:
        """Delete copies from before a migration that are too old; `now` is of the file clock."""

    async def erase_traces(self, discord_id: int) -> None:
        """Erase from the disk what was deleted of a user, or set `has_unerased_rows`."""

    async def erase_deleted(self) -> None:
        """Erase from the disk what was deleted, or set `has_unerased_rows`."""

    async def tell(self, topic: str, *values: object) -> None:
        """Tell the other processes something now. There are none on SQLite."""

    def listen(self, on_message: OnMessage, on_lost: Callable[[], object]) -> None:
        """Call `on_message` for each message of another process.

        on_lost  called when messages may have been missed
        """

    async def finish_erasure(self) -> None:
        """Erase what `has_unerased_rows` is about. Raises StorageError."""
