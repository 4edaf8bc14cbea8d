"""Rows that only users with a linked account may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors.login import NotLinked
from bot.store.database import ConstraintViolated, Transaction


async def require_link(db: Transaction, discord_id: int, what: str) -> None:
    """Raises NotLinked; `what` the row is about is for the log."""
    if not await db.fetch_all("SELECT 1 FROM link WHERE discord_id = $1", discord_id):
        raise NotLinked(what)


@contextmanager
def missing_link(what: str) -> Iterator[None]:
    """Raise NotLinked if the user's row is gone: another process has unlinked the account."""
    try:
        yield
    except ConstraintViolated:
        raise NotLinked(what) from None
