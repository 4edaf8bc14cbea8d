"""What a panel is to show: as Spotify tells it, and as a message has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import discord
from discord import ui

from bot.errors.bot_error import BotError
from bot.player.confirm import POLL_DELAY, Sleep
from bot.player.context import just_started
from bot.spotify import Spotify
from bot.spotify.models import Playback
from bot.spotify.uris import Uri, find_links
from bot.views.panel import PanelState

_LIKE_BUTTON = re.compile(r"panel:\d+:(?:un)?like ([a-z]+:[0-9A-Za-z]{22})")


async def fetch_state(
    spotify: Spotify, sleep: Sleep | None, before: Playback | None
) -> tuple[Playback | None, bool]:
    """What plays, and whether that can be shown.

    With `sleep`, what was begun just now: one look, at most one more; `before` is what was shown.
    """
    state = await spotify.player.state()
    if sleep is None or has_restarted(state, before):
        return state, True
    await sleep(POLL_DELAY)
    state = await spotify.player.state()
    return state, has_restarted(state, before)


def has_restarted(state: Playback | None, before: Playback | None) -> bool:
    """Whether what plays began a moment ago, and is not what was shown before, going on."""
    if state is None or not just_started(state):
        return False
    item, shown = state.item, before.item if before else None
    same = item is not None and shown is not None and item.identity == shown.identity
    at = before.progress_ms if before else None
    return not same or (state.progress_ms or 0) < (at or 0)


async def with_liked(spotify: Spotify, shown: PanelState, known: Mapping[Uri, bool]) -> PanelState:
    """With whether what plays is saved; that this cannot be told spoils no panel."""
    uri = shown.uri
    liked = known.get(uri) if uri else None
    if uri is not None and liked is None:
        with suppress(BotError):
            (liked,) = await spotify.library.contains(uri)
    return replace(shown, liked=liked)


def item_of_message(message: discord.Message | None) -> Uri | None:
    """What the panel in a message shows, by its like button."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    for item in view.walk_children():
        if isinstance(item, ui.Button) and (match := _LIKE_BUTTON.fullmatch(item.custom_id or "")):
            return parse_uri(match[1])
    return None


def parse_uri(text: str) -> Uri:
    """`kind:id`, as a like button has it. Raises UnreadableLink."""
    (uri,) = find_links(f"spotify:{text}")
    assert isinstance(uri, Uri)
    return uri
