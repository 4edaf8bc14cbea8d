"""Bodies of answers: how large they may be, and what tells that one cannot be read."""

from __future__ import annotations

import aiohttp
import msgspec

MAX_BODY = 8 * 1024 * 1024

# What comes of a body that is not the JSON it should be; the last one, of ten thousand brackets.
DECODE_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


async def read_body(response: aiohttp.ClientResponse, max_bytes: int = MAX_BODY) -> bytes:
    """The body, of `largest` bytes at most. Raises ClientPayloadError beyond."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise aiohttp.ClientPayloadError("body too large")
    return b"".join(chunks)  # a bytearray that grows costs a third of a page's whole time
