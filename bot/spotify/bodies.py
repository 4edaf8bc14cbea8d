"""Bodies of answers, as far as they are not too large."""

from __future__ import annotations

import aiohttp

LARGEST_BODY = 8 * 1024 * 1024


async def body_of(response: aiohttp.ClientResponse, largest: int = LARGEST_BODY) -> bytes:
    """The body, of `largest` bytes at most. Raises ClientPayloadError beyond."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if size > largest:
            raise aiohttp.ClientPayloadError("body too large")
    return b"".join(chunks)  # a bytearray that grows costs a third of a page's whole time
