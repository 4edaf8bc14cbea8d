"""What a check found, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.command_line.terminal import plain


class Mark(StrEnum):
    """How a line begins."""

    OK = "✓"
    WRONG = "✗"
    NOTE = "·"  # neither right nor wrong, or not checked


@dataclass(frozen=True)
class Finding:
    """One line of the result. Names of others may be in `text`, so only `str()` is to be shown.

    subject    what was checked: the name of a setting, or a word
    text       sentences: what was found, and the cure
    is_lasting whether a wrong thing stays wrong until the operator changes it
    """

    mark: Mark
    subject: str
    text: str
    is_lasting: bool = True

    def __str__(self) -> str:
        return f"{self.mark} {self.subject}: {plain(self.text)}"


def ok(subject: str, text: str) -> Finding:
    return Finding(Mark.OK, subject, text)


def wrong(subject: str, text: str) -> Finding:
    """Something that the operator has to change."""
    return Finding(Mark.WRONG, subject, text)


def failed(subject: str, text: str) -> Finding:
    """Something that does not work now, and may work later."""
    return Finding(Mark.WRONG, subject, text, is_lasting=False)


def note(subject: str, text: str) -> Finding:
    return Finding(Mark.NOTE, subject, text)


def not_checked(subject: str, missing: str) -> Finding:
    """A check that needs the valid setting `missing`."""
    return note(subject, f"Not checked, because it needs {missing}.")
