"""What /help says: what there is, by job, and what Spotify does not allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import discord
from discord import ui

from bot.views.cards import GREEN


@dataclass(frozen=True)
class HelpSection:
    """Something that people come for, the commands for it, and what is not plain from them."""

    title: str
    commands: tuple[str, ...]
    text: str


SECTIONS = (
    HelpSection(
        "Play",
        (
            *("play", "pause", "resume", "next", "previous", "restart", "seek", "volume"),
            *("shuffle", "repeat", "devices"),
        ),
        "/play takes words, a link, or one of your playlists by name; alone, it goes on where you "
        "were. Choose a device with `on:` or in /devices.",
    ),
    HelpSection(
        "Find",
        ("search", "recent", "top"),
        "The buttons below a list play, queue, save, share, and add to a playlist.",
    ),
    HelpSection(
        "Queue",
        ("queue show", "queue add"),
        "/queue add takes several links, too, and with `now:` skips to them.",
    ),
    HelpSection(
        "Keep", ("save", "export"), "In your liked songs, and all of these as a file to take home."
    ),
    HelpSection(
        "See",
        ("now",),
        "What plays, with buttons. Others see it if you share it; you alone can press.",
    ),
    HelpSection(
        "Set up",
        ("link", "settings", "account", "setup", "unlink", "privacy", "help"),
        "Who sees your replies, your device and playlist, and what is stored about you.",
    ),
)
# For whoever runs the bot; Discord shows it to few.
OPERATOR_COMMANDS = ("usage",)

MENUS = {
    discord.AppCommandType.message: "Hold a message, or right-click it, then *Apps*: {entries}.",
    discord.AppCommandType.user: "The same with a person who allows it in /settings: {entries}",
}

_LIMITS = (
    "### What Spotify does not allow\n"
    "- **Without Premium**, nothing can be played from here. All else works.\n"
    "- **The queue** can be added to and skipped through. Spotify lets no app reorder it, take "
    "songs out or clear it.\n"
    "- **A closed Spotify** cannot be woken. Open it on a device, then it can be played on.\n"
    "- **Jam, playlist folders and lyrics** are for Spotify’s own apps only.\n"
    "- **Voice channels** stay silent: Spotify forbids playing one account to several people, so "
    "music comes from your own devices."
)


def help_card(
    names: Collection[str],
    menus: Mapping[discord.AppCommandType, Collection[str]],
    mentions: Mapping[str, str],
) -> ui.LayoutView:
    """Of the commands and menus that there are; `mentions` can be pressed."""

    def shown(name: str) -> str:
        return mentions.get(name, f"/{name}")

    lines = ["### What Tonearm does"]
    lines += [_section(job, names, shown) for job in SECTIONS]
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


def _section(job: HelpSection, names: Collection[str], shown: Callable[[str], str]) -> str:
    commands = " ".join(shown(name) for name in job.commands if name in names)
    return f"**{job.title}** {commands}\n-# {job.text}"


def _menu(kind: discord.AppCommandType, entries: Collection[str]) -> str:
    return MENUS[kind].format(entries=", ".join(f"**{name}**" for name in entries))
