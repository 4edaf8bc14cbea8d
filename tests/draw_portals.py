"""`make portals`: draws docs/portals/*.svg, sketches of the developers' pages of both services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "portals"

# Pixels.
WIDTH, MARGIN, LINE = 520, 20, 18
_FIELD, _BUTTON = 30, 28
_CHARACTER = 8  # the average width of bold text at 13 px
_BADGE_X = WIDTH - 22

# A picture in a page gets the colours of the reader's system; each colour is readable on `paper`.
_STYLE = """
svg{--paper:#fff;--ink:#1c1e21;--dim:#5c6168;--line:#c4c8ce;--fill:#f1f2f4;--mark:#0b6b36;--on:#fff}
@media(prefers-color-scheme:dark){svg{--paper:#1e1f22;--ink:#f0f1f3;--dim:#abb0b8;--line:#4c5057;
--fill:#2b2d31;--mark:#4fd88a;--on:#0c1a12}}
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.dim{fill:var(--dim);font-size:12px}.bold{font-weight:600}.on{fill:var(--on);font-weight:600}
.paper{fill:var(--paper);stroke:var(--line)}.box{fill:var(--fill);stroke:var(--line)}
.badge{fill:var(--mark)}.tick{fill:none;stroke:var(--mark);stroke-width:2.2}
.ring{fill:none;stroke:var(--mark);stroke-width:2}.rule{stroke:var(--line)}
"""


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Tabs:
    """Names of pages; `current` is the one that is open."""

    names: Sequence[str]
    current: str


@dataclass(frozen=True)
class Field:
    """A label with a box below it; `step` is the number of the instruction, `button` beside it."""

    label: str
    value: str
    step: int = 0
    button: str = ""


@dataclass(frozen=True)
class Box:
    """A box to tick."""

    label: str
    ticked: bool
    step: int = 0


@dataclass(frozen=True)
class Button:
    label: str
    step: int = 0


Part = Heading | Tabs | Field | Box | Button

_DISCORD_PAGES = ("General Information", "Installation", "OAuth2", "Bot")
_SPOTIFY_PAGES = ("Basic Information", "User Management")

# The name of a file → the address at the top of the page, and what is on it.
SKETCHES: dict[str, tuple[str, Sequence[Part]]] = {
    "spotify-1-create": (
        "developer.spotify.com/dashboard",
        [
            Button("Create app", 1),
            Heading("Create app"),
            Field("App name", "Tonearm", 2),
            Field("App description", "A remote for my friends and me", 2),
        ],
    ),
    "spotify-2-redirect": (
        "developer.spotify.com/dashboard/create",
        [
            Field("Redirect URIs", "https://music.example.org/callback", 3, "Add"),
            Field("Added", "https://music.example.org/callback"),
        ],
    ),
    "spotify-3-web-api": (
        "developer.spotify.com/dashboard/create",
        [
            Heading("Which API/SDKs are you planning to use?"),
            Box("Web API", ticked=True, step=4),
            Box("Web Playback SDK", ticked=False),
            Box("Android", ticked=False),
            Box("iOS", ticked=False),
            Button("Save", 5),
        ],
    ),
    "spotify-4-id": (
        "developer.spotify.com/dashboard › Tonearm › Settings",
        [
            Tabs(_SPOTIFY_PAGES, "Basic Information"),
            Field("Client ID", "0123456789abcdef0123456789abcdef", 6),
            Button("View client secret", 7),
        ],
    ),
    "spotify-5-users": (
        "developer.spotify.com/dashboard › Tonearm › Settings",
        [
            Tabs(_SPOTIFY_PAGES, "User Management"),
            Field("Full name", "Ada", 8),
            Field("Email", "ada@example.org", 8, "Add user"),
        ],
    ),
    "discord-1-create": (
        "discord.com/developers/applications",
        [
            Button("New Application", 1),
            Heading("Create an application"),
            Field("Name", "Tonearm", 2),
            Button("Create", 2),
        ],
    ),
    "discord-2-installation": (
        "discord.com/developers/applications › Tonearm",
        [
            Tabs(_DISCORD_PAGES, "Installation"),
            Heading("Installation Contexts"),
            Box("User Install", ticked=True, step=3),
            Box("Guild Install", ticked=True, step=3),
            Field("Install Link", "None", 4),
            Heading("Default Install Settings"),
            Field("Guild Install: Scopes", "applications.commands   bot", 5),
            Button("Save Changes", 6),
        ],
    ),
    "discord-3-oauth2": (
        "discord.com/developers/applications › Tonearm",
        [
            Tabs(_DISCORD_PAGES, "OAuth2"),
            Field("Client Secret", "••••••••••••••••", 7, "Reset Secret"),
            Field("Redirects", "https://music.example.org/discord", 8),
            Button("Save Changes", 8),
        ],
    ),
    "discord-4-bot": (
        "discord.com/developers/applications › Tonearm",
        [
            Tabs(_DISCORD_PAGES, "Bot"),
            Field("Token", "••••••••••••••••", 9, "Reset Token"),
            Heading("Authorization Flow"),
            Box("Public Bot", ticked=False, step=10),
            Heading("Privileged Gateway Intents"),
            Box("Presence Intent", ticked=False, step=11),
            Box("Server Members Intent", ticked=False, step=11),
            Box("Message Content Intent", ticked=False, step=11),
        ],
    ),
}


def draw(address: str, parts: Sequence[Part]) -> str:
    """The SVG of a page."""
    drawn, y = [_text(MARGIN, 26, address, "dim"), _rule(40)], 54
    for part in parts:
        drawn += _draw_part(part, y)
        y += _height(part)
    height = y + 8
    paper = f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}"><style>{_STYLE}</style>\n{paper}\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _height(part: Part) -> int:
    match part:
        case Field():
            return LINE + _FIELD + 14
        case Button():
            return _BUTTON + 14
        case Tabs():
            return 40
        case _:
            return 28


def _draw_part(part: Part, y: int) -> Iterator[str]:
    match part:
        case Heading(text):
            yield _text(MARGIN, y + 14, text, "bold")
        case Tabs(names, current):
            x = float(MARGIN)
            for name in names:
                width = len(name) * _CHARACTER
                yield _text(x, y + 14, name, "bold" if name == current else "dim")
                if name == current:
                    yield f'<path class="tick" d="M{x:.0f} {y + 23}h{width:.0f}"/>'
                x += width + 24
        case Field(label, value, step, button):
            yield _text(MARGIN, y + 12, label, "dim")
            beside = len(button) * _CHARACTER + 28 if button else 0
            width = _BADGE_X - 22 - MARGIN - (beside + 8 if button else 0)
            yield _frame(MARGIN, y + LINE, width, _FIELD, "box")
            yield _text(MARGIN + 10, y + LINE + 20, value)
            if button:
                yield from _button(MARGIN + width + 8, y + LINE + 1, button, is_marked=True)
            elif step:
                yield _frame(MARGIN, y + LINE, width, _FIELD, "ring")
            yield from _badge(step, y + LINE + _FIELD // 2)
        case Box(label, ticked, step):
            yield _frame(MARGIN, y + 2, 16, 16, "ring" if step else "box")
            if ticked:
                yield f'<path class="tick" d="M{MARGIN + 3.5} {y + 10.5}l3.5 3.5l6-7.5"/>'
            yield _text(MARGIN + 26, y + 15, label)
            yield from _badge(step, y + 10)
        case Button(label, step):
            yield from _button(MARGIN, y, label, is_marked=bool(step))
            yield from _badge(step, y + _BUTTON // 2)


def _button(x: float, y: float, label: str, *, is_marked: bool) -> Iterator[str]:
    width = len(label) * _CHARACTER + 28
    yield _frame(x, y, width, _BUTTON, "box")
    if is_marked:
        yield _frame(x, y, width, _BUTTON, "ring")
    yield _text(x + width / 2, y + 18.5, label, "bold", anchor="middle")


def _badge(step: int, y: float) -> Iterator[str]:
    if step:
        yield f'<circle class="badge" cx="{_BADGE_X}" cy="{y}" r="12"/>'
        yield _text(_BADGE_X, y + 4.5, str(step), "on", anchor="middle")


def _frame(x: float, y: float, width: float, height: float, kind: str) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" rx="4"'
    return f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" {size}/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    place = f'x="{x:.0f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(text, quote=False)}</text>'


def _rule(y: int) -> str:
    return f'<path class="rule" d="M0 {y}.5h{WIDTH}"/>'


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, (address, parts) in SKETCHES.items():
        (FOLDER / f"{name}.svg").write_text(draw(address, parts))


if __name__ == "__main__":
    main()
