"""Reads the settings from the environment and from .env."""

from __future__ import annotations

import io
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.config import Settings, read_values
from bot.config.logs import configure_logging
from bot.config.names import misspelt_in_environment, unknown_in_file
from bot.errors.bot_error import ConfigError, SettingsError
from bot.store.disk_errors import file_error

ENV_FILE = Path(".env")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Environment:
    """The variables of the environment and of .env; the environment wins.

    doubts  what is probably a mistake, by name: an unknown name, a setting given twice
    """

    variables: Mapping[str, str] = field(repr=False)
    doubts: Mapping[str, str]

    def explain(self, problems: Mapping[str, str]) -> dict[str, str]:
        """All that is wrong, by name: `problems` are what is wrong with the values."""
        explained = {**problems, **self.doubts}
        for name in problems.keys() & self.doubts.keys():
            explained[name] = f"{problems[name]} It {self.doubts[name]}"
        return explained


def load_settings() -> Settings:
    """The settings, after the log has been configured by them. Raises ConfigError."""
    configure_logging()
    environment = read_environment()
    values, problems = read_values(environment.variables)
    level, form = values.get("log_level", logging.INFO), values.get("log_format")
    configure_logging(level, as_json=form == "json")
    if problems:
        raise SettingsError(environment.explain(problems))
    settings = Settings(**values)
    for name, doubt in environment.doubts.items():
        _log.warning("%s %s", name, doubt)
    return settings


def require_sqlite(settings: Settings) -> None:
    """Raises ConfigError if the database is a server, which has programs of its own."""
    if settings.database_url is not None:
        raise ConfigError("DATABASE is a PostgreSQL server. Use its own tools, such as pg_dump.")


def read_environment(environ: Mapping[str, str] = os.environ, file: Path = ENV_FILE) -> Environment:
    """The variables in `environ` and `file`. Raises ConfigError for a file that cannot be read."""
    text = _read(file)
    lines = dict(_settings(text))
    counts = Counter(name for name, _ in _settings(text))
    doubts = unknown_in_file(lines) | misspelt_in_environment(environ)
    for name, count in counts.items():
        if count > 1 and name not in environ:
            doubts[name] = (
                f"is in {file} {count} times, and the last one counts. Remove the others."
            )
    values = dotenv_values(stream=io.StringIO(text))
    in_file = {name: value for name, value in values.items() if value is not None}
    return Environment({**in_file, **environ}, doubts)


def _read(file: Path) -> str:
    """The text of a .env in which each line is a setting; empty without one."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{file} cannot be read: line {line} is not UTF-8. Save it as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigError(str(file_error(error, file))) from None
    if "\0" in text:  # UTF-16 without a byte order mark
        raise ConfigError(f"{file} cannot be read: it has zero bytes. Save it as UTF-8.")
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            mistake = _mistake(binding.original.string.lstrip())
            raise ConfigError(f"{file} line {_line(binding)} {mistake}")
    return text


def _settings(text: str) -> Iterator[tuple[str, int]]:
    """The names of the settings in a .env, with their lines."""
    for binding in parse_stream(io.StringIO(text)):
        if binding.key:
            yield binding.key, _line(binding)


def _line(binding: Binding) -> int:
    """The line on which a setting stands; the parser counts the empty lines before it as well."""
    string = binding.original.string
    return binding.original.line + string.removesuffix(string.lstrip()).count("\n")


def _mistake(line: str) -> str:
    """What is wrong with a line, without a part of it, which may be a secret."""
    name, equals, value = line.partition("=")
    quote = value.strip()[:1]
    if equals and name.strip() and quote in ("'", '"'):
        if value.count(quote) == 1:
            return f"opens a quote with {quote} and does not close it."
        return f"goes on behind the quote that {quote} closes. Remove that."
    return "is not a setting, which is a name, = and its value."
