"""One handler for each action: its API calls and its outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from msgspec.structs import replace

from bot.errors.spotify import NoActiveDevice, PlayerRestricted, SpotifyError
from bot.player import parsing
from bot.player.actions import NEXT_REPEAT, ActionVerb, PlayerAction
from bot.player.context import ActionContext
from bot.player.jump import jump
from bot.player.outcome import Outcome
from bot.player.situation import require_item
from bot.player.start import play, resume
from bot.player.state import POLL_DELAY, explain_unknown_outcome
from bot.player.volume import volume
from bot.spotify.catalogue import Item
from bot.spotify.models import Actions, Playback, playable
from bot.spotify.player import RepeatMode
from bot.text.items import format_duration

NOT_SEEKABLE = "You can’t jump around in what’s playing. Use /next to skip it."
QUEUE_ADVICE = "Check /queue show before trying again."

_REPEAT_MESSAGES = {
    RepeatMode.OFF: "Repeat is off",
    RepeatMode.CONTEXT: "Repeat all",
    RepeatMode.TRACK: "Repeat one",
}


async def perform(action: PlayerAction, context: ActionContext) -> Outcome:
    """Raises BotError; NoActiveDevice if the context names no device and none is active."""
    return await HANDLERS[action.verb](action, context)


async def _pause(_: PlayerAction, context: ActionContext) -> Outcome:
    await context.spotify.player.pause(device=context.device)
    state, is_updated = await context.poll_state(lambda state: state.is_playing is False)
    if state is not None and not is_updated:
        state = replace(state, is_playing=False)
    return Outcome("Paused", state=state)


async def _skip(action: PlayerAction, context: ActionContext) -> Outcome:
    player, sent_at = context.spotify.player, context.monotonic()
    async with explain_unknown_outcome(context.spotify):
        await (player.next if action.verb == "next" else player.previous)(device=context.device)

    def is_skipped(state: Playback) -> bool:
        is_same = state.item is not None and state.item.identity == context.last_played
        return context.started_after(sent_at, state) and not is_same

    state, is_updated = await context.poll_state(is_skipped)
    message = "Skipped" if action.verb == "next" else "Went back"
    if not is_updated:
        return Outcome(f"{message}. See what’s on with /now")
    return Outcome(message, state=state)


async def _restart(_: PlayerAction, context: ActionContext) -> Outcome:
    sent_at = context.monotonic()
    async with explain_unknown_outcome(context.spotify):
        await context.spotify.player.seek(0, device=context.device)
    state, is_updated = await context.poll_state(partial(context.started_after, sent_at))
    if state is not None and not is_updated:
        state = replace(state, progress_ms=0)
    return Outcome("From the start", state=state)


async def _seek(action: PlayerAction, context: ActionContext) -> Outcome:
    state = await context.state()
    item = require_item(state)
    if item.duration_ms == 0:
        raise PlayerRestricted("no length", message=NOT_SEEKABLE)
    position = parsing.parse_position(action.argument, state.progress_ms, item.duration_ms)
    async with explain_unknown_outcome(context.spotify):
        await context.spotify.player.seek(position, device=context.device)
    message = f"Went to {format_duration(position)}"
    return Outcome(message, state=replace(state, progress_ms=position))


async def _shuffle(action: PlayerAction, context: ActionContext) -> Outcome:
    state = await context.state()
    on = action.argument == "on" if action.argument else not state.shuffle_state
    await context.spotify.player.set_shuffle(on, device=context.device)
    state = replace(state, shuffle_state=on, actions=_without_skip_limits(state))
    return Outcome("Shuffled" if on else "Shuffle is off", state=state)


async def _repeat(action: PlayerAction, context: ActionContext) -> Outcome:
    state = await context.state()
    next_mode = NEXT_REPEAT.get(state.repeat_state or "", RepeatMode.CONTEXT)
    mode = RepeatMode(action.argument) if action.argument else next_mode
    await context.spotify.player.set_repeat(mode, device=context.device)
    state = replace(state, repeat_state=mode, actions=_without_skip_limits(state))
    return Outcome(_REPEAT_MESSAGES[mode], state=state)


def _without_skip_limits(state: Playback) -> Actions | None:
    """The disallowed actions without skips, which depend on the shuffle and repeat mode."""
    if state.actions is None:
        return None
    disallows = state.actions.disallows.items()
    return Actions({name: is_set for name, is_set in disallows if not name.startswith("skipping")})


async def _queue(action: PlayerAction, context: ActionContext) -> Outcome:
    """Queue one track or episode; `bulk_queue` handles several."""
    assert action.uri is not None, "bulk_queue handles LISTED_ITEMS"
    item = context.item or await context.spotify.catalogue.item(action.uri)
    async with explain_unknown_outcome(context.spotify, QUEUE_ADVICE):
        await context.spotify.player.add_to_queue(action.uri, device=context.device)
    if action.now:
        return await skip_to_queued(item, "Queued", context)
    return Outcome("Queued", item=item)


async def skip_to_queued(item: Item, message: str, context: ActionContext) -> Outcome:
    """Skip to an item that was just queued, unless other items come before it: they would be lost.

    `message` says that it is queued, and is part of every outcome and error, so that nobody
    queues it again.
    """
    position = None
    with suppress(SpotifyError):
        position = await _queue_position(item, context)
        # The queue may not show it yet, but show the same track further down, in an album.
        if position != 0:
            await context.sleep(POLL_DELAY)
            position = await _queue_position(item, context)
    if position is None:
        return Outcome(
            f"{message}. Spotify doesn’t show where in the queue yet, so I didn’t skip", item=item
        )
    if position:
        others = "another one comes" if position == 1 else f"{position} others come"
        return Outcome(f"{message}, but {others} first, so I didn’t skip", item=item)
    try:
        skipped = await _skip(PlayerAction("next"), context)
    except SpotifyError as error:
        error.message = f"{message}. {error.message}"
        raise
    is_playing = skipped.state is not None and skipped.state.is_playing is True
    if message == "Queued" and is_playing:
        return Outcome("Playing", item=item, state=skipped.state)
    return Outcome(f"{message}. {skipped.message}", item=item, state=skipped.state)


async def _queue_position(item: Item, context: ActionContext) -> int | None:
    """The number of items before it in the queue; None if the queue does not show it."""
    queue = [
        playable(queued) for queued in (await context.spotify.player.get_queue()).entries or ()
    ]
    return next((n for n, queued in enumerate(queue) if queued and queued.uri == item.uri), None)


async def _transfer(_: PlayerAction, context: ActionContext) -> Outcome:
    """Move playback to the target device. Raises NoActiveDevice without one, to ask for it."""
    if context.device is None:
        raise NoActiveDevice("to no device")
    async with explain_unknown_outcome(context.spotify):
        await context.spotify.player.transfer(context.device, play=True)

    def is_moved(state: Playback) -> bool:
        return context.is_on_target(state) and (
            state.is_playing is True or state.item_or_unknown is None
        )

    state, is_updated = await context.poll_state(is_moved)
    return Outcome("Moved", state=state if is_updated else None)


HANDLERS: dict[ActionVerb, Callable[[PlayerAction, ActionContext], Awaitable[Outcome]]] = {
    "play": play,
    "resume": resume,
    "pause": _pause,
    "next": _skip,
    "previous": _skip,
    "restart": _restart,
    "seek": _seek,
    "volume": volume,
    "shuffle": _shuffle,
    "repeat": _repeat,
    "queue": _queue,
    "jump": jump,
    "move": _transfer,
}
