"""Reads the liked songs with bare aiohttp: `… CONCURRENCY`, this many pages at once."""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp

from bench.library.resource_usage import API_URL, TOKEN, Usage, measured

PAGE_SIZE = 50


async def read(concurrency: int) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as http:
        with measured() as usage:
            total = await read_page(http, usage, 0)
            offsets = iter(range(PAGE_SIZE, total, PAGE_SIZE))

            async def read_pages() -> None:
                for offset in offsets:
                    await read_page(http, usage, offset)

            await asyncio.gather(*(read_pages() for _ in range(concurrency)))


async def read_page(http: aiohttp.ClientSession, usage: Usage, offset: int) -> int:
    """Count the songs of a page; the length of the whole list."""
    query = {"limit": PAGE_SIZE, "offset": offset}
    async with http.get(f"{API_URL}/me/tracks", params=query) as response:
        page = json.loads(await response.read())
    usage.songs += len(page["items"])
    return int(page["total"])


if __name__ == "__main__":
    asyncio.run(read(int(sys.argv[1])))
