"""What is logged, and what never is."""

from __future__ import annotations

import logging

# Below INFO these libraries log what they send and receive: interaction tokens, login links, SQL
# values. Whatever level is asked for, they do not go there.
CAPPED_LOGGERS = ("discord", "aiohttp", "aiosqlite")


def configure_logging(level: int = logging.INFO) -> None:
    """Log to standard error from `level` on, the libraries from INFO on at most."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    cap_library_levels(level)


def cap_library_levels(level: int = logging.INFO) -> None:
    """Hold the libraries to INFO, however much the rest logs."""
    for name in CAPPED_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
