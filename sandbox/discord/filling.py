"""Filling in: options, menus and forms, as Discord's client does before it sends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.discord import command_rules as kinds
from sandbox.discord import components as c
from sandbox.discord.bodies import Upload
from sandbox.discord.line import Refused, plain_value
from sandbox.discord.payloads import everyone_role, partial_channel, partial_member
from sandbox.discord.platform import Platform
from sandbox.discord.reading import Modal
from sandbox.discord.world import Channel, Json, User


def one_of(name: str, things: list[Json], names: Callable[[Json], list[str]]) -> Json:
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
    raise Refused(f"there is no {name!r} here; there is: {known or 'nothing'}")


class Filling:
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

    def option(self, option: Json, text: str) -> Json:
        """An option of a slash command as Discord sends it."""
        finders: dict[int, Callable[[str], str]] = {
            kinds.USER: self.user,
            kinds.CHANNEL: self.channel,
            kinds.ROLE: self.role,
            kinds.MENTIONABLE: self.mentionable,
            kinds.FILE: lambda name: self.file(name, self._files.get(name)),
        }
        find = finders.get(option["type"])
        value = find(text) if find else plain_value(option, text)
        return {"name": option["name"], "type": option["type"], "value": value}

    def _resolve(self, kind: str, thing_id: str, thing: Json) -> str:
        self.resolved.setdefault(kind, {})[thing_id] = thing
        return thing_id

    def user(self, name: str) -> str:
        """Remember a user by name, display name, id or mention; returns the id."""
        world = self._discord.world
        wanted = re.sub(r"[<@!>]", "", name).casefold()
        for user in [*self._channel.members, world.bot]:
            if wanted in (user.name.casefold(), user.display.casefold(), user.id):
                if self._channel.guild is not None:
                    self._resolve("members", user.id, partial_member(self._channel.guild, user))
                return self._resolve("users", user.id, user.payload())
        raise Refused(f"there is no user {name!r} here")

    def channel(self, name: str) -> str:
        wanted = re.sub(r"[<#>]", "", name)
        for channel in self._discord.world.places_of(self._user):
            same_guild = channel.guild is not None and channel.guild is self._channel.guild
            if same_guild and wanted in (channel.place, channel.id):
                return self._resolve("channels", channel.id, partial_channel(channel, self._user))
        raise Refused(f"there is no channel {name!r} here")

    def role(self, name: str) -> str:
        guild = self._channel.guild
        if guild is None or re.sub(r"[<@&>]", "", name) not in ("everyone", guild.id):
            raise Refused(f"there is no role {name!r} here")
        return self._resolve("roles", guild.id, everyone_role(guild))

    def mentionable(self, name: str) -> str:
        try:
            return self.user(name)
        except Refused:
            return self.role(name)

    def message(self, message: Json) -> str:
        return self._resolve("messages", message["id"], message)

    def file(self, name: str, content: bytes | None) -> str:
        """Upload a file; returns its id. Raises Refused if there is no such file."""
        if content is None:
            raise Refused(f"there is no file {name!r} to attach")
        upload = Upload(0, name, content, "application/octet-stream")
        attachment = self._discord.messages.attachment(upload, self._channel)
        self._discord.keep_upload(attachment["id"], content)
        return self._resolve("attachments", attachment["id"], {**attachment, "ephemeral": True})

    def picked(self, menu: Json, names: list[str]) -> list[str]:
        """The values of what was picked in a menu. Raises Refused for too few or too many."""
        low, high = menu.get("min_values"), menu.get("max_values")
        low, high = 1 if low is None else low, 1 if high is None else high
        if not low <= len(names) <= high:
            raise Refused(f"{low} to {high} are to be picked, not {len(names)}")
        find = {
            c.USER_SELECT: self.user,
            c.ROLE_SELECT: self.role,
            c.MENTIONABLE_SELECT: self.mentionable,
            c.CHANNEL_SELECT: self.channel,
        }.get(menu["type"])
        if find is None:
            options = menu["options"]
            values = [one_of(name, options, _option_names)["value"] for name in names]
        else:
            values = [find(name) for name in names]
        if len(set(values)) < len(values):
            raise Refused("the same option was picked twice")
        return values

    def modal(self, modal: Modal, values: dict[str, Any]) -> list[Json]:
        """The `components` of a form with what was filled in, by custom_id or label."""
        filled = [self._part(part, values) for part in modal.components]
        if values:
            raise Refused(f"there is no field {', '.join(values)} in this form")
        return filled

    def _part(self, part: Json, values: dict[str, Any]) -> Json:
        about = {"type": part["type"], "id": part.get("id") or 0}
        if part["type"] == c.LABEL:
            return about | {"component": self._field(part["component"], part["label"], values)}
        if part["type"] == c.ROW:
            fields = part["components"]
            return about | {"components": [self._field(f, f["label"], values) for f in fields]}
        return about

    def _field(self, field: Json, label: str, values: dict[str, Any]) -> Json:
        given = values.pop(field["custom_id"], None)
        given = values.pop(label, None) if given is None else given
        kind = field["type"]
        about = {"type": kind, "id": field.get("id") or 0, "custom_id": field["custom_id"]}
        if kind == c.CHECKBOX:
            return about | {"value": bool(field.get("default") if given is None else given)}
        if kind == c.TEXT_INPUT:
            return about | {"value": _text(field, label, given)}
        if kind == c.UPLOAD:
            files = dict(given or {})
            _count(field, label, len(files))
            return about | {"values": [self.file(name, files[name]) for name in files]}
        names = _names(field, given)
        if kind == c.RADIO:
            return about | {"value": self._one(field, label, names)}
        if not names and not _required(field):
            return about | {"values": []}
        return about | {"values": self.picked(field, names)}

    def _one(self, field: Json, label: str, names: list[str]) -> str | None:
        if len(names) > 1 or (not names and _required(field)):
            raise Refused(f"{label} takes one answer")
        return one_of(names[0], field["options"], _option_names)["value"] if names else None


def _names(field: Json, given: Any) -> list[str]:
    """What was picked; untouched fields send what they show as picked."""
    if given is None:
        return [option["value"] for option in field.get("options") or [] if option.get("default")]
    return [given] if isinstance(given, str) else list(given)


def _text(field: Json, label: str, given: Any) -> str:
    text = str((field.get("value") or "") if given is None else given)
    low, high = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and not _required(field):
        return ""
    if not max(low, 1) <= len(text) <= high:
        raise Refused(f"{label} takes {max(low, 1)} to {high} characters")
    return text


def _count(field: Json, label: str, count: int) -> None:
    low = field.get("min_values")
    least = (1 if low is None else low) if _required(field) else 0
    if not least <= count <= (field.get("max_values") or 1):
        raise Refused(f"{label} takes {least} to {field.get('max_values') or 1} files")


def _required(field: Json) -> bool:
    return field.get("required") is not False  # Discord's default is true


def _option_names(option: Json) -> list[str]:
    return [str(option["label"]), str(option["value"])]
