"""Encrypts what must not be read from a stolen file."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import CannotStart, LinkEnded

_log = logging.getLogger(__name__)

_NONCE = 12
_KEY_BITS = 256


class Vault:
    """AES-256-GCM under one key. What is sealed opens only for the row it was sealed for."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def beside(cls, database: Path) -> Vault:
        """The vault whose key lies beside the database; made, for its owner alone, at first use.

        Raises CannotStart where the key file is not a key.
        """
        file = database.with_name(database.name + ".key")
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as made:
                made.write(AESGCM.generate_key(_KEY_BITS).hex())
            _log.info("made a key for the stored logins: %s (keep a copy of it)", file)
        try:
            return cls(bytes.fromhex(file.read_text()))
        except ValueError:
            raise CannotStart(
                f"{file} is not a key of Tonearm's. Put the right file back, "
                "or remove it together with the database to start over."
            ) from None

    def seal(self, secret: str, row: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), row.encode())

    def open(self, sealed: bytes, row: str) -> str:
        """The secret. Raises LinkEnded where it was sealed under another key or for another row."""
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], row.encode())
        except InvalidTag:
            raise LinkEnded("a stored login does not open with this key") from None
        return opened.decode()
