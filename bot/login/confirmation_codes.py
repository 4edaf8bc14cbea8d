"""The code that a browser shows and its user types in Discord."""

from __future__ import annotations

import secrets

# Crockford's base 32: nothing in it reads like something else. Eight of them are 40 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
CODE_LENGTH = 8


def generate() -> str:
    """A new code, such as 7KQ2-M0XA."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def matches(typed: str, shown: str) -> bool:
    """Whether the code was meant; compared in constant time."""
    return secrets.compare_digest(_normalise(typed).encode(), _normalise(shown).encode())


def _normalise(code: str) -> str:
    """Letters and digits alone, in capitals, O for 0 and I or L for 1."""
    return "".join(filter(str.isalnum, code)).upper().translate(_LOOKALIKES)
