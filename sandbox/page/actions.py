"""What the page in the browser may ask for, as it comes over the websocket."""

from __future__ import annotations

import msgspec


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    """One wish of the page. `id` comes back with the answer."""

    id: int


class Look(Action, frozen=True, tag="look"):
    """Show me everything again: the browser's clock says that a track has ended."""


class Switch(Action, frozen=True, tag="switch"):
    """Be another user, sit in another place, or watch another Spotify account."""

    user: str
    place: str
    account: str


class Say(Action, frozen=True, tag="say"):
    """An ordinary message."""

    content: str


class Run(Action, frozen=True, tag="run"):
    """Run a slash command line."""

    line: str


class Complete(Action, frozen=True, tag="complete"):
    """The choices for the last option of the line."""

    line: str


class Menu(Action, frozen=True, tag="menu"):
    """A context menu on a message (its id) or on a user (their name)."""

    name: str
    message: str | None = None
    user: str | None = None


class Forward(Action, frozen=True, tag="forward"):
    """The message with this id, once more in another place."""

    message: str
    place: str


class Press(Action, frozen=True, tag="press"):
    """A button, by custom_id, of the message with this id."""

    message: str
    button: str


class Pick(Action, frozen=True, tag="pick"):
    """Values of the message's select menu number `select`, counted from 0."""

    message: str
    values: list[str]
    select: int = 0


class Submit(Action, frozen=True, tag="submit"):
    """The open modal, filled in: custom_id → a text, what was picked, a tick, or files by name."""

    values: dict[str, str | list[str] | bool]
    files: dict[str, dict[str, bytes]] = {}


class Dismiss(Action, frozen=True, tag="dismiss"):
    """Close the open modal without an answer."""


class Play(Action, frozen=True, tag="play"):
    """Play or pause, as the person would in their own Spotify."""


AnyAction = (
    Look | Switch | Say | Run | Complete | Menu | Forward | Press | Pick | Submit | Dismiss | Play
)

decode = msgspec.json.Decoder(AnyAction).decode
