"""The commands that an application has synced, and where they show."""

from __future__ import annotations

from typing import Any

from sandbox.discord.api_error import ApiError
from sandbox.discord.command_rules import CHAT, check_commands, key
from sandbox.discord.world import DM, GUILD_TEXT, Channel, Json, User, World

CREATES_A_DAY = 200


class Commands:
    """The application's global commands, as last synced."""

    def __init__(self, world: World, application_id: str) -> None:
        self.synced: list[Json] = []
        self.writes = 0
        self._world = world
        self._application_id = application_id
        self._creates: list[float] = []

    def put(self, body: Any) -> list[Json]:
        """Replace all commands. Raises ApiError, and changes nothing then."""
        check_commands(body)
        known = {key(command): command for command in self.synced}
        now = self._world.clock()
        self._creates = [when for when in self._creates if now - when < 86_400]
        fresh = [command for command in body if key(command) not in known]
        if len(self._creates) + len(fresh) > CREATES_A_DAY:
            raise ApiError(30034)
        self._creates += [now] * len(fresh)
        self.synced = [self._stored(command, known.get(key(command))) for command in body]
        self.writes += 1
        self._world.changes.note()
        return self.synced

    def _stored(self, command: Json, before: Json | None) -> Json:
        permissions = command.get("default_member_permissions")
        stored: Json = {
            "id": before["id"] if before else self._world.snowflake(),
            "application_id": self._application_id,
            "version": "",
            "type": command.get("type") or CHAT,
            "name": command["name"],
            "name_localizations": command.get("name_localizations"),
            "description": command.get("description") or "",
            "description_localizations": command.get("description_localizations"),
            "default_member_permissions": None if permissions is None else str(permissions),
            "dm_permission": command.get("dm_permission") is not False,
            "contexts": command.get("contexts"),
            # what an app gets that says nothing: servers only
            "integration_types": command.get("integration_types") or [0],
            "nsfw": bool(command.get("nsfw")),
        }
        if command.get("options"):
            stored["options"] = command["options"]
        same = before is not None and {**before, "version": ""} == stored
        stored["version"] = before["version"] if before and same else self._world.snowflake()
        return stored

    def shown_in(self, channel: Channel, user: User) -> list[Json]:
        """The commands that this user sees in this place."""
        return [command for command in self.synced if _shows(command, channel, user)]


def owners(types: list[int], channel: Channel, user: User) -> Json:
    """Discord's `authorizing_integration_owners`: by which installation an app acts here."""
    found: Json = {}
    if 0 in types and channel.guild is not None and channel.guild.bot_inside:
        found["0"] = channel.guild.id
    if 0 in types and channel.kind == DM:
        found["0"] = "0"
    if 1 in types:
        found["1"] = user.id
    return found


def _shows(command: Json, channel: Channel, user: User) -> bool:
    contexts = command["contexts"]
    if contexts is None:  # the old rule: servers, and DMs unless told otherwise
        contexts = [0, 1] if command["dm_permission"] else [0]
    if channel.context not in contexts:
        return False
    if not owners(command["integration_types"], channel, user):
        return False
    if channel.kind != GUILD_TEXT or channel.guild is None:
        return True
    if command["nsfw"]:
        return False
    needed = command["default_member_permissions"]
    held = channel.guild.permissions_of(user)
    if needed == "0":
        return user is channel.guild.owner
    return needed is None or held & int(needed) == int(needed)
