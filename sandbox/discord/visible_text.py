"""What a user reads and uses in a message or a modal: texts, buttons, selects, fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.discord import components as c
from sandbox.discord.command_mentions import without_ids
from sandbox.discord.interactions import Interaction
from sandbox.discord.state import Json


@dataclass(frozen=True)
class Modal:
    """A modal that the app opened for a user."""

    title: str
    custom_id: str
    components: list[Json]
    opened_by: Interaction

    @classmethod
    def from_interaction(cls, interaction: Interaction) -> Modal | None:
        """The modal in the app's response, or None."""
        data = interaction.modal
        if data is None:
            return None
        return cls(data["title"], data["custom_id"], data["components"], interaction)

    @property
    def payload(self) -> Json:
        return {"title": self.title, "custom_id": self.custom_id, "components": self.components}

    @property
    def input_fields(self) -> list[Json]:
        """Each input component with its `label` and `description`."""
        return list(_input_fields(self.components))


def visible_text(message: Json) -> str:
    """All texts of a message, line by line; mentions of commands as their names."""
    return without_ids("\n".join(line for line in _text_lines(message) if line))


def find_buttons(message: Json) -> list[Json]:
    return [part for part in c.walk_components(message["components"]) if part["type"] == c.BUTTON]


def find_selects(message: Json) -> list[Json]:
    return [part for part in c.walk_components(message["components"]) if part["type"] == c.SELECT]


def _text_lines(message: Json) -> Iterator[str]:
    yield message["content"]
    for embed in message["embeds"]:
        yield (embed.get("author") or {}).get("name", "")
        yield embed.get("title", "")
        yield embed.get("description", "")
        for field in embed.get("fields") or []:
            yield field["name"]
            yield field["value"]
        yield (embed.get("footer") or {}).get("text", "")
    for part in c.walk_components(message["components"]):
        yield part.get("content", "")
        yield " ".join(filter(None, [(part.get("emoji") or {}).get("name"), part.get("label")]))
        yield part.get("placeholder", "")
        for item in part.get("items") or [part]:
            yield item.get("description") or ""
        for option in part.get("options") or []:
            yield " – ".join(filter(None, [option["label"], option.get("description")]))
    for attachment in message["attachments"]:
        yield attachment["filename"]
    for forwarded in message.get("message_snapshots") or []:
        yield from _text_lines(forwarded["message"])


def _input_fields(components: list[Json]) -> Iterator[Json]:
    for part in components:
        if part["type"] == c.LABEL:
            about = {name: part[name] for name in ("label", "description") if part.get(name)}
            yield {**part["component"], **about}
        elif part["type"] == c.ACTION_ROW:
            yield from part["components"]
