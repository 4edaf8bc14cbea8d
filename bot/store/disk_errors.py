"""Maps errors of the disk and of SQLite to StorageErrors, with sentences for the operator."""

from __future__ import annotations

import errno
import os
import pwd
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from bot.errors.bot_error import ConfigError, StartupError
from bot.errors.storage import (
    StorageBusy,
    StorageDamaged,
    StorageError,
    StorageFull,
    StorageGone,
    StorageReadOnly,
)

# SQLite keeps its write-ahead log and its shared memory beside the target of a symbolic link.
_SIBLING_SUFFIXES = ("-wal", "-shm")

# Codes of errors in our own SQL.
_OWN_MISTAKES = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


def lock_file(database: Path) -> Path:
    """The file beside the database that one process locks."""
    return database.with_name(database.name + ".lock")


def exists(file: Path) -> bool:
    """Whether there is a file, a folder or the like. Raises OSError if the system does not say.

    From Python 3.14 on, Path.exists() is False then, as if there were nothing.
    """
    try:
        os.stat(file)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return False
        raise
    return True


def file_error(error: OSError, file: Path) -> StorageError:
    """The error for an OSError while `file` was read, written or created."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StorageFull(
                f"There is no room left for {file}: its disk or quota is full. Make room there."
            )
        case errno.EROFS:
            return StorageReadOnly(
                f"{file} is on a disk that is mounted read-only. Mount it for writing."
            )
        case errno.EACCES | errno.EPERM:
            return StorageReadOnly(_not_allowed(file))
        case errno.EISDIR:
            return StorageError(f"{file} is a folder where a file should be. Move it away.")
        case errno.ENOTDIR:
            return StorageError(
                f"A part of the path of {file} is not a folder. Choose another path."
            )
        case errno.ELOOP:
            return StorageError(f"{file} leads through symbolic links in a circle. Fix them.")
        case errno.EMFILE | errno.ENFILE:
            return StorageError(
                f"{file} cannot be opened: too many open files. Raise their limit (ulimit -n)."
            )
        case errno.ENOENT if _exists(file.parent):
            return StorageGone(
                f"{file} cannot be made: the system allows no files in {file.parent.absolute()}. "
                "Choose another folder."
            )
        case errno.ENOENT:
            return StorageGone(
                f"The folder {file.parent} does not exist. Mount its disk, or make the folder."
            )
        case errno.ESTALE:
            return StorageGone(f"{file} was deleted on its file server. Restart Tonearm.")
    reason = error.strerror or type(error).__name__
    return StorageError(f"{file} cannot be used: {reason}. Check its path and its disk.")


def statement_error(error: sqlite3.Error, database: Path) -> StorageError | None:
    """The error for a refused statement; None if the statement itself is wrong: a bug of ours.

    SQLite reports most system errors as one of three codes. So this examines the files to find the
    reason, which takes one small write to the lock file.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None  # raised by Python's module, such as for a closed connection
    primary = code & 0xFF
    if primary in _DAMAGED or code == sqlite3.SQLITE_IOERR_CORRUPTFS:
        return damage_error(database, str(error), foreign=primary == sqlite3.SQLITE_NOTADB)
    if primary in _OWN_MISTAKES:
        return None
    if primary == sqlite3.SQLITE_FULL:
        return file_error(OSError(errno.ENOSPC, ""), database)
    if primary in _BUSY:
        return StorageBusy(
            f"Another program has locked {database} for seconds. Stop it, or wait until it is done."
        )
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return replacement_error(database)
    if refusal := _examine(database):
        return refusal
    if primary in _READ_ONLY:
        return StorageReadOnly(f"{database} cannot be written: {error}. Check who may write it.")
    return StorageError(
        f"{database} cannot be used: {error} ({error.sqlite_errorname}). Check its disk."
    )


def damage_error(database: Path, detail: str, *, foreign: bool = False) -> StorageDamaged:
    """The error for a damaged database; `foreign`: the file does not begin as a database does."""
    if foreign:
        return StorageDamaged(
            f"{database} is not an SQLite database. Restore it from a backup, or set DATABASE to "
            "another file."
        )
    line = (detail.splitlines() or [""])[-1]  # the first one of a check names the schema
    return StorageDamaged(
        f"{database} is damaged ({line}). Stop Tonearm and restore the database from a backup."
    )


def startup_error(refusal: StorageError) -> StartupError:
    """The same sentence; a ConfigError if the operator has to replace the database."""
    kind = ConfigError if isinstance(refusal, StorageDamaged) else StartupError
    return kind(str(refusal))


def replacement_error(database: Path) -> StorageGone:
    return StorageGone(
        f"{database} or a file beside it was deleted, replaced or cut off while Tonearm ran. "
        "Nothing is saved until you put the files back or restart Tonearm."
    )


def file_identities(database: Path) -> tuple[tuple[int, int] | None, ...]:
    """Device and inode of the database's files; None for a missing one. Raises StorageError."""
    return tuple(_identity(sibling) for sibling in _files(database))


def file_size(file: Path) -> int:
    """In bytes; 0 for a missing file. Raises StorageError."""
    try:
        return os.stat(file).st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise file_error(error, file) from None


def _files(database: Path) -> list[Path]:
    target = os.path.realpath(database)
    return [database, *(Path(target + suffix) for suffix in _SIBLING_SUFFIXES)]


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_error(error, file) from None
    return status.st_dev, status.st_ino


def _examine(database: Path) -> StorageError | None:
    """The error that the database's files or their folder show; None without one."""
    try:
        try:
            os.stat(database)
        except FileNotFoundError:
            if database.is_symlink():
                target = os.readlink(database)
                return StorageGone(
                    f"{database} is a link to {target}, which does not exist. Mount its disk."
                )
        folder = Path(os.path.realpath(database)).parent
        for file in (*_files(database), database.with_name(f"{database.name}-journal")):
            if exists(file) and not file.is_file():
                return irregular_file_error(file)
        disk = os.statvfs(folder)
        if disk.f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, "")
        if disk.f_files and not disk.f_favail:
            raise OSError(errno.ENOSPC, "")  # no room for the name of a file
        for file in (*filter(exists, _files(database)), folder):
            if refusal := access_error(file):
                return refusal
        with lock_file(database).open("ab", buffering=0) as lock:
            try:
                lock.write(bytes(4096))
                os.fsync(lock.fileno())
            finally:
                lock.truncate(0)
    except OSError as error:
        return file_error(error, database)
    return None


_HAS_EFFECTIVE_IDS = os.access in os.supports_effective_ids


def access_error(file: Path) -> StorageError | None:
    """The error if the process may not read and write an existing file or folder."""
    if os.access(file, os.R_OK | os.W_OK, effective_ids=_HAS_EFFECTIVE_IDS):
        return None
    return file_error(OSError(errno.EACCES, ""), file)


def irregular_file_error(file: Path) -> StorageError:
    """The error for a folder, device or pipe in place of a file."""
    if file.is_dir():
        return file_error(OSError(errno.EISDIR, ""), file)
    return StorageError(f"{file} is a device or a pipe, not a file. Choose a file.")


def _not_allowed(file: Path) -> str:
    """A sentence with the user, and the file or folder that the user cannot open."""
    user = _user_name(os.geteuid())
    subject, verb = file, "use"
    while not _exists(subject) and subject != subject.parent:
        subject, verb = subject.absolute().parent, "make files in"
    try:
        status = os.stat(subject)
    except OSError:
        return f"The user {user} may not open {file}. Change who may use it."
    if stat.S_ISDIR(status.st_mode) and subject == file:
        verb = "make files in"
    owner = _user_name(status.st_uid)
    owned = f", which belongs to {owner}" if owner != user else ""
    return f"The user {user} may not {verb} {subject}{owned}. Give this user access to it."


def _exists(file: Path) -> bool:
    with suppress(OSError):
        return exists(file)
    return False


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
