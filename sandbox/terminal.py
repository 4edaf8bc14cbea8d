"""The pretend Discord without a page: a slash command a line in, what Discord would show out."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from typing import Any

from sandbox.browser import Browser
from sandbox.discord import NoAnswer, Refused, Reply, Seat
from sandbox.readable import Control, controls, readable
from sandbox.stage import Offer, Stage, code_on

# A reply counts as finished when neither service has moved for so many seconds.
QUIET = 0.3

HELP = """\
Type a slash command: /search query:lantern, or /search lantern for its first option.
Type a number to press a button or pick a choice of the last reply.
as grace      be somebody else: ada, grace, linus or mallory
in night      go somewhere else: music, general, night, elsewhere, dm or huddle
look          what plays at the pretend Spotify
quit          leave; so does the end of input"""


class Terminal:
    """One person at a time, who reads replies and presses what is in them by number."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._user, self._place = "ada", "music"
        self._reply: Reply | None = None
        self._followed: set[str] = set()

    @property
    def _seat(self) -> Seat:
        return self._stage.discord.seat(self._user, self._place)

    async def obey(self, line: str) -> None:
        """Do what one line says, and print what came of it."""
        word, _, rest = line.partition(" ")
        try:
            if line.startswith("/"):
                await self._show(await self._seat.run(line))
            elif line.isdigit():
                await self._press(int(line))
            elif word == "as":
                self._stage.discord.seat(rest, self._place)
                self._user = rest
                print(f"You are {rest}.")
            elif word == "in":
                self._stage.discord.seat(self._user, rest)
                self._place = rest
                print(f"You are in {rest}.")
            elif word == "look":
                self._look()
            elif self._reply and self._reply.modal:
                await self._fill(line)
            else:
                print(HELP)
        except (Refused, NoAnswer, LookupError, ValueError) as refused:
            print(f"! {refused}")

    async def _show(self, reply: Reply) -> None:
        await self._quiet()
        self._reply = reply
        self._print(reply)
        with contextlib.suppress(LookupError):
            offer = self._stage.offer(reply)
            if offer.url not in self._followed:
                self._followed.add(offer.url)
                await self._log_in(reply, offer)

    async def _log_in(self, reply: Reply, offer: Offer) -> None:
        if offer.message is not reply.message:
            print(f"Tonearm (direct message): {readable(offer.message)}")
        print(f"… following the login link as {self._user}'s browser would")
        async with Browser() as browser:
            page = await browser.log_in(offer.url, account=self._user)
        print("  page: " + page.text.replace("\n", "\n        "))
        await self._quiet()
        if code := code_on(page.text):
            print(f"… entering {code}")
            message = next(m for m in offer.seat.messages() if m["id"] == offer.message["id"])
            form = await offer.seat.press(message, "Enter code")
            await form.submit(code=code)
            await self._quiet()
        self._print(reply)

    async def _press(self, number: int) -> None:
        chosen = self._controls().get(number)
        if chosen is None or self._reply is None:
            raise LookupError("there is no such number in the last reply")
        message = self._reply.message
        if chosen.choice is None:
            await self._show(await self._seat.press(message, chosen.custom_id))
        else:
            await self._show(await self._seat.pick(message, chosen.choice, select=chosen.select))

    async def _fill(self, line: str) -> None:
        assert self._reply is not None
        assert self._reply.modal is not None
        fields = dict(part.split("=", 1) for part in line.split("; "))
        await self._show(await self._seat.submit(self._reply.modal, **fields))

    def _controls(self) -> dict[int, Control]:
        return controls(self._reply.message) if self._reply and self._reply.messages else {}

    def _print(self, reply: Reply) -> None:
        for message in reply.messages or [reply.message]:
            who = "Tonearm (only you)" if reply.ephemeral else "Tonearm"
            numbered = message is reply.message
            print(f"{who}: {readable(message, numbered=numbered)}")
        if reply.modal:
            print("A form; answer with name=value; name=value")
        for name, content in reply.files.items():
            print(f"  file {name}, {len(content):,} bytes")

    def _look(self) -> None:
        view: dict[str, Any] = self._stage.spotify.view(self._user)
        playing = view["playing"]
        if playing:
            state = "plays" if playing["is_playing"] else "is paused"
            print(f"Spotify: {playing['name']} by {', '.join(playing['artists'])} {state}")
        else:
            print("Spotify: nothing plays")
        print(f"  {view['liked_total']:,} liked songs, {len(view['queue'])} queued")

    async def _quiet(self) -> None:
        """Wait until neither service has been moved for QUIET seconds."""
        changes = self._stage.discord.changes
        while True:
            seen = changes.version, len(self._stage.spotify.calls)
            try:
                await changes.after(changes.version, timeout=QUIET)
            except TimeoutError:
                if seen == (changes.version, len(self._stage.spotify.calls)):
                    return


async def converse(stage: Stage) -> None:
    """Read lines until the end of input. Raises BotDied, or what killed the bot."""
    print(HELP, flush=True)
    terminal = Terminal(stage)
    lines = _lines()
    life = asyncio.create_task(stage.lived())
    try:
        while True:
            line = asyncio.create_task(lines.get())
            await asyncio.wait({line, life}, return_when=asyncio.FIRST_COMPLETED)
            if life.done():
                line.cancel()
                life.result()
                raise RuntimeError("the bot ended by itself")
            text = line.result()
            if text is None or text.strip() == "quit":
                return
            if text.strip():
                if not sys.stdin.isatty():
                    print(f"> {text.strip()}")
                await terminal.obey(text.strip())
                sys.stdout.flush()
    finally:
        life.cancel()


def _lines() -> asyncio.Queue[str | None]:
    """Standard input as it comes, None at its end: read in a thread that may be left behind."""
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return queue
