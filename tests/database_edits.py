"""Changes the bot's database behind its back."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from sandbox.harness import Harness


async def edit_database(harness: Harness, sql: str, *values: object) -> None:
    """Run one statement in a thread: the bot may be in a transaction, which the loop ends."""

    def edit() -> None:
        with closing(sqlite3.connect(harness.settings.database, timeout=20)) as db, db:
            db.execute(sql, values)

    await asyncio.to_thread(edit)
