"""Creates and edits Discord's message objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.discord import components as c
from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.application_emoji import ApplicationEmoji
from sandbox.discord.command_mentions import check_command_mentions
from sandbox.discord.message_validation import (
    EDIT_FLAGS,
    EMBED_URL_FIELDS,
    MAX_FILES,
    check_message,
)
from sandbox.discord.request_bodies import Upload
from sandbox.discord.state import COMPONENTS_V2, LOADING, Channel, DiscordState, Json, Message, User

DEFAULT_MESSAGE, REPLY, COMMAND_RESPONSE, CONTEXT_MENU_RESPONSE = 0, 19, 20, 23


class MessageWriter:
    """Components may show the custom `emoji`.

    `base_url` returns the URL that serves attachments, without a slash at the end.
    """

    def __init__(
        self, state: DiscordState, emoji: ApplicationEmoji, base_url: Callable[[], str]
    ) -> None:
        self.state = state
        self.emoji = emoji
        self._base_url = base_url

    def empty_payload(self, channel: Channel, author: User, **known: Any) -> Json:
        """A message object without content; `known` are further fields."""
        return {
            "id": self.state.snowflake(),
            "type": DEFAULT_MESSAGE,
            "channel_id": channel.id,
            "author": author.payload(),
            "content": "",
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "attachments": [],
            "embeds": [],
            "components": [],
            "timestamp": self.state.timestamp(),
            "edited_timestamp": None,
            "flags": 0,
            "pinned": False,
            "tts": False,
            **known,
        }

    def create(self, message: Message, body: Json, uploads: list[Upload]) -> Message:
        """Fill a new message from a validated body, and show it."""
        self._apply_body(message, body, uploads)
        return self.state.add_message(message)

    def edit(
        self, message: Message, body: Any, uploads: list[Upload], flags: int = EDIT_FLAGS
    ) -> Message:
        """Validate a body and edit the message. Raises ApiError."""
        kept, names = self.partition_attachments(body, uploads, message.channel, message)
        check_message(
            body,
            uploaded=names,
            kept=kept,
            flags=flags,
            previous=message.data,
            emoji_ids=self.emoji.by_id,
        )
        check_command_mentions(body, self.state.commands)
        self._apply_body(message, body, uploads)
        if message.flags & LOADING:  # the first edit of a deferred reply does not count as an edit
            message.data["flags"] &= ~LOADING
        else:
            message.data["edited_timestamp"] = self.state.timestamp()
        message.edit_count += 1
        self.state.notify_changed(message)
        return message

    def partition_attachments(
        self, body: Any, uploads: list[Upload], channel: Channel, message: Message | None = None
    ) -> tuple[list[str], list[str]]:
        """The names of the files that a body keeps, and of the uploaded ones.

        Raises ApiError if a file is too large for the channel, or if `attachments` has an unknown
        file or lacks an uploaded one.
        """
        if any(len(upload.content) > channel.attachment_limit for upload in uploads):
            raise ApiError(40005)
        before = {a["id"]: a["filename"] for a in message.data["attachments"]} if message else {}
        uploaded = {str(upload.index): sanitise_filename(upload.filename) for upload in uploads}
        ids = [*before, *uploaded]
        wanted = body.get("attachments") if isinstance(body, dict) else None
        if isinstance(wanted, list):
            ids = [str(item.get("id")) if isinstance(item, dict) else "" for item in wanted]
        errors = ErrorCollector()
        for index, name in enumerate(ids):
            if name not in before and name not in uploaded:
                errors.add(("attachments", index), "ATTACHMENT_UNKNOWN", "No such attachment.")
        if len(set(ids)) < len(ids) or set(uploaded) - set(ids):
            errors.add(("attachments",), "ATTACHMENT_UNNAMED", "Each file must be named once.")
        if len(ids) > MAX_FILES:
            limit = f"Must be {MAX_FILES} or fewer in length."
            errors.add(("attachments",), "BASE_TYPE_MAX_LENGTH", limit)
        errors.raise_if_any()
        return [before[i] for i in ids if i in before], list(uploaded.values())

    def _apply_body(self, message: Message, body: Json, uploads: list[Upload]) -> None:
        data = dict(message.data)
        data["attachments"], message.files = self._attachments(message, body, uploads)
        urls = {f"attachment://{a['filename']}": a for a in data["attachments"]}
        data["flags"] |= (body.get("flags") or 0) & COMPONENTS_V2
        if "content" in body:
            data["content"] = (body["content"] or "").strip()
        if "embeds" in body:
            data["embeds"] = [_normalise_embed(embed, urls) for embed in body["embeds"] or []]
        if "components" in body:
            data["components"] = self.normalise_components(body["components"] or [], urls)
            for part in c.walk_components(data["components"]):
                part.pop("required", None)  # Discord returns this field in modals only
        if "content" in body or "components" in body:
            data |= self._mentions(data, body.get("allowed_mentions"))
        message.data = data

    def _attachments(
        self, message: Message, body: Json, uploads: list[Upload]
    ) -> tuple[list[Json], dict[str, bytes]]:
        wanted = body.get("attachments")
        described = {str(item["id"]): item for item in wanted or []}
        kept = [a for a in message.data["attachments"] if wanted is None or a["id"] in described]
        files = {a["id"]: message.files[a["id"]] for a in kept}
        for upload in uploads:
            attachment = self.attachment_payload(upload, message.channel)
            about = described.get(str(upload.index), {})
            attachment |= {k: about[k] for k in ("description",) if about.get(k)}
            attachment |= {"ephemeral": True} if message.visible_only_to else {}
            kept.append(attachment)
            files[attachment["id"]] = upload.content
        return kept, files

    def attachment_payload(self, upload: Upload, channel: Channel) -> Json:
        """The attachment object of a file."""
        attachment_id, name = self.state.snowflake(), sanitise_filename(upload.filename)
        url = f"{self._base_url()}/attachments/{channel.id}/{attachment_id}/{name}"
        return {
            "id": attachment_id,
            "filename": name,
            "size": len(upload.content),
            "url": url,
            "proxy_url": url,
            "content_type": upload.content_type,
        }

    def normalise_components(
        self, components: list[Json], urls: dict[str, Json] | None = None
    ) -> list[Json]:
        """Components as Discord returns them: with ids and default values.

        `urls` maps attachment:// URLs to attachment objects.
        """
        taken = {part["id"] for part in c.walk_components(components) if part.get("id")}
        free = iter(set(range(1, 400)) - taken)
        return [
            self._normalise_component(_without_nulls(component), free, urls or {})
            for component in components
        ]

    def _normalise_component(self, component: Json, free: Any, urls: dict[str, Json]) -> Json:
        kind = component["type"]
        known = {name: component[name] for name in c.COMPONENT_FIELDS[kind] if name in component}
        shown = {
            "type": kind,
            "id": component.get("id") or next(free),
            **COMPONENT_DEFAULTS.get(kind, {}),
            **known,
        }
        for holder in (shown, *shown.get("options", ())):
            if emoji := holder.get("emoji"):
                holder["emoji"] = self.emoji.shown(emoji)
        if kind in c.CHILD_TYPES:
            shown["components"] = [
                self._normalise_component(child, free, urls) for child in shown["components"]
            ]
        slot, _ = c.SLOT_TYPES.get(kind, ("", ()))
        if slot:
            shown[slot] = self._normalise_component(shown[slot], free, urls)
        if kind == c.MEDIA_GALLERY:
            empty = {"description": None, "spoiler": False}
            shown["items"] = [
                {**empty, **item, "media": self._media_object(item["media"], urls)}
                for item in shown["items"]
            ]
        if "media" in shown:
            shown["media"] = self._media_object(shown["media"], urls)
        if kind == c.FILE:
            attachment = urls[shown["file"]["url"]]
            shown["file"] = self._media_object(shown["file"], urls)
            shown |= {"name": attachment["filename"], "size": attachment["size"]}
        return shown

    def _media_object(self, medium: Json, urls: dict[str, Json]) -> Json:
        attachment = urls.get(medium["url"])
        url = attachment["url"] if attachment else medium["url"]
        media = {"id": self.state.snowflake(), "url": url, "proxy_url": url}
        return media | ({"attachment_id": attachment["id"]} if attachment else {})

    def _mentions(self, data: Json, allowed: Json | None) -> Json:
        """The mentions in the text that `allowed_mentions` permits."""
        texts = [
            str(part["content"])
            for part in c.walk_components(data["components"])
            if "content" in part
        ]
        text = "\n".join([data["content"], *texts])
        users = _allowed_mentions(re.findall(r"<@!?(\d+)>", text), "users", allowed)
        mentioned = (self.state.find_user(user_id) for user_id in users)
        everyone = re.search(r"@(everyone|here)\b", text) is not None
        return {
            "mentions": [user.payload() for user in mentioned if user],
            "mention_roles": _allowed_mentions(re.findall(r"<@&(\d+)>", text), "roles", allowed),
            "mention_everyone": bool(
                _allowed_mentions(["everyone"] if everyone else [], "everyone", allowed)
            ),
        }


def _without_nulls(value: Any) -> Any:
    """The value without nulls at any depth."""
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _allowed_mentions(named: Iterable[str], kind: str, allowed: Json | None) -> list[str]:
    unique = list(dict.fromkeys(named))
    if allowed is None or kind in (allowed.get("parse") or []):
        return unique
    return [name for name in unique if name in map(str, allowed.get(kind) or [])]


def _normalise_embed(embed: Json, urls: dict[str, Json]) -> Json:
    """An embed as Discord returns it: typed, without nulls, with attachment URLs."""
    shown = {name: value for name, value in embed.items() if value not in (None, "", [])}
    shown["type"] = "rich"
    for part, key in EMBED_URL_FIELDS:
        holder = shown.get(part)
        if holder and holder.get(key) in urls:
            shown[part] = {**holder, key: urls[holder[key]]["url"]}
    if "fields" in shown:
        shown["fields"] = [{"inline": False, **field} for field in shown["fields"]]
    return shown


def sanitise_filename(filename: str) -> str:
    """A file name as Discord stores it: ASCII letters, digits, `_`, `-` and `.`."""
    return re.sub(r"[^A-Za-z0-9_.\-]", "_", filename).lstrip(".") or "unknown"


COMPONENT_DEFAULTS: dict[int, Json] = {
    c.SELECT: {"min_values": 1, "max_values": 1},
    c.THUMBNAIL: {"description": None, "spoiler": False},
    c.FILE: {"spoiler": False},
    c.SEPARATOR: {"divider": True, "spacing": 1},
    c.CONTAINER: {"accent_color": None, "spoiler": False},
}
