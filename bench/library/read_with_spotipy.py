"""Reads the liked songs with spotipy, as its documentation does: `next` until there is none."""

from __future__ import annotations

import spotipy

from bench.library.resource_usage import API_URL, TOKEN, measured

spotify = spotipy.Spotify(auth=TOKEN)
spotify.prefix = f"{API_URL}/"

with measured() as usage:
    page = spotify.current_user_saved_tracks(limit=50)
    while page:
        for _ in page["items"]:
            usage.songs += 1
        page = spotify.next(page)
