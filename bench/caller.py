"""The least that a call to Spotify costs: bare aiohttp, in a process of its own.

`python -m bench.caller URL TOKEN` asks once for each line that it reads, and says how many seconds
that took.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

import aiohttp

from bench.waits import Waits
from sandbox.spotify import Spotify

ACCOUNT = "ada"


@dataclass
class Caller:
    """`wire`: seconds that each call took beyond those in which Spotify had it."""

    process: asyncio.subprocess.Process
    waits: Waits
    wire: list[float] = field(default_factory=list)
    busy: bool = False

    async def once(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        spans = self.waits.of[ACCOUNT]
        spans.clear()
        self.busy = True
        self.process.stdin.write(b"\n")
        took = float(await self.process.stdout.readline())
        self.busy = False
        ((came, ready),) = spans
        self.wire.append(took - (ready - came))


@asynccontextmanager
async def caller(spotify: Spotify, waits: Waits) -> AsyncIterator[Caller]:
    token = spotify.issue_access_token(ACCOUNT, "user-read-playback-state")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.caller",
        f"{spotify.api_url}/me/player?additional_types=track,episode",
        token,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Caller(process, waits)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def call(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as http:
        while await asyncio.to_thread(sys.stdin.readline):
            began = perf_counter()
            async with http.get(url) as response:
                await response.read()
            print(perf_counter() - began, flush=True)


if __name__ == "__main__":
    asyncio.run(call(*sys.argv[1:]))
