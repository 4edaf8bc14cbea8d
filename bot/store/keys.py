"""The keys that encrypt stored secrets, from the settings or from a key file."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from bot.errors.bot_error import ConfigError, StartupError
from bot.store.disk_errors import exists, file_error, irregular_file_error
from bot.store.private_files import open_private

_log = logging.getLogger(__name__)

KEY_BYTES = 32


def key_file(database: Path) -> Path:
    return database.with_name(database.name + ".key")


def load_or_create(file: Path, *, may_create: bool) -> bytes:
    """The key in `file`. If there is none, creates one that only the file's owner can read.

    Raises StartupError if the file cannot be read or written, contains no key, or is missing and
    `may_create` is false because a lost key encrypted something.
    """
    key = load(file)
    if key is None and not may_create:
        raise ConfigError(
            f"The key {file} is missing, and the stored logins do not open without it. Put it "
            "back, or set TOKEN_KEYS. Nothing was changed."
        )
    try:
        return key or _create(file)
    except OSError as error:
        raise StartupError(str(file_error(error, file))) from None


def load(file: Path) -> bytes | None:
    """The key in `file`; None if there is no file.

    Raises StartupError if the file cannot be read or contains no key.
    """
    try:
        if exists(file) and not (file.is_file() or file.is_dir()):
            raise StartupError(str(irregular_file_error(file)))  # reading a pipe may never end
        return parse_key(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise ConfigError(
            f"{file} is not a valid key file. Restore it from your backup; do not delete it."
        ) from None
    except OSError as error:
        raise StartupError(str(file_error(error, file))) from None


def _create(file: Path) -> bytes:
    """Write a new key atomically: a crash must not lose the key of a row that it encrypted."""
    key = secrets.token_bytes(KEY_BYTES)
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = open_private(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(descriptor, "w") as output:
            output.write(key.hex())
            output.flush()
            os.fsync(output.fileno())
        temporary.rename(file)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    _log.info("made a key for the stored logins: %s (keep a copy elsewhere)", file.resolve())
    return key


def parse_key(text: str) -> bytes:
    """A key from its 64 hexadecimal digits. Raises ValueError, which does not quote `text`."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise ValueError("a key is 64 hexadecimal digits") from None
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 64 hexadecimal digits")
    return key
