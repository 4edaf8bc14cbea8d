"""How the panel looks: what plays, how far it is, where, and a button for all one does with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.interactions.persistent import PersistentItem
from bot.player.actions import NEXT_REPEAT
from bot.spotify.models import Device, Playable, Playback
from bot.spotify.uris import Uri
from bot.text import items
from bot.text.escape import safe
from bot.views import cards

_BODY_ID = 110

# Of a button that becomes another when it is pressed, both are one.
_TOGGLES = {
    "pause": "playing",
    "resume": "playing",
    "like": "liked",
    "unlike": "liked",
    "shuffle": "shuffle",
    "repeat": "repeat",
}
# Each press of these goes on from the one before.
_REPEATABLE = ("next", "previous", "volume")

_REPEAT_LABELS = {"context": "Repeating all of it", "track": "Repeating this one"}


@dataclass(frozen=True)
class PanelState:
    """What a panel shows.

    owner  whose player it is: a Discord ID
    name   of the owner, where others see it too
    state  None where nothing is active
    liked  whether what plays is saved; None where nobody knows, or it cannot be
    as_of  when the player was like that, in seconds since 1970
    live   whether it will be drawn again by itself
    note   what was just done, safe to show
    """

    owner: int
    name: str | None = None
    state: Playback | None = None
    liked: bool | None = None
    updated_at: float | None = None
    live: bool = False
    status: str = ""

    @property
    def private(self) -> bool:
        """Whether others see it while its owner is in a private session."""
        device = self.state.device if self.state else None
        return self.name is not None and device is not None and device.is_private_session

    @property
    def item(self) -> Playable | None:
        """What plays, where that can be told and shown."""
        return self.state.item if self.state and not self.private else None

    @property
    def uri(self) -> Uri | None:
        """Of what plays, where it has one."""
        return self.item.uri if self.item else None


class PanelButton(
    PersistentItem[ui.Button[Any]],
    template=r"panel:(?P<owner>\d{1,20}):(?P<act>[a-z]+(?: [a-z0-9A-Z:+-]{1,40})?)",
):
    """A button of a panel: whose it is, and what it does."""

    def __init__(self, owner: str, act: str, button: ui.Button[Any] | None = None) -> None:
        self.owner = int(owner)
        self.action = act
        verb = act.partition(" ")[0]
        self.debounce_key = _TOGGLES.get(verb)
        self.repeatable = verb in _REPEATABLE
        button = button or ui.Button()
        button.custom_id = f"panel:{owner}:{act}"
        super().__init__(button)

    async def on_press(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.panels.on_press(interaction, self.owner, self.action)


def render(shown: PanelState) -> ui.LayoutView:
    """A new view each time: one that is sent again with other items breaks them in discord.py."""
    view = ui.LayoutView(timeout=None)
    rows: list[ui.ActionRow[Any]] = [ui.ActionRow(*row) for row in _rows(shown)]
    view.add_item(ui.Container(*_body(shown), *rows, accent_colour=cards.GREEN))
    return view


def read_body(message: discord.Message | None) -> list[ui.Item[Any]]:
    """What a panel in a message says, without its buttons; empty where there is none."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    text = view.find_item(_BODY_ID)
    if not isinstance(text, ui.TextDisplay):
        return []
    copy: ui.TextDisplay[Any] = ui.TextDisplay(text.content)
    if isinstance(text.parent, ui.Section) and isinstance(text.parent.accessory, ui.Thumbnail):
        return [ui.Section(copy, accessory=ui.Thumbnail(text.parent.accessory.media))]
    return [copy]


def _body(shown: PanelState) -> list[ui.Item[Any]]:
    state, item = shown.state, shown.item
    lines = [_heading(shown)]
    if state and item:
        lines += [f"**{items.title(item)}**", items.byline(item)]
        lines += [items.progress_bar(state.progress_ms, item.duration_ms), _settings_line(shown)]
        part = items.album_name(item)
        lines.append(f"-# {part} · On Spotify" if part else "-# On Spotify")
    else:
        lines += [_empty_state(shown), _settings_line(shown)]
    if shown.updated_at is not None:
        # One that is drawn no more gives the time; until then, how long ago that was stays true
        # even where the bot stops.
        style = "R" if shown.live else "t"
        lines.append(f"-# As of <t:{int(shown.updated_at)}:{style}>")
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(filter(None, lines)), id=_BODY_ID)
    cover = items.cover_url(item) if item else None
    return [ui.Section(text, accessory=ui.Thumbnail(cover)) if cover else text]


def _heading(shown: PanelState) -> str:
    """Whose it is, what was just done unless the rest says it, and where it plays."""
    where = items.playback_line(shown.state) if shown.state and shown.item else ""
    said = where.startswith(shown.status) or shown.status in _settings(shown)
    name = f"**{safe(shown.name)}**" if shown.name else ""
    parts = [part for part in (name, "" if said else shown.status, where) if part]
    return f"-# {' · '.join(parts)}" if parts else ""


def _empty_state(shown: PanelState) -> str:
    """What there is instead of a track or an episode."""
    state = shown.state
    if shown.private:
        return "**In a private session**\nWhat plays is not shown to others."
    if state is None:
        return "**Nothing is playing**\nStart something with /play, or choose a device."
    on = f" on {safe(state.device.name)}" if state.device and state.device.name else ""
    if state.currently_playing_type == "ad":
        return f"**An ad is playing{on}**\nThe music goes on after it."
    if state.is_playing:
        return f"**Something is playing{on}**\nSpotify does not tell apps what it is."
    return f"**Nothing is playing{on}**\nStart something with /play."


def _settings_line(shown: PanelState) -> str:
    told = _settings(shown)
    return f"-# {' · '.join(told)}" if told else ""


def _settings(shown: PanelState) -> list[str]:
    """Volume and modes, as far as they are out of the ordinary or known."""
    state = shown.state
    if state is None:
        return []
    device = state.device or Device()
    told = [
        f"Volume {device.volume_percent}%" if device.volume_percent is not None else "",
        "Shuffled" if state.shuffle_state else "",
        _REPEAT_LABELS.get(state.repeat_state or "", ""),
        "Private session" if device.is_private_session and not shown.private else "",
        "This device takes no commands" if device.is_restricted else "",
    ]
    return [part for part in told if part]


def _rows(shown: PanelState) -> Iterable[list[PanelButton]]:
    """Three rows; what the player does not allow now is off."""
    state = shown.state
    device = (state.device if state else None) or Device()
    stuck = state is None or device.is_restricted
    disallows = state.actions.disallows if state and state.actions else {}

    def forbidden(*actions: str) -> bool:
        return stuck or any(disallows.get(action) for action in actions)

    # One of the two is always disallowed; which one is told late after the other was pressed.
    still = stuck or all(disallows.get(action) for action in ("pausing", "resuming"))
    if state and state.is_playing:
        toggle = _button(shown, "pause", "⏸️", off=still)
    else:
        toggle = _button(shown, "resume", "▶️", off=still and state is not None)
    shuffled = bool(state and state.shuffle_state)
    repeat = (state.repeat_state if state else None) or "off"
    after = NEXT_REPEAT.get(repeat, "context")
    toggles = {"context": ("context",), "track": ("context", "track"), "off": ("track",)}[after]
    silent = stuck or device.supports_volume is False or device.volume_percent is None
    yield [
        _button(shown, "previous", "⏮️", off=forbidden("skipping_prev")),
        toggle,
        _button(shown, "next", "⏭️", off=forbidden("skipping_next")),
        _like(shown),
    ]
    yield [
        _button(
            shown,
            f"shuffle {'off' if shuffled else 'on'}",
            "🔀",
            on=shuffled,
            off=forbidden("toggling_shuffle"),
        ),
        _button(
            shown,
            f"repeat {after}",
            "🔂" if repeat == "track" else "🔁",
            on=repeat != "off",
            off=forbidden(*(f"toggling_repeat_{toggle}" for toggle in toggles)),
        ),
        _button(shown, "volume -10", "🔉", off=silent or device.volume_percent == 0),
        _button(shown, "volume +10", "🔊", off=silent or device.volume_percent == 100),
    ]
    yield [
        _button(shown, "devices", "📱", label="Devices"),
        _button(shown, "queue", "📜", label="Queue"),
        _button(shown, "refresh", "🔄"),
    ]


def _like(shown: PanelState) -> PanelButton:
    uri = shown.uri
    if uri is None:
        return _button(shown, "like", "🤍", label="Like", off=True)
    if shown.liked:
        return _button(shown, f"unlike {uri.kind}:{uri.id}", "💚", label="Liked", on=True)
    unknown = shown.liked is None
    return _button(shown, f"like {uri.kind}:{uri.id}", "❔" if unknown else "🤍", label="Like")


def _button(
    shown: PanelState,
    act: str,
    emoji: str,
    *,
    label: str | None = None,
    on: bool = False,
    off: bool = False,
) -> PanelButton:
    style = discord.ButtonStyle.success if on else discord.ButtonStyle.secondary
    button: ui.Button[Any] = ui.Button(emoji=emoji, label=label, style=style, disabled=off)
    return PanelButton(str(shown.owner), act, button)
