"""Reads from Spotify what a panel shows."""

from __future__ import annotations

from contextlib import suppress

from bot.errors.bot_error import BotError
from bot.player.state import POLL_DELAY, Sleep, just_started
from bot.spotify import Spotify
from bot.spotify.models import Playable, Playback
from bot.spotify.uris import Uri


async def fetch_playback(
    spotify: Spotify, sleep: Sleep | None, before: Playback | None
) -> tuple[Playback | None, bool]:
    """What plays, and whether a panel can show it.

    With `sleep`, an action has just started something: the player is read once more if it still
    shows `before`, which is what the panel shows now.
    """
    playback = await spotify.player.state()
    if sleep is None or has_restarted(playback, before):
        return playback, True
    await sleep(POLL_DELAY)
    playback = await spotify.player.state()
    return playback, has_restarted(playback, before)


def has_restarted(playback: Playback | None, before: Playback | None) -> bool:
    """Whether what plays has just started, and is not what was shown before, still playing."""
    if playback is None or not just_started(playback):
        return False
    item, item_before = playback.item, before.item if before else None
    is_same = item is not None and item_before is not None and item.identity == item_before.identity
    progress_before = before.progress_ms if before else None
    return not is_same or (playback.progress_ms or 0) < (progress_before or 0)


def known_upcoming(spotify: Spotify, playback: Playback | None) -> tuple[Playable, ...]:
    """What plays after the item of this state, if that is known without a call; else empty."""
    queue, item = spotify.player.known_queue(), playback.item if playback else None
    if queue is None or queue.current is None or item is None:
        return ()
    return tuple(queue.upcoming) if queue.current.identity == item.identity else ()


async def fetch_liked(spotify: Spotify, uri: Uri | None) -> bool | None:
    """Whether the item is saved; None without an item, or if Spotify does not say it."""
    if uri is not None:
        with suppress(BotError):
            (liked,) = await spotify.library.contains(uri)
            return liked
    return None
