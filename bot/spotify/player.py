"""The player: developer.spotify.com, Web API, Player.

Writes require Premium, and go to the active device unless they name one. They raise NoActiveDevice,
DeviceNotFound, PremiumRequired and PlayerRestricted.
"""

from __future__ import annotations

from enum import StrEnum

from bot.spotify.api_client import ApiClient
from bot.spotify.catalogue import ITEM_BYTES
from bot.spotify.entries import Entries
from bot.spotify.models import Device, Playback
from bot.spotify.pages import DevicesResponse, Page, Played, Queue, RecentlyPlayed
from bot.spotify.raw_entries import RawEntry, raw_page_decoder
from bot.spotify.transport import Query
from bot.spotify.uris import Uri


class RepeatMode(StrEnum):
    """What the player repeats: one item, the album or playlist, or nothing."""

    TRACK = "track"
    CONTEXT = "context"
    OFF = "off"


# The most URIs to play in one call. Spotify accepts more, but then plays something else.
MAX_URIS = 200


_QUEUE, _RECENT = "me/player/queue", "me/player/recently-played"


class PlayerApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    # ---- reads

    async def state(self) -> Playback | None:
        """The state of the player; None if no device is active (status 204)."""
        query = {"additional_types": "track,episode"}
        state = await self._api.get("me/player", query, decode=Playback.decode_unless_empty)
        if state is not None and (item := state.item) and item.uri and item.name:
            self._api.prime_cache(f"{item.kind}s/{item.id}", item, ITEM_BYTES)
        return state

    async def devices(self, *, fresh: bool = True) -> Entries[Device]:
        """The devices on which Spotify is running, each once; if not `fresh`, perhaps cached."""
        response = await self._api.get(
            "me/player/devices", decode=DevicesResponse.decode, fresh=fresh
        )
        devices = Entries.of(response.devices)
        return devices.where({device.id or device: device for device in devices}.values())

    async def get_queue(self) -> Queue:
        """The queue, read again; `known_queue` is then this one."""
        self._api.forget(_QUEUE)
        return await self._api.get(_QUEUE, decode=Queue.decode)

    def known_queue(self) -> Queue | None:
        """The queue as it was read a moment ago, if no command has changed it since; no call."""
        queue: Queue | None = self._api.cached(_QUEUE)
        return queue

    async def recently_played(
        self, *, limit: int = 50, before: int | None = None, after: int | None = None
    ) -> RecentlyPlayed:
        """The tracks (no episodes) played recently, about 50, newest first.

        before, after  milliseconds since 1970, such as a cursor of the response; not both
        """
        query: dict[str, str | int] = {"limit": limit}
        query |= {} if before is None else {"before": before}
        query |= {} if after is None else {"after": after}
        return await self._api.get(_RECENT, query, decode=RecentlyPlayed.decode)

    async def raw_recently_played(self) -> Page[RawEntry[Played]]:
        """As `recently_played`, with Spotify's JSON."""
        decode = raw_page_decoder(Played)
        return await self._api.get(_RECENT, {"limit": 50}, decode=decode, fresh=True)

    # ---- writes

    async def play(
        self, *uris: Uri, device: str | None = None, position_ms: int | None = None
    ) -> None:
        """Play these tracks or episodes, in order; at most MAX_URIS."""
        body: dict[str, object] = {"uris": [str(uri) for uri in uris]}
        body |= {} if position_ms is None else {"position_ms": position_ms}
        await self._api.write("PUT", "me/player/play", _device_query(device), body)

    async def play_context(
        self,
        context: Uri,
        *,
        offset: Uri | int | None = None,
        device: str | None = None,
        position_ms: int | None = None,
    ) -> None:
        """Play an album, artist, playlist, show or audiobook.

        offset       the item to start with, or its index; for albums and playlists only
        position_ms  where to start in that item
        """
        body: dict[str, object] = {"context_uri": str(context)}
        body |= {} if position_ms is None else {"position_ms": position_ms}
        if offset is not None:
            start = {"position": offset} if isinstance(offset, int) else {"uri": str(offset)}
            body |= {"offset": start}
        await self._api.write("PUT", "me/player/play", _device_query(device), body)

    async def resume(self, *, device: str | None = None) -> None:
        await self._api.write("PUT", "me/player/play", _device_query(device))

    async def pause(self, *, device: str | None = None) -> None:
        await self._api.write("PUT", "me/player/pause", _device_query(device))

    async def next(self, *, device: str | None = None) -> None:
        await self._api.write("POST", "me/player/next", _device_query(device))

    async def previous(self, *, device: str | None = None) -> None:
        await self._api.write("POST", "me/player/previous", _device_query(device))

    async def seek(self, position_ms: int, *, device: str | None = None) -> None:
        query = {"position_ms": position_ms, **_device_query(device)}
        await self._api.write("PUT", "me/player/seek", query)

    async def set_repeat(self, mode: RepeatMode, *, device: str | None = None) -> None:
        await self._api.write("PUT", "me/player/repeat", {"state": mode, **_device_query(device)})

    async def set_shuffle(self, on: bool, *, device: str | None = None) -> None:
        state = "true" if on else "false"
        await self._api.write("PUT", "me/player/shuffle", {"state": state, **_device_query(device)})

    async def set_volume(self, percent: int, *, device: str | None = None) -> None:
        """From 0 to 100. Raises PlayerRestricted if the device has no remote volume."""
        query = {"volume_percent": percent, **_device_query(device)}
        await self._api.write("PUT", "me/player/volume", query)

    async def add_to_queue(self, uri: Uri, *, device: str | None = None) -> None:
        """Add a track or an episode to the end of the queue. No endpoint removes it again."""
        await self._api.write("POST", "me/player/queue", {"uri": str(uri), **_device_query(device)})

    async def transfer(self, device: str, *, play: bool | None = None) -> None:
        """Move playback to a device. `play`: whether it plays there; None: as before."""
        body: dict[str, object] = {"device_ids": [device]}
        body |= {} if play is None else {"play": play}
        await self._api.write("PUT", "me/player", None, body)


def _device_query(device: str | None) -> Query:
    return {} if device is None else {"device_id": device}
