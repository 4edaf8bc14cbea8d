"""tekore, as its documentation reads a library: `all_items` of the first page."""

from __future__ import annotations

import tekore
import tekore._client.base

from bench.reading.meter import API_URL, TOKEN, metered

tekore._client.base.prefix = f"{API_URL}/"
spotify = tekore.Spotify(TOKEN)

with metered() as meter:
    for _ in spotify.all_items(spotify.saved_tracks(limit=50)):
        meter.songs += 1
