"""Handlers of the actions that start playback: play and resume."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from bot.errors.content import NothingToExport
from bot.errors.spotify import BadRequest, PlayerRestricted
from bot.player.actions import LIKED_SONGS, PlayerAction
from bot.player.context import ActionContext
from bot.player.outcome import Outcome
from bot.player.resolve import item_to_play
from bot.player.state import explain_unknown_outcome
from bot.spotify.catalogue import Item
from bot.spotify.entries import Entries
from bot.spotify.models import Album, Episode, Playable, Playback, Track
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.player import MAX_URIS
from bot.spotify.uris import Kind, Uri
from bot.text.items import count, format_duration

SHUFFLE_REFUSED = "That can’t be shuffled"
_PAST_END = ", since the link’s time is past the end"
_NO_LIKED_SONGS = "You have no liked songs yet. Like some with /save."
_ONLY_LOCAL_FILES = (
    "Your liked songs are files on your computer, which apps can’t play. Use /play with a name or "
    "a link."
)


async def play(action: PlayerAction, context: ActionContext) -> Outcome:
    """Play an item or the liked songs; a track plays inside its album, so that more follows it."""
    shuffle_is_set = await _try_shuffle(action.shuffle, context)
    is_liked = action.argument == LIKED_SONGS
    outcome = await (_play_liked(context) if is_liked else _play_item(action, context))
    # What played before may not be shufflable; what plays now may be.
    if shuffle_is_set or await _try_shuffle(action.shuffle, context):
        return outcome
    return Outcome(f"{outcome.message}. {SHUFFLE_REFUSED}", item=outcome.item)


async def resume(action: PlayerAction, context: ActionContext) -> Outcome:
    """Resume, in the shuffle mode that the action asks for."""
    shuffle_is_set = await _try_shuffle(action.shuffle, context)
    try:
        async with explain_unknown_outcome(context.spotify):
            await context.spotify.player.resume(device=context.device)
    except PlayerRestricted:
        if action.shuffle is None or not shuffle_is_set:
            raise
        # Spotify refuses to resume what is playing: then the action is about the shuffle mode.
        state, _ = await context.poll_state(lambda state: state.shuffle_state == action.shuffle)
        if state is None or not state.is_playing:
            raise
        message = "Shuffled" if action.shuffle else "Shuffle is off"
        return Outcome(message, state=replace(state, shuffle_state=action.shuffle))
    shuffle_is_set = shuffle_is_set or await _try_shuffle(action.shuffle, context)

    def is_resumed(state: Playback) -> bool:
        return state.is_playing is True and (context.device is None or context.is_on_target(state))

    state, is_updated = await context.poll_state(is_resumed)
    if state is not None and not is_updated:
        is_target = context.device is None or context.is_on_target(state)
        device = state.device if is_target else None
        state = replace(state, is_playing=True, device=device)
    return Outcome("Playing" if shuffle_is_set else f"Playing. {SHUFFLE_REFUSED}", state=state)


async def _try_shuffle(on: bool | None, context: ActionContext) -> bool:
    """Set the shuffle mode, unless `on` is None. False if Spotify refuses."""
    if on is None:
        return True
    try:
        await context.spotify.player.set_shuffle(on, device=context.device)
    except PlayerRestricted:
        return False
    return True


async def _play_item(action: PlayerAction, context: ActionContext) -> Outcome:
    player = context.spotify.player
    item, device = context.item, context.device
    assert action.uri is not None, "only the liked songs have no URI"
    if item is None:
        item = await item_to_play(context.spotify, action.uri)
    uri = item.require_uri()
    start_ms = _start_ms(item, action.uri.start_ms)
    async with explain_unknown_outcome(context.spotify):
        match item:
            case Track(album=Album(id=str(album_id))):
                await _play_in_album(Uri(Kind.ALBUM, album_id), uri, start_ms, context)
            case Track() | Episode():
                await player.play(uri, device=device, position_ms=start_ms)
            case _:
                await player.play_context(uri, device=device)
    if start_ms:
        return Outcome(f"Playing from {format_duration(start_ms)}", item=item)
    is_past_end = action.uri.start_ms > 0
    return Outcome(f"Playing from the start{_PAST_END}" if is_past_end else "Playing", item=item)


async def play_songs(songs: Sequence[Playable], context: ActionContext) -> Outcome:
    """Play these songs one after the other, at most MAX_URIS; one call."""
    uris = [song.require_uri() for song in songs]
    async with explain_unknown_outcome(context.spotify):
        await context.spotify.player.play(*uris, device=context.device)
    return Outcome(f"Playing {count(len(uris), 'song')}")


def _start_ms(item: Item, linked_ms: int) -> int | None:
    """A link's start position; None for the beginning, and if the item ends before that."""
    duration = item.duration_ms if isinstance(item, Track | Episode) else 0
    # A start at the item's end would play the next item.
    is_inside = duration is None or linked_ms < duration
    return linked_ms if linked_ms and is_inside else None


async def _play_in_album(
    album: Uri, track: Uri, start_ms: int | None, context: ActionContext
) -> None:
    """The album from this track on; the track alone if the album no longer contains it."""
    player, device = context.spotify.player, context.device
    try:
        await player.play_context(album, offset=track, device=device, position_ms=start_ms)
    except BadRequest:
        await player.play(track, device=device, position_ms=start_ms)


async def _play_liked(context: ActionContext) -> Outcome:
    """The newest liked songs, as many as one call takes."""
    songs = context.spotify.library.tracks()
    first = await songs.page(fresh=True)
    pages = [first]
    total = first.total or 0
    if first.has_more():
        end = min(total, MAX_URIS) if total > PAGE_SIZE else MAX_URIS
        offsets = range(PAGE_SIZE, end, PAGE_SIZE)
        pages += await asyncio.gather(*(songs.page(offset, fresh=True) for offset in offsets))
    read = [page.readable.map(lambda saved: saved.track) for page in pages]
    tracks = [track for entries in read for track in entries]
    # A song that is liked meanwhile moves another one to the next page, which then repeats it.
    uris = list(dict.fromkeys(track.uri for track in tracks if track.uri))[:MAX_URIS]
    unreadable = sum(entries.unreadable for entries in read)
    if not uris:
        why = _ONLY_LOCAL_FILES if tracks else _NO_LIKED_SONGS
        Entries(unreadable=unreadable).require(NothingToExport("none", message=why))
    async with explain_unknown_outcome(context.spotify):
        await context.spotify.player.play(*uris, device=context.device)
    left_out = unreadable + sum(track.uri is None for track in tracks)
    has_more = pages[-1].has_more((len(pages) - 1) * PAGE_SIZE)
    return _playing_liked(len(uris), left_out, total if has_more else None)


def _playing_liked(songs: int, left_out: int, total: int | None) -> Outcome:
    """The message about the liked songs.

    left_out  the number of songs that were read but cannot be played
    total     Spotify's count if not all were read, or 0 without one
    """
    if left_out:
        liked = "liked songs" if total is None else "newest liked songs"
        return Outcome(f"Playing {songs} of your {songs + left_out} {liked}")
    if total is None:
        return Outcome(f"Playing your {count(songs, 'liked song')}")
    message = f"Playing your {count(songs, 'newest liked song')}"
    message += f" of {total:,}" if total > songs else ""
    is_full = songs == MAX_URIS
    return Outcome(f"{message}. Spotify takes no more at once" if is_full else message)
