"""The pretend Discord without a page: a slash command a line in, what Discord would show out."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from typing import Any

from sandbox.browser import Browser
from sandbox.discord import NoAnswer, Refused, Reply, Seat
from sandbox.discord.world import EPHEMERAL
from sandbox.readable import controls, readable
from sandbox.stage import Offer, Stage, code_on

# A reply counts as finished when neither service has moved for so many seconds.
QUIET = 0.3

HELP = """\
Type a slash command: /search query:lantern, or /search lantern for its first option.
Type a number to press a button or pick a choice of the last reply.
? /play lan   what is offered while one types this far; a number then takes an offer
read          the last messages here, as #1, #2 …; type #2 to use its buttons
on #2 Name    an entry of the menu of a message; on grace Name: of the menu of a user
say words     an ordinary message
as grace      be somebody else: ada, grace, linus or mallory
in night      go somewhere else: music, general, night, elsewhere, dm or huddle
look          what plays at the pretend Spotify
quit          leave; so does the end of input"""

READ = 10  # messages


class Terminal:
    """One person at a time, who reads replies and presses what is in them by number."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._user, self._place = "ada", "music"
        self._reply: Reply | None = None
        self._in_hand: str | None = None  # the id of the message whose buttons have the numbers
        self._offers: list[str] = []  # lines to choose from, instead of that message's buttons
        self._followed: set[str] = set()

    @property
    def _seat(self) -> Seat:
        return self._stage.discord.seat(self._user, self._place)

    async def obey(self, line: str) -> None:
        """Do what one line says, and print what came of it."""
        word, _, rest = line.partition(" ")
        offers, self._offers = self._offers, []
        try:
            if line.startswith("/"):
                await self._show(await self._seat.run(line))
            elif line.isdecimal() and offers:
                await self._take(offers, int(line))
            elif line.isdecimal():
                await self._press(int(line))
            elif line.startswith("#"):
                self._take_up(line)
            elif word == "?":
                await self._complete(rest)
            elif word == "on":
                await self._menu(*rest.split(" ", 1))
            elif word == "read":
                self._read()
            elif word == "say" and rest:
                self._seat.say(rest)
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

    async def _complete(self, line: str) -> None:
        choices = await self._seat.complete(line)
        so_far = self._seat.typed(line)
        self._offers = [f"{so_far}{choice['value']}" for choice in choices]
        for number, choice in enumerate(choices, start=1):
            print(f"  [{number}] {choice['name']}")
        if not choices:
            print("Nothing is offered.")

    async def _take(self, offers: list[str], number: int) -> None:
        if not 1 <= number <= len(offers):
            raise LookupError("there is no such number among the offers")
        print(offers[number - 1])
        await self._show(await self._seat.run(offers[number - 1]))

    async def _menu(self, target: str, entry: str = "") -> None:
        if target.startswith("#"):
            reply = await self._seat.menu(entry, message=self._message(target))
        else:
            reply = await self._seat.menu(entry, user=target)
        await self._show(reply)

    def _message(self, number: str) -> dict[str, Any]:
        """The message of this number, #1 being the newest."""
        for known, message in enumerate(reversed(self._seat.messages()[-READ:]), start=1):
            if number == f"#{known}":
                return message
        raise LookupError("there is no such message here")

    def _read(self) -> None:
        messages = self._seat.messages()[-READ:]
        for number, message in zip(range(len(messages), 0, -1), messages, strict=True):
            print(f"#{number} {_author(message)}: {readable(message, numbered=False)}")
        if not messages:
            print("Nobody has written anything here.")

    def _take_up(self, number: str) -> None:
        message = self._message(number)
        self._in_hand = message["id"]
        print(f"{_author(message)}: {readable(message)}")

    async def _show(self, reply: Reply) -> None:
        await self._quiet()
        self._reply = reply
        if reply.messages:
            self._in_hand = reply.message["id"]
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
        found = (m for m in self._seat.messages() if m["id"] == self._in_hand)
        message = next(found, None)
        chosen = controls(message).get(number) if message else None
        if chosen is None or message is None:
            raise LookupError("there is no such number in the last reply")
        if chosen.choice is None:
            await self._show(await self._seat.press(message, chosen.custom_id))
        else:
            await self._show(await self._seat.pick(message, chosen.choice, select=chosen.select))

    async def _fill(self, line: str) -> None:
        assert self._reply is not None
        assert self._reply.modal is not None
        fields = dict(part.split("=", 1) for part in line.split("; "))
        await self._show(await self._seat.submit(self._reply.modal, **fields))

    def _print(self, reply: Reply) -> None:
        for message in reply.messages:
            numbered = message is reply.message
            print(f"{_author(message)}: {readable(message, numbered=numbered)}")
        if reply.modal:
            fields = ", ".join(str(field["label"]) for field in reply.modal.fields)
            print(f"A form: {fields}. Answer with name=value; name=value")
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


def _author(message: dict[str, Any]) -> str:
    author = message["author"]
    name = author["global_name"] or author["username"]
    return f"{name} (only you)" if message["flags"] & EPHEMERAL else name


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
