"""Filling in: options, menus and forms, as Discord's client does before it sends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.discord import command_validation as kinds
from sandbox.discord import components as c
from sandbox.discord.command_line import ClientValidationError, parse_option_value
from sandbox.discord.payloads import everyone_role, partial_channel, partial_member
from sandbox.discord.platform import Platform
from sandbox.discord.request_bodies import Upload
from sandbox.discord.state import Channel, Json, User
from sandbox.discord.visible_text import Modal


def find_by_name(name: str, things: list[Json], names: Callable[[Json], list[str]]) -> Json:
    """The thing with exactly this name, else the first with it in one of its names.

    Raises Refused if there is none.
    """
    for thing in things:
        if name in names(thing):
            return thing
    for thing in things:
        if any(name.casefold() in known.casefold() for known in names(thing)):
            return thing
    known = ", ".join(repr(names(thing)[0]) for thing in things)
    raise ClientValidationError(f"there is no {name!r} here; there is: {known or 'nothing'}")


class InputValues:
    """Turns what a person typed or chose into values; `resolved` gathers what they stand for."""

    def __init__(
        self,
        discord: Platform,
        user: User,
        channel: Channel,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self._discord = discord
        self._channel = channel
        self._user = user
        self._files = files or {}
        self.resolved: Json = {}

    def option_value(self, option: Json, text: str) -> Json:
        """An option of a slash command as Discord sends it."""
        finders: dict[int, Callable[[str], str]] = {
            kinds.USER: self.user_id,
            kinds.CHANNEL: self.channel_id,
            kinds.ROLE: self.role_id,
            kinds.MENTIONABLE: self.mentionable_id,
            kinds.FILE: lambda name: self.upload_file(name, self._files.get(name)),
        }
        find = finders.get(option["type"])
        value = find(text) if find else parse_option_value(option, text)
        return {"name": option["name"], "type": option["type"], "value": value}

    def _add_resolved(self, kind: str, thing_id: str, thing: Json) -> str:
        self.resolved.setdefault(kind, {})[thing_id] = thing
        return thing_id

    def user_id(self, name: str) -> str:
        """Remember a user by name, display name, id or mention; returns the id."""
        world = self._discord.state
        wanted = re.sub(r"[<@!>]", "", name).casefold()
        for user in [*self._channel.members, world.bot]:
            if wanted in (user.name.casefold(), user.display_name.casefold(), user.id):
                if self._channel.guild is not None:
                    self._add_resolved(
                        "members", user.id, partial_member(self._channel.guild, user)
                    )
                return self._add_resolved("users", user.id, user.payload())
        raise ClientValidationError(f"there is no user {name!r} here")

    def channel_id(self, name: str) -> str:
        wanted = re.sub(r"[<#>]", "", name)
        for channel in self._discord.state.channels_of(self._user):
            same_guild = channel.guild is not None and channel.guild is self._channel.guild
            if same_guild and wanted in (channel.name, channel.id):
                return self._add_resolved(
                    "channels", channel.id, partial_channel(channel, self._user)
                )
        raise ClientValidationError(f"there is no channel {name!r} here")

    def role_id(self, name: str) -> str:
        guild = self._channel.guild
        if guild is None or re.sub(r"[<@&>]", "", name) not in ("everyone", guild.id):
            raise ClientValidationError(f"there is no role {name!r} here")
        return self._add_resolved("roles", guild.id, everyone_role(guild))

    def mentionable_id(self, name: str) -> str:
        try:
            return self.user_id(name)
        except ClientValidationError:
            return self.role_id(name)

    def message_id(self, message: Json) -> str:
        return self._add_resolved("messages", message["id"], message)

    def upload_file(self, name: str, content: bytes | None) -> str:
        """Upload a file; returns its id. Raises Refused if there is no such file."""
        if content is None:
            raise ClientValidationError(f"there is no file {name!r} to attach")
        upload = Upload(0, name, content, "application/octet-stream")
        attachment = self._discord.messages.attachment_payload(upload, self._channel)
        self._discord.store_upload(attachment["id"], content)
        return self._add_resolved(
            "attachments", attachment["id"], {**attachment, "ephemeral": True}
        )

    def selected_values(self, menu: Json, names: list[str]) -> list[str]:
        """The values of what was picked in a menu. Raises Refused for too few or too many."""
        low, high = menu.get("min_values"), menu.get("max_values")
        low, high = 1 if low is None else low, 1 if high is None else high
        if not low <= len(names) <= high:
            raise ClientValidationError(f"{low} to {high} are to be picked, not {len(names)}")
        find = {
            c.USER_SELECT: self.user_id,
            c.ROLE_SELECT: self.role_id,
            c.MENTIONABLE_SELECT: self.mentionable_id,
            c.CHANNEL_SELECT: self.channel_id,
        }.get(menu["type"])
        if find is None:
            options = menu["options"]
            values = [find_by_name(name, options, _option_names)["value"] for name in names]
        else:
            values = [find(name) for name in names]
        if len(set(values)) < len(values):
            raise ClientValidationError("the same option was picked twice")
        return values

    def modal_components(self, modal: Modal, values: dict[str, Any]) -> list[Json]:
        """The `components` of a form with what was filled in, by custom_id or label."""
        filled = [self._component_value(part, values) for part in modal.components]
        if values:
            raise ClientValidationError(f"there is no field {', '.join(values)} in this form")
        return filled

    def _component_value(self, part: Json, values: dict[str, Any]) -> Json:
        about = {"type": part["type"], "id": part.get("id") or 0}
        if part["type"] == c.LABEL:
            return about | {
                "component": self._field_value(part["component"], part["label"], values)
            }
        if part["type"] == c.ACTION_ROW:
            fields = part["components"]
            return about | {
                "components": [self._field_value(f, f["label"], values) for f in fields]
            }
        return about

    def _field_value(self, field: Json, label: str, values: dict[str, Any]) -> Json:
        given = values.pop(field["custom_id"], None)
        given = values.pop(label, None) if given is None else given
        kind = field["type"]
        about = {"type": kind, "id": field.get("id") or 0, "custom_id": field["custom_id"]}
        if kind == c.CHECKBOX:
            return about | {"value": bool(field.get("default") if given is None else given)}
        if kind == c.TEXT_INPUT:
            return about | {"value": _text_value(field, label, given)}
        if kind == c.FILE_UPLOAD:
            files = dict(given or {})
            _check_count(field, label, len(files))
            return about | {"values": [self.upload_file(name, files[name]) for name in files]}
        names = _selected_names(field, given)
        if kind == c.RADIO_GROUP:
            return about | {"value": self._selected_option(field, label, names)}
        if not names and not _is_required(field):
            return about | {"values": []}
        return about | {"values": self.selected_values(field, names)}

    def _selected_option(self, field: Json, label: str, names: list[str]) -> str | None:
        if len(names) > 1 or (not names and _is_required(field)):
            raise ClientValidationError(f"{label} takes one answer")
        return find_by_name(names[0], field["options"], _option_names)["value"] if names else None


def _selected_names(field: Json, given: Any) -> list[str]:
    """What was picked; untouched fields send what they show as picked."""
    if given is None:
        return [option["value"] for option in field.get("options") or [] if option.get("default")]
    return [given] if isinstance(given, str) else list(given)


def _text_value(field: Json, label: str, given: Any) -> str:
    text = str((field.get("value") or "") if given is None else given)
    low, high = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and not _is_required(field):
        return ""
    if not max(low, 1) <= len(text) <= high:
        raise ClientValidationError(f"{label} takes {max(low, 1)} to {high} characters")
    return text


def _check_count(field: Json, label: str, count: int) -> None:
    low = field.get("min_values")
    least = (1 if low is None else low) if _is_required(field) else 0
    if not least <= count <= (field.get("max_values") or 1):
        raise ClientValidationError(
            f"{label} takes {least} to {field.get('max_values') or 1} files"
        )


def _is_required(field: Json) -> bool:
    return field.get("required") is not False  # Discord's default is true


def _option_names(option: Json) -> list[str]:
    return [str(option["label"]), str(option["value"])]
