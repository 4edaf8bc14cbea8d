"""How somebody who is linked wants things: settings, all of which are erased with the link."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors.login import NotLinked
from bot.store.connection import Database, Row

_COLUMNS = (
    "shared_replies, shows_playing, reminders, device_id, device_name, playlist_id, playlist_name"
)


@dataclass(frozen=True)
class SavedDefault:
    """A device or playlist, by Spotify's id, and its name when it was chosen."""

    id: str
    name: str


@dataclass(frozen=True)
class Preferences:
    """Of one person; as they are made, they are those of somebody who changed nothing.

    shared_replies  replies to commands are for everybody to see
    shows_playing   others may ask what this person plays
    reminders       before Spotify ends the login
    device          plays where nothing else does
    playlist        takes what is saved to no other
    """

    shared_replies: bool = False
    shows_playing: bool = False
    reminders: bool = True
    device: SavedDefault | None = None
    playlist: SavedDefault | None = None


class PreferenceTable:
    """Those who are not linked have none: whoever changes them raises NotLinked."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, discord_id: int) -> Preferences:
        row = await self._db.fetch_one(
            f"SELECT {_COLUMNS} FROM person WHERE discord_id = ?", discord_id
        )
        return _preferences_from_row(row) if row else Preferences()

    async def users_sharing_replies(self) -> set[int]:
        """Whose replies are for everybody to see."""
        rows = await self._db.fetch_all("SELECT discord_id FROM person WHERE shared_replies")
        return {int(row[0]) for row in rows}

    async def set_shared_replies(self, discord_id: int, enabled: bool) -> None:
        await self._update("UPDATE person SET shared_replies = ?", discord_id, enabled)

    async def set_shows_playing(self, discord_id: int, enabled: bool) -> None:
        await self._update("UPDATE person SET shows_playing = ?", discord_id, enabled)

    async def set_reminders(self, discord_id: int, enabled: bool) -> None:
        await self._update("UPDATE person SET reminders = ?", discord_id, enabled)

    async def set_device(self, discord_id: int, device: SavedDefault | None) -> None:
        sql = "UPDATE person SET device_id = ?, device_name = ?"
        await self._update(sql, discord_id, *_id_and_name(device))

    async def set_playlist(self, discord_id: int, playlist: SavedDefault | None) -> None:
        sql = "UPDATE person SET playlist_id = ?, playlist_name = ?"
        await self._update(sql, discord_id, *_id_and_name(playlist))

    async def _update(self, sql: str, discord_id: int, *values: object) -> None:
        """Raises NotLinked. A login that is only under way has a person's row, too."""
        linked = "discord_id = ? AND discord_id IN (SELECT discord_id FROM link)"
        if not await self._db.execute(f"{sql} WHERE {linked}", *values, discord_id):
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
