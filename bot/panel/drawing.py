"""How the panel looks: what plays, how far it is, where, and a button for all one does with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.remote.deeds import NEXT_REPEAT
from bot.spotify.models import Device, Playable, Playback
from bot.spotify.uris import Uri
from bot.ui import cards
from bot.ui.lasting import Lasting
from bot.ui.text import safe

_BODY_ID = 110

# Of a button that becomes another when it is pressed, both are one.
_HALVES = {
    "pause": "playing",
    "resume": "playing",
    "like": "liked",
    "unlike": "liked",
    "shuffle": "shuffle",
    "repeat": "repeat",
}
# Each press of these goes on from the one before.
_STEPS = ("next", "previous", "volume")

_REPEATED = {"context": "Repeating all of it", "track": "Repeating this one"}


@dataclass(frozen=True)
class Shown:
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
    as_of: float | None = None
    live: bool = False
    note: str = ""

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


class Press(
    Lasting[ui.Button[Any]],
    template=r"panel:(?P<owner>\d{1,20}):(?P<act>[a-z]+(?: [a-z0-9A-Z:+-]{1,40})?)",
):
    """A button of a panel: whose it is, and what it does."""

    def __init__(self, owner: str, act: str, button: ui.Button[Any] | None = None) -> None:
        self.owner = int(owner)
        self.act = act
        verb = act.partition(" ")[0]
        self.half = _HALVES.get(verb)
        self.steps = verb in _STEPS
        button = button or ui.Button()
        button.custom_id = f"panel:{owner}:{act}"
        super().__init__(button)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.panels.pressed(interaction, self.owner, self.act)


def draw(shown: Shown) -> ui.LayoutView:
    """A new view each time: one that is sent again with other items breaks them in discord.py."""
    view = ui.LayoutView(timeout=None)
    rows: list[ui.ActionRow[Any]] = [ui.ActionRow(*row) for row in _rows(shown)]
    view.add_item(ui.Container(*_body(shown), *rows, accent_colour=cards.GREEN))
    return view


def body_of(message: discord.Message | None) -> list[ui.Item[Any]]:
    """What a panel in a message says, without its buttons; empty where there is none."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    text = view.find_item(_BODY_ID)
    if not isinstance(text, ui.TextDisplay):
        return []
    copy: ui.TextDisplay[Any] = ui.TextDisplay(text.content)
    if isinstance(text.parent, ui.Section) and isinstance(text.parent.accessory, ui.Thumbnail):
        return [ui.Section(copy, accessory=ui.Thumbnail(text.parent.accessory.media))]
    return [copy]


def _body(shown: Shown) -> list[ui.Item[Any]]:
    state, item = shown.state, shown.item
    lines = [_heading(shown)]
    if state and item:
        lines += [f"**{cards.title(item)}**", cards.byline(item)]
        lines += [cards.progress(state.progress_ms, item.duration_ms), _setting(shown)]
        part = cards.part_of(item)
        lines.append(f"-# {part} · On Spotify" if part else "-# On Spotify")
    else:
        lines += [_nothing(shown), _setting(shown)]
    if shown.as_of is not None:
        # One that is drawn no more gives the time; until then, how long ago that was stays true
        # even where the bot stops.
        style = "R" if shown.live else "t"
        lines.append(f"-# As of <t:{int(shown.as_of)}:{style}>")
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(filter(None, lines)), id=_BODY_ID)
    cover = cards.art(item) if item else None
    return [ui.Section(text, accessory=ui.Thumbnail(cover)) if cover else text]


def _heading(shown: Shown) -> str:
    """Whose it is, what was just done unless the rest says it, and where it plays."""
    where = cards.where(shown.state) if shown.state and shown.item else ""
    said = where.startswith(shown.note) or shown.note in _settings(shown)
    name = f"**{safe(shown.name)}**" if shown.name else ""
    parts = [part for part in (name, "" if said else shown.note, where) if part]
    return f"-# {' · '.join(parts)}" if parts else ""


def _nothing(shown: Shown) -> str:
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


def _setting(shown: Shown) -> str:
    told = _settings(shown)
    return f"-# {' · '.join(told)}" if told else ""


def _settings(shown: Shown) -> list[str]:
    """Volume and modes, as far as they are out of the ordinary or known."""
    state = shown.state
    if state is None:
        return []
    device = state.device or Device()
    told = [
        f"Volume {device.volume_percent}%" if device.volume_percent is not None else "",
        "Shuffled" if state.shuffle_state else "",
        _REPEATED.get(state.repeat_state or "", ""),
        "Private session" if device.is_private_session and not shown.private else "",
        "This device takes no commands" if device.is_restricted else "",
    ]
    return [part for part in told if part]


def _rows(shown: Shown) -> Iterable[list[Press]]:
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
        toggle = _press(shown, "pause", "⏸️", off=still)
    else:
        toggle = _press(shown, "resume", "▶️", off=still and state is not None)
    shuffled = bool(state and state.shuffle_state)
    repeat = (state.repeat_state if state else None) or "off"
    after = NEXT_REPEAT.get(repeat, "context")
    toggles = {"context": ("context",), "track": ("context", "track"), "off": ("track",)}[after]
    silent = stuck or device.supports_volume is False or device.volume_percent is None
    yield [
        _press(shown, "previous", "⏮️", off=forbidden("skipping_prev")),
        toggle,
        _press(shown, "next", "⏭️", off=forbidden("skipping_next")),
        _like(shown),
    ]
    yield [
        _press(
            shown,
            f"shuffle {'off' if shuffled else 'on'}",
            "🔀",
            on=shuffled,
            off=forbidden("toggling_shuffle"),
        ),
        _press(
            shown,
            f"repeat {after}",
            "🔂" if repeat == "track" else "🔁",
            on=repeat != "off",
            off=forbidden(*(f"toggling_repeat_{toggle}" for toggle in toggles)),
        ),
        _press(shown, "volume -10", "🔉", off=silent or device.volume_percent == 0),
        _press(shown, "volume +10", "🔊", off=silent or device.volume_percent == 100),
    ]
    yield [
        _press(shown, "devices", "📱", label="Devices"),
        _press(shown, "queue", "📜", label="Queue"),
        _press(shown, "refresh", "🔄"),
    ]


def _like(shown: Shown) -> Press:
    uri = shown.uri
    if uri is None:
        return _press(shown, "like", "🤍", label="Like", off=True)
    if shown.liked:
        return _press(shown, f"unlike {uri.kind}:{uri.id}", "💚", label="Liked", on=True)
    unknown = shown.liked is None
    return _press(shown, f"like {uri.kind}:{uri.id}", "❔" if unknown else "🤍", label="Like")


def _press(
    shown: Shown,
    act: str,
    emoji: str,
    *,
    label: str | None = None,
    on: bool = False,
    off: bool = False,
) -> Press:
    style = discord.ButtonStyle.success if on else discord.ButtonStyle.secondary
    button: ui.Button[Any] = ui.Button(emoji=emoji, label=label, style=style, disabled=off)
    return Press(str(shown.owner), act, button)
