"""The buttons of a panel: those that do something in its state, in rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.player.actions import NEXT_REPEAT
from bot.player.situation import Situation, situation_of
from bot.spotify.catalogue import Item
from bot.spotify.models import UNKNOWN_DEVICE, Device, Episode, Playback, Track
from bot.views.friends import PlayAlongButton
from bot.views.item_buttons import ADD, go_to_buttons, item_buttons
from bot.views.panel_state import PanelState

# The two states of a toggle share one debounce key.
_TOGGLES = {
    "pause": "playing",
    "resume": "playing",
    "like": "liked",
    "unlike": "liked",
    "shuffle": "shuffle",
    "repeat": "repeat",
}
# Each press of these goes a step further than the one before.
_REPEATABLE = ("next", "previous", "volume", "seek")
# Seconds that the buttons of an episode go back and forward.
_EPISODE_STEP = 15


class PanelButton(
    PersistentButton,
    template=r"panel:(?P<owner>\d{1,20}):"
    r"(?P<action>(?!(?:devices|queue|pins)$)[a-z]+(?: [a-z0-9A-Z:+-]{1,40})?)",
):
    """A control of a panel. `action` is a player action, `like kind:id` or the like, or refresh."""

    def __init__(self, owner: str, action: str, button: ui.Button[Any] | None = None) -> None:
        self.owner = int(owner)
        self.action = action
        verb = action.partition(" ")[0]
        self.debounce_key = _TOGGLES.get(verb)
        self.repeatable = verb in _REPEATABLE
        button = button or ui.Button()
        button.custom_id = f"panel:{owner}:{action}"
        super().__init__(button)


class DevicesButton(PersistentButton, template=r"panel:(?P<owner>\d{1,20}):devices"):
    """Shows the devices of the panel's owner."""

    def __init__(self, owner: str) -> None:
        self.owner = int(owner)
        custom_id = f"panel:{owner}:devices"
        super().__init__(ui.Button(emoji="📱", label="Devices", custom_id=custom_id))


class QueueButton(PersistentButton, template=r"panel:(?P<owner>\d{1,20}):queue"):
    """Shows the queue of the panel's owner."""

    def __init__(self, owner: str) -> None:
        self.owner = int(owner)
        custom_id = f"panel:{owner}:queue"
        super().__init__(ui.Button(emoji="📜", label="Queue", custom_id=custom_id))


class VolumeMenuButton(PersistentButton, template=r"volume:menu:(?P<owner>\d{1,20})"):
    """Shows the volume of the owner's active device, and the menu to change it."""

    def __init__(self, owner: str) -> None:
        self.owner = int(owner)
        custom_id = f"volume:menu:{owner}"
        super().__init__(ui.Button(emoji="🎚️", custom_id=custom_id))


def control_rows(state: PanelState) -> Iterator[list[ui.Item[Any]]]:
    """The rows; a button for something that the player does not allow now is disabled."""
    owner = str(state.owner)
    situation = situation_of(state.playback)
    if situation in (Situation.INACTIVE, Situation.EMPTY):
        # An active device with nothing loaded has nothing to continue.
        resume = [_toggle_button(state)] if situation is Situation.INACTIVE else []
        yield [*resume, DevicesButton(owner), _button(state, "refresh", "🔄")]
        return
    yield _playback_buttons(state)
    yield [*_item_buttons(state), *_volume_buttons(state)]
    link = ui.Button[Any](label="Open in Spotify", url=state.uri.link) if state.uri else None
    yield [
        QueueButton(owner),
        DevicesButton(owner),
        _button(state, "refresh", "🔄"),
        *([link] if link else []),
    ]
    more: list[ui.Item[Any]] = [*go_to_buttons(state.item)]
    if state.name is not None and state.uri is not None:
        more.insert(0, PlayAlongButton(owner))
    if more:
        yield more


def started_controls(owner: int, item: Item | None) -> list[ui.Item[Any]]:
    """The row for what has just been started, of a player that was not read since.

    item  that was started; None for several

    Each press shows the whole panel in the card's place.
    """
    state = PanelState(owner)
    row: list[ui.Item[Any]] = [_pause_button(state), _button(state, "next", "⏭️")]
    if isinstance(item, Track | Episode) and item.uri is not None:
        row += _item_buttons(
            replace(state, playback=Playback(is_playing=True, item_or_unknown=item))
        )
    return [*row, _button(state, "refresh", label="All controls")]


def _playback_buttons(state: PanelState) -> list[ui.Item[Any]]:
    """Play in the middle; around it skip, and shuffle and repeat, or the steps of an episode."""
    previous = _button(state, "previous", "⏮️", disabled=_is_disabled(state, "skipping_prev"))
    following = _button(state, "next", "⏭️", disabled=_is_disabled(state, "skipping_next"))
    middle = [previous, _toggle_button(state), following]
    if isinstance(state.item, Episode):
        disabled = _is_disabled(state, "seeking")
        label = f"{_EPISODE_STEP} s"
        back = _button(state, f"seek -{_EPISODE_STEP}", "⏪", label=label, disabled=disabled)
        forward = _button(state, f"seek +{_EPISODE_STEP}", "⏩", label=label, disabled=disabled)
        return [back, *middle, forward]
    return [_shuffle_button(state), *middle, _repeat_button(state)]


def _device(state: PanelState) -> Device:
    return (state.playback.device if state.playback else None) or UNKNOWN_DEVICE


def _has_no_control(state: PanelState) -> bool:
    return state.playback is None or _device(state).is_restricted


def _is_disabled(state: PanelState, *actions: str) -> bool:
    """Whether the player does not allow one of these actions of Spotify now."""
    playback = state.playback
    disallows = playback.actions.disallows if playback and playback.actions else {}
    return _has_no_control(state) or any(disallows.get(action) for action in actions)


def _toggle_button(state: PanelState) -> PanelButton:
    # Spotify always disallows pausing or resuming, and updates that late after a press.
    both = all(_is_disabled(state, action) for action in ("pausing", "resuming"))
    if state.playback and state.playback.is_playing:
        return _pause_button(state, disabled=both)
    disabled = both and state.playback is not None
    return _button(state, "resume", "▶️", style=discord.ButtonStyle.primary, disabled=disabled)


def _pause_button(state: PanelState, *, disabled: bool = False) -> PanelButton:
    style = discord.ButtonStyle.primary
    return _button(state, "pause", "⏸️", style=style, disabled=disabled)


def _shuffle_button(state: PanelState) -> PanelButton:
    shuffled = bool(state.playback and state.playback.shuffle_state)
    action = f"shuffle {'off' if shuffled else 'on'}"
    disabled = _is_disabled(state, "toggling_shuffle")
    return _button(state, action, "🔀", on=shuffled, disabled=disabled)


def _repeat_button(state: PanelState) -> PanelButton:
    repeat = (state.playback.repeat_state if state.playback else None) or "off"
    following = NEXT_REPEAT.get(repeat, "context")
    modes = {"context": ("context",), "track": ("context", "track"), "off": ("track",)}[following]
    return _button(
        state,
        f"repeat {following}",
        "🔂" if repeat == "track" else "🔁",
        on=repeat != "off",
        disabled=_is_disabled(state, *(f"toggling_repeat_{mode}" for mode in modes)),
    )


def _volume_buttons(state: PanelState) -> list[ui.Item[Any]]:
    device = _device(state)
    volume = device.volume_percent
    no_volume = _has_no_control(state) or device.supports_volume is False or volume is None
    return [
        _button(state, "volume -10", "🔉", disabled=no_volume or volume == 0),
        _button(state, "volume +10", "🔊", disabled=no_volume or volume == 100),
        *([] if no_volume else [VolumeMenuButton(str(state.owner))]),
    ]


def _item_buttons(state: PanelState) -> list[ui.Item[Any]]:
    """Like and add to a playlist; none for something that cannot be saved."""
    uri = state.uri
    if uri is None:
        return []
    (add,) = item_buttons(uri, ADD)
    add.item.emoji = "➕"
    return [_like_button(state), add]


def _like_button(state: PanelState) -> PanelButton:
    uri = state.uri
    assert uri is not None
    if state.liked:
        return _button(state, f"unlike {uri.kind}:{uri.id}", "💚", label="Liked", on=True)
    emoji = None if state.liked is None else "🤍"  # no heart claims to know it
    return _button(state, f"like {uri.kind}:{uri.id}", emoji, label="Like")


def _button(
    state: PanelState,
    action: str,
    emoji: str | None = None,
    *,
    label: str | None = None,
    on: bool = False,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> PanelButton:
    style = discord.ButtonStyle.success if on else style
    button: ui.Button[Any] = ui.Button(emoji=emoji, label=label, style=style, disabled=disabled)
    return PanelButton(str(state.owner), action, button)
