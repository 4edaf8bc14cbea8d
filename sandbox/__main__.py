"""`python -m sandbox`: the bot between a pretend Discord and a pretend Spotify, to be tried out."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from sandbox.harness import Harness, run_harness
from sandbox.page import PageServer
from sandbox.terminal import run_terminal

DEFAULT_PORT = 8321
MAX_PORT = 65535


async def serve_page(harness: Harness, port: int) -> None:
    """Serve the page until SIGINT or SIGTERM, or until the bot ends."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with PageServer(harness.discord, harness.spotify, port=port) as page:
        print(f"Tonearm is on stage. Open {page.url}", flush=True)
        print("Ctrl+C ends it; nothing is kept.", flush=True)
        stopping = asyncio.create_task(stop.wait())
        life = asyncio.create_task(harness.wait_until_exit())
        await asyncio.wait({stopping, life}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if life.done():
            life.result()
            raise RuntimeError("the bot ended by itself")
        life.cancel()


async def main(arguments: argparse.Namespace) -> None:
    async with run_harness(seed=arguments.seed) as it:
        if arguments.terminal:
            await run_terminal(it)
        else:
            await serve_page(it, arguments.port)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--terminal", action="store_true", help="slash commands line by line")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where the page is served")
    parser.add_argument("--seed", type=int, default=0, help="for all that is left to chance")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= MAX_PORT:
        parser.exit(2, f"There is no port {arguments.port}: take one from 1 to {MAX_PORT}.\n")
    try:
        asyncio.run(main(arguments))
    except KeyboardInterrupt:
        pass
    except Exception:
        logging.exception("the sandbox stopped")
        sys.exit(1)
