"""Figures for the operator, as Prometheus reads them. Nothing about any user is in a label."""

from __future__ import annotations

import math

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from bot.quota import Spending

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)


# When each counter began says nothing that anybody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    def __init__(self) -> None:
        self._registry = kept = CollectorRegistry()
        self._calls = Counter(
            "tonearm_spotify_calls",
            "Calls to Spotify's Web API; status 0 is no answer",
            ["group", "status"],
            registry=kept,
        )
        self._seconds = Histogram(
            "tonearm_spotify_call_duration_seconds",
            "How long Spotify's Web API took to answer",
            ["group"],
            buckets=_SECONDS,
            registry=kept,
        )
        self._renewals = Counter(
            "tonearm_token_renewals", "Renewals of access tokens", ["outcome"], registry=kept
        )
        self._commands = Counter(
            "tonearm_commands",
            "Commands, buttons and menus; the outcome is done, bug, or what was explained",
            ["name", "outcome"],
            registry=kept,
        )
        self._links = Gauge("tonearm_linked_accounts", "Linked accounts", registry=kept)
        self._latency = Gauge(
            "tonearm_gateway_latency_seconds",
            "Of Discord's gateway, by the last heartbeat",
            registry=kept,
        )
        self._spent = Gauge(
            "tonearm_spotify_calls_last_day",
            "Calls of the last 24 hours, of the operator's app or of those that people brought",
            ["app", "group", "by"],
            registry=kept,
        )
        self._exhausted = Gauge(
            "tonearm_spotify_quota_exhausted",
            "Of how many apps Spotify takes no calls, because their quota is used up",
            ["app", "group"],
            registry=kept,
        )

        for outcome in ("done", "down", "refused"):
            self._renewals.labels(outcome)  # there from the first reading on, at zero
        self._daily = Gauge(
            "tonearm_spotify_daily_calls_expected",
            "SPOTIFY_DAILY_CALLS: what Spotify is expected to allow in each group",
            registry=kept,
        )
        self._slowed = Gauge(
            "tonearm_spotify_rate_limited",
            "How many apps go slowly because of a rate limit",
            ["app"],
            registry=kept,
        )

    def called(self, group: str, status: int, seconds: float) -> None:
        self._calls.labels(group, str(status)).inc()
        self._seconds.labels(group).observe(seconds)

    def renewed(self, outcome: str) -> None:
        self._renewals.labels(outcome).inc()

    def answered(self, name: str, outcome: str) -> None:
        """A command, button or menu came to an end."""
        self._commands.labels(name, outcome).inc()

    def text(self, *, links: int, latency: float, spending: Spending) -> bytes:
        """All of it; `latency` in seconds, and not a number while there is none."""
        self._links.set(links)
        self._latency.set(latency if math.isfinite(latency) else math.nan)
        self._spent.clear()
        self._exhausted.clear()
        self._daily.set(spending.daily)
        self._slowed.labels("operator").set(spending.slow_until is not None)
        self._slowed.labels("brought").set(spending.brought_slowed)
        for used in spending.usage:
            app = "brought" if used.brought else "operator"
            self._spent.labels(app, used.group, "commands").inc(used.commands)
            self._spent.labels(app, used.group, "background").inc(used.background)
            self._exhausted.labels(app, used.group).inc(used.until is not None)
        return generate_latest(self._registry)
