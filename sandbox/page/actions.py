"""The actions that the page sends over the websocket."""

from __future__ import annotations

import msgspec


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    """Base of all actions. The result has the same `id`."""

    id: int


class Look(Action, frozen=True, tag="look"):
    """Push the state again, since a track has ended by the browser's clock."""


class Switch(Action, frozen=True, tag="switch"):
    """Switch to another user, channel or Spotify account."""

    user: str
    place: str
    account: str


class Say(Action, frozen=True, tag="say"):
    """Send an ordinary message."""

    content: str


class Run(Action, frozen=True, tag="run"):
    """Run a slash command line, with the files that it names."""

    line: str
    files: dict[str, bytes] = {}


class Complete(Action, frozen=True, tag="complete"):
    """Get the choices for the last option of the line."""

    line: str


class Menu(Action, frozen=True, tag="menu"):
    """Use a context menu command on a message (its id) or a user (their name)."""

    name: str
    message: str | None = None
    user: str | None = None


class Forward(Action, frozen=True, tag="forward"):
    """Forward the message with this id to another channel."""

    message: str
    place: str


class Press(Action, frozen=True, tag="press"):
    """Press a button, by custom_id, of the message with this id."""

    message: str
    button: str


class Pick(Action, frozen=True, tag="pick"):
    """Pick values of select menu number `select` of the message, counted from 0."""

    message: str
    values: list[str]
    select: int = 0


class Submit(Action, frozen=True, tag="submit"):
    """Submit the open modal: custom_id → a text or picked values, and → files by name."""

    values: dict[str, str | list[str]]
    files: dict[str, dict[str, bytes]] = {}


class Dismiss(Action, frozen=True, tag="dismiss"):
    """Close the open modal without submitting it."""


class Play(Action, frozen=True, tag="play"):
    """Play or pause, as the user would in their own Spotify."""


class ToggleDevice(Action, frozen=True, tag="device"):
    """Close Spotify on a device of the account, by its name, or open it there."""

    name: str


class SwitchScenario(Action, frozen=True, tag="scenario"):
    """Switch a scenario of the "What if…" menu on or off."""

    name: str
    on: bool


AnyAction = (
    Look
    | Switch
    | Say
    | Run
    | Complete
    | Menu
    | Forward
    | Press
    | Pick
    | Submit
    | Dismiss
    | Play
    | ToggleDevice
    | SwitchScenario
)

decode = msgspec.json.Decoder(AnyAction).decode
