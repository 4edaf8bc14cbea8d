"""Writes the results of a command to standard output, in letters that the other end can read."""

from __future__ import annotations

import codecs
import io
import os
import sys

# What stands for our own signs where the encoding, such as that of LC_ALL=POSIX, lacks them.
_STAND_INS = {"✓": "+", "✗": "x", "·": "-", "’": "'", "“": '"', "”": '"', "…": "...", "–": "-"}
_ERRORS = "tonearm-stand-ins"


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """For characters of others, their escape, such as \\xeb."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    plain = (_STAND_INS.get(c) or c.encode("ascii", "backslashreplace").decode() for c in missing)
    return "".join(plain), error.end


def replace_missing_letters() -> None:
    """From now on, no output or error fails because its encoding lacks a character."""
    codecs.register_error(_ERRORS, _stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def output(text: str) -> None:
    """Write a line to standard output, for another program, which may have ended."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Otherwise the interpreter complains when it ends (docs.python.org, library/signal).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
