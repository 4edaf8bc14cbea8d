"""What stands in somebody's message: text, embeds, components, and what it forwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import discord

# What stands around an address in markdown, and in no address of Spotify's.
_MARKDOWN_AROUND_LINKS = re.compile(r"[\[\]()\\]")


def message_text(message: discord.Message) -> str:
    """All text and all addresses in it, in the order in which one reads them, line by line."""
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
    """Texts, and the addresses of link buttons; rows, sections and containers hold others."""
    for component in components:
        yield getattr(component, "content", None)
        yield getattr(component, "url", None)
        yield from _components(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield from _components((accessory,))
