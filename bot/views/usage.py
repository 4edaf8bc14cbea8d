"""The message of /usage: calls to Spotify as bars, used-up quotas, places and people."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot import __version__
from bot.accounts.quota import GroupUsage, People, UsageReport
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


# The people who can use a Spotify app in development mode, with its owner: Spotify's documentation,
# Quota modes, since 2026. Spotify can give an app more, and does not say so to the app.
PLACES = 5
_DASHBOARD = "https://developer.spotify.com/dashboard"


def usage_card(report: UsageReport, people: People, started_at: float) -> ui.LayoutView:
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
        _places(people.with_operators_app),
        ui.Separator(),
        f"-# {_linked(people)} · Tonearm {__version__}, started <t:{int(started_at)}:R>\n"
        "-# Spotify doesn’t publish its limits: about "
        f"{report.daily_limit:,} is what SPOTIFY_DAILY_CALLS expects. Exports and autocomplete "
        f"may use {report.background_limit:,} of them.",
    )


def _places(linked: int) -> str:
    """What is known: who linked. Who has a place at Spotify without a link is not known."""
    count = f"**{linked:,}** {_people(linked)} linked through your app"
    filled = f"`{bar(linked, PLACES)}` " if linked <= PLACES else ""
    return (
        "### Places on your Spotify app\n"
        f"{filled}{count} · a new app has {PLACES} places\n"
        "-# Only Spotify knows who else has one: see User Management in "
        f"[your dashboard]({_DASHBOARD})."
    )


def _linked(people: People) -> str:
    line = f"{people.linked:,} {_people(people.linked)} linked"
    with_other_app = people.linked - people.with_operators_app
    if with_other_app:
        line += (
            f", {with_other_app:,} with {'another app' if with_other_app == 1 else 'other apps'}"
        )
    return line + (f", {people.blocked:,} blocked" if people.blocked else "")


def _people(count: int) -> str:
    return "person" if count == 1 else "people"


def _user_apps_line(groups: Sequence[GroupUsage]) -> str:
    calls = sum(group.commands + group.background for group in groups)
    line = f"**{calls:,}** · Other apps"
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
