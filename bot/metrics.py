"""Figures for the operator, as Prometheus reads them. Nothing about any user is in a label."""

from __future__ import annotations

import math
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from bot.quota import Usage

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)


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
            "tonearm_spotify_seconds",
            "How long Spotify's Web API took to answer",
            ["group"],
            buckets=_SECONDS,
            registry=kept,
        )
        self._renewals = Counter(
            "tonearm_renewals", "Renewals of access tokens", ["outcome"], registry=kept
        )
        self._commands = Counter(
            "tonearm_commands",
            "Commands, buttons and menus; the outcome is done, bug, or what was explained",
            ["name", "outcome"],
            registry=kept,
        )
        self._links = Gauge("tonearm_links", "Linked accounts", registry=kept)
        self._latency = Gauge(
            "tonearm_gateway_latency_seconds",
            "Of Discord's gateway, by the last heartbeat",
            registry=kept,
        )
        self._spent = Gauge(
            "tonearm_spotify_day_calls",
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

    def called(self, group: str, status: int, seconds: float) -> None:
        self._calls.labels(group, str(status)).inc()
        self._seconds.labels(group).observe(seconds)

    def renewed(self, outcome: str) -> None:
        self._renewals.labels(outcome).inc()

    def answered(self, name: str, outcome: str) -> None:
        """A command, button or menu came to an end."""
        self._commands.labels(name, outcome).inc()

    def text(self, *, links: int, latency: float, usage: Iterable[Usage]) -> bytes:
        """All of it; `latency` in seconds, and not a number while there is none."""
        self._links.set(links)
        self._latency.set(latency if math.isfinite(latency) else math.nan)
        self._spent.clear()
        self._exhausted.clear()
        for used in usage:
            app = "own" if used.own else "operator"
            self._spent.labels(app, used.group, "commands").inc(used.commands)
            self._spent.labels(app, used.group, "background").inc(used.background)
            self._exhausted.labels(app, used.group).inc(used.until is not None)
        return generate_latest(self._registry)
