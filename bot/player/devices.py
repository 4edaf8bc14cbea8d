"""Which device to use."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors.content import DeviceNameNotFound
from bot.spotify.models import Device
from bot.store import SavedDefault
from bot.text.escape import safe, single_line


def controllable(devices: Sequence[Device]) -> list[Device]:
    """Those that take commands, each once; the active one first."""
    takes = {one.id: one for one in devices if one.id and not one.is_restricted}
    return sorted(takes.values(), key=lambda device: not device.is_active)


def match_device(devices: Sequence[Device], wanted: str) -> Device:
    """The one with this id, else with this name, else whose name begins so, else holds it.

    Raises DeviceNameNotFound, which tells the names there are.
    """
    found = controllable(devices)
    words = single_line(wanted).casefold()
    names = {id(device): single_line(device.name).casefold() for device in found}
    for matches in (
        [device for device in found if device.id == wanted],
        [device for device in found if names[id(device)] == words],
        [device for device in found if words and names[id(device)].startswith(words)],
        [device for device in found if words and words in names[id(device)]],
    ):
        if matches:
            return matches[0]
    raise DeviceNameNotFound([safe(device.name) or "a device without a name" for device in found])


def pick_device(devices: Sequence[Device], default: SavedDefault | None) -> Device | None:
    """The default device, or the only one there is."""
    found = controllable(devices)
    only = found[0] if len(found) == 1 else None
    return find_default(found, default) or only


def find_default(devices: Sequence[Device], default: SavedDefault | None) -> Device | None:
    """The default device, where it is among these; its id may be another than it was."""
    if default is None:
        return None
    by_id = [device for device in devices if device.id == default.id]
    name = single_line(default.name)
    return next(
        (one for one in (*by_id, *devices) if one in by_id or single_line(one.name) == name), None
    )
