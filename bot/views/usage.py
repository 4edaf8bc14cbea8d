"""The message of /usage: calls to Spotify in the last day, and used-up quotas."""

from __future__ import annotations

from collections.abc import Sequence

from bot.accounts.quota import GroupUsage, UsageReport

_GROUPS = {
    "search": "Search",
    "catalogue": "Catalogue",
    "profile": "Profile",
    "playback": "Player, reads",
    "control": "Player, commands",
    "library": "Library",
    "playlists": "Playlists",
}


def usage_message(report: UsageReport) -> str:
    """A line for each group of endpoints; the apps of users are added up and not named."""
    own = [group for group in report.usage if not group.user_owned]
    users = [group for group in report.usage if group.user_owned]
    lines = ["### Calls to Spotify, last 24 hours"]
    lines += [_line(group) for group in own] or ["None yet."]
    if report.throttled_until is not None:
        lines.append(
            "Spotify asked us to slow down; going slowly until "
            f"<t:{int(report.throttled_until)}:t>."
        )
    if users:
        lines.append(_user_apps_line(users))
    lines.append(
        "-# Spotify doesn’t publish its quota. Exports and autocomplete may use "
        f"{report.background_limit:,} calls a day of each kind, of the "
        f"{report.daily_limit:,} that SPOTIFY_DAILY_CALLS expects."
    )
    return "\n".join(lines)


def _user_apps_line(groups: Sequence[GroupUsage]) -> str:
    calls = sum(group.commands + group.background for group in groups)
    line = f"Apps that people brought: **{calls:,}**"
    times = [group.exhausted_until for group in groups if group.exhausted_until is not None]
    if times:
        line += f". Some are used up, the last of them opens again <t:{int(max(times))}:R>"
    return line


def _line(group: GroupUsage) -> str:
    line = f"{_GROUPS[group.group]}: **{group.commands + group.background:,}**"
    if group.background:
        line += f", {group.background:,} of them in the background"
    if group.exhausted_until is not None:
        line += f". Used up: Spotify accepts calls again <t:{int(group.exhausted_until)}:R>"
    return line
