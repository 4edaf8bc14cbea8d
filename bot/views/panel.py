"""The now-playing panel: what plays, its cover and progress, and the controls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.player.actions import NEXT_REPEAT
from bot.player.situation import Situation, situation_of, verb_of
from bot.spotify.links import find_links
from bot.spotify.models import UNKNOWN_DEVICE, Playable, Playback
from bot.spotify.uris import Uri
from bot.text.escape import safe
from bot.text.items import album_name, byline, playback_line, progress_bar, title
from bot.views import cards
from bot.views.friends import PlayAlongButton
from bot.views.item_buttons import PLAY, SAVE, item_buttons

_BODY_ID = 110

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
_REPEATABLE = ("next", "previous", "volume")

_REPEAT_LABELS = {"context": "Repeat all", "track": "Repeat one"}
_NOT_YOURS = "This is somebody else’s remote. Use /now for yours."
_LIKE_BUTTON = re.compile(r"panel:\d+:(?:un)?like ([a-z]+:[0-9A-Za-z]{22})")


@dataclass(frozen=True)
class PanelState:
    """What a panel shows.

    owner       the Discord ID of the user whose player it is
    name        of the owner, if others see the panel, too
    playback    None if no device is active
    liked       whether the item is saved; None if that is unknown, or if it cannot be saved
    updated_at  when the player was in this state, in seconds since 1970
    live        the panel will refresh itself
    status      what an action has just done; markdown that is safe to show
    """

    owner: int
    name: str | None = None
    playback: Playback | None = None
    liked: bool | None = None
    updated_at: float | None = None
    live: bool = False
    status: str = ""

    @property
    def hides_item(self) -> bool:
        """Whether others see the panel while its owner is in a private session."""
        device = self.playback.device if self.playback else None
        return self.name is not None and device is not None and device.is_private_session

    @property
    def item(self) -> Playable | None:
        """What plays; None if Spotify does not tell it, or if the panel must not show it."""
        return self.playback.item if self.playback and not self.hides_item else None

    @property
    def uri(self) -> Uri | None:
        """Of what plays; a local file has none."""
        return self.item.uri if self.item else None


class PanelButton(
    PersistentButton,
    template=r"panel:(?P<owner>\d{1,20}):"
    r"(?P<action>(?!(?:devices|queue)$)[a-z]+(?: [a-z0-9A-Z:+-]{1,40})?)",
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


def render(state: PanelState) -> ui.LayoutView:
    """The panel as a message."""
    return cards.container(_body(state), *(ui.ActionRow[Any](*row) for row in _rows(state)))


def visitor_card(message: discord.Message | None) -> ui.LayoutView:
    """For a user who presses another user's panel: its text, and buttons for its item.

    It needs no call to Spotify.
    """
    uri = item_of_message(message)
    rows = [ui.ActionRow[Any](*item_buttons(uri, PLAY, SAVE))] if uri else []
    return cards.container(_NOT_YOURS, *_read_body(message), *rows)


def item_of_message(message: discord.Message | None) -> Uri | None:
    """The item that the panel in a message shows, from its like button."""
    for custom_id in cards.custom_ids(message.components if message else ()):
        if match := _LIKE_BUTTON.fullmatch(custom_id):
            return parse_uri(match[1])
    return None


def parse_uri(text: str) -> Uri:
    """From `kind:id`, as in a like button. Raises UnreadableLink."""
    (uri,) = find_links(f"spotify:{text}")
    assert isinstance(uri, Uri)
    return uri


def _read_body(message: discord.Message | None) -> list[ui.Item[Any]]:
    """The text and cover of the panel in a message; empty if it has none."""
    text = cards.layout_of(message).find_item(_BODY_ID)
    if not isinstance(text, ui.TextDisplay):
        return []
    copy: ui.TextDisplay[Any] = ui.TextDisplay(text.content)
    if isinstance(text.parent, ui.Section) and isinstance(text.parent.accessory, ui.Thumbnail):
        return [ui.Section(copy, accessory=ui.Thumbnail(text.parent.accessory.media))]
    return [copy]


def _body(state: PanelState) -> ui.Item[Any]:
    playback, item = state.playback, state.item
    lines = [_heading(state)]
    if playback and item:
        lines += [f"**{title(item)}**", byline(item)]
        lines += [progress_bar(playback.progress_ms, item.duration_ms), _settings_line(state)]
        album = album_name(item)
        lines.append(f"-# {album} · On Spotify" if album else "-# On Spotify")
    else:
        lines += [_empty_state(state), _settings_line(state)]
    if state.updated_at is not None:
        # A live panel says how long ago it was updated, which stays true even if the bot stops.
        # A panel that will not refresh itself says the time.
        style = "R" if state.live else "t"
        lines.append(f"-# Updated <t:{int(state.updated_at)}:{style}>")
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(filter(None, lines)), id=_BODY_ID)
    return cards.with_cover(text, item)


def _heading(state: PanelState) -> str:
    """The owner's name, the status unless the rest says the same, and where it plays."""
    line = playback_line(state.playback) if state.playback and state.item else ""
    is_said = line.startswith(state.status) or state.status in _settings(state)
    name = f"**{safe(state.name)}**" if state.name else ""
    parts = [part for part in (name, "" if is_said else state.status, line) if part]
    return f"-# {' · '.join(parts)}" if parts else ""


def _empty_state(state: PanelState) -> str:
    """The text instead of a track or an episode."""
    playback = state.playback
    if state.hides_item:
        return "**In a private session**\nWhat plays is not shown to others."
    if playback is None:
        return "**Nothing is playing**\nStart something with /play, or choose a device."
    device = playback.device
    on = f" on {safe(device.name)}" if device and device.name else ""
    match situation_of(playback):
        case Situation.AD:
            return f"**An ad is playing{on}**\nMusic continues after it."
        case Situation.UNKNOWN:
            return f"**Spotify doesn’t say what is playing{on}**\nCheck again in a minute."
        case Situation.HIDDEN:
            return f"**Something is {verb_of(playback)}{on}**\nSpotify doesn’t show it to apps."
    return f"**Nothing is playing{on}**\nStart something with /play."


def _settings_line(state: PanelState) -> str:
    return f"-# {' · '.join(settings)}" if (settings := _settings(state)) else ""


def _settings(state: PanelState) -> list[str]:
    """The volume, and the modes that are on."""
    playback = state.playback
    if playback is None:
        return []
    device = playback.device or UNKNOWN_DEVICE
    settings = [
        f"Volume {device.volume_percent}%" if device.volume_percent is not None else "",
        "Shuffled" if playback.shuffle_state else "",
        _REPEAT_LABELS.get(playback.repeat_state or "", ""),
        "Private session" if device.is_private_session and not state.hides_item else "",
        "This device can’t be controlled from here" if device.is_restricted else "",
    ]
    return [setting for setting in settings if setting]


def _rows(state: PanelState) -> Iterable[list[PersistentButton]]:
    """The rows; a button for something that the player does not allow now is disabled."""
    playback = state.playback
    device = (playback.device if playback else None) or UNKNOWN_DEVICE
    no_control = playback is None or device.is_restricted
    disallows = playback.actions.disallows if playback and playback.actions else {}

    def disabled(*actions: str) -> bool:
        return no_control or any(disallows.get(action) for action in actions)

    # Spotify always disallows pausing or resuming, and updates that late after a press.
    no_toggle = no_control or all(disallows.get(action) for action in ("pausing", "resuming"))
    if playback and playback.is_playing:
        toggle = _button(state, "pause", "⏸️", disabled=no_toggle)
    else:
        disabled_toggle = no_toggle and playback is not None
        toggle = _button(state, "resume", "▶️", disabled=disabled_toggle)
    shuffled = bool(playback and playback.shuffle_state)
    repeat = (playback.repeat_state if playback else None) or "off"
    next_repeat = NEXT_REPEAT.get(repeat, "context")
    modes = {"context": ("context",), "track": ("context", "track"), "off": ("track",)}[next_repeat]
    volume = device.volume_percent
    no_volume = no_control or device.supports_volume is False or volume is None
    yield [
        _button(state, "previous", "⏮️", disabled=disabled("skipping_prev")),
        toggle,
        _button(state, "next", "⏭️", disabled=disabled("skipping_next")),
        _like_button(state),
    ]
    yield [
        _button(
            state,
            f"shuffle {'off' if shuffled else 'on'}",
            "🔀",
            on=shuffled,
            disabled=disabled("toggling_shuffle"),
        ),
        _button(
            state,
            f"repeat {next_repeat}",
            "🔂" if repeat == "track" else "🔁",
            on=repeat != "off",
            disabled=disabled(*(f"toggling_repeat_{mode}" for mode in modes)),
        ),
        _button(state, "volume -10", "🔉", disabled=no_volume or volume == 0),
        _button(state, "volume +10", "🔊", disabled=no_volume or volume == 100),
    ]
    owner = str(state.owner)
    yield [DevicesButton(owner), QueueButton(owner), _button(state, "refresh", "🔄")]
    if state.name is not None and state.uri is not None:
        yield [PlayAlongButton(owner)]


def _like_button(state: PanelState) -> PanelButton:
    uri = state.uri
    if uri is None:
        return _button(state, "like", "🤍", label="Like", disabled=True)
    if state.liked:
        return _button(state, f"unlike {uri.kind}:{uri.id}", "💚", label="Liked", on=True)
    emoji = "❔" if state.liked is None else "🤍"
    return _button(state, f"like {uri.kind}:{uri.id}", emoji, label="Like")


def _button(
    state: PanelState,
    action: str,
    emoji: str,
    *,
    label: str | None = None,
    on: bool = False,
    disabled: bool = False,
) -> PanelButton:
    style = discord.ButtonStyle.success if on else discord.ButtonStyle.secondary
    button: ui.Button[Any] = ui.Button(emoji=emoji, label=label, style=style, disabled=disabled)
    return PanelButton(str(state.owner), action, button)
