"""The application's synced commands, and where users see them."""

from __future__ import annotations

from typing import Any

from sandbox.discord.api_error import ApiError
from sandbox.discord.command_validation import CHAT_INPUT, check_commands, command_key
from sandbox.discord.state import DM, GUILD_TEXT, Channel, DiscordState, Json, User

MAX_CREATES_PER_DAY = 200


class CommandRegistry:
    """Writes the global commands to the state. `write_count` is the number of syncs."""

    def __init__(self, state: DiscordState, application_id: str) -> None:
        self.write_count = 0
        self._state = state
        self._application_id = application_id
        self._create_times: list[float] = []

    def replace_all(self, body: Any) -> list[Json]:
        """Replace all commands. Raises ApiError without changing any."""
        check_commands(body)
        known = {command_key(command): command for command in self._state.commands}
        now = self._state.clock()
        self._create_times = [when for when in self._create_times if now - when < 86_400]
        new = [command for command in body if command_key(command) not in known]
        if len(self._create_times) + len(new) > MAX_CREATES_PER_DAY:
            raise ApiError(30034)
        self._create_times += [now] * len(new)
        self._state.commands = [
            self._stored_command(command, known.get(command_key(command))) for command in body
        ]
        self.write_count += 1
        self._state.changes.notify()
        return self._state.commands

    def _stored_command(self, command: Json, before: Json | None) -> Json:
        permissions = command.get("default_member_permissions")
        stored: Json = {
            "id": before["id"] if before else self._state.snowflake(),
            "application_id": self._application_id,
            "version": "",
            "type": command.get("type") or CHAT_INPUT,
            "name": command["name"],
            "name_localizations": command.get("name_localizations"),
            "description": command.get("description") or "",
            "description_localizations": command.get("description_localizations"),
            "default_member_permissions": None if permissions is None else str(permissions),
            "dm_permission": command.get("dm_permission") is not False,
            "contexts": command.get("contexts"),
            "integration_types": command.get("integration_types") or [0],  # servers only
            "nsfw": bool(command.get("nsfw")),
        }
        if command.get("options"):
            stored["options"] = command["options"]
        same = before is not None and {**before, "version": ""} == stored
        stored["version"] = before["version"] if before and same else self._state.snowflake()
        return stored

    def visible_in(self, channel: Channel, user: User) -> list[Json]:
        """The commands that this user sees in this channel."""
        return [command for command in self._state.commands if _is_visible(command, channel, user)]


def authorizing_owners(types: list[int], channel: Channel, user: User) -> Json:
    """Discord's `authorizing_integration_owners`: the installations that let the app act here."""
    owners: Json = {}
    if 0 in types and channel.guild is not None and channel.guild.has_bot:
        owners["0"] = channel.guild.id
    if 0 in types and channel.kind == DM:
        owners["0"] = "0"
    if 1 in types:
        owners["1"] = user.id
    return owners


def _is_visible(command: Json, channel: Channel, user: User) -> bool:
    contexts = command["contexts"]
    if contexts is None:  # the older field `dm_permission` decides
        contexts = [0, 1] if command["dm_permission"] else [0]
    if channel.context not in contexts:
        return False
    if not authorizing_owners(command["integration_types"], channel, user):
        return False
    if channel.kind != GUILD_TEXT or channel.guild is None:
        return True
    if command["nsfw"]:
        return False
    required = command["default_member_permissions"]
    if required == "0":
        return user is channel.guild.owner
    granted = channel.guild.permissions_of(user)
    return required is None or granted & int(required) == int(required)
