"""Confirmation codes: the result page shows one, and the user types it in Discord."""

from __future__ import annotations

import secrets

# Crockford's base 32, without look-alikes. Eight characters are 40 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
CODE_LENGTH = 8


def generate() -> str:
    """A new code, such as 7KQ2-M0XA."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def matches(typed: str, shown: str) -> bool:
    """Whether the user typed the code; compared in constant time."""
    return secrets.compare_digest(_normalise(typed).encode(), _normalise(shown).encode())


def _normalise(code: str) -> str:
    """The letters and digits in upper case, with 0 for O and 1 for I and L."""
    return "".join(filter(str.isalnum, code)).upper().translate(_LOOKALIKES)
