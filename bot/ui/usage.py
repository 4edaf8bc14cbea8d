"""What /usage says: calls to Spotify, and what it still allows."""

from __future__ import annotations

from collections.abc import Sequence

from bot.quota import Spending, Usage

_GROUPS = {
    "search": "Search",
    "catalogue": "Catalogue",
    "profile": "Profile",
    "playback": "Player, looking",
    "control": "Player, commands",
    "library": "Library",
    "playlists": "Playlists",
}


def says(spending: Spending) -> str:
    """A line for each group of endpoints; apps that people brought are added up, unnamed."""
    ours = [used for used in spending.usage if not used.brought]
    brought = [used for used in spending.usage if used.brought]
    lines = ["### Calls to Spotify in the last 24 hours"]
    lines += [_line(used) for used in ours] or ["None yet."]
    if spending.slow_until is not None:
        lines.append(
            "Spotify found this app too fast, so Tonearm goes slowly until "
            f"<t:{int(spending.slow_until)}:t>."
        )
    if brought:
        lines.append(_together(brought))
    lines.append(
        "-# Spotify does not publish its quota. Exports and completion may spend "
        f"{spending.share:,} calls a day of each kind, of the {spending.daily:,} that "
        "SPOTIFY_DAILY_CALLS expects."
    )
    return "\n".join(lines)


def _together(brought: Sequence[Usage]) -> str:
    calls = sum(used.commands + used.background for used in brought)
    line = f"Apps that people brought: **{calls:,}**"
    times = [used.until for used in brought if used.until is not None]
    if times:
        line += f". Some are used up, the last of them opens again <t:{int(max(times))}:R>"
    return line


def _line(used: Usage) -> str:
    line = f"{_GROUPS[used.group]}: **{used.commands + used.background:,}**"
    if used.background:
        line += f", {used.background:,} of them in the background"
    if used.until is not None:
        line += f". Used up: Spotify takes calls again <t:{int(used.until)}:R>"
    return line
