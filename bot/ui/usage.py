"""What /usage says: calls to Spotify, and what it still allows."""

from __future__ import annotations

from collections.abc import Sequence

from bot.quota import Usage

_GROUPS = {
    "search": "Search",
    "catalogue": "Catalogue",
    "profile": "Profile",
    "playback": "Player, looking",
    "control": "Player, commands",
    "library": "Library",
    "playlists": "Playlists",
}


def says(usage: Sequence[Usage], *, daily: int, share: int) -> str:
    """A line for each group of endpoints; apps that people brought are added up, unnamed."""
    ours = [used for used in usage if not used.own]
    own = [used for used in usage if used.own]
    lines = ["### Calls to Spotify in the last 24 hours"]
    lines += [_line(used) for used in ours] or ["None yet."]
    if own:
        calls = sum(used.commands + used.background for used in own)
        used_up = sum(used.until is not None for used in own)
        lines.append(
            f"Apps that people brought: {calls:,}" + (f"; {used_up} used up" * (used_up > 0))
        )
    lines.append(
        f"-# Spotify does not publish its quota. Exports may spend {share:,} calls a day of each "
        f"kind, of the {daily:,} that SPOTIFY_DAILY_CALLS expects."
    )
    return "\n".join(lines)


def _line(used: Usage) -> str:
    line = f"{_GROUPS[used.group]}: **{used.commands + used.background:,}**"
    if used.background:
        line += f", {used.background:,} of them for exports"
    if used.until is not None:
        line += f". Used up: Spotify takes calls again <t:{int(used.until)}:R>"
    return line
