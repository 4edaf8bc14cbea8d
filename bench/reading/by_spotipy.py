"""spotipy, as its documentation reads a library: `next` until there is none."""

from __future__ import annotations

import spotipy

from bench.reading.meter import API_URL, TOKEN, metered

spotify = spotipy.Spotify(auth=TOKEN)
spotify.prefix = f"{API_URL}/"

with metered() as meter:
    page = spotify.current_user_saved_tracks(limit=50)
    while page:
        for _ in page["items"]:
            meter.songs += 1
        page = spotify.next(page)
