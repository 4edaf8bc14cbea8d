"""The pretend Discord without a page: a slash command a line in, what Discord would show out."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from typing import Any

from sandbox.browser import Browser
from sandbox.discord import ClientValidationError, NoResponse, Reply, UserClient
from sandbox.discord.state import EPHEMERAL
from sandbox.harness import Harness, LoginOffer, find_confirmation_code
from sandbox.message_text import controls, render_message

# A reply counts as finished when neither service has moved for so many seconds.
QUIET_PERIOD = 0.3

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

MESSAGES_SHOWN = 10  # messages


class Terminal:
    """One person at a time, who reads replies and presses what is in them by number."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness
        self._user, self._place = "ada", "music"
        self._reply: Reply | None = None
        self._selected_message_id: str | None = (
            None  # the id of the message whose buttons have the numbers
        )
        self._completions: list[str] = []  # lines to choose from, instead of that message's buttons
        self._followed_urls: set[str] = set()

    @property
    def _user_client(self) -> UserClient:
        return self._harness.discord.user_client(self._user, self._place)

    async def execute(self, line: str) -> None:
        """Do what one line says, and print what came of it."""
        word, _, rest = line.partition(" ")
        offers, self._completions = self._completions, []
        try:
            if line.startswith("/"):
                await self._show_reply(await self._user_client.run(line))
            elif line.isdecimal() and offers:
                await self._run_completion(offers, int(line))
            elif line.isdecimal():
                await self._use_control(int(line))
            elif line.startswith("#"):
                self._select_message(line)
            elif word == "?":
                await self._autocomplete(rest)
            elif word == "on":
                await self._use_context_menu(*rest.split(" ", 1))
            elif word == "read":
                self._print_messages()
            elif word == "say" and rest:
                self._user_client.send(rest)
            elif word == "as":
                self._harness.discord.user_client(rest, self._place)
                self._user = rest
                print(f"You are {rest}.")
            elif word == "in":
                self._harness.discord.user_client(self._user, rest)
                self._place = rest
                print(f"You are in {rest}.")
            elif word == "look":
                self._print_player()
            elif self._reply and self._reply.modal:
                await self._fill_modal(line)
            else:
                print(HELP)
        except (ClientValidationError, NoResponse, LookupError, ValueError) as refused:
            print(f"! {refused}")

    async def _autocomplete(self, line: str) -> None:
        choices = await self._user_client.autocomplete(line)
        so_far = self._user_client.line_before_value(line)
        self._completions = [f"{so_far}{choice['value']}" for choice in choices]
        for number, choice in enumerate(choices, start=1):
            print(f"  [{number}] {choice['name']}")
        if not choices:
            print("Nothing is offered.")

    async def _run_completion(self, completions: list[str], number: int) -> None:
        if not 1 <= number <= len(completions):
            raise LookupError("there is no such number among the offers")
        print(completions[number - 1])
        await self._show_reply(await self._user_client.run(completions[number - 1]))

    async def _use_context_menu(self, target: str, entry: str = "") -> None:
        if target.startswith("#"):
            reply = await self._user_client.use_context_menu(
                entry, message=self._find_message(target)
            )
        else:
            reply = await self._user_client.use_context_menu(entry, user=target)
        await self._show_reply(reply)

    def _find_message(self, number: str) -> dict[str, Any]:
        """The message of this number, #1 being the newest."""
        for known, message in enumerate(
            reversed(self._user_client.messages()[-MESSAGES_SHOWN:]), start=1
        ):
            if number == f"#{known}":
                return message
        raise LookupError("there is no such message here")

    def _print_messages(self) -> None:
        messages = self._user_client.messages()[-MESSAGES_SHOWN:]
        for number, message in zip(range(len(messages), 0, -1), messages, strict=True):
            print(f"#{number} {_author_name(message)}: {render_message(message, numbered=False)}")
        if not messages:
            print("Nobody has written anything here.")

    def _select_message(self, number: str) -> None:
        message = self._find_message(number)
        self._selected_message_id = message["id"]
        print(f"{_author_name(message)}: {render_message(message)}")

    async def _show_reply(self, reply: Reply) -> None:
        await self._wait_until_quiet()
        self._reply = reply
        if reply.messages:
            self._selected_message_id = reply.message["id"]
        self._print_reply(reply)
        with contextlib.suppress(LookupError):
            offer = self._harness.find_login_offer(reply)
            if offer.url not in self._followed_urls:
                self._followed_urls.add(offer.url)
                await self._log_in(reply, offer)

    async def _log_in(self, reply: Reply, offer: LoginOffer) -> None:
        if offer.message is not reply.message:
            print(f"Tonearm (direct message): {render_message(offer.message)}")
        print(f"… following the login link as {self._user}'s browser would")
        async with Browser() as browser:
            page = await browser.log_in(offer.url, account=self._user)
        print("  page: " + page.text.replace("\n", "\n        "))
        await self._wait_until_quiet()
        if code := find_confirmation_code(page.text):
            print(f"… entering {code}")
            message = next(
                m for m in offer.user_client.messages() if m["id"] == offer.message["id"]
            )
            form = await offer.user_client.press(message, "Enter code")
            await form.submit(code=code)
            await self._wait_until_quiet()
        self._print_reply(reply)

    async def _use_control(self, number: int) -> None:
        found = (m for m in self._user_client.messages() if m["id"] == self._selected_message_id)
        message = next(found, None)
        chosen = controls(message).get(number) if message else None
        if chosen is None or message is None:
            raise LookupError("there is no such number in the last reply")
        if chosen.choice is None:
            await self._show_reply(await self._user_client.press(message, chosen.custom_id))
        else:
            await self._show_reply(
                await self._user_client.pick(message, chosen.choice, select=chosen.select)
            )

    async def _fill_modal(self, line: str) -> None:
        assert self._reply is not None
        assert self._reply.modal is not None
        fields = dict(part.split("=", 1) for part in line.split("; "))
        await self._show_reply(await self._user_client.submit(self._reply.modal, **fields))

    def _print_reply(self, reply: Reply) -> None:
        for message in reply.messages:
            numbered = message is reply.message
            print(f"{_author_name(message)}: {render_message(message, numbered=numbered)}")
        if reply.modal:
            fields = ", ".join(str(field["label"]) for field in reply.modal.input_fields)
            print(f"A form: {fields}. Answer with name=value; name=value")
        for name, content in reply.files.items():
            print(f"  file {name}, {len(content):,} bytes")

    def _print_player(self) -> None:
        view: dict[str, Any] = self._harness.spotify.page_view(self._user)
        playing = view["playing"]
        if playing:
            state = "plays" if playing["is_playing"] else "is paused"
            print(f"Spotify: {playing['name']} by {', '.join(playing['artists'])} {state}")
        else:
            print("Spotify: nothing plays")
        print(f"  {view['liked_total']:,} liked songs, {len(view['queue'])} queued")

    async def _wait_until_quiet(self) -> None:
        """Wait until neither service has been moved for QUIET seconds."""
        changes = self._harness.discord.changes
        while True:
            seen = changes.version, len(self._harness.spotify.calls)
            try:
                await changes.wait_for_change(changes.version, timeout=QUIET_PERIOD)
            except TimeoutError:
                if seen == (changes.version, len(self._harness.spotify.calls)):
                    return


def _author_name(message: dict[str, Any]) -> str:
    author = message["author"]
    name = author["global_name"] or author["username"]
    return f"{name} (only you)" if message["flags"] & EPHEMERAL else name


async def run_terminal(harness: Harness) -> None:
    """Read lines until the end of input. Raises BotDied, or what killed the bot."""
    print(HELP, flush=True)
    terminal = Terminal(harness)
    lines = _read_stdin()
    life = asyncio.create_task(harness.wait_until_exit())
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
                await terminal.execute(text.strip())
                sys.stdout.flush()
    finally:
        life.cancel()


def _read_stdin() -> asyncio.Queue[str | None]:
    """Standard input as it comes, None at its end: read in a thread that may be left behind."""
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return queue
