"""Encrypts what must not be read from a stolen file."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors.bot_error import StartupError
from bot.errors.login import LoginExpired

KEY_ID_LENGTH = 4
_NONCE_LENGTH = 12


class TokenCipher:
    """AES-256-GCM under a ring of keys: the first one seals, all of them open.

    A sealed secret is the key's id, a nonce and the ciphertext. Column and owner are authenticated
    with it, so that it opens in its own place only.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._primary_key_id = _key_id(keys[0])

    def encrypt(self, secret: str, column: str, owner: int) -> bytes:
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        place = _associated_data(column, owner)
        return (
            self._primary_key_id
            + nonce
            + self._ciphers[self._primary_key_id].encrypt(nonce, secret.encode(), place)
        )

    def decrypt(self, encrypted: bytes, column: str, owner: int) -> str:
        """The secret. Raises LoginExpired if column, owner or key do not match."""
        key, nonce = (
            encrypted[:KEY_ID_LENGTH],
            encrypted[KEY_ID_LENGTH : KEY_ID_LENGTH + _NONCE_LENGTH],
        )
        try:
            opened = self._ciphers[key].decrypt(
                nonce, encrypted[KEY_ID_LENGTH + _NONCE_LENGTH :], _associated_data(column, owner)
            )
        except (InvalidTag, KeyError, ValueError):
            raise LoginExpired("what is stored does not open here") from None
        return opened.decode()

    def reencrypt(self, encrypted: bytes, column: str, owner: int) -> bytes:
        """The same secret under the first key."""
        return self.encrypt(self.decrypt(encrypted, column, owner), column, owner)

    def require_keys(self, key_ids: Iterable[bytes]) -> None:
        """Raises StartupError where something was sealed under a key that is not here."""
        if missing := set(key_ids) - set(self._ciphers):
            lack = "a key that is" if len(missing) == 1 else f"{len(missing)} keys that are"
            raise StartupError(
                f"Stored logins are encrypted with {lack} not here. Put the old keys into "
                "TOKEN_KEYS, behind the new one, or the key file back beside the database. "
                "Nothing was changed."
            )


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"tonearm key id" + key).digest()[:KEY_ID_LENGTH]


def _associated_data(column: str, owner: int) -> bytes:
    return f"{column} of {owner}".encode()
