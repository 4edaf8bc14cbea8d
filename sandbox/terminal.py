"""The terminal of the demo: reads one command per line and prints what Discord would show."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from sandbox.browser import Browser
from sandbox.discord import ClientValidationError, NoResponse, Reply, UserClient
from sandbox.discord.state import EPHEMERAL
from sandbox.harness import Harness, LoginOffer, find_confirmation_code
from sandbox.message_text import controls, readable_text, render_message
from sandbox.spotify.scenarios import Scenarios
from sandbox.terminal_input import LineCompleter, keyboard_reader, pipe_reader

QUIET_PERIOD = 0.3  # seconds without a change after which a reply counts as complete

HELP = """\
Type a slash command: /search query:lantern, or /search lantern for its first option.
Type a number to press a button or pick an option of the last reply, or press Name.
At a keyboard, Tab completes and the arrow keys recall earlier lines.
? /play lan   show suggestions; type a number to use one
read          show the last messages here as #1, #2 …; type #2 to use its buttons
on #2 Name    use a menu command on a message; on grace Name: on a user
say words     send an ordinary message
as grace      switch user: ada, grace, linus or mallory
in night      switch channel: music, general, night, elsewhere, dm or huddle
look          show the simulated Spotify player
device Name   close Spotify on a device of yours, or open it there
if quota      what if…: switch a situation at Spotify on or off; if alone lists them
quit          stop; the end of input does the same"""

MESSAGES_SHOWN = 10
PLACES = ("music", "general", "night", "elsewhere", "dm", "huddle")


class Terminal:
    """One user at a time, who uses the buttons and options in replies by number."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness
        self._scenarios = Scenarios(harness.spotify)
        self._user, self._place = "ada", "music"
        self._reply: Reply | None = None
        self._selected_message_id: str | None = None  # its buttons have the numbers
        self._suggestions: list[str] = []  # lines that have the numbers instead of the buttons
        self._followed_urls: set[str] = set()

    @property
    def _user_client(self) -> UserClient:
        return self._harness.discord.user_client(self._user, self._place)

    @property
    def completer(self) -> LineCompleter:
        """Completes the lines that `execute` takes."""
        return LineCompleter(lambda: self._user_client, self._own_lines)

    def _own_lines(self) -> Iterator[str]:
        """The lines besides slash commands that make sense now."""
        account = self._harness.spotify.accounts.get(self._user)
        yield from ("read", "look", "quit")
        yield from (f"as {name}" for name in self._harness.discord.state.users)
        yield from (f"in {place}" for place in PLACES)
        for entry in self._scenarios.view(account) if account else ():
            yield f"if {entry['name']}"
        for device in self._harness.spotify.page_view(self._user)["devices"] if account else ():
            yield f"device {device['name']}"
        with contextlib.suppress(LookupError):
            for control in controls(self._message()).values():
                if control.choice is None:
                    yield f"press {control.label}"

    async def execute(self, line: str) -> None:
        """Execute one line and print the result."""
        word, _, rest = line.partition(" ")
        suggestions, self._suggestions = self._suggestions, []
        try:
            if line.startswith("/"):
                await self._show_reply(await self._user_client.run(line))
            elif line.isdecimal() and suggestions:
                await self._run_suggestion(suggestions, int(line))
            elif line.isdecimal():
                await self._use_control(int(line))
            elif word == "press" and rest:
                await self._show_reply(await self._user_client.press(self._message(), rest))
            elif line.startswith("#"):
                self._select_message(line)
            elif word == "?" and rest:
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
            elif word == "device" and rest:
                self._harness.spotify.accounts[self._user].toggle_device(rest)
                self._print_player()
            elif word == "if":
                self._switch_scenario(rest)
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
        before = self._user_client.line_before_value(line)
        self._suggestions = [f"{before}{choice['value']}" for choice in choices]
        for number, choice in enumerate(choices, start=1):
            print(f"  [{number}] {choice['name']}")
        if not choices:
            print("No suggestions.")

    async def _run_suggestion(self, suggestions: list[str], number: int) -> None:
        if not 1 <= number <= len(suggestions):
            raise LookupError("there is no such number among the suggestions")
        print(suggestions[number - 1])
        await self._show_reply(await self._user_client.run(suggestions[number - 1]))

    async def _use_context_menu(self, target: str, entry: str = "") -> None:
        if target.startswith("#"):
            reply = await self._user_client.use_context_menu(
                entry, message=self._find_message(target)
            )
        else:
            reply = await self._user_client.use_context_menu(entry, user=target)
        await self._show_reply(reply)

    def _find_message(self, number: str) -> dict[str, Any]:
        """The message with this number; #1 is the newest."""
        newest_first = reversed(self._user_client.messages()[-MESSAGES_SHOWN:])
        for index, message in enumerate(newest_first, start=1):
            if number == f"#{index}":
                return message
        raise LookupError("there is no such message here")

    def _print_messages(self) -> None:
        messages = self._user_client.messages()[-MESSAGES_SHOWN:]
        for number, message in zip(range(len(messages), 0, -1), messages, strict=True):
            print(f"#{number} {_author_name(message)}: {_render(message, numbered=False)}")
        if not messages:
            print("There are no messages here.")

    def _select_message(self, number: str) -> None:
        message = self._find_message(number)
        self._selected_message_id = message["id"]
        print(f"{_author_name(message)}: {_render(message)}")

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
        print(f"… opening the login link in {self._user}'s browser")
        async with Browser() as browser:
            page = await browser.log_in(offer.url, account=self._user)
        print("  page: " + page.text.replace("\n", "\n        "))
        await self._wait_until_quiet()
        if code := find_confirmation_code(page.text):
            print(f"… entering {code}")
            await (await reply.press("Enter code")).submit(code=code)
            await self._wait_until_quiet()
        self._print_reply(reply)

    def _message(self) -> dict[str, Any]:
        """The message whose buttons are used. Raises LookupError without one."""
        for message in self._user_client.messages():
            if message["id"] == self._selected_message_id:
                return message
        raise LookupError("there is no such number in the last reply")

    async def _use_control(self, number: int) -> None:
        client, message = self._user_client, self._message()
        control = controls(message).get(number)
        if control is None:
            raise LookupError("there is no such number in the last reply")
        if control.choice is None:
            reply = await client.press(message, control.custom_id)
        else:
            reply = await client.pick(message, control.choice, select=control.select)
        await self._show_reply(reply)

    async def _fill_modal(self, line: str) -> None:
        assert self._reply is not None
        assert self._reply.modal is not None
        fields = dict(part.split("=", 1) for part in line.split("; "))
        await self._show_reply(await self._user_client.submit(self._reply.modal, **fields))

    def _print_reply(self, reply: Reply) -> None:
        for message in reply.messages:
            numbered = message is reply.message
            print(f"{_author_name(message)}: {_render(message, numbered=numbered)}")
        if reply.modal:
            fields = ", ".join(str(field["label"]) for field in reply.modal.input_fields)
            print(f"A form: {fields}. Answer with name=value; name=value")
        for name, content in reply.files.items():
            print(f"  file {name}, {len(content):,} bytes")

    def _switch_scenario(self, name: str) -> None:
        """Switch the scenario, if one is named, and list all of them."""
        account = self._harness.spotify.accounts[self._user]
        if name:
            is_on = {entry["name"]: entry["on"] for entry in self._scenarios.view(account)}
            self._scenarios.switch(account, name, not is_on.get(name))
        for entry in self._scenarios.view(account):
            print(f"  {entry['name']:8} {entry['label']}{' (on)' if entry['on'] else ''}")

    def _print_player(self) -> None:
        view: dict[str, Any] = self._harness.spotify.page_view(self._user)
        playing = view["playing"]
        if playing:
            state = "plays" if playing["is_playing"] else "is paused"
            print(f"Spotify: {playing['name']} by {', '.join(playing['artists'])} {state}")
        else:
            print("Spotify: nothing plays")
        open_devices = [device["name"] for device in view["devices"] if device["open"]]
        print(f"  {view['liked_total']:,} liked songs, {len(view['queue'])} queued")
        print(f"  open on {', '.join(open_devices) or 'no device'}")

    async def _wait_until_quiet(self) -> None:
        """Wait until neither service changes for QUIET_PERIOD."""
        changes = self._harness.discord.changes
        while True:
            seen = changes.version, len(self._harness.spotify.calls)
            try:
                await changes.wait_for_change(changes.version, timeout=QUIET_PERIOD)
            except TimeoutError:
                if seen == (changes.version, len(self._harness.spotify.calls)):
                    return


_render = partial(render_message, text=readable_text)


def _author_name(message: dict[str, Any]) -> str:
    author = message["author"]
    name = author["global_name"] or author["username"]
    return f"{name} (only you)" if message["flags"] & EPHEMERAL else name


async def run_terminal(harness: Harness) -> None:
    """Execute lines until the end of input. Raises if the bot stops by itself."""
    print(HELP, flush=True)
    terminal = Terminal(harness)
    at_keyboard = sys.stdin.isatty()
    read_line = keyboard_reader(terminal.completer) if at_keyboard else pipe_reader()
    running = asyncio.create_task(harness.wait_until_exit())
    try:
        while True:
            line = asyncio.ensure_future(read_line())
            await asyncio.wait({line, running}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                line.cancel()
                running.result()
                raise RuntimeError("the bot stopped by itself")
            text = line.result()
            if text is None or text.strip() == "quit":
                return
            if text.strip():
                if not at_keyboard:
                    print(f"> {text.strip()}")
                await terminal.execute(text.strip())
                sys.stdout.flush()
    finally:
        running.cancel()
