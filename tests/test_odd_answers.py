"""Odd answers of Spotify through the whole bot: never a bug, and never a false "nothing"."""

from __future__ import annotations

import logging
import re

import pytest

from sandbox.harness import Harness, run_harness
from sandbox.spotify.rules import OddShapes

# Commands, and the calls whose answers are distorted.
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
    "/pause": "me/player$",
    "/next": "me/player$",
    "/shuffle": "me/player$",
    "/queue add what:lantern": "/search$",
    "/queue add what:https://open.spotify.com/album/{album}": "/albums/{album}$",
    "/search query:https://open.spotify.com/album/{album}": "/albums/{album}/tracks$",
    "/search query:https://open.spotify.com/artist/{artist}": "/artists/{artist}$",
    "/settings": "me/(playlists|player/devices)$",
    "/export what:liked-songs format:csv": "me/tracks$",
}
SEEDS = 8
NOTHING = re.compile(
    r"Nothing is playing|isn’t open on any|found nothing|no liked songs|^Nothing\. Add|"
    r"It’s empty|no favourites|nothing that|have no |no device|isn’t playing|None (of|is)",
    re.MULTILINE,
)


def may_be_empty(harness: Harness, sent_before: int) -> bool:
    """Whether an answer since then was really empty."""
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
        catalogue = harness.spotify.catalogue
        ids = {"album": next(iter(catalogue.albums)), "artist": next(iter(catalogue.artists))}
        for seed in range(SEEDS):
            for template, path in COMMANDS.items():
                command, pattern = template.format(**ids), path.format(**ids)
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
                if NOTHING.search(text) and "couldn’t read" not in text:
                    assert may_be_empty(harness, sent_before), where


async def test_panel_and_menus_survive_odd_answers(caplog: pytest.LogCaptureFixture) -> None:
    """The panel's own buttons, and the menu that asks what another person is playing."""
    caplog.set_level(logging.ERROR)
    async with run_harness(command_timeout=0.8) as harness:
        user, friend = await harness.link_account("ada"), await harness.link_account("grace")
        await (await user.run("/settings")).press("Allow")
        player = harness.spotify.accounts["ada"].player
        player.resume()
        panel = await user.run("/now")
        for seed in range(24):
            harness.clock.advance(10)
            harness.spotify.rules.clear()
            harness.spotify.on("GET .*/me/(player|library/contains)$", OddShapes(seed), times=None)
            await panel.press("🔄")
            text = (await friend.use_context_menu("What are they playing?", user="ada")).text
            assert text, seed
            assert not caplog.records, seed
            if "isn’t playing" in text:
                assert may_be_empty(harness, 0), seed
