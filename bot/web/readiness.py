"""Whether the bot can serve users now, for GET /ready."""

from __future__ import annotations

from bot.errors.storage import StorageError
from bot.interactions.connection import Connection
from bot.store import Store


async def not_ready(connection: Connection, store: Store) -> str:
    """A word for why the bot cannot serve users now; empty if it can."""
    if not connection.is_connected:
        return "disconnected"
    if (error := await store.disk_error()) is not None:
        return error.word
    try:
        return "" if await store.opens_logins() else "key"
    except StorageError as refused:
        return refused.word
