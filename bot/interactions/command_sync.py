"""Writes the commands to Discord, which limits how often a bot may do that."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from typing import Any

from discord import app_commands

from bot.errors.storage import StorageError
from bot.store import Store

_log = logging.getLogger(__name__)


async def sync_commands(tree: app_commands.CommandTree[Any], store: Store) -> None:
    """Write the commands if they have changed since they were last written."""
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    key = f"commands of {tree.client.application_id}"
    if await store.get_meta(key) != digest:
        await tree.sync()
        with suppress(StorageError):  # then the next start writes them again
            await store.set_meta(key, digest)
        _log.info("wrote %d commands to Discord", len(payload))
