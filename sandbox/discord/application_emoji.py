"""The emoji of the application: 2,000 at most, each with a name of its own and an image."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.state import DiscordState, Json

# Source: https://docs.discord.com/developers/resources/emoji
MAX_EMOJI = 2000
MAX_IMAGE_SIZE = 256 * 1024  # bytes
NAME = re.compile(r"[0-9A-Za-z_]{2,32}")
DATA_URI = re.compile(r"data:(image/(?:png|jpeg|gif|webp|avif));base64,(.*)", re.DOTALL)
SIGNATURES = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/avif": re.compile(rb"....ftypavif", re.DOTALL),
}


@dataclass(frozen=True)
class Emoji:
    """An uploaded emoji."""

    payload: Json
    image: bytes
    content_type: str


class ApplicationEmoji:
    """The emoji by ID."""

    def __init__(self, state: DiscordState) -> None:
        self._state = state
        self.by_id: dict[str, Emoji] = {}

    def payload(self) -> Json:
        """Discord's list of all emoji."""
        return {"items": [emoji.payload for emoji in self.by_id.values()]}

    def shown(self, emoji: Json) -> Json:
        """The emoji of a button or an option as Discord returns it: a custom one with its name."""
        known = self.by_id.get(str(emoji.get("id")))
        if known is None:
            return emoji
        return {name: known.payload[name] for name in ("id", "name", "animated")}

    def create(self, body: Any) -> Json:
        """Upload an emoji from `name` and `image`. Raises ApiError."""
        fields = body if isinstance(body, dict) else {}
        errors = ErrorCollector()
        name = fields.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            errors.add(("name",), "STRING_TYPE_REGEX", "2 to 32 word characters are required.")
        elif name in (emoji.payload["name"] for emoji in self.by_id.values()):
            code = "APPLICATION_EMOJI_NAME_ALREADY_TAKEN"
            errors.add(("name",), code, "An emoji with that name already exists")
        content_type, image = _decode(fields.get("image"))
        if not image:
            errors.add(("image",), "IMAGE_INVALID", "Invalid image")
        elif len(image) > MAX_IMAGE_SIZE:
            message = "File cannot be larger than 256.0 kb."
            errors.add(("image",), "BINARY_TYPE_MAX_SIZE", message)
        errors.raise_if_any()
        if len(self.by_id) >= MAX_EMOJI:
            raise ApiError(30008)
        emoji_id = self._state.snowflake()
        payload: Json = {
            "id": emoji_id,
            "name": name,
            "roles": [],
            "user": self._state.bot.payload(),
            "require_colons": True,
            "managed": False,
            "animated": False,
            "available": True,
        }
        self.by_id[emoji_id] = Emoji(payload, image, content_type)
        self._state.changes.notify()
        return payload

    def delete(self, emoji_id: str) -> None:
        """Delete an emoji. Raises ApiError if there is none with this ID."""
        if self.by_id.pop(emoji_id, None) is None:
            raise ApiError(10014)


def _decode(data_uri: object) -> tuple[str, bytes]:
    """The type and the bytes of an image; no bytes if it is none."""
    match = DATA_URI.fullmatch(data_uri) if isinstance(data_uri, str) else None
    if match is None:
        return "", b""
    try:
        image = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return "", b""
    return match[1], image if SIGNATURES[match[1]].match(image) else b""
