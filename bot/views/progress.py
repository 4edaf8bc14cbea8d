"""Shows the progress of long work in its deferred reply, or in a line of the pressed message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.errors.bot_error import BotError
from bot.interactions.discord_errors import DISCORD_ERRORS
from bot.interactions.progress import ProgressMessage
from bot.interactions.responses import Interaction, edit_reply
from bot.views.status_line import with_status

_WORKING, _STOPPED = "Working on it", "Stopped, see below."


@asynccontextmanager
async def show_progress(interaction: Interaction) -> AsyncIterator[ProgressMessage]:
    """Wraps the work, which calls the progress after each step. An error ends the text, too."""
    message = interaction.message

    async def show(text: str) -> None:
        if message is None:
            await edit_reply(interaction, text)
        else:
            await edit_reply(interaction, view=with_status(message, text))

    progress = ProgressMessage(show, _WORKING)
    try:
        yield progress
    except BotError:
        if message is not None and progress.was_shown:
            with suppress(*DISCORD_ERRORS):  # the error matters more
                await show(_STOPPED)
        raise
