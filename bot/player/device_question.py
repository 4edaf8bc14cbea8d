"""The question on which device it is to be, and when it has to be asked."""

from __future__ import annotations

import re
from contextlib import suppress

from bot.errors.content import DeviceNameNotFound
from bot.errors.spotify import DeviceChoiceNeeded
from bot.player import devices
from bot.player.actions import PlayerAction
from bot.spotify import Spotify
from bot.spotify.models import Device
from bot.text.escape import single_line

DEVICE_NOT_FOUND = "That device has gone away. Choose another one."
# As Spotify makes them, unlike names.
_DEVICE_ID = re.compile(r"[0-9A-Za-z_-]{30,}")


def device_needed(
    deed: PlayerAction, there_are: list[Device], says: str = ""
) -> DeviceChoiceNeeded:
    """The question which device it is to be; `says` in the place of its words, if any is there."""
    found = [
        (device.id or "", single_line(device.name) or "Unnamed device", single_line(device.type))
        for device in devices.controllable(there_are)
    ]
    question = DeviceChoiceNeeded(str(deed), found)
    if found and says:
        question.message = says
    return question


async def find_device(spotify: Spotify, deed: PlayerAction, on: str) -> Device:
    """Among the devices of a moment ago, or those of now.

    Raises DeviceNameNotFound; DeviceChoiceNeeded, where it was chosen from a list and is gone now.
    """
    with suppress(DeviceNameNotFound):
        return devices.match_device(await spotify.player.devices(fresh=False), on)
    there_are = await spotify.player.devices()
    try:
        return devices.match_device(there_are, on)
    except DeviceNameNotFound:
        if not _DEVICE_ID.fullmatch(on):
            raise
        raise device_needed(deed, there_are, DEVICE_NOT_FOUND) from None


def activates_device(deed: PlayerAction) -> bool:
    """Whether Spotify makes the device that is named the active one for this."""
    return deed.verb in ("play", "resume", "move") and deed.shuffle is None
