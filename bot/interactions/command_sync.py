"""Writing the commands to Discord, which counts how often that is done."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from discord import app_commands

from bot.store import Store

_log = logging.getLogger(__name__)


async def sync_commands(tree: app_commands.CommandTree[Any], store: Store) -> None:
    """Write them, unless Discord has these very ones from the last time."""
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    note = f"commands of {tree.client.application_id}"
    if await store.get_meta(note) != digest:
        await tree.sync()
        await store.set_meta(note, digest)
        _log.info("wrote %d commands to Discord", len(payload))
