"""The settings of users who have linked an account; an unlink erases them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors.login import NotLinked
from bot.store.database import Database, Row

_COLUMNS = (
    "shared_replies, shows_playing, reminders, device_id, device_name, playlist_id, playlist_name"
)


@dataclass(frozen=True)
class SavedDefault:
    """A default device or playlist: its Spotify id, and its name when the user chose it."""

    id: str
    name: str


@dataclass(frozen=True)
class Preferences:
    """The settings of one user. The defaults hold for a user who has changed nothing.

    shared_replies  everybody in the channel sees replies to the user's commands
    shows_playing   other users may ask what the user plays
    reminders       the user gets direct messages before the login expires
    device          the device to play on if no device is active
    playlist        the playlist that tracks are added to if the user names none
    """

    shared_replies: bool = False
    shows_playing: bool = False
    reminders: bool = True
    device: SavedDefault | None = None
    playlist: SavedDefault | None = None


class PreferenceTable:
    """Setters raise NotLinked for a user who has not linked an account."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, discord_id: int) -> Preferences:
        row = await self._db.fetch_one(
            f"SELECT {_COLUMNS} FROM person WHERE discord_id = $1", discord_id
        )
        return _preferences_from_row(row) if row else Preferences()

    async def users_sharing_replies(self) -> set[int]:
        """The Discord users whose replies everybody sees."""
        rows = await self._db.fetch_all("SELECT discord_id FROM person WHERE shared_replies = 1")
        return {int(row[0]) for row in rows}

    async def set_shared_replies(self, discord_id: int, enabled: bool) -> None:
        await self._update("UPDATE person SET shared_replies = $2", discord_id, int(enabled))
        await self._db.tell("visibility", discord_id, int(enabled))

    async def set_shows_playing(self, discord_id: int, enabled: bool) -> None:
        await self._update("UPDATE person SET shows_playing = $2", discord_id, int(enabled))

    async def set_reminders(self, discord_id: int, enabled: bool) -> None:
        await self._update("UPDATE person SET reminders = $2", discord_id, int(enabled))

    async def set_device(self, discord_id: int, device: SavedDefault | None) -> None:
        sql = "UPDATE person SET device_id = $2, device_name = $3"
        await self._update(sql, discord_id, *_id_and_name(device))

    async def set_playlist(self, discord_id: int, playlist: SavedDefault | None) -> None:
        sql = "UPDATE person SET playlist_id = $2, playlist_name = $3"
        await self._update(sql, discord_id, *_id_and_name(playlist))

    async def _update(self, sql: str, discord_id: int, *values: object) -> None:
        """Raises NotLinked. A user with only a pending login has a row in `person`, too."""
        linked = "discord_id = $1 AND discord_id IN (SELECT discord_id FROM link)"
        with self._db.on_write(discord_id):
            if not await self._db.execute(f"{sql} WHERE {linked}", discord_id, *values):
                raise NotLinked("preferences")


def _id_and_name(default: SavedDefault | None) -> tuple[str | None, str | None]:
    return (default.id, default.name) if default else (None, None)


def _preferences_from_row(row: Row) -> Preferences:
    shared, shows, reminders, device_id, device_name, playlist_id, playlist_name = row
    return Preferences(
        shared_replies=bool(shared),
        shows_playing=bool(shows),
        reminders=bool(reminders),
        device=None if device_id is None else SavedDefault(device_id, device_name),
        playlist=None if playlist_id is None else SavedDefault(playlist_id, playlist_name),
    )
