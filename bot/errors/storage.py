"""Errors of the database: the disk or its permissions refuse a read or a write."""

from __future__ import annotations

from bot.errors.bot_error import BotError


class StorageError(BotError):
    """The disk has a fault; a write may or may not have taken effect.

    `str(error)` is a sentence for the operator, with the next step. /health shows `word`.
    """

    word = "failing"
    message = (
        "This bot’s disk has a fault, so that may not have worked. "
        "Tell {operator}, and check before you try again."
    )


class StorageFull(StorageError):
    word = "full"
    message = (
        "This bot’s disk is full, so it can’t save anything right now. "
        "Tell {operator}, then try again."
    )


class StorageReadOnly(StorageError):
    word = "read-only"
    message = (
        "This bot isn’t allowed to write to its disk, so it can’t save anything right now. "
        "Tell {operator}, then try again."
    )


class StorageDamaged(StorageError):
    word = "damaged"
    message = "This bot’s database is damaged, so that didn’t work. Tell {operator}."


class StorageGone(StorageError):
    """The database's files were deleted or replaced: a write would be lost with the process."""

    word = "gone"
    message = "This bot’s database was moved or deleted, so nothing can be saved. Tell {operator}."


class StorageUnreachable(StorageError):
    """The database server cannot be reached."""

    word = "unreachable"
    message = (
        "This bot can’t reach its database right now, so that didn’t work. Try again in a minute. "
        "If that doesn’t help, tell {operator}."
    )


class StorageBusy(StorageError):
    """Another program has locked the database for seconds."""

    word = "busy"
    message = (
        "Another program is using this bot’s database, so nothing can be saved right now. "
        "Try again in a minute. If that doesn’t help, tell {operator}."
    )
