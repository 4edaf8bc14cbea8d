"""The text of a message: its content, embeds, components and forwarded messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import discord

# Markdown's characters around a link. Spotify's links contain none of them.
_MARKDOWN_AROUND_LINKS = re.compile(r"[\[\]()\\]")


def message_text(message: discord.Message) -> str:
    """All text and URLs of the message in reading order, one a line."""
    lines = list(_parts(message))
    for forwarded in message.message_snapshots:
        lines += _parts(forwarded)
    return _MARKDOWN_AROUND_LINKS.sub(" ", "\n".join(line for line in lines if line))


def _parts(message: discord.Message | discord.MessageSnapshot) -> Iterator[str | None]:
    yield message.content
    for embed in message.embeds:
        yield from _embed(embed)
    yield from _components(message.components)


def _embed(embed: discord.Embed) -> Iterator[str | None]:
    yield embed.author.name
    yield embed.author.url
    yield embed.title
    yield embed.url
    yield embed.description
    for field in embed.fields:
        yield field.name
        yield field.value
    yield embed.footer.text


def _components(components: Iterable[object]) -> Iterator[str | None]:
    """Texts and the URLs of link buttons, also inside rows, sections and containers."""
    for component in components:
        yield getattr(component, "content", None)
        yield getattr(component, "url", None)
        yield from _components(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield from _components((accessory,))
