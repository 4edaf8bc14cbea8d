"""Each deed: the calls that it takes, and what is said when it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import get_args

from msgspec.structs import replace

from bot.errors import NoActiveDevice, NothingPlaying, NoVolume, Restricted, SpotifyFault
from bot.remote import positions
from bot.remote.after import PAUSE, told
from bot.remote.deeds import NEXT_REPEAT, Deed, Verb
from bot.remote.doing import AD, Doing
from bot.remote.starting import UNSHUFFLED, play, shuffled
from bot.spotify.catalogue import Item
from bot.spotify.models import Actions, Device, Playback
from bot.spotify.player import Repeat
from bot.ui.cards import clock
from bot.ui.replies import Done
from bot.ui.text import safe

REPEATS: tuple[Repeat, ...] = get_args(Repeat)
_REPEATED = {
    "off": "Repeat is off",
    "context": "Repeating all of it",
    "track": "Repeating this one",
}


async def carry_out(deed: Deed, doing: Doing) -> Done:
    """Do it. Raises Faults; NoActiveDevice, where no device is named and none is active."""
    return await _WAYS[deed.verb](deed, doing)


async def _resume(deed: Deed, doing: Doing) -> Done:
    late = deed.shuffle is not None and not await shuffled(deed.shuffle, doing)
    try:
        async with told(doing.spotify):
            await doing.spotify.player.resume(device=doing.device)
    except Restricted:
        if deed.shuffle is None or late:
            raise
        state, _ = await doing.look(lambda state: state.shuffle_state == deed.shuffle)
        if state is None or not state.is_playing:
            raise
        says = "Shuffled" if deed.shuffle else "Shuffle is off"
        return Done(says, state=replace(state, shuffle_state=deed.shuffle))
    if late and deed.shuffle is not None:
        late = not await shuffled(deed.shuffle, doing)

    def going(state: Playback) -> bool:
        return state.is_playing and (doing.device is None or doing.there(state))

    state, shown = await doing.look(going)
    if state is not None and not shown:
        device = state.device if doing.device is None or doing.there(state) else None
        state = replace(state, is_playing=True, device=device)
    return Done(f"Playing. {UNSHUFFLED}" if late else "Playing", state=state)


async def _pause(_: Deed, doing: Doing) -> Done:
    await doing.spotify.player.pause(device=doing.device)
    state, shown = await doing.look(lambda state: not state.is_playing)
    if state is not None and not shown:
        state = replace(state, is_playing=False)
    return Done("Paused", state=state)


async def _skip(deed: Deed, doing: Doing) -> Done:
    player, sent = doing.spotify.player, doing.clock()
    async with told(doing.spotify):
        await (player.next if deed.verb == "next" else player.previous)(device=doing.device)

    def skipped(state: Playback) -> bool:
        same = state.item is not None and state.item.identity == doing.last
        return doing.begun(sent, state) and not same

    state, shown = await doing.look(skipped)
    says = "Skipped" if deed.verb == "next" else "Went back"
    if not shown:
        return Done(f"{says}. Spotify does not say yet what plays: look with /now")
    return Done(says, state=state)


async def _restart(_: Deed, doing: Doing) -> Done:
    sent = doing.clock()
    async with told(doing.spotify):
        await doing.spotify.player.seek(0, device=doing.device)
    state, shown = await doing.look(partial(doing.begun, sent))
    if state is not None and not shown:
        state = replace(state, progress_ms=0)
    return Done("From the start", state=state)


async def _seek(deed: Deed, doing: Doing) -> Done:
    state = await doing.state()
    item = state.item
    if item is None or not item.duration_ms:
        ad = state.currently_playing_type == "ad"
        raise NothingPlaying("no length", says=AD if ad else None)
    place = positions.position(deed.what, state.progress_ms or 0, item.duration_ms)
    async with told(doing.spotify):
        await doing.spotify.player.seek(place, device=doing.device)
    return Done(f"Went to {clock(place)}", state=replace(state, progress_ms=place))


async def _volume(deed: Deed, doing: Doing) -> Done:
    state = await doing.state()
    device = state.device or Device()
    if device.supports_volume is False:
        raise NoVolume(safe(device.name) or "That device")
    if not deed.what:
        if device.volume_percent is None:
            return Done("This device does not say how loud it is", state=state)
        return Done(f"Volume {device.volume_percent}%", state=state)
    level = positions.level(deed.what, device.volume_percent)
    await doing.spotify.player.volume(level, device=doing.device)
    was = device.volume_percent
    says = f"Volume {level}%"
    if level == 0:
        says = f"Muted; it was at {was}%" if was else "Muted"
    return Done(says, state=replace(state, device=replace(device, volume_percent=level)))


async def _shuffle(deed: Deed, doing: Doing) -> Done:
    state = await doing.state()
    on = deed.what == "on" if deed.what else not state.shuffle_state
    await doing.spotify.player.shuffle(on, device=doing.device)
    state = replace(state, shuffle_state=on, actions=_unskipped(state))
    return Done("Shuffled" if on else "Shuffle is off", state=state)


async def _repeat(deed: Deed, doing: Doing) -> Done:
    state = await doing.state()
    mode = next((mode for mode in REPEATS if mode == deed.what), None)
    mode = mode or NEXT_REPEAT.get(state.repeat_state or "", "context")
    await doing.spotify.player.repeat(mode, device=doing.device)
    state = replace(state, repeat_state=mode, actions=_unskipped(state))
    return Done(_REPEATED[mode], state=state)


def _unskipped(state: Playback) -> Actions | None:
    """What is not allowed, but for skipping: that depends on the order."""
    if state.actions is None:
        return None
    disallows = state.actions.disallows.items()
    return Actions({name: no for name, no in disallows if not name.startswith("skipping")})


async def _queue(deed: Deed, doing: Doing) -> Done:
    """Of one track or episode; `several` does it with more."""
    assert deed.uri is not None, "an item"
    item = doing.item or await doing.spotify.catalogue.item(deed.uri)
    async with told(doing.spotify, "Look with /queue show before you repeat it."):
        await doing.spotify.player.queue(deed.uri, device=doing.device)
    return await skip_to(item, "Queued", doing) if deed.now else Done("Queued", item=item)


async def skip_to(item: Item, says: str, doing: Doing) -> Done:
    """Skip to what was just queued, unless others were queued before: they would be lost.

    `says`: that it is queued. It is, whatever becomes of the rest, and is not to be queued again.
    """
    before = None
    with suppress(SpotifyFault):
        before = await _place(item, doing)
        if before != 0:  # it may not be shown yet, but further down, where it stands in an album
            await doing.sleep(PAUSE)
            before = await _place(item, doing)
    if before is None:
        return Done(f"{says}. Spotify does not show yet where, so nothing was skipped", item=item)
    if before:
        others = "1 other comes" if before == 1 else f"{before} others come"
        return Done(f"{says}. {others} first, so nothing was skipped", item=item)
    try:
        done = await _skip(Deed("next"), doing)
    except SpotifyFault as fault:
        fault.says = f"{says}. {fault.says}"
        raise
    plays = done.state is not None and done.state.is_playing
    says = "Playing" if says == "Queued" and plays else f"{says}. {done.says}"
    return Done(says, item=item, state=done.state)


async def _place(item: Item, doing: Doing) -> int | None:
    """How many come before it in the queue; None where it is not shown there."""
    coming = (await doing.spotify.player.queued()).coming
    return next((n for n, one in enumerate(coming) if one.uri == item.uri), None)


async def _move(_: Deed, doing: Doing) -> Done:
    """To the device that is named. Raises NoActiveDevice without one, so that one is chosen."""
    if doing.device is None:
        raise NoActiveDevice("to no device")
    async with told(doing.spotify):
        await doing.spotify.player.transfer(doing.device, play=True)

    def going(state: Playback) -> bool:
        return doing.there(state) and (state.is_playing or state.item is None)

    state, shown = await doing.look(going)
    return Done("Moved", state=state if shown else None)


_WAYS: dict[Verb, Callable[[Deed, Doing], Awaitable[Done]]] = {
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
    "move": _move,
}
