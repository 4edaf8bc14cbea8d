"""The pins: their list, the menu that plays one, and the menu that takes one off."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from bot.interactions.components import PersistentSelect
from bot.spotify.links import find_links
from bot.spotify.uris import Kind, Uri
from bot.store import Pin
from bot.text.escape import safe, single_line
from bot.views import cards

_EMPTY = (
    "No pins yet. Use /playlist pin with a link, or with the name of one of your playlists. Pins "
    "come first as you type in /play, and on your panel."
)
_KINDS = {kind: "Song" if kind == Kind.TRACK else kind.capitalize() for kind in Kind}


class PanelPinSelect(PersistentSelect, template=r"panel:(?P<owner>\d{1,20}):pins"):
    """Plays a pin, from the panel of its owner."""

    def __init__(self, owner: str, options: list[discord.SelectOption]) -> None:
        self.owner = int(owner)
        super().__init__(
            ui.Select(
                custom_id=f"panel:{owner}:pins",
                options=options,
                placeholder="Play one of your pins",
            )
        )

    @property
    def uri(self) -> Uri:
        return pinned_uri(self.value)


class PlayPinSelect(PersistentSelect, template="pins:play"):
    """Plays a pin."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(ui.Select(custom_id="pins:play", options=options, placeholder="Play one"))

    @property
    def uri(self) -> Uri:
        return pinned_uri(self.value)


class UnpinSelect(PersistentSelect, template="pins:remove"):
    """Takes a pin off."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(custom_id="pins:remove", options=options, placeholder="Take one off")
        )


def pinned_uri(text: str) -> Uri:
    """The item of a pin."""
    (uri,) = find_links(text)
    assert isinstance(uri, Uri)
    return uri


def pin_options(pins: Sequence[Pin]) -> list[discord.SelectOption]:
    """One option a pin; the value is its URI."""
    return [
        discord.SelectOption(
            label=single_line(pin.name), description=_KINDS[pinned_uri(pin.uri).kind], value=pin.uri
        )
        for pin in pins
    ]


def pins_card(pins: Sequence[Pin], note: str = "") -> ui.LayoutView:
    """The pins with both menus; `note` says what has just changed, and is safe already."""
    small = f"-# {note}\n" if note else ""
    if not pins:
        return cards.container(f"{small}### Pins\n{_EMPTY}")
    lines = [
        f"{number}. [{safe(pin.name)}]({pinned_uri(pin.uri).link}) · "
        f"{_KINDS[pinned_uri(pin.uri).kind]}"
        for number, pin in enumerate(pins, start=1)
    ]
    text = "\n".join([f"{small}### Pins", *lines, "-# On Spotify"])
    rows: list[cards.Row] = [
        ui.ActionRow(PlayPinSelect(pin_options(pins))),
        ui.ActionRow(UnpinSelect(pin_options(pins))),
    ]
    return cards.container(text, *rows)


def pinned_note(pin: Pin) -> str:
    """That it is pinned."""
    return f"Pinned **{safe(pin.name)}**"


def unpinned_note(name: str) -> str:
    """That it is pinned no more."""
    return f"Took **{safe(name)}** off"
