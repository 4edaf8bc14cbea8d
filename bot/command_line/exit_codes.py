"""The exit codes of `python -m bot`."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The meanings of the exit codes, for supervisors and scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2  # argparse exits with it
    INCOMPLETE = 3
    CONFIG = 78  # EX_CONFIG of sysexits.h: a supervisor need not start the bot again
    INTERRUPTED = 130  # as a shell reports SIGINT


_MEANINGS = {
    ExitCode.OK: "done, or stopped by a signal",
    ExitCode.FAILED: "failed; another try may work",
    ExitCode.USAGE: "unknown arguments",
    ExitCode.INCOMPLETE: "done, but a part of the library couldn’t be read or added",
    ExitCode.CONFIG: "wrong settings, keys or database; change them before another try",
    ExitCode.INTERRUPTED: "interrupted with Ctrl+C",
}


def describe_exit_codes() -> str:
    """A table for --help."""
    lines = (f"  {code.value:<5}{meaning}" for code, meaning in _MEANINGS.items())
    return "\n".join(["exit codes:", *lines])
