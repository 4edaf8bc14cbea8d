"""Spotify Connect devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(eq=False)
class Device:
    """A device; without an id, or restricted, it accepts no commands. `volume` is 0 to 100."""

    id: str | None
    name: str
    type: str
    volume: int | None = 60
    supports_volume: bool = True
    is_restricted: bool = False
    is_private_session: bool = False


def find_device(devices: Sequence[Device], id_: str) -> Device | None:
    """The device with this id."""
    return next((device for device in devices if device.id == id_), None)
