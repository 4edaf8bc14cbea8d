"""The message of /usage: calls to Spotify in the last day as bars, and used-up quotas."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.accounts.quota import GroupUsage, UsageReport
from bot.text.items import bar
from bot.views import cards

_GROUPS = {
    "search": "Search",
    "catalogue": "Catalogue",
    "profile": "Profile",
    "playback": "Player, reads",
    "control": "Player, commands",
    "library": "Library",
    "playlists": "Playlists",
}


def usage_card(report: UsageReport, *, linked_accounts: int, started_at: float) -> ui.LayoutView:
    """A bar for each group of endpoints; the apps of users are added up and not named.

    `started_at` is in seconds since 1970.
    """
    own = [group for group in report.usage if not group.user_owned]
    users = [group for group in report.usage if group.user_owned]
    lines = ["### Calls to Spotify, last 24 hours"]
    lines += [_line(group, report.daily_limit) for group in own] or ["None yet."]
    if report.throttled_until is not None:
        lines.append(
            "⚠️ Spotify asked us to slow down; going slowly until "
            f"<t:{int(report.throttled_until)}:t>."
        )
    if users:
        lines.append(_user_apps_line(users))
    return cards.container(
        "\n".join(lines),
        ui.Separator(),
        f"-# {linked_accounts:,} {'person' if linked_accounts == 1 else 'people'} linked · "
        f"started <t:{int(started_at)}:R>\n"
        "-# Spotify doesn’t publish its limits: about "
        f"{report.daily_limit:,} is what SPOTIFY_DAILY_CALLS expects. Exports and autocomplete "
        f"may use {report.background_limit:,} of them.",
    )


def _user_apps_line(groups: Sequence[GroupUsage]) -> str:
    calls = sum(group.commands + group.background for group in groups)
    line = f"**{calls:,}** · Apps that people brought"
    times = [group.exhausted_until for group in groups if group.exhausted_until is not None]
    if times:
        line += f"\n-# ⚠️ Some are used up. The last of them opens again <t:{int(max(times))}:R>."
    return line


def _line(group: GroupUsage, daily_limit: int) -> str:
    calls = group.commands + group.background
    line = (
        f"`{bar(calls, daily_limit)}` **{calls:,}** of about {daily_limit:,} · "
        f"{_GROUPS[group.group]}"
    )
    if group.background:
        line += f" ({group.background:,} in the background)"
    if group.exhausted_until is not None:
        line += f"\n-# ⚠️ Used up. Spotify accepts calls again <t:{int(group.exhausted_until)}:R>."
    return line
