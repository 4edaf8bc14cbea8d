"""Prometheus metrics. No label contains anything about a user."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from bot.accounts.quota import UsageReport

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_DURATION_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)  # seconds

# The creation time of a counter is of no use here.
disable_created_metrics()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, kw_only=True)
class Readings:
    """What is true when the metrics are read.

    latency          of the gateway, in seconds; or not finite
    connected        whether the gateway is connected, over all shards
    commands_synced  whether Discord has this version's commands
    storage_errors   how many reads and writes the disk refused since the start, by word
    free_bytes       room on the database's disk; None if it cannot be read
    """

    linked_accounts: int
    latency: float
    connected: bool
    usage: UsageReport
    commands_synced: bool
    storage_errors: Mapping[str, int]
    free_bytes: int | None


class Metrics:
    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._calls = Counter(
            "tonearm_spotify_calls",
            "Calls to Spotify's Web API; status 0 is no answer",
            ["group", "status"],
            registry=registry,
        )
        self._durations = Histogram(
            "tonearm_spotify_call_duration_seconds",
            "How long Spotify's Web API took to answer",
            ["group"],
            buckets=_DURATION_BUCKETS,
            registry=registry,
        )
        self._renewals = Counter(
            "tonearm_token_renewals", "Renewals of access tokens", ["outcome"], registry=registry
        )
        self._commands = Counter(
            "tonearm_commands",
            "Commands, buttons and menus; the outcome is done, bug, or what was explained",
            ["name", "outcome"],
            registry=registry,
        )
        self._linked_accounts = Gauge(
            "tonearm_linked_accounts", "Linked accounts", registry=registry
        )
        self._commands_synced = Gauge(
            "tonearm_commands_synced",
            "1 if Discord has this version's commands, 0 if it did not take them",
            registry=registry,
        )
        self._latency = Gauge(
            "tonearm_gateway_latency_seconds",
            "Of Discord's gateway, by the last heartbeat",
            registry=registry,
        )
        self._connected = Gauge(
            "tonearm_gateway_connected",
            "1 if Discord's gateway is connected, over all shards",
            registry=registry,
        )
        self._free_bytes = Gauge(
            "tonearm_disk_free_bytes", "Room on the database's disk", registry=registry
        )
        self._storage_errors = Counter(
            "tonearm_storage_errors",
            "Reads and writes of the database that the disk refused, by the word of /health",
            ["word"],
            registry=registry,
        )
        self._storage_errors.labels("full")  # creates the series at zero
        self._counted_errors: dict[str, int] = {}
        self._refused_renewals = 0
        self._calls_last_day = Gauge(
            "tonearm_spotify_calls_last_day",
            "Calls of the last 24 hours, of the operator's app or of those that people brought",
            ["app", "group", "by"],
            registry=registry,
        )
        self._exhausted = Gauge(
            "tonearm_spotify_quota_exhausted",
            "How many apps have a used-up quota",
            ["app", "group"],
            registry=registry,
        )
        for outcome in ("done", "down", "refused"):
            self._renewals.labels(outcome)  # creates the series at zero
        self._daily_limit = Gauge(
            "tonearm_spotify_daily_calls_expected",
            "SPOTIFY_DAILY_CALLS: what Spotify is expected to allow in each group",
            registry=registry,
        )
        self._throttled = Gauge(
            "tonearm_spotify_rate_limited",
            "How many apps go slowly because of a rate limit",
            ["app"],
            registry=registry,
        )

    def record_call(self, group: str, status: int, seconds: float) -> None:
        """Count a call to Spotify; a status of 0 means no response."""
        self._calls.labels(group, str(status)).inc()
        self._durations.labels(group).observe(seconds)

    def record_renewal(self, outcome: str) -> None:
        """Count a renewal of an access token: "done", "down" or "refused"."""
        self._renewals.labels(outcome).inc()
        self._refused_renewals += outcome == "refused"

    def record_command(self, name: str, outcome: str) -> None:
        """Count a finished command, button or menu."""
        self._commands.labels(name, outcome).inc()

    @property
    def refused_renewals(self) -> int:
        """How many renewals Spotify refused since the start."""
        return self._refused_renewals

    def render(self, readings: Readings) -> bytes:
        """All metrics in Prometheus's text format."""
        usage = readings.usage
        self._linked_accounts.set(readings.linked_accounts)
        self._commands_synced.set(readings.commands_synced)
        self._connected.set(readings.connected)
        self._latency.set(readings.latency if math.isfinite(readings.latency) else math.nan)
        self._free_bytes.set(math.nan if readings.free_bytes is None else readings.free_bytes)
        for word, number in readings.storage_errors.items():
            counter = self._storage_errors.labels(word)
            counter.inc(number - self._counted_errors.get(word, 0))
            self._counted_errors[word] = number
        self._calls_last_day.clear()
        self._exhausted.clear()
        self._daily_limit.set(usage.daily_limit)
        self._throttled.labels("operator").set(usage.throttled_until is not None)
        self._throttled.labels("brought").set(usage.user_owned_throttled)
        for group in usage.usage:
            app = "brought" if group.user_owned else "operator"
            self._calls_last_day.labels(app, group.group, "commands").inc(group.commands)
            self._calls_last_day.labels(app, group.group, "background").inc(group.background)
            self._exhausted.labels(app, group.group).inc(group.exhausted_until is not None)
        return generate_latest(self._registry)
