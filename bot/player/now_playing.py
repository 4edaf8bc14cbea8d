"""TODO."""

from __future__ import annotations

from bot.errors.content import NothingPlaying
from bot.spotify import Spotify
from bot.spotify.models import Playable

AD_PLAYING = "An ad is playing. The music goes on after it."


async def now_playing(spotify: Spotify) -> Playable:
    """What plays now. Raises NothingPlaying, which says so too where an ad plays."""
    state = await spotify.player.state()
    if state is not None and state.item is not None:
        return state.item
    ad = state is not None and state.currently_playing_type == "ad"
    raise NothingPlaying("ad", message=AD_PLAYING) if ad else NothingPlaying
