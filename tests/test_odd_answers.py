"""Odd answers of Spotify through the whole bot: never a bug, and never a false "nothing"."""

from __future__ import annotations

import logging
import re

import pytest

from sandbox.harness import Harness, run_harness
from sandbox.spotify.rules import OddShapes

# Commands, and the calls whose answers are bent.
COMMANDS = {
    "/now": "me/player$",
    "/queue show": "me/player/queue$",
    "/devices": "me/player/devices$",
    "/search query:lantern": "/search$",
    "/search query:a type:playlists": "/search$",
    "/top": "me/top/tracks$",
    "/top kind:artists": "me/top/artists$",
    "/recent": "recently-played$",
    "/play what:liked": "me/tracks$",
    "/play what:Harbour Evenings": "me/playlists$",
    "/play what:lantern": "/search$",
    "/save": "me/player$",
    "/volume level:+10": "me/player$",
    "/seek to:+10": "me/player$",
    "/settings": "me/(playlists|player/devices)$",
    "/export format:csv": "me/tracks$",
}
SEEDS = 12
NOTHING = re.compile(
    r"Nothing is playing|isn’t open on any|found nothing|no liked songs|^Nothing\. Add|"
    r"It’s empty|no favourites|nothing that|have no |no device|isn’t playing|None (of|is)",
    re.MULTILINE,
)


def may_be_empty(harness: Harness, sent_before: int) -> bool:
    """Whether an answer since then really said that there is nothing."""
    for exchange in list(harness.spotify.traffic.exchanges)[sent_before:]:
        if exchange.path.endswith("me/player") and not exchange.response_body:
            return True
        if exchange.path.endswith(("me/player/queue", "me/player/devices", "recently-played")):
            body = exchange.response_body
            if re.search(rb'"(queue|devices|items)": \[\]', body):
                return True
    return False


async def test_no_odd_answer_is_a_bug_or_a_false_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    async with run_harness(command_timeout=0.8) as harness:
        user = await harness.link_account("ada")
        ada = harness.spotify.accounts["ada"]
        del ada.liked[20:]
        for seed in range(SEEDS):
            for command, pattern in COMMANDS.items():
                harness.clock.advance(400)  # so that nothing is cached
                ada.player.play(context=next(iter(harness.spotify.catalogue.albums.values())).uri)
                harness.spotify.rules.clear()
                harness.spotify.on(f"GET .*{pattern}", OddShapes(seed), times=None)
                sent_before = len(harness.spotify.traffic.exchanges)
                text = (await user.run(command)).text
                where = f"{command} with seed {seed}: {text}"
                assert text, where
                assert not caplog.records, where
                assert len(text) <= 4000, where
                if NOTHING.search(text) and "could not be read" not in text:
                    assert may_be_empty(harness, sent_before), where
