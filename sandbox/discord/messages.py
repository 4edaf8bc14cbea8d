"""Discord's message object: made from a checked body, changed by an edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.discord import components as c
from sandbox.discord.api_error import ErrorCollector
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
    """Writes messages into the world. `site` is where attachments are served, without a slash."""

    def __init__(self, state: DiscordState, site: Callable[[], str]) -> None:
        self.state = state
        self._base_url = site

    def empty_payload(self, channel: Channel, author: User, **known: Any) -> Json:
        """A message object without content yet."""
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
        """Fill a new post with what a checked body says, and show it."""
        self._apply_body(message, body, uploads)
        return self.state.add_message(message)

    def edit(
        self, message: Message, body: Any, uploads: list[Upload], flags: int = EDIT_FLAGS
    ) -> Message:
        """Change a message by a body that is checked here. Raises ApiError."""
        kept, names = self.partition_attachments(body, uploads, message)
        check_message(body, uploaded=names, kept=kept, flags=flags, previous=message.data)
        self._apply_body(message, body, uploads)
        if message.flags & LOADING:  # the first edit of a deferred reply is its birth, not a change
            message.data["flags"] &= ~LOADING
        else:
            message.data["edited_timestamp"] = self.state.timestamp()
        message.edit_count += 1
        self.state.notify_changed(message)
        return message

    def partition_attachments(
        self, body: Any, uploads: list[Upload], post: Message | None = None
    ) -> tuple[list[str], list[str]]:
        """The names of the files that a body keeps and of those that it brings.

        Raises ApiError where `attachments` names a file that is not there, or leaves one out.
        """
        before = {a["id"]: a["filename"] for a in post.data["attachments"]} if post else {}
        fresh = {str(upload.index): sanitise_filename(upload.filename) for upload in uploads}
        ids = [*before, *fresh]
        wanted = body.get("attachments") if isinstance(body, dict) else None
        if isinstance(wanted, list):
            ids = [str(item.get("id")) if isinstance(item, dict) else "" for item in wanted]
        form = ErrorCollector()
        for index, name in enumerate(ids):
            if name not in before and name not in fresh:
                form.add(("attachments", index), "ATTACHMENT_UNKNOWN", "No such attachment.")
        if len(set(ids)) < len(ids) or set(fresh) - set(ids):
            form.add(("attachments",), "ATTACHMENT_UNNAMED", "Each file is to be named once.")
        if len(ids) > MAX_FILES:
            message = f"Must be {MAX_FILES} or fewer in length."
            form.add(("attachments",), "BASE_TYPE_MAX_LENGTH", message)
        form.raise_if_any()
        return [before[i] for i in ids if i in before], list(fresh.values())

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
                part.pop("required", None)  # a matter of forms; Discord does not give it back here
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
        """Discord's attachment object for a file that is served here."""
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
        """Components as Discord gives them back: numbered, with their defaults.

        `urls` are the attachments that an attachment:// address may mean.
        """
        taken = {
            component["id"] for component in c.walk_components(components) if component.get("id")
        }
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
        found = {"id": self.state.snowflake(), "url": url, "proxy_url": url}
        return found | ({"attachment_id": attachment["id"]} if attachment else {})

    def _mentions(self, data: Json, allowed: Json | None) -> Json:
        """Who is pinged: what the text names, as far as `allowed_mentions` lets it."""
        texts = [
            str(part["content"])
            for part in c.walk_components(data["components"])
            if "content" in part
        ]
        text = "\n".join([data["content"], *texts])
        users = _allowed_mentions(re.findall(r"<@!?(\d+)>", text), "users", allowed)
        named = (self.state.find_user(user_id) for user_id in users)
        everyone = re.search(r"@(everyone|here)\b", text) is not None
        return {
            "mentions": [user.payload() for user in named if user],
            "mention_roles": _allowed_mentions(re.findall(r"<@&(\d+)>", text), "roles", allowed),
            "mention_everyone": bool(
                _allowed_mentions(["everyone"] if everyone else [], "everyone", allowed)
            ),
        }


def _without_nulls(value: Any) -> Any:
    """The same without nulls, at any depth."""
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _allowed_mentions(named: Iterable[str], kind: str, allowed: Json | None) -> list[str]:
    once = list(dict.fromkeys(named))
    if allowed is None or kind in (allowed.get("parse") or []):
        return once
    return [name for name in once if name in map(str, allowed.get(kind) or [])]


def _normalise_embed(embed: Json, urls: dict[str, Json]) -> Json:
    """An embed as Discord gives it back: typed, without nulls, its attachments found."""
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
    """A file's name as Discord keeps it: ASCII letters, digits, `_`, `-` and `.`."""
    return re.sub(r"[^A-Za-z0-9_.\-]", "_", filename).lstrip(".") or "unknown"


COMPONENT_DEFAULTS: dict[int, Json] = {
    c.SELECT: {"min_values": 1, "max_values": 1},
    c.THUMBNAIL: {"description": None, "spoiler": False},
    c.FILE: {"spoiler": False},
    c.SEPARATOR: {"divider": True, "spacing": 1},
    c.CONTAINER: {"accent_color": None, "spoiler": False},
}
