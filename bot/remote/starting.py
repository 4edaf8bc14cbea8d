"""What is to be played: an item of the catalogue, or the liked songs."""

from __future__ import annotations

from bot.errors import NothingToExport, Rejected, Restricted
from bot.remote.after import told
from bot.remote.deeds import LIKED, Deed
from bot.remote.doing import Doing
from bot.spotify.models import Album, Episode, Track
from bot.spotify.player import MOST_URIS
from bot.spotify.uris import Uri
from bot.ui.replies import Done


async def play(deed: Deed, doing: Doing) -> Done:
    """A track plays inside its album, so that music goes on after it."""
    late = deed.shuffle is not None and not await _shuffled(deed.shuffle, doing)
    done = await (_play_liked(doing) if deed.what == LIKED else _play_item(deed, doing))
    if late and deed.shuffle is not None and not await _shuffled(deed.shuffle, doing):
        return Done(f"{done.says}. Spotify does not let that be shuffled", item=done.item)
    return done


async def _shuffled(on: bool, doing: Doing) -> bool:
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
    uris: list[Uri] = []
    songs = doing.spotify.library.tracks()
    async for entry in songs:
        if entry and entry.track and entry.track.uri:
            uris.append(entry.track.uri)
        if len(uris) == MOST_URIS:
            break
    if not uris:
        raise NothingToExport("none", says="You have no liked songs yet. Like some with /save.")
    async with told(doing.spotify):
        await doing.spotify.player.play(*uris, device=doing.device)
    if len(uris) < (songs.total or 0) and len(uris) == MOST_URIS:
        says = f"Playing your {MOST_URIS} newest liked songs of {songs.total:,}"
        return Done(f"{says}. Spotify takes no more at once")
    return Done(f"Playing your {len(uris)} liked song{'s' if len(uris) > 1 else ''}")
