"""The plainest way: `requests`, and a loop that follows `next`."""

from __future__ import annotations

import requests

from bench.reading.meter import API_URL, TOKEN, metered

session = requests.Session()
session.headers["Authorization"] = f"Bearer {TOKEN}"

with metered() as meter:
    url = f"{API_URL}/me/tracks?limit=50"
    while url:
        page = session.get(url, timeout=10).json()
        for _ in page["items"]:
            meter.songs += 1
        url = page["next"]
