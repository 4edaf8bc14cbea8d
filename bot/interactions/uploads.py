"""Fetches a file that a user attached to a command."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord

from bot.errors.files import UploadTooLarge, UploadUnavailable
from bot.interactions.discord_errors import DISCORD_ERRORS

# Seconds for Discord to send a file.
_TIMEOUT = 60.0


async def save_upload(attachment: discord.Attachment, path: Path, max_bytes: int) -> None:
    """Put the file at `path`, which only the bot's user may read.

    Raises UploadTooLarge, UploadUnavailable if Discord does not send it, and OSError.
    """
    if attachment.size > max_bytes:
        raise UploadTooLarge(max_bytes)
    try:
        async with asyncio.timeout(_TIMEOUT):
            content = await attachment.read()
    except DISCORD_ERRORS as error:
        raise UploadUnavailable(type(error).__name__) from None
    await asyncio.to_thread(_write, path, content)


def _write(path: Path, content: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(content)
