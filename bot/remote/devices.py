"""Which device to use."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import NoSuchDevice
from bot.spotify.models import Device
from bot.store import Favourite
from bot.ui.text import plain, safe


def usable(devices: Sequence[Device]) -> list[Device]:
    """Those that take commands, each once; the active one first."""
    takes = {one.id: one for one in devices if one.id and not one.is_restricted}
    return sorted(takes.values(), key=lambda device: not device.is_active)


def named(devices: Sequence[Device], wanted: str) -> Device:
    """The one with this id, else with this name, else whose name begins so, else holds it.

    Raises NoSuchDevice, which tells the names there are.
    """
    found = usable(devices)
    words = plain(wanted).casefold()
    names = {id(device): plain(device.name).casefold() for device in found}
    for matches in (
        [device for device in found if device.id == wanted],
        [device for device in found if names[id(device)] == words],
        [device for device in found if words and names[id(device)].startswith(words)],
        [device for device in found if words and words in names[id(device)]],
    ):
        if matches:
            return matches[0]
    raise NoSuchDevice([safe(device.name) or "a device without a name" for device in found])


def without_asking(devices: Sequence[Device], default: Favourite | None) -> Device | None:
    """The default device, or the only one there is."""
    found = usable(devices)
    only = found[0] if len(found) == 1 else None
    return default_among(found, default) or only


def default_among(devices: Sequence[Device], default: Favourite | None) -> Device | None:
    """The default device, where it is among these; its id may be another than it was."""
    if default is None:
        return None
    by_id = [device for device in devices if device.id == default.id]
    name = plain(default.name)
    return next(
        (one for one in (*by_id, *devices) if one in by_id or plain(one.name) == name), None
    )
