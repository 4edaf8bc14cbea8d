"""Exporting the liked songs, beside the least possible time, and beside spotipy and tekore.

The bound: the pages, as many at once as Tonearm allows, by the time of a response.
"""

from __future__ import annotations

from bench.exports import pause_during_export
from bench.library.comparison import LATENCY, MANY_SONGS, SHORT_LATENCY, Reading, serve_library
from bench.report import Row, compare
from bot.spotify.paging import DEFAULT_CONCURRENCY, PAGE_SIZE

SONGS = 10_000
FORMATS = ("zip", "json", "csv", "xlsx")
PEERS = {"spotipy": "spotipy 2.26 and csv", "tekore": "tekore 6.2 and csv"}
MAX_MEMORY = 20.0  # MiB
# Requests for a library in which nothing has changed since an earlier export.
MAX_CALLS = 2.0
BOUND = SONGS / PAGE_SIZE / DEFAULT_CONCURRENCY * LATENCY


async def measure(rounds: int) -> list[Row]:
    rows = []
    ours: dict[str, list[Reading]] = {}
    async with serve_library(SONGS, LATENCY) as server:
        for name in FORMATS:
            module = "bench.exports.export_with_tonearm"
            ours[name] = [await server.run(module, name) for _ in range(rounds)]
            walls = [(reading.wall, BOUND) for reading in ours[name]]
            title = f"/export of {SONGS:,} songs as {name}, peer the least possible"
            rows.append(compare(title, walls, unit="s", aim=1.1))
        for name, title in PEERS.items():
            other = await server.run(f"bench.exports.export_with_{name}")
            about = f"/export of {SONGS:,} songs as csv, peer {title}"
            both = [(reading, other) for reading in ours["csv"]]
            rows += [
                compare(f"{about}: time", [(a.wall, b.wall) for a, b in both], unit="s"),
                compare("  CPU", [(a.cpu, b.cpu) for a, b in both], unit="s", aim=0.5),
            ]
    async with serve_library(MANY_SONGS, SHORT_LATENCY) as server:
        for name in FORMATS:
            many = await server.run("bench.exports.export_with_tonearm", name)
            title = f"memory to export {MANY_SONGS:,} songs as {name}, peer the limit"
            memory = [(many.memory, MAX_MEMORY)]
            rows.append(compare(title, memory, unit="MiB", aim=1.0))
            rows.append(Row("  size of the file", many.size / 2**20, "MiB"))
        since = await server.run("bench.exports.export_since", "zip")
        title = f"requests to export {MANY_SONGS:,} songs again, peer the limit"
        rows.append(compare(title, [(float(since.calls), MAX_CALLS)], unit="requests", aim=1.0))
        memory = [(since.memory, MAX_MEMORY)]
        rows.append(compare("  memory, peer the limit", memory, unit="MiB", aim=1.0))
        rows.append(Row("  CPU", since.cpu, "s"))
    return [*rows, await pause_during_export.measure(rounds)]
