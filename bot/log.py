"""What is logged, and what never is."""

from __future__ import annotations

import logging

# Below INFO these libraries log what they send and receive: interaction tokens, login links, SQL
# values. Whatever level is asked for, they do not go there.
GUARDED = ("discord", "aiohttp", "aiosqlite")


def set_up(level: int = logging.INFO) -> None:
    """Log to standard error from `level` on, the libraries from INFO on at most."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    guard(level)


def guard(level: int = logging.INFO) -> None:
    """Hold the libraries to INFO, however much the rest logs."""
    for name in GUARDED:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
