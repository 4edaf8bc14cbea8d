"""What is to be played: an item of the catalogue, or the liked songs."""

from __future__ import annotations

import asyncio

from bot.errors import NothingToExport, Rejected, Restricted
from bot.remote.after import told
from bot.remote.deeds import LIKED, Deed
from bot.remote.doing import Doing
from bot.spotify.models import Album, Episode, Track
from bot.spotify.paging import PAGE
from bot.spotify.player import MOST_URIS
from bot.spotify.uris import Uri
from bot.ui.replies import Done

UNSHUFFLED = "Spotify does not let that be shuffled"


async def play(deed: Deed, doing: Doing) -> Done:
    """A track plays inside its album, so that music goes on after it."""
    late = deed.shuffle is not None and not await shuffled(deed.shuffle, doing)
    done = await (_play_liked(doing) if deed.what == LIKED else _play_item(deed, doing))
    if late and deed.shuffle is not None and not await shuffled(deed.shuffle, doing):
        return Done(f"{done.says}. {UNSHUFFLED}", item=done.item)
    return done


async def shuffled(on: bool, doing: Doing) -> bool:
    """Whether that can be set: what plays now may not be one to shuffle, what comes may."""
    try:
        await doing.spotify.player.shuffle(on, device=doing.device)
    except Restricted:
        return False
    return True


async def _play_item(deed: Deed, doing: Doing) -> Done:
    player = doing.spotify.player
    item = doing.item
    if item is None:
        assert deed.uri is not None, "an item, where it is not the liked songs"
        item = await doing.spotify.catalogue.item(deed.uri)
    uri = item.uri
    assert uri is not None, "the catalogue has ids"
    async with told(doing.spotify):
        match item:
            case Track(album=Album(id=str(album))):
                await _play_within(Uri("album", album), uri, doing)
            case Track() | Episode():
                await player.play(uri, device=doing.device)
            case _:
                await player.play_context(uri, device=doing.device)
    return Done("Playing", item=item)


async def _play_within(album: Uri, track: Uri, doing: Doing) -> None:
    """An album from this track on; the track alone, where its album does not hold it any more."""
    try:
        await doing.spotify.player.play_context(album, start=track, device=doing.device)
    except Rejected:
        await doing.spotify.player.play(track, device=doing.device)


async def _play_liked(doing: Doing) -> Done:
    """As many as one call carries, newest first."""
    songs = doing.spotify.library.tracks()
    first = await songs.page()
    more = range(PAGE, min(first.total, MOST_URIS), PAGE)
    pages = [first, *await asyncio.gather(*(songs.page(offset) for offset in more))]
    tracks = [entry.track for page in pages for entry in page.items if entry and entry.track]
    # A song that was liked meanwhile pushes another one to the next page, where it comes again.
    uris = list(dict.fromkeys(track.uri for track in tracks if track.uri))[:MOST_URIS]
    if not uris:
        raise NothingToExport("none", says="You have no liked songs yet. Like some with /save.")
    async with told(doing.spotify):
        await doing.spotify.player.play(*uris, device=doing.device)
    if first.total > MOST_URIS:
        says = f"Playing your {len(uris)} newest liked songs of {first.total:,}"
        return Done(f"{says}. Spotify takes no more at once")
    return Done(f"Playing your {len(uris)} liked song{'s' if len(uris) > 1 else ''}")
