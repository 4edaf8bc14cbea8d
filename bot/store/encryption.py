"""Encryption of the secrets in the database, so that a stolen file does not reveal them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors.bot_error import ConfigError
from bot.errors.login import StoredLoginUnreadable

KEY_ID_LENGTH = 4
_NONCE_LENGTH = 12


class TokenCipher:
    """AES-256-GCM with several keys: the first one encrypts, all of them decrypt.

    An encrypted secret is the key's id, a nonce and the ciphertext. Its column and owner are
    authenticated with it, so that a secret copied to another place does not decrypt.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._primary_key_id = _key_id(keys[0])

    def encrypt(self, secret: str, column: str, owner: int) -> bytes:
        """`secret`, encrypted for a column of the row of the Discord user `owner`."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        cipher = self._ciphers[self._primary_key_id]
        ciphertext = cipher.encrypt(
            nonce, secret.encode(errors="surrogatepass"), _associated_data(column, owner)
        )
        return self._primary_key_id + nonce + ciphertext

    def decrypt(self, encrypted: bytes, column: str, owner: int) -> str:
        """The secret. Raises StoredLoginUnreadable if column, owner or key do not match."""
        key_id, rest = encrypted[:KEY_ID_LENGTH], encrypted[KEY_ID_LENGTH:]
        nonce, ciphertext = rest[:_NONCE_LENGTH], rest[_NONCE_LENGTH:]
        try:
            secret = self._ciphers[key_id].decrypt(
                nonce, ciphertext, _associated_data(column, owner)
            )
        except (InvalidTag, KeyError, ValueError):
            raise StoredLoginUnreadable("a stored secret does not decrypt") from None
        return secret.decode(errors="surrogatepass")

    def reencrypt(self, encrypted: bytes, column: str, owner: int) -> bytes:
        """The same secret, encrypted with the first key. Raises StoredLoginUnreadable."""
        return self.encrypt(self.decrypt(encrypted, column, owner), column, owner)

    def require_keys(self, key_ids: Iterable[bytes]) -> None:
        """Raises ConfigError if one of the keys is missing."""
        if missing := set(key_ids) - set(self._ciphers):
            lack = "a key that is" if len(missing) == 1 else f"{len(missing)} keys that are"
            raise ConfigError(
                f"Stored logins are encrypted with {lack} missing. Put the old keys into "
                "TOKEN_KEYS, behind the new one, or the key file back beside the database. "
                "Nothing was changed."
            )


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"tonearm key id" + key).digest()[:KEY_ID_LENGTH]


def _associated_data(column: str, owner: int) -> bytes:
    return f"{column} of {owner}".encode()
