"""What /usage says: calls to Spotify, and what it still allows."""

from __future__ import annotations

from collections.abc import Sequence

from bot.accounts.quota import GroupUsage, UsageReport

_GROUPS = {
    "search": "Search",
    "catalogue": "Catalogue",
    "profile": "Profile",
    "playback": "Player, looking",
    "control": "Player, commands",
    "library": "Library",
    "playlists": "Playlists",
}


def usage_message(spending: UsageReport) -> str:
    """A line for each group of endpoints; apps that people brought are added up, unnamed."""
    ours = [used for used in spending.usage if not used.user_owned]
    brought = [used for used in spending.usage if used.user_owned]
    lines = ["### Calls to Spotify in the last 24 hours"]
    lines += [_line(used) for used in ours] or ["None yet."]
    if spending.throttled_until is not None:
        lines.append(
            "Spotify found this app too fast, so Tonearm goes slowly until "
            f"<t:{int(spending.throttled_until)}:t>."
        )
    if brought:
        lines.append(_user_apps_line(brought))
    lines.append(
        "-# Spotify does not publish its quota. Exports and completion may spend "
        f"{spending.background_limit:,} calls a day of each kind, of the "
        f"{spending.daily_limit:,} that SPOTIFY_DAILY_CALLS expects."
    )
    return "\n".join(lines)


def _user_apps_line(brought: Sequence[GroupUsage]) -> str:
    calls = sum(used.commands + used.background for used in brought)
    line = f"Apps that people brought: **{calls:,}**"
    times = [used.exhausted_until for used in brought if used.exhausted_until is not None]
    if times:
        line += f". Some are used up, the last of them opens again <t:{int(max(times))}:R>"
    return line


def _line(used: GroupUsage) -> str:
    line = f"{_GROUPS[used.group]}: **{used.commands + used.background:,}**"
    if used.background:
        line += f", {used.background:,} of them in the background"
    if used.exhausted_until is not None:
        line += f". Used up: Spotify takes calls again <t:{int(used.exhausted_until)}:R>"
    return line
