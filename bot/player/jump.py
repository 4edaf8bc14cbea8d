"""Jumps to an entry of the queue by skipping, one call for each track: Spotify has no other way."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.bot_error import BotError
from bot.errors.spotify import NoActiveDevice, PlayerNotFound
from bot.player.actions import PlayerAction
from bot.player.context import ActionContext
from bot.player.outcome import Outcome
from bot.player.state import explain_unknown_outcome
from bot.spotify import Spotify
from bot.spotify.models import Playable, Playback, playable
from bot.spotify.pages import Queue
from bot.text.items import count

# Spotify shows the next 20 entries of the queue.
MAX_SKIPS = 20
# Seconds for MAX_SKIPS calls.
_TIMEOUT = 30.0


async def jump(action: PlayerAction, context: ActionContext) -> Outcome:
    """Skip until the entry plays; the queue is read first, since it may have moved on.

    So a repetition never skips too far. Raises BotError, whose message counts the skips so far.
    """
    skips_text, _, entry = action.argument.partition(":")
    spotify = context.spotify.with_timeout(_TIMEOUT)
    skips = _skips_to(entry, await spotify.player.get_queue(), int(skips_text))
    if skips is None:
        return Outcome("That isn’t in the queue any more")
    for done in range(skips):
        try:
            async with explain_unknown_outcome(spotify):
                await spotify.player.next(device=context.device)
        except (NoActiveDevice, PlayerNotFound):
            raise  # the player asks for a device, and the jump goes on there
        except BotError as error:
            if done:
                error.message = f"Skipped {done} of {skips}. {error.message}"
            raise

    def is_there(state: Playback) -> bool:
        return _is_entry(state.item, entry)

    state, is_updated = await context.poll_state(is_there)
    message = f"Skipped {count(skips, 'track')}"
    if not is_updated:
        return Outcome(f"{message}. See what’s on with /now")
    return Outcome(message, state=state)


async def read_queue(spotify: Spotify) -> Queue | None:
    """The queue after a jump; None if it cannot be read, which is no error of the jump."""
    with suppress(BotError):
        return await spotify.player.get_queue()
    return None


def _skips_to(entry: str, queue: Queue, expected: int) -> int | None:
    """The number of skips to the entry, the nearest to `expected`; None if it is not there."""
    skips = [
        number
        for number, queued in enumerate(queue.entries or (), start=1)
        if number <= MAX_SKIPS and _is_entry(playable(queued), entry)
    ]
    return min(skips, key=lambda number: abs(number - expected), default=None)


def _is_entry(item: Playable | None, entry: str) -> bool:
    """Whether the item is this one; `entry` is `kind:id`."""
    return item is not None and str(item.uri) == f"spotify:{entry}"
