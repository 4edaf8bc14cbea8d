"""Fetches earlier exports from Discord: from the bot's own direct message, or as attachments."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import discord

from bot.errors.backups import EarlierExportUnavailable, NoLastExport
from bot.interactions.discord_errors import DISCORD_ERRORS, UNKNOWN_MESSAGE, code_of
from bot.interactions.uploads import save_upload
from bot.library.job_files import EARLIER, translate_disk_errors

# Seconds for Discord to send the message, and bytes of a file in it.
_TIMEOUT, _MAX_BYTES = 10.0, 25 * 1024 * 1024


async def fetch_last_export(
    client: discord.Client,
    user_id: int,
    message_id: int | None,
    folder: Path,
    required: bool = True,
) -> None:
    """Save the files of the direct message with the last export, unless that is done.

    message_id  None: there is none
    folder      of a job
    required    whether NoLastExport is raised if there is none, or its user has deleted it

    Raises EarlierExportUnavailable and UploadUnavailable if Discord does not send them.
    """
    if (folder / EARLIER).exists():
        return
    attachments: Sequence[discord.Attachment] = ()
    try:
        if message_id is not None:
            async with asyncio.timeout(_TIMEOUT):
                channel = await client.create_dm(discord.Object(user_id))
                attachments = (await channel.fetch_message(message_id)).attachments
    except DISCORD_ERRORS as error:
        if code_of(error) != UNKNOWN_MESSAGE:
            raise EarlierExportUnavailable(type(error).__name__) from None
    if attachments:
        await _save(attachments, folder, _MAX_BYTES)
    elif required:
        raise NoLastExport


async def save_attachment(attachment: discord.Attachment, max_bytes: int, folder: Path) -> None:
    """Save a file of the user's where `open_earlier` finds it. Raises as `save_upload` does."""
    await _save([attachment], folder, max_bytes)


async def _save(attachments: Sequence[discord.Attachment], folder: Path, max_bytes: int) -> None:
    """The folder EARLIER in `folder` then holds all files, or does not exist."""
    target = folder / EARLIER
    new = target.with_suffix(".new")
    with translate_disk_errors():
        new.mkdir(0o700, exist_ok=True)
        for number, attachment in enumerate(attachments):
            # The name is not used: a user may have chosen it.
            await save_upload(attachment, new / str(number), max_bytes)
        new.replace(target)
