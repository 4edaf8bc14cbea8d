"""Writes the results of a command to standard output."""

from __future__ import annotations

import os
import sys


def output(text: str) -> None:
    """Write a line to standard output, for another program, which may have ended or be a file."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except BrokenPipeError:
        # Otherwise the interpreter complains when it ends (docs.python.org, library/signal).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
