"""Finds the target device of a player action, or the question which device to use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from bot.errors.content import DeviceNameNotFound
from bot.errors.spotify import DeviceChoiceNeeded
from bot.player.actions import PlayerAction
from bot.player.situation import no_device_sentence
from bot.spotify import Spotify
from bot.spotify.entries import Entries
from bot.spotify.models import Device
from bot.store import SavedDefault
from bot.text.escape import safe, single_line

DEVICE_NOT_FOUND = "That device is offline. Choose another one."
# The names that an error message lists, and their length.
_MAX_NAMES, _MAX_NAME_LENGTH = 10, 40
# Spotify's device IDs are longer than a name that a user types.
_DEVICE_ID = re.compile(r"[0-9A-Za-z_-]{30,}")


async def find_device(spotify: Spotify, action: PlayerAction, wanted: str) -> Device:
    """The device with this ID or name, among the cached devices, else among the current ones.

    Raises DeviceNameNotFound, and DeviceChoiceNeeded if an ID from a menu no longer exists.
    """
    with suppress(DeviceNameNotFound):
        return match_device(await spotify.player.devices(fresh=False), wanted)
    devices = await spotify.player.devices()
    try:
        return match_device(devices, wanted)
    except DeviceNameNotFound:
        if not _DEVICE_ID.fullmatch(wanted):
            raise
        raise device_needed(action, devices, DEVICE_NOT_FOUND) from None


def match_device(devices: Entries[Device], wanted: str) -> Device:
    """The device with this ID, else this name, else one whose name begins with or contains it.

    Raises DeviceNameNotFound, which lists the names, and ListUnreadable.
    """
    candidates = controllable(devices)
    if (device := _best_match(candidates, wanted)) is not None:
        return device
    sentence = no_device_sentence(devices, "then try again.")
    candidates.require(DeviceNameNotFound("none takes commands", message=sentence))
    listed = [
        safe(device.name, _MAX_NAME_LENGTH) or "a device without a name"
        for device in candidates[:_MAX_NAMES]
    ]
    more = len(candidates) - len(listed)
    names = ", ".join([*listed, f"and {more} more"] if more else listed)
    refused = _best_match(devices, wanted)
    if refused is not None and refused.name:
        name = safe(refused.name, _MAX_NAME_LENGTH)
        message = f"{name} can’t be controlled from here. You can use: {names}."
        raise DeviceNameNotFound("takes no commands", message=message)
    raise DeviceNameNotFound(
        message=f"I can’t control a device with that name. You have: {names}. "
        "If it’s missing, open Spotify on it and try again."
    )


def _best_match(devices: Sequence[Device], wanted: str) -> Device | None:
    words = single_line(wanted).casefold()
    names = {id(device): single_line(device.name).casefold() for device in devices}
    for matches in (
        [device for device in devices if device.id == wanted],
        [device for device in devices if names[id(device)] == words],
        [device for device in devices if words and names[id(device)].startswith(words)],
        [device for device in devices if words and words in names[id(device)]],
    ):
        if matches:
            return matches[0]
    return None


def controllable(devices: Entries[Device]) -> Entries[Device]:
    """The devices that take commands, without duplicates; the active one first."""
    by_id = {device.id: device for device in devices if device.id and not device.is_restricted}
    return devices.where(sorted(by_id.values(), key=lambda device: not device.is_active))


def pick_device(devices: Entries[Device], default: SavedDefault | None) -> Device | None:
    """The default device, else the only one that takes commands; None if there are several."""
    candidates = controllable(devices)
    only = candidates[0] if len(candidates) == 1 and not devices.unreadable else None
    return find_default(candidates, default) or only


def find_default(devices: Sequence[Device], default: SavedDefault | None) -> Device | None:
    """The default device among these, by its ID, else by its name: Spotify may change the ID."""
    if default is None:
        return None
    name = single_line(default.name)
    by_id = (device for device in devices if device.id == default.id)
    by_name = (device for device in devices if single_line(device.name) == name)
    return next(by_id, None) or next(by_name, None)


def device_needed(
    action: PlayerAction, devices: Entries[Device], message: str = ""
) -> DeviceChoiceNeeded:
    """The question which of the devices to use; `message` replaces its text if there are any.

    It says "Nothing is playing" only if no device is active.
    """
    candidates = controllable(devices)
    options = [
        (device.id or "", single_line(device.name) or "Unnamed device", single_line(device.type))
        for device in candidates
    ]
    if not options:
        message = no_device_sentence(devices, "then press **Try again**.")
    elif not message:
        may_play = devices.unreadable or any(device.is_active for device in devices)
        message = "Which device should I use?"
        message = message if may_play else f"Nothing is playing. {message}"
    return DeviceChoiceNeeded(str(action), options, message)
