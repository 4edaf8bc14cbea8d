"""One setting: its name, how its text becomes a value, and where the text comes from."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config.parsers import InvalidSettingError
from bot.errors.storage import StorageError
from bot.store.disk_errors import file_error, irregular_file_error

# Appended to the name of a secret's setting: the name of a file that contains the secret.
FILE_SUFFIX = "_FILE"
_MAX_SECRET = 16 * 1024  # bytes of such a file
_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)

# The categories of control, format, surrogate and private characters: copied text may contain
# them, and no editor shows them. An emoji of several people contains joiners.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINER = "\u200d"


@dataclass(frozen=True)
class Setting:
    """One environment variable. `Settings` has its value in the field of the same name.

    parse            turns the text into the value, or raises ValueError
    help             what the documents say about it
    invalid          what is wrong if `parse` raises a ValueError without a message of its own
    default          the text to parse if the variable is empty; None: the value is None
    if_missing       makes the setting required: the advice if the variable is empty
    example          stands in .env.example if the setting has no default
    is_secret        is never shown, and may be in a file that the variable NAME_FILE names
    for_development  is documented for contributors, not for operators
    """

    name: str
    parse: Callable[[str], object]
    help: str
    invalid: str = ""
    default: str | None = None
    if_missing: str = ""
    example: str = ""
    is_secret: bool = False
    for_development: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its environment variables."""
        return (self.name, self.name + FILE_SUFFIX) if self.is_secret else (self.name,)

    def read(self, environ: Mapping[str, str]) -> object:
        """The value in `environ`, or in the file that it names. Raises InvalidSettingError."""
        text = self._text(environ) or self.default
        if text is None:
            if self.if_missing:
                raise InvalidSettingError(f"is missing. {self.if_missing}")
            return None
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            raise InvalidSettingError("has quotes around it. Remove them.")
        if any(_is_invisible(character) for character in text):
            raise InvalidSettingError("contains an invisible character. Copy or type it again.")
        try:
            return self.parse(text)
        except InvalidSettingError:
            raise
        except ValueError:
            raise InvalidSettingError(self.invalid) from None

    def _text(self, environ: Mapping[str, str]) -> str:
        text = environ.get(self.name, "").strip()
        file = environ.get(self.name + FILE_SUFFIX, "").strip() if self.is_secret else ""
        if not file:
            return text
        if text:
            raise InvalidSettingError(f"is set, and {self.name}{FILE_SUFFIX} too. Remove one.")
        try:
            return _read_secret(Path(file))
        except (_NoFile, UnicodeEncodeError):
            # A secret may stand in the place of the name, so the name is not quoted.
            text = f"is missing: {self.name}{FILE_SUFFIX} is not the name of a file."
            raise InvalidSettingError(text) from None
        except StorageError as error:
            raise InvalidSettingError(f"cannot be read. {error}") from None


class _NoFile(Exception):
    """There is no file of that name."""


def _is_invisible(character: str) -> bool:
    is_text = character.isspace() or character == _JOINER
    return not is_text and unicodedata.category(character) in _INVISIBLE


def _read_secret(file: Path) -> str:
    """The text of a file without spaces around it.

    Raises _NoFile, StorageError, InvalidSettingError.
    """
    try:
        mode = os.stat(file).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise irregular_file_error(file)  # reading a pipe may never end
        with file.open("rb") as opened:
            data = opened.read(_MAX_SECRET + 1)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _NoFile from None
        raise file_error(error, file) from None
    if len(data) > _MAX_SECRET:
        raise InvalidSettingError(f"is too long: {file} is not a file with a secret.")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InvalidSettingError(f"cannot be read. Save {file} as UTF-8.") from None
    if not text:
        raise InvalidSettingError(f"is missing: {file} is empty.")
    return text
