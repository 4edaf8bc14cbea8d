"""GET /metrics: what the metrics count, and that they contain no user data."""

from __future__ import annotations

import asyncio
import math
import re

from prometheus_client.parser import text_string_to_metric_families

from bot.spotify.endpoint_groups import GROUPS
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import walk_components
from sandbox.spotify import Spotify
from tests.raw_http import check_response, send_raw
from tests.user_owned_app import USER_CLIENT_ID, link_with_own_app

Sample = tuple[str, ...]


class Metrics:
    """The samples of a response, parsed like Prometheus does."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._values: dict[Sample, float] = {}
        self.labels: set[str] = set()
        self.label_values: set[str] = set()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                values = [value for _, value in sorted(sample.labels.items())]
                self._values[sample.name.removeprefix("tonearm_"), *values] = sample.value
                self.labels |= set(sample.labels)
                self.label_values |= set(values)

    def __getitem__(self, sample: str | Sample) -> float:
        """The value of a sample: its name, and its label values sorted by the labels' names."""
        return self._values.get((sample,) if isinstance(sample, str) else sample, 0.0)

    def samples(self, name: str) -> dict[Sample, float]:
        return {key[1:]: value for key, value in self._values.items() if key[0] == name}


async def read_metrics(it: Harness) -> Metrics:
    request = f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{it.settings.port}\r\n\r\n"
    response = check_response(await send_raw(it.settings.port, request.encode()))
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return Metrics(response.body.decode())


async def test_metrics_before_any_activity(harness: Harness) -> None:
    metrics = await read_metrics(harness)
    assert metrics["linked_accounts"] == 0
    assert metrics["spotify_daily_calls_expected"] == 1000
    assert metrics.samples("token_renewals_total") == {("done",): 0, ("down",): 0, ("refused",): 0}
    assert metrics.samples("spotify_rate_limited") == {("operator",): 0, ("brought",): 0}
    assert not metrics.samples("spotify_calls_total")
    assert not metrics.samples("commands_total")
    for family in text_string_to_metric_families(metrics.text):
        assert family.documentation
        assert family.name.startswith("tonearm_")


async def test_calls_are_counted_by_group_and_status(spotify: Spotify, harness: Harness) -> None:
    linked_user = await harness.link_in_browser("ada")
    await linked_user.run("/search lantern")
    await linked_user.run("/devices")
    spotify.accounts["ada"].player.resume()
    spotify.faults.add(Fault("GET .*/me/player/devices$", action="reset"))
    await linked_user.run("/devices")
    spotify.accounts["ada"].player.device = None
    await linked_user.run("/next")
    spotify.add_quota("GET /v1/search$", calls=0, retry_after=48_925)
    await linked_user.run("/search harbour")
    await linked_user.run("/search harbour")
    metrics = await read_metrics(harness)
    assert metrics.samples("spotify_calls_total") == {
        ("profile", "200"): 1,
        ("search", "200"): 1,
        ("playback", "200"): 3,
        ("playback", "0"): 1,
        ("control", "404"): 1,
        ("search", "429"): 1,
        ("library", "200"): 1,
    }
    counts = metrics.samples("spotify_call_duration_seconds_count")
    assert counts == {
        ("profile",): 1,
        ("search",): 2,
        ("playback",): 4,
        ("control",): 1,
        ("library",): 1,
    }
    assert metrics["spotify_call_duration_seconds_bucket", "search", "+Inf"] == 2
    assert 0 < metrics["spotify_call_duration_seconds_sum", "search"] < 2
    assert metrics["spotify_call_duration_seconds_bucket", "playback", "8.0"] == 4


async def test_commands_are_counted_by_name_and_outcome(spotify: Spotify, harness: Harness) -> None:
    ada = harness.discord.user_client("ada", "music")
    await ada.run("/now")
    await harness.link_in_browser("ada")
    await ada.run("/pause")
    reply = await ada.run("/search lantern")
    await reply.press("Queue")
    await reply.pick(
        next(part for part in walk_components(reply.message) if part.get("options"))["options"][1][
            "value"
        ]
    )
    spotify.faults.add(Fault("GET .*/me/player$", status=400, body="{}"))
    await ada.run("/now")
    for part in walk_components(reply.message):
        if part.get("label") == "Play":
            part["custom_id"] = "adas:own:words"
    await ada.press(reply.message, "Play")
    commands = (await read_metrics(harness)).samples("commands_total")
    assert commands == {
        ("/now", "NotLinked"): 1,
        ("/link", "done"): 1,
        ("button login", "done"): 2,  # and its form
        ("/pause", "done"): 1,
        ("/search", "done"): 1,
        ("button item", "done"): 1,
        ("button list", "done"): 1,
        ("/now", "BadRequest"): 1,
        ("button expired", "done"): 1,
    }


async def test_renewals_and_links_are_counted(spotify: Spotify, harness: Harness) -> None:
    ada = await harness.link_in_browser("ada")
    await harness.link_in_browser("grace")
    await ada.run("/now")
    spotify.tokens.expire_access_tokens()
    spotify.accounts_faults.add(Fault("POST .*/api/token", status=503))
    await ada.run("/now")
    await ada.run("/now")
    metrics = await read_metrics(harness)
    assert metrics["linked_accounts"] == 2
    assert metrics.samples("token_renewals_total") == {("done",): 2, ("down",): 1, ("refused",): 0}
    spotify.tokens.expire_access_tokens()
    spotify.tokens.revoke_consents("ada")
    await ada.run("/now")
    await (await harness.discord.user_client("grace").run("/unlink")).press("Unlink and erase")
    metrics = await read_metrics(harness)
    assert metrics["token_renewals_total", "refused"] == 1
    assert metrics["linked_accounts"] == 1


async def test_remaining_quota_is_reported(spotify: Spotify, harness: Harness) -> None:
    ada, mallory = await harness.link_in_browser("ada"), await link_with_own_app(harness)
    await ada.run("/devices")
    spotify.add_rate_limit(48_925, times=2, quota=True, pattern="GET /v1/search$")
    await ada.run("/search lantern")
    await mallory.run("/search lantern")
    await (await ada.run("/export what:liked-songs format:json")).wait_for("Here are your")
    metrics = await read_metrics(harness)
    calls = metrics.samples("spotify_calls_last_day")
    assert {key: count for key, count in calls.items() if count} == {
        ("operator", "commands", "profile"): 1,
        ("operator", "commands", "playback"): 1,
        ("operator", "commands", "search"): 1,
        ("operator", "background", "library"): len(spotify.calls_to("GET", "me/tracks")),
        ("brought", "commands", "profile"): 1,
        ("brought", "commands", "search"): 1,
    }
    exhausted = metrics.samples("spotify_quota_exhausted")
    assert {key: apps for key, apps in exhausted.items() if apps} == {
        ("operator", "search"): 1,
        ("brought", "search"): 1,
    }
    harness.clock.advance(48_925)
    metrics = await read_metrics(harness)
    assert not any(metrics.samples("spotify_quota_exhausted").values())


async def test_rate_limited_apps_are_reported(spotify: Spotify, harness: Harness) -> None:
    mallory = await link_with_own_app(harness)
    await mallory.run("/now")
    spotify.add_rate_limit(60)
    await mallory.run("/now")
    assert (await read_metrics(harness)).samples("spotify_rate_limited") == {
        ("operator",): 0,
        ("brought",): 1,
    }
    ada = await harness.link_in_browser("ada")
    await ada.run("/now")
    spotify.add_rate_limit(60)
    await ada.run("/now")
    assert (await read_metrics(harness)).samples("spotify_rate_limited") == {
        ("operator",): 1,
        ("brought",): 1,
    }
    harness.clock.advance(3_600)
    assert (await read_metrics(harness)).samples("spotify_rate_limited") == {
        ("operator",): 0,
        ("brought",): 0,
    }


async def test_gateway_latency_is_reported(harness: Harness) -> None:
    async with asyncio.timeout(5):
        while math.isnan((await read_metrics(harness))["gateway_latency_seconds"]):
            pass
    assert 0 < (await read_metrics(harness))["gateway_latency_seconds"] < 5


async def test_metrics_contain_no_user_data(spotify: Spotify, harness: Harness) -> None:
    ada, mallory = await harness.link_in_browser("ada"), await link_with_own_app(harness)
    for user in (ada, mallory):
        reply = await user.run("/search lantern weather")
        await reply.press("Queue")
        await user.run("/search query:xyzzyplugh")
        await user.run(f"/play {spotify.catalogue.regular_tracks[7].uri}")
        await user.run("/play https://example.test/track/4uLU6hMCjMI75M1A2tKUQC")
    await harness.discord.user_client("grace", "music").run("/now")
    metrics = await read_metrics(harness)
    assert metrics.labels == {"group", "status", "le", "name", "outcome", "app", "by", "word"}
    known = re.compile(
        rf"{'|'.join(GROUPS)}|\d\d\d|0|\+Inf|\d\.\d+"
        r"|(/|button )[a-z]{2,10}|[a-z]{3,10}|[A-Z][A-Za-z]{3,20}"
    )
    assert not [value for value in metrics.label_values if not known.fullmatch(value)]
    accounts = spotify.accounts.values()
    secrets = [
        *(text for a in accounts for text in (a.id, a.account_id or "", a.display_name)),
        *(str(user.id) for user in harness.discord.state.users.values()),
        *(track.id or "" for track in spotify.catalogue.regular_tracks),
        *harness.discord.state.users,
        *("lantern", "xyzzyplugh", "example", USER_CLIENT_ID, spotify.client_id, "guild", "music"),
    ]
    assert len(secrets) > 100
    assert not [secret for secret in secrets if _is_in_a_label(metrics, secret)]


def _is_in_a_label(metrics: Metrics, secret: str) -> bool:
    return any(re.search(rf"\b{re.escape(secret)}\b", value) for value in metrics.label_values)
