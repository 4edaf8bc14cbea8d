"""The keys that stored logins are encrypted with: from the settings, or a file of their own."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from bot.errors.bot_error import StartupError

_log = logging.getLogger(__name__)

KEY_BYTES = 32


def key_file(database: Path) -> Path:
    return database.with_name(database.name + ".key")


def load_or_create(file: Path, *, may_create: bool) -> bytes:
    """The key in `file`; a new one, readable by its owner alone, where there is none yet.

    Raises StartupError where the file holds no key, or is gone although something was sealed
    (`may_make` is False).
    """
    try:
        key = parse_key(file.read_text())
    except FileNotFoundError:
        if not may_create:
            raise StartupError(
                f"The key {file} is missing, and the stored logins do not open without it. Put it "
                "back, or set TOKEN_KEYS. Nothing was changed."
            ) from None
        return _create(file)
    except (ValueError, OSError):
        raise StartupError(f"{file} is not a key of Tonearm’s. Put the right file back.") from None
    return key


def _create(file: Path) -> bytes:
    """A key on disk, whole or not at all: no crash may leave rows sealed by a key that is lost."""
    key = secrets.token_bytes(KEY_BYTES)
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as made:
        made.write(key.hex())
        made.flush()
        os.fsync(made.fileno())
    unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    _log.info("made a key for the stored logins: %s (keep a copy elsewhere)", file.resolve())
    return key


def parse_key(text: str) -> bytes:
    """A key from its 64 hexadecimal digits. Raises ValueError, without repeating them."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise ValueError("a key is 64 hexadecimal digits") from None
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 64 hexadecimal digits")
    return key
