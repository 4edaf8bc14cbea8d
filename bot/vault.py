"""Encrypts what must not be read from a stolen file."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import CannotStart, LinkEnded

KEY_ID = 4
_NONCE = 12


class Vault:
    """AES-256-GCM under a ring of keys: the first one seals, all of them open.

    A sealed secret is the key's id, a nonce and the ciphertext. Column and owner are authenticated
    with it, so that it opens in its own place only.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_id(key): AESGCM(key) for key in keys}
        self._first = _id(keys[0])

    def seal(self, secret: str, column: str, owner: int) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        place = _place(column, owner)
        return (
            self._first + nonce + self._ciphers[self._first].encrypt(nonce, secret.encode(), place)
        )

    def open(self, sealed: bytes, column: str, owner: int) -> str:
        """The secret. Raises LinkEnded where it was sealed for another place or by a lost key."""
        key, nonce = sealed[:KEY_ID], sealed[KEY_ID : KEY_ID + _NONCE]
        try:
            opened = self._ciphers[key].decrypt(
                nonce, sealed[KEY_ID + _NONCE :], _place(column, owner)
            )
        except (InvalidTag, KeyError, ValueError):
            raise LinkEnded("what is stored does not open here") from None
        return opened.decode()

    def reseal(self, sealed: bytes, column: str, owner: int) -> bytes:
        """The same secret under the first key."""
        return self.seal(self.open(sealed, column, owner), column, owner)

    def check(self, used: Iterable[bytes]) -> None:
        """Raises CannotStart where something was sealed under a key that is not here."""
        if missing := set(used) - set(self._ciphers):
            lack = "a key that is" if len(missing) == 1 else f"{len(missing)} keys that are"
            raise CannotStart(
                f"Stored logins are encrypted with {lack} not here. Put the old keys into "
                "TOKEN_KEYS, behind the new one, or the key file back beside the database. "
                "Nothing was changed."
            )


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"tonearm key id" + key).digest()[:KEY_ID]


def _place(column: str, owner: int) -> bytes:
    return f"{column} of {owner}".encode()
