"""The message of /help: the commands by task, and what Spotify does not allow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import discord
from discord import ui

from bot.views.cards import GREEN


@dataclass(frozen=True)
class HelpSection:
    """A task, its commands, and a hint that their descriptions do not give."""

    title: str
    commands: tuple[str, ...]
    text: str


SECTIONS = (
    HelpSection(
        "Play",
        (
            *("play", "pause", "resume", "next", "previous", "restart", "seek", "volume"),
            *("shuffle", "repeat", "devices", "sleep"),
        ),
        "/play takes a name, a link, or one of your playlists. Alone, it continues where you left "
        "off. Pick a device with `on:` or in /devices.",
    ),
    HelpSection(
        "Find",
        ("search", "recent", "top"),
        "Use the buttons below a list to play, queue, save, share or add to a playlist.",
    ),
    HelpSection(
        "Queue",
        ("queue show", "queue add"),
        "/queue add takes several links at once. With `now:` it skips to them.",
    ),
    HelpSection(
        "Playlists",
        (
            *("playlist list", "playlist show", "playlist create", "playlist default"),
            "playlist pin",
        ),
        "Names complete as you type, and links work too. Pins come first in /play, and are a menu "
        "on the panel.",
    ),
    HelpSection(
        "Edit playlists",
        (
            *("playlist add", "playlist remove", "playlist tidy", "playlist rename"),
            *("playlist describe", "playlist visibility", "playlist delete"),
        ),
        "You see what’s already in it before songs are added. /playlist tidy finds duplicates.",
    ),
    HelpSection(
        "Library",
        (
            *("saved", "save", "unsave", "undo", "export", "import", "backup every"),
            "backup diff",
        ),
        "Save what’s playing, or links. Get your library as a file, now or regularly.",
    ),
    HelpSection(
        "Control",
        ("now",),
        "Shows what’s playing, with buttons. If you share it, others can see it but not press.",
    ),
    HelpSection(
        "Set up",
        ("link", "settings", "account", "setup", "unlink", "privacy", "help"),
        "Link your account, choose who sees your replies, and see what is stored about you.",
    ),
)
# The bot's owner uses these. Discord hides them from most people, and /help does not list them.
OPERATOR_COMMANDS = ("usage",)

MENUS = {
    discord.AppCommandType.message: "Right-click or hold a message, then *Apps*: {entries}.",
    discord.AppCommandType.user: "The same works on a person who allows it in /settings: {entries}",
}

_LIMITS = (
    "### What Spotify doesn’t allow\n"
    "- **Without Premium**, you can’t play music from here. Everything else works.\n"
    "- **The queue**: apps can add and skip, but not reorder, remove or clear.\n"
    "- **A closed Spotify**: Tonearm can’t open it for you. Open it on a device first.\n"
    "- **Jam, playlist folders and lyrics** work only in Spotify’s own apps.\n"
    "- **Voice channels**: Spotify forbids playing one account to several people, so music comes "
    "from your own devices."
)


def help_card(
    names: Collection[str],
    menus: Mapping[discord.AppCommandType, Collection[str]],
) -> ui.LayoutView:
    """The message for the registered commands (`names`) and menu entries."""
    lines = ["### What Tonearm does"]
    lines += [_section(section, names) for section in SECTIONS]
    lines += [_menu(kind, menus.get(kind, ())) for kind in MENUS if menus.get(kind)]
    view = ui.LayoutView(timeout=None)
    view.add_item(
        ui.Container(
            ui.TextDisplay("\n".join(lines)),
            ui.Separator(),
            ui.TextDisplay(_LIMITS),
            accent_colour=GREEN,
        )
    )
    return view


def _section(section: HelpSection, names: Collection[str]) -> str:
    commands = " ".join(f"/{name}" for name in section.commands if name in names)
    return f"**{section.title}** {commands}\n-# {section.text}"


def _menu(kind: discord.AppCommandType, entries: Collection[str]) -> str:
    return MENUS[kind].format(entries=", ".join(f"**{name}**" for name in entries))
