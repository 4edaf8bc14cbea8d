"""Reads the settings from the environment and from .env."""

from __future__ import annotations

import io
import os
from pathlib import Path

from dotenv import load_dotenv

from bot.config import Settings
from bot.errors.bot_error import ConfigError
from bot.store.disk_errors import file_error

ENV_FILE = Path(".env")


def load_settings() -> Settings:
    """The settings; the environment wins over .env. Raises ConfigError."""
    load_env_file(ENV_FILE)
    return Settings.from_env(os.environ)


def load_env_file(file: Path) -> None:
    """Add the settings in `file` to the environment, if it exists. Raises ConfigError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} cannot be read: {error}. Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(str(file_error(error, file))) from None
    if "\0" in text:  # UTF-16 without a byte order mark
        raise ConfigError(f"{file} cannot be read: it has zero bytes. Save it as UTF-8.")
    load_dotenv(stream=io.StringIO(text))
