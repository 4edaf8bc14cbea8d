"""The now-playing panel: what plays, its cover and progress, and the controls."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ui

from bot.errors.content import UnreadableLink
from bot.player.situation import Situation, situation_of, verb_of
from bot.spotify.models import UNKNOWN_DEVICE
from bot.spotify.uris import Kind, Uri, is_id
from bot.text.escape import safe
from bot.text.items import album_name, byline, playback_line, progress_bar, source, title
from bot.views import cards
from bot.views.devices import device_emoji
from bot.views.item_buttons import PLAY, SAVE, item_buttons
from bot.views.panel_controls import control_rows
from bot.views.panel_state import PanelState
from bot.views.pins import PanelPinSelect, pin_options

_BODY_ID = 110

# The songs after "Next:", and the characters of each name.
_MAX_UPCOMING, _MAX_UPCOMING_NAME = 3, 40
_REPEAT_LABELS = {"context": "Repeat all", "track": "Repeat one"}
_PRIVATE = "**In a private session**\nOthers can’t see what’s playing."
_MAYBE_PRIVATE = (
    "**Spotify doesn’t say whether this is a private session**\nOthers can’t see what’s playing."
)
_NOT_YOURS = "This is someone else’s remote. Use /now for yours."
_LIKE_BUTTON = re.compile(r"panel:\d+:(?:un)?like ([a-z]+:[0-9A-Za-z]{22})")


def render(state: PanelState) -> ui.LayoutView:
    """The panel as a message."""
    rows = [ui.ActionRow[Any](*row) for row in control_rows(state)]
    if state.pins:
        rows.append(ui.ActionRow(PanelPinSelect(str(state.owner), pin_options(state.pins))))
    return cards.container(_body(state), *rows)


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
    kind, _, item_id = text.partition(":")
    if kind not in set(Kind) or not is_id(item_id):
        raise UnreadableLink("malformed button")
    return Uri(Kind(kind), item_id)


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
        album = album_name(item)
        lines += [f"**{title(item)}**", f"{byline(item)} · *{album}*" if album else byline(item)]
        lines.append(progress_bar(playback.progress_ms, item.duration_ms))
    else:
        lines.append(_empty_state(state))
    lines += [_small(*_player_parts(state)), _upcoming_line(state), _small(*_source_parts(state))]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(filter(None, lines)), id=_BODY_ID)
    return cards.with_cover(text, item)


def _small(*parts: str) -> str:
    """A line in small print; empty without a part."""
    return f"-# {' · '.join(shown)}" if (shown := [part for part in parts if part]) else ""


def _upcoming_line(state: PanelState) -> str:
    if state.name is not None:
        return ""
    names = [safe(item.name, _MAX_UPCOMING_NAME) for item in state.upcoming[:_MAX_UPCOMING]]
    return f"-# Next: {' · '.join(filter(None, names))}" if any(names) else ""


def _heading(state: PanelState) -> str:
    """The owner's name, and the status unless the rest says the same."""
    status = state.status
    if status and any(part.startswith(status) for part in _player_parts(state, plain=True)):
        status = ""
    return _small(f"**{safe(state.name)}**’s remote" if state.name else "", status)


def _source_parts(state: PanelState) -> list[str]:
    """Where the item is from, and when the panel was updated."""
    parts = [source(state.item)] if state.item else []
    if state.updated_at is not None:
        # A live panel says how long ago it was updated, which stays true even if the bot stops.
        # A panel that will not refresh itself says the time.
        style = "R" if state.live else "t"
        parts.append(f"Updated <t:{int(state.updated_at)}:{style}>")
    return parts


def _empty_state(state: PanelState) -> str:
    """The text instead of a track or an episode."""
    playback = state.playback
    if state.hides_item:
        return _PRIVATE if playback and playback.is_private else _MAYBE_PRIVATE
    if playback is None:
        return "**Nothing is playing**\nStart something with /play, or choose a device."
    device = playback.device
    on = f" on {safe(device.name)}" if device and device.name else ""
    match situation_of(playback):
        case Situation.AD:
            return f"**An ad is {verb_of(playback)}{on}**\nMusic continues after it."
        case Situation.UNKNOWN:
            return f"**Spotify doesn’t say what is playing{on}**\nCheck again in a minute."
        case Situation.HIDDEN:
            return f"**Something is {verb_of(playback)}{on}**\nSpotify doesn’t show it to apps."
    return f"**Nothing is playing{on}**\nStart something with /play."


def _player_parts(state: PanelState, *, plain: bool = False) -> list[str]:
    """Where it plays, the volume, and the modes that are on; `plain`: in the words of a status."""
    playback = state.playback
    if playback is None:
        return []
    device = playback.device or UNKNOWN_DEVICE
    line = playback_line(playback) if state.item else ""
    parts = [
        f"{device_emoji(device.type)} {line}" if line and device.name and not plain else line,
        _volume(device.volume_percent, plain=plain),
        "Shuffled" if playback.shuffle_state else "",
        _REPEAT_LABELS.get(playback.repeat_state or "", ""),
        "Private session" if device.is_private_session and not state.hides_item else "",
        "This device can’t be controlled from here" if device.is_restricted else "",
    ]
    return [part for part in parts if part]


def _volume(percent: int | None, *, plain: bool) -> str:
    if percent is None:
        return ""
    return f"Volume {percent}%" if plain else f"{'🔊' if percent else '🔇'} {percent}%"
