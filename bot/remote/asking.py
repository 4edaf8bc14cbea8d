"""The question on which device it is to be, and when it has to be asked."""

from __future__ import annotations

import re
from contextlib import suppress

from bot.errors import DeviceNeeded, NoSuchDevice
from bot.remote import devices
from bot.remote.deeds import Deed
from bot.spotify import Spotify
from bot.spotify.models import Device
from bot.ui.text import plain

GONE = "That device has gone away. Choose another one."
# As Spotify makes them, unlike names.
_DEVICE_ID = re.compile(r"[0-9A-Za-z_-]{30,}")


def needed(deed: Deed, there_are: list[Device], says: str = "") -> DeviceNeeded:
    """The question which device it is to be; `says` in the place of its words, if any is there."""
    found = [
        (device.id or "", plain(device.name) or "Unnamed device", plain(device.type))
        for device in devices.usable(there_are)
    ]
    question = DeviceNeeded(str(deed), found)
    if found and says:
        question.says = says
    return question


async def named(spotify: Spotify, deed: Deed, on: str) -> Device:
    """Among the devices of a moment ago, or those of now.

    Raises NoSuchDevice; DeviceNeeded, where it was chosen from a list and is gone now.
    """
    with suppress(NoSuchDevice):
        return devices.named(await spotify.player.devices(fresh=False), on)
    there_are = await spotify.player.devices()
    try:
        return devices.named(there_are, on)
    except NoSuchDevice:
        if not _DEVICE_ID.fullmatch(on):
            raise
        raise needed(deed, there_are, GONE) from None


def wakes(deed: Deed) -> bool:
    """Whether Spotify makes the device that is named the active one for this."""
    return deed.verb in ("play", "resume", "move") and deed.shuffle is None
