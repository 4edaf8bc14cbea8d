"""Each deed: the calls that it takes, and what is said when it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from msgspec.structs import replace

from bot.errors.content import NothingPlaying, VolumeNotSupported
from bot.errors.spotify import NoActiveDevice, PlayerRestricted, SpotifyError
from bot.player import parsing
from bot.player.actions import NEXT_REPEAT, ActionVerb, PlayerAction
from bot.player.confirm import POLL_DELAY, explain_unknown_outcome
from bot.player.context import ActionContext
from bot.player.now_playing import AD_PLAYING
from bot.player.outcome import Outcome
from bot.player.start import SHUFFLE_REFUSED, play, try_shuffle
from bot.spotify.catalogue import Item
from bot.spotify.models import Actions, Device, Playback
from bot.spotify.player import RepeatMode
from bot.text.escape import safe
from bot.text.items import format_duration

_REPEAT_MESSAGES = {
    "off": "Repeat is off",
    "context": "Repeating all of it",
    "track": "Repeating this one",
}


async def perform(deed: PlayerAction, doing: ActionContext) -> Outcome:
    """Do it. Raises Faults; NoActiveDevice, where no device is named and none is active."""
    return await HANDLERS[deed.verb](deed, doing)


async def _resume(deed: PlayerAction, doing: ActionContext) -> Outcome:
    late = deed.shuffle is not None and not await try_shuffle(deed.shuffle, doing)
    try:
        async with explain_unknown_outcome(doing.spotify):
            await doing.spotify.player.resume(device=doing.device)
    except PlayerRestricted:
        if deed.shuffle is None or late:
            raise
        state, _ = await doing.poll_state(lambda state: state.shuffle_state == deed.shuffle)
        if state is None or not state.is_playing:
            raise
        says = "Shuffled" if deed.shuffle else "Shuffle is off"
        return Outcome(says, state=replace(state, shuffle_state=deed.shuffle))
    if late and deed.shuffle is not None:
        late = not await try_shuffle(deed.shuffle, doing)

    def going(state: Playback) -> bool:
        return state.is_playing and (doing.device is None or doing.is_on_target(state))

    state, shown = await doing.poll_state(going)
    if state is not None and not shown:
        device = state.device if doing.device is None or doing.is_on_target(state) else None
        state = replace(state, is_playing=True, device=device)
    return Outcome(f"Playing. {SHUFFLE_REFUSED}" if late else "Playing", state=state)


async def _pause(_: PlayerAction, doing: ActionContext) -> Outcome:
    await doing.spotify.player.pause(device=doing.device)
    state, shown = await doing.poll_state(lambda state: not state.is_playing)
    if state is not None and not shown:
        state = replace(state, is_playing=False)
    return Outcome("Paused", state=state)


async def _skip(deed: PlayerAction, doing: ActionContext) -> Outcome:
    player, sent = doing.spotify.player, doing.clock()
    async with explain_unknown_outcome(doing.spotify):
        await (player.next if deed.verb == "next" else player.previous)(device=doing.device)

    def skipped(state: Playback) -> bool:
        same = state.item is not None and state.item.identity == doing.last_played
        return doing.started_after(sent, state) and not same

    state, shown = await doing.poll_state(skipped)
    says = "Skipped" if deed.verb == "next" else "Went back"
    if not shown:
        return Outcome(f"{says}. Spotify does not say yet what plays: look with /now")
    return Outcome(says, state=state)


async def _restart(_: PlayerAction, doing: ActionContext) -> Outcome:
    sent = doing.clock()
    async with explain_unknown_outcome(doing.spotify):
        await doing.spotify.player.seek(0, device=doing.device)
    state, shown = await doing.poll_state(partial(doing.started_after, sent))
    if state is not None and not shown:
        state = replace(state, progress_ms=0)
    return Outcome("From the start", state=state)


async def _seek(deed: PlayerAction, doing: ActionContext) -> Outcome:
    state = await doing.state()
    item = state.item
    if item is None or not item.duration_ms:
        ad = state.currently_playing_type == "ad"
        raise NothingPlaying("no length", message=AD_PLAYING if ad else None)
    place = parsing.parse_position(deed.argument, state.progress_ms or 0, item.duration_ms)
    async with explain_unknown_outcome(doing.spotify):
        await doing.spotify.player.seek(place, device=doing.device)
    return Outcome(f"Went to {format_duration(place)}", state=replace(state, progress_ms=place))


async def _volume(deed: PlayerAction, doing: ActionContext) -> Outcome:
    state = await doing.state()
    device = state.device or Device()
    if device.supports_volume is False:
        raise VolumeNotSupported(safe(device.name) or "That device")
    if not deed.argument:
        if device.volume_percent is None:
            return Outcome("This device does not say how loud it is", state=state)
        return Outcome(f"Volume {device.volume_percent}%", state=state)
    level = parsing.parse_volume(deed.argument, device.volume_percent)
    await doing.spotify.player.set_volume(level, device=doing.device)
    was = device.volume_percent
    says = f"Volume {level}%"
    if level == 0:
        says = f"Muted; it was at {was}%" if was else "Muted"
    return Outcome(says, state=replace(state, device=replace(device, volume_percent=level)))


async def _shuffle(deed: PlayerAction, doing: ActionContext) -> Outcome:
    state = await doing.state()
    on = deed.argument == "on" if deed.argument else not state.shuffle_state
    await doing.spotify.player.set_shuffle(on, device=doing.device)
    state = replace(state, shuffle_state=on, actions=_without_skip_limits(state))
    return Outcome("Shuffled" if on else "Shuffle is off", state=state)


async def _repeat(deed: PlayerAction, doing: ActionContext) -> Outcome:
    state = await doing.state()
    next_mode = NEXT_REPEAT.get(state.repeat_state or "", RepeatMode.CONTEXT)
    mode = RepeatMode(deed.argument) if deed.argument else next_mode
    await doing.spotify.player.set_repeat(mode, device=doing.device)
    state = replace(state, repeat_state=mode, actions=_without_skip_limits(state))
    return Outcome(_REPEAT_MESSAGES[mode], state=state)


def _without_skip_limits(state: Playback) -> Actions | None:
    """What is not allowed, but for skipping: that depends on the order."""
    if state.actions is None:
        return None
    disallows = state.actions.disallows.items()
    return Actions({name: no for name, no in disallows if not name.startswith("skipping")})


async def _queue(deed: PlayerAction, doing: ActionContext) -> Outcome:
    """Of one track or episode; `several` does it with more."""
    assert deed.uri is not None, "an item"
    item = doing.item or await doing.spotify.catalogue.item(deed.uri)
    async with explain_unknown_outcome(
        doing.spotify, "Look with /queue show before you repeat it."
    ):
        await doing.spotify.player.add_to_queue(deed.uri, device=doing.device)
    return await skip_to_queued(item, "Queued", doing) if deed.now else Outcome("Queued", item=item)


async def skip_to_queued(item: Item, says: str, doing: ActionContext) -> Outcome:
    """Skip to what was just queued, unless others were queued before: they would be lost.

    `says`: that it is queued. It is, whatever becomes of the rest, and is not to be queued again.
    """
    before = None
    with suppress(SpotifyError):
        before = await _queue_position(item, doing)
        if before != 0:  # it may not be shown yet, but further down, where it stands in an album
            await doing.sleep(POLL_DELAY)
            before = await _queue_position(item, doing)
    if before is None:
        return Outcome(
            f"{says}. Spotify does not show yet where, so nothing was skipped", item=item
        )
    if before:
        others = "1 other comes" if before == 1 else f"{before} others come"
        return Outcome(f"{says}. {others} first, so nothing was skipped", item=item)
    try:
        done = await _skip(PlayerAction("next"), doing)
    except SpotifyError as fault:
        fault.message = f"{says}. {fault.message}"
        raise
    plays = done.state is not None and done.state.is_playing
    says = "Playing" if says == "Queued" and plays else f"{says}. {done.message}"
    return Outcome(says, item=item, state=done.state)


async def _queue_position(item: Item, doing: ActionContext) -> int | None:
    """How many come before it in the queue; None where it is not shown there."""
    coming = (await doing.spotify.player.get_queue()).upcoming
    return next((n for n, one in enumerate(coming) if one.uri == item.uri), None)


async def _transfer(_: PlayerAction, doing: ActionContext) -> Outcome:
    """To the device that is named. Raises NoActiveDevice without one, so that one is chosen."""
    if doing.device is None:
        raise NoActiveDevice("to no device")
    async with explain_unknown_outcome(doing.spotify):
        await doing.spotify.player.transfer(doing.device, play=True)

    def going(state: Playback) -> bool:
        return doing.is_on_target(state) and (state.is_playing or state.item is None)

    state, shown = await doing.poll_state(going)
    return Outcome("Moved", state=state if shown else None)


HANDLERS: dict[ActionVerb, Callable[[PlayerAction, ActionContext], Awaitable[Outcome]]] = {
    "play": play,
    "resume": _resume,
    "pause": _pause,
    "next": _skip,
    "previous": _skip,
    "restart": _restart,
    "seek": _seek,
    "volume": _volume,
    "shuffle": _shuffle,
    "repeat": _repeat,
    "queue": _queue,
    "move": _transfer,
}
