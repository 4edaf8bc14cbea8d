"""Every message keeps to Discord's limits, even with long names."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from hypothesis import given
from hypothesis import strategies as st

from bot.text.clip import clip, clip_markdown
from cogs.browse import SEARCH_KINDS
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify.devices import Device
from tests.command_costs import start_playback
from tests.cost_session import CostSession
from tests.costed_actions import COSTED_ACTIONS
from tests.test_text_escaping import EMOJI, HOSTILE_TEXTS

# A name close to the limits of labels; and longer ones whose characters double when they are
# escaped, are parts of an emoji, or stand for letters.
NEARLY_TOO_LONG = "Æ" * 89
HOSTILE_NAMES = (
    "*_~`|>#[]()<" * 25,
    "👨‍👩‍👧‍👦" * 50,
    "https://discord.gg/x [a](https://b.test) @everyone " * 6,
    "שלום" * 75,
    "w" * 100,
)
_NAMES = ("name", "display_name", "publisher")


@dataclass
class HostileNames(Fault):
    """Let every name in Spotify's answers be one of these."""

    names: Iterator[str] = field(default_factory=lambda: itertools.cycle(HOSTILE_NAMES))

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if not isinstance(response, web.Response) or response.content_type != "application/json":
            return response
        body = self._rename(json.loads(response.text or "null"))
        headers = {"Content-Type": "application/json"}
        return web.Response(body=json.dumps(body).encode(), status=response.status, headers=headers)

    def _rename(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._rename(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        return {
            name: next(self.names)
            if name in _NAMES and isinstance(inner, str)
            else self._rename(inner)
            for name, inner in value.items()
        }


def _refusals(harness: Harness) -> list[str]:
    """Discord's refusals of what the bot sent."""
    return [
        f"{exchange.path}: {exchange.response_body.decode()} for {exchange.request_body[:3000]!r}"
        for exchange in harness.discord.traffic.exchanges
        if exchange.status >= 400
    ]


@pytest.mark.parametrize(
    "names",
    [HOSTILE_NAMES[:1], [part for name in HOSTILE_NAMES for part in (NEARLY_TOO_LONG, name)]],
    ids=["escapes", "all"],
)
async def test_discord_accepts_every_message(names: Sequence[str]) -> None:
    async with run_harness() as harness:
        session = CostSession(harness, await harness.link_account("ada"))
        object.__setattr__(harness.discord.state.users["ada"], "display_name", HOSTILE_NAMES[0])
        session.player.devices += [
            Device(f"{number:040}", "Speaker", "Speaker") for number in range(22)
        ]
        fault = HostileNames("GET .*", times=None, names=itertools.cycle(names))
        harness.spotify.faults.add(fault)
        for action in COSTED_ACTIONS:
            start_playback(harness.spotify, 1)
            if action.prepare:
                await action.prepare(session)
            if not action.keep_login_fresh:
                harness.clock.advance(60)
            start_playback(harness.spotify, 1)
            await action.perform(session)
        ada = await harness.link_account("ada")
        for line in (
            "/play lantern on:nothing",
            "/play zzzz on:nothing",
            f"/search {'*' * 250}",
            *(f"/search e type:{kind}" for kind in SEARCH_KINDS),
            "/search evenings type:playlists",
            "/queue add what:ALBUM on:nothing".replace("ALBUM", session.album_url),
        ):
            await ada.run(line)
        for line in ("/play lantern on:", "/queue add lan", "/search lan type:playlists"):
            await ada.autocomplete(line)
        assert fault.hits > 30
        assert not _refusals(harness)


def test_error_with_long_names_is_one_message() -> None:
    """The names of 22 devices, each 100 characters, of which each is escaped."""
    text = ", ".join(["\\*" * 100] * 22)
    assert len(clip_markdown(text, 2000)) <= 2000


MARKDOWN = st.lists(
    st.sampled_from(
        ["**", "\\*", "\\\\", "[a\\]b](https://open.spotify.com/track/x)", "<t:1700000000:R>",
         "</play:123>", "<@1>", "<https://x.test/y>", "\n", "- ", *EMOJI]
    )
    | st.text(max_size=6),
    max_size=20,
).map("".join)  # fmt: skip


@given(MARKDOWN, st.integers(2, 120))
def test_markdown_is_cut_between_units(text: str, limit: int) -> None:
    cut = clip_markdown(text, limit)
    assert len(cut) <= limit
    if cut == text:
        return
    kept = cut.removesuffix("…")
    assert text.startswith(kept)
    assert len(re.findall(r"\\+$", kept)[0]) % 2 == 0 if kept.endswith("\\") else True
    for unit in re.finditer(r"\[a\\\]b\]\([^)]*\)|<t:1700000000:R>|</play:123>", text):
        assert not unit.start() < len(kept) < unit.end()


@given(
    st.lists(st.sampled_from(EMOJI), max_size=12).map("".join) | HOSTILE_TEXTS, st.integers(12, 60)
)
def test_no_character_is_broken(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    kept = cut.removesuffix("…") if cut != text else cut
    assert text.startswith(kept)
    rest = text[len(kept) :]
    assert not kept.endswith("\u200d") or not rest
    assert not rest.startswith(("\u200d", "\ufe0f", "\U0001f3fd", "\U0001f3ff"))


def test_flags_are_not_broken() -> None:
    assert clip("🇨🇭🇩🇪🇫🇷", 4) == "🇨🇭…"
