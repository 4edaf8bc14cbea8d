"""What is to be played: an item of the catalogue, or the liked songs."""

from __future__ import annotations

import asyncio

from bot.errors.content import NothingToExport
from bot.errors.spotify import BadRequest, PlayerRestricted
from bot.player.actions import LIKED_SONGS, PlayerAction
from bot.player.confirm import explain_unknown_outcome
from bot.player.context import ActionContext
from bot.player.outcome import Outcome
from bot.spotify.models import Album, Episode, Track
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.player import MAX_URIS
from bot.spotify.uris import Kind, Uri

SHUFFLE_REFUSED = "Spotify does not let that be shuffled"


async def play(deed: PlayerAction, doing: ActionContext) -> Outcome:
    """A track plays inside its album, so that music goes on after it."""
    late = deed.shuffle is not None and not await try_shuffle(deed.shuffle, doing)
    done = await (_play_liked(doing) if deed.argument == LIKED_SONGS else _play_item(deed, doing))
    if late and deed.shuffle is not None and not await try_shuffle(deed.shuffle, doing):
        return Outcome(f"{done.message}. {SHUFFLE_REFUSED}", item=done.item)
    return done


async def try_shuffle(on: bool, doing: ActionContext) -> bool:
    """Whether that can be set: what plays now may not be one to shuffle, what comes may."""
    try:
        await doing.spotify.player.set_shuffle(on, device=doing.device)
    except PlayerRestricted:
        return False
    return True


async def _play_item(deed: PlayerAction, doing: ActionContext) -> Outcome:
    player = doing.spotify.player
    item = doing.item
    if item is None:
        assert deed.uri is not None, "an item, where it is not the liked songs"
        item = await doing.spotify.catalogue.item(deed.uri)
    uri = item.require_uri()
    async with explain_unknown_outcome(doing.spotify):
        match item:
            case Track(album=Album(id=str(album))):
                await _play_in_album(Uri(Kind.ALBUM, album), uri, doing)
            case Track() | Episode():
                await player.play(uri, device=doing.device)
            case _:
                await player.play_context(uri, device=doing.device)
    return Outcome("Playing", item=item)


async def _play_in_album(album: Uri, track: Uri, doing: ActionContext) -> None:
    """An album from this track on; the track alone, where its album does not hold it any more."""
    try:
        await doing.spotify.player.play_context(album, offset=track, device=doing.device)
    except BadRequest:
        await doing.spotify.player.play(track, device=doing.device)


async def _play_liked(doing: ActionContext) -> Outcome:
    """As many as one call carries, newest first."""
    songs = doing.spotify.library.tracks()
    first = await songs.page()
    more = range(PAGE_SIZE, min(first.total, MAX_URIS), PAGE_SIZE)
    pages = [first, *await asyncio.gather(*(songs.page(offset) for offset in more))]
    tracks = [entry.track for page in pages for entry in page.items if entry and entry.track]
    # A song that was liked meanwhile pushes another one to the next page, where it comes again.
    uris = list(dict.fromkeys(track.uri for track in tracks if track.uri))[:MAX_URIS]
    if not uris:
        raise NothingToExport("none", message="You have no liked songs yet. Like some with /save.")
    async with explain_unknown_outcome(doing.spotify):
        await doing.spotify.player.play(*uris, device=doing.device)
    if first.total > MAX_URIS:
        says = f"Playing your {len(uris)} newest liked songs of {first.total:,}"
        return Outcome(f"{says}. Spotify takes no more at once")
    return Outcome(f"Playing your {len(uris)} liked song{'s' if len(uris) > 1 else ''}")
