"""Files that only their secret opens: the disk has neither their contents nor the secret.

A file is encrypted in pieces, so that it needs no memory: AES-256-GCM, with the number of a piece
as its nonce. That is safe because each secret is random and seals one file. The last piece is
marked, so that a file which was cut short does not open.
"""

from __future__ import annotations

import hashlib
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Bytes of a piece, and by how many each is longer in the file.
PIECE, _TAG = 256 * 1024, 16
_NONCE_LENGTH = 12


def seal(source: BinaryIO, target: BinaryIO, secret: str) -> None:
    """Write what is left of the source, encrypted. Blocks. Raises OSError."""
    cipher, number, piece, is_last = _cipher(secret), 0, source.read(PIECE), False
    while not is_last:
        following = source.read(PIECE)
        is_last = not following
        target.write(cipher.encrypt(*_about(number, is_last, piece)))
        number, piece = number + 1, following


class SealedFile:
    """Reads a file that `seal` wrote.

    size  of its contents, in bytes
    """

    def __init__(self, file: BinaryIO, secret: str) -> None:
        self._file = file
        self._cipher = _cipher(secret)
        self._number = 0
        length = os.fstat(file.fileno()).st_size
        self._pieces = max(1, -(-length // (PIECE + _TAG)))
        self.size = max(0, length - self._pieces * _TAG)

    def read(self) -> bytes:
        """The next piece; empty at the end. Blocks. Raises OSError, also if it does not open."""
        if self._number == self._pieces:
            return b""
        is_last = self._number == self._pieces - 1
        nonce, sealed, mark = _about(self._number, is_last, self._file.read(PIECE + _TAG))
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, sealed, mark)
        except InvalidTag:
            raise OSError("a sealed file does not open") from None


def _cipher(secret: str) -> AESGCM:
    """The store has the plain hash of the secret, so the key is another one."""
    return AESGCM(hashlib.sha256(b"tonearm sealed file" + secret.encode()).digest())


def _about(number: int, is_last: bool, piece: bytes) -> tuple[bytes, bytes, bytes]:
    """The nonce of a piece, the piece, and what is authenticated with it."""
    return number.to_bytes(_NONCE_LENGTH, "big"), piece, bytes([is_last])
