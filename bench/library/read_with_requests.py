"""Reads the liked songs with `requests`, in a loop that follows `next`."""

from __future__ import annotations

import requests

from bench.library.resource_usage import API_URL, TOKEN, measured

session = requests.Session()
session.headers["Authorization"] = f"Bearer {TOKEN}"

with measured() as usage:
    url = f"{API_URL}/me/tracks?limit=50"
    while url:
        page = session.get(url, timeout=10).json()
        for _ in page["items"]:
            usage.songs += 1
        url = page["next"]
