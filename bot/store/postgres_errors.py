"""Maps errors of the PostgreSQL server to StorageErrors, with sentences for the operator."""

from __future__ import annotations

import asyncpg

from bot.errors.bot_error import ConfigError
from bot.errors.storage import (
    StorageBusy,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnreachable,
)

Error = OSError | asyncpg.PostgresError | asyncpg.InterfaceError

_UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
)
_REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)


def is_unreachable(error: BaseException) -> bool:
    """Whether the server may be there later, with nothing changed. A timeout is an OSError."""
    return isinstance(error, _UNREACHABLE)


def startup_error(error: BaseException) -> ConfigError:
    """The error for a server that refuses the bot. The URL has a password, so it is not named."""
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return ConfigError("The database in DATABASE does not exist. Make it with createdb.")
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return ConfigError(
            "The user in DATABASE may not make tables. Let this user own the database."
        )
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return ConfigError("The database server refuses the user or the password in DATABASE.")
    return ConfigError(f"The database in DATABASE cannot be used: {type(error).__name__}.")


def statement_error(error: BaseException) -> StorageError | None:
    """The error for a refused statement; None if the statement itself is wrong: a bug of ours."""
    if isinstance(error, TimeoutError | asyncpg.QueryCanceledError):
        return StorageBusy("The database server does not answer in time. Look at its load.")
    if isinstance(error, asyncpg.DiskFullError):
        return StorageFull("The database server’s disk is full. Make room there.")
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return StorageReadOnly(
            "The database server takes no writes. Point DATABASE at the primary server."
        )
    if isinstance(error, _REFUSED):
        return StorageReadOnly("The database server refuses the user in DATABASE now.")
    if is_unreachable(error):
        return StorageUnreachable(
            "The database server cannot be reached. The bot goes on by itself when it is back."
        )
    if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
        return StorageBusy("Two processes wrote the same rows at once.")
    return None
