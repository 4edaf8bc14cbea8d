"""The handler of the volume: reads it, sets it, mutes, and goes back to the volume before."""

from __future__ import annotations

from msgspec.structs import replace

from bot.errors.content import InvalidVolume, VolumeNotSupported
from bot.player import parsing
from bot.player.actions import PlayerAction
from bot.player.context import ActionContext
from bot.player.outcome import Outcome
from bot.spotify.models import UNKNOWN_DEVICE
from bot.text.escape import safe


async def volume(action: PlayerAction, context: ActionContext) -> Outcome:
    """Read or set the volume; the outcome says to which volume unmuting goes back."""
    state = await context.state()
    device = state.device or UNKNOWN_DEVICE
    if device.supports_volume is False:
        raise VolumeNotSupported(safe(device.name) or "That device")
    before = device.volume_percent
    before_mute = before or context.muted_volumes.get(device.key)
    if not action.argument:
        message = f"Volume {before}%"
        if before is None:
            message = "This device doesn’t say how loud it is"
        return Outcome(message, state=state, volume_before_mute=None if before else before_mute)
    verb, _, shown = action.argument.partition(":")
    if verb == parsing.UNMUTE and before:
        return Outcome(f"It isn’t muted: volume {before}%", state=state)
    level = _level(action.argument, before, before_mute or int(shown or 0))
    await context.spotify.player.set_volume(level, device=context.device)
    state = replace(state, device=replace(device, volume_percent=level))
    if level:
        return Outcome(f"Volume {level}%", state=state)
    message = f"Muted; it was at {before_mute}%" if before_mute else "Muted"
    return Outcome(message, state=state, volume_before_mute=before_mute)


def _level(argument: str, before: int | None, before_mute: int) -> int:
    """The volume to set; `before_mute` is 0 if it is not known. Raises InvalidVolume."""
    if not argument.startswith(parsing.UNMUTE):
        return parsing.parse_volume(argument, before)
    if not before_mute:
        raise InvalidVolume(unknown="I don’t know how loud it was before.")
    return before_mute
