"""The log: on standard error, as text, as JSON, or as systemd's journal reads it."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

# Below INFO, these libraries log interaction tokens, login links and SQL values. They never log
# below INFO, whatever the bot's level is.
CAPPED_LOGGERS = ("discord", "aiohttp", "aiosqlite")

# The priorities that the journal reads at the beginning of a line: sd-daemon(3).
_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG_PRIORITY = 7


def configure_logging(
    level: int = logging.INFO,
    *,
    as_json: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Log to standard error from `level` on, and the libraries from INFO on at most."""
    handler = logging.StreamHandler()
    if as_json:
        handler.setFormatter(JsonFormatter())
    elif is_journal(environ.get("JOURNAL_STREAM", "")):
        handler.setFormatter(JournalFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    cap_library_levels(level)


def is_read_by_programs() -> bool:
    """Whether the log is JSON or the journal's, so that a line of another form would be lost."""
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    return any(isinstance(each, JournalFormatter | JsonFormatter) for each in formatters)


def cap_library_levels(level: int = logging.INFO) -> None:
    """Set the libraries' loggers to `level`, or to INFO if `level` is lower."""
    for name in CAPPED_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.INFO))


def is_journal(stream: str) -> bool:
    """Whether standard error is the journal's socket, of which `stream` is device and inode.

    Source: systemd.exec(5), JOURNAL_STREAM. A program whose error output is redirected inherits
    the variable, too.
    """
    try:
        status = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return stream == f"{status.st_dev}:{status.st_ino}"


class JournalFormatter(logging.Formatter):
    """Lines with a priority and without the time, which the journal adds itself."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        priority = next((n for level, n in _PRIORITIES if record.levelno >= level), _DEBUG_PRIORITY)
        # A line of a traceback without a priority would be an entry of another level.
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).split("\n"))


class JsonFormatter(logging.Formatter):
    """One JSON object on one line: time (UTC, RFC 3339), level, logger, message, exception."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        entry = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)
