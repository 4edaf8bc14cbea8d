"""The scenarios of the demo's "What if…" menu, such as an ad or an outage of Spotify."""

from __future__ import annotations

from typing import Any

from sandbox.rules import Rule
from sandbox.spotify.accounts import Account
from sandbox.spotify.error_responses import ErrorResponse, rate_limited
from sandbox.spotify.rules import ApiRule, Quota
from sandbox.spotify.server import Spotify

MANY_SONGS = 8_000
RATE_LIMIT_WAIT, QUOTA_WAIT = 20, 48_925  # seconds

# The names of the scenarios, and their labels in the menu.
SCENARIOS = {
    "ad": "an ad",
    "private": "private session",
    "free": "no Premium",
    "songs": f"{MANY_SONGS:,} liked songs",
    "busy": "too many requests",
    "quota": "quota used up",
    "down": "Spotify down",
}


class Scenarios:
    """The scenarios of a simulated Spotify. The last three concern all accounts."""

    def __init__(self, spotify: Spotify) -> None:
        self._spotify = spotify
        self._quota = Quota(QUOTA_WAIT)
        outage = ErrorResponse(503, "Service unavailable")
        self._rules: dict[str, Rule] = {
            "busy": spotify.rules.add(ApiRule(do=rate_limited(RATE_LIMIT_WAIT), times=0)),
            "quota": spotify.rules.add(ApiRule(do=self._quota, times=0)),
            "down": spotify.faults.add(outage.as_fault(times=0)),
        }

    def view(self, account: Account) -> list[dict[str, Any]]:
        """The menu for this account: name, label and state of each scenario."""
        return [
            {"name": name, "label": label, "on": self._is_on(account, name)}
            for name, label in SCENARIOS.items()
        ]

    def switch(self, account: Account, name: str, on: bool) -> None:
        """Switch a scenario on or off. Raises LookupError for an unknown name."""
        player = account.player
        match name:
            case "ad":
                if on and player.item and not player.is_playing:
                    player.resume()
                player.interlude = "ad" if on else None
            case "private":
                for device in player.devices:
                    device.is_private_session = on
            case "free":
                account.premium = not on
            case "songs" if on:
                account.like_generated(MANY_SONGS)
            case "songs":
                account.unlike_generated()
            case _ if name in self._rules:
                self._switch_rule(name, on)
            case _:
                raise LookupError(f"there is no scenario {name}; there are {', '.join(SCENARIOS)}")
        self._spotify.changes.notify()

    def _is_on(self, account: Account, name: str) -> bool:
        match name:
            case "ad":
                return account.player.interlude == "ad"
            case "private":
                return any(device.is_private_session for device in account.player.devices)
            case "free":
                return not account.premium
            case "songs":
                return len(account.liked) >= MANY_SONGS
        return not self._rules[name].exhausted

    def _switch_rule(self, name: str, on: bool) -> None:
        """Switch a rule: a rate limit applies once, the others until they are switched off."""
        rule = self._rules[name]
        rule.hits = 0
        rule.times = (1 if name == "busy" else None) if on else 0
        if name == "quota" and not on and self._quota.ends_at is not None:
            # The bot remembers the end of the used-up quota, so the clock must reach it.
            self._spotify.clock.advance(max(0.0, self._quota.ends_at - self._spotify.clock()))
            self._quota.ends_at = None
