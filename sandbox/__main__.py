"""`python -m sandbox`: runs the bot with a simulated Discord and a simulated Spotify."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from bot.interactions.icons import read_images
from sandbox.harness import Harness, run_harness
from sandbox.page import PageServer

DEFAULT_PORT = 8321
MAX_PORT = 65535


async def serve_page(harness: Harness, port: int) -> None:
    """Serve the page until SIGINT or SIGTERM. Raises if the bot stops by itself."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with PageServer(harness.discord, harness.spotify, port=port) as page:
        print(f"Demo running: {page.url} (press Ctrl+C to stop; nothing is saved)")
        print(f"To export a library from another terminal, and put it back:\n{lines(harness)}")
        sys.stdout.flush()
        stopping = asyncio.create_task(stop.wait())
        running = asyncio.create_task(harness.wait_until_exit())
        await asyncio.wait({stopping, running}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if running.done():
            running.result()
            raise RuntimeError("the bot stopped by itself")
        running.cancel()


def lines(harness: Harness) -> str:
    """The shell's lines that export and restore a library of the simulated Spotify."""
    spotify = harness.spotify
    # Without a port, which Spotify allows on loopback, so that --port works.
    spotify.register_redirect_uri("http://127.0.0.1/callback")
    return (
        f"  export SPOTIFY_API_URL={spotify.api_url} SPOTIFY_ACCOUNTS_URL={spotify.accounts_url}\n"
        f"  {sys.executable} -m bot export --client-id {spotify.client_id} --out exported\n"
        f"  {sys.executable} -m bot restore --client-id {spotify.client_id} exported/library-*.zip"
    )


async def main(arguments: argparse.Namespace) -> None:
    async with run_harness(
        seed=arguments.seed, icons=read_images, SPOTIFY_CLIENT_SECRET="yes"
    ) as harness:
        if arguments.terminal:
            # Only the terminal needs the libraries of the dependency group "demo".
            from sandbox.terminal import run_terminal

            await run_terminal(harness)
        else:
            await serve_page(harness, arguments.port)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument(
        "--terminal", action="store_true", help="use slash commands in the terminal"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the port of the page")
    parser.add_argument("--seed", type=int, default=0, help="the seed of random choices")
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
