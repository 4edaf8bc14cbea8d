"""Reads the liked songs with tekore, as its documentation does: `all_items` of the first page."""

from __future__ import annotations

import tekore
import tekore._client.base

from bench.library.resource_usage import API_URL, TOKEN, measured

tekore._client.base.prefix = f"{API_URL}/"
spotify = tekore.Spotify(TOKEN)

with measured() as usage:
    for _ in spotify.all_items(spotify.saved_tracks(limit=50)):
        usage.songs += 1
