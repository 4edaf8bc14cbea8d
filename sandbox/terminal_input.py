"""Reads the terminal's lines: with history and completion at a keyboard, plain from a pipe."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from sandbox.discord import ClientValidationError, UserClient
from sandbox.discord import command_validation as kinds
from sandbox.discord.command_line import parse_command_line
from sandbox.discord.state import Json

ReadLine = Callable[[], Awaitable[str | None]]


class LineCompleter(Completer):
    """Completes slash commands as Discord does, and the terminal's own lines.

    user_client  of the current user and channel
    lines        the terminal's own lines that make sense now
    """

    def __init__(
        self, user_client: Callable[[], UserClient], lines: Callable[[], Iterable[str]]
    ) -> None:
        self._user_client = user_client
        self._lines = lines

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        raise NotImplementedError("the choices of an option come from the bot, so they are async")

    async def get_completions_async(
        self, document: Document, event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Each completion replaces the whole line before the cursor."""
        typed = document.text_before_cursor
        if typed.startswith("/"):
            found = [*self._commands(typed), *await self._choices(typed), *self._options(typed)]
        else:
            found = [
                (line, line, "")
                for line in self._lines()
                if line.casefold().startswith(typed.casefold())
            ]
        for line, shown, about in found:
            yield Completion(
                line, start_position=-len(typed), display=shown, display_meta=about or None
            )

    def _commands(self, typed: str) -> Iterator[tuple[str, str, str]]:
        for command in self._user_client().commands:
            if command["type"] == kinds.CHAT_INPUT:
                for name, description in _full_names(command):
                    if f"/{name}".startswith(typed.rstrip()) and f"/{name} " != typed:
                        yield f"/{name} ", f"/{name}", description

    async def _choices(self, typed: str) -> list[tuple[str, str, str]]:
        """The choices for the option that is being typed; empty if it has none."""
        client = self._user_client()
        try:
            choices = await client.autocomplete(typed)
            before = client.line_before_value(typed)
        except (ClientValidationError, LookupError, ValueError):
            return []
        return [(f"{before}{choice['value']}", choice["name"], "") for choice in choices]

    def _options(self, typed: str) -> Iterator[tuple[str, str, str]]:
        """The names of the options that the line lacks, at the start of a word."""
        try:
            command = parse_command_line(typed, self._user_client().commands)
        except ClientValidationError:
            return
        start, space, word = typed.rpartition(" ")
        for option in command.options if space else ():
            name = option["name"]
            if name not in command.option_texts and name.startswith(word):
                yield f"{start} {name}:", f"{name}:", option["description"]


def _full_names(command: Json, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The names of a command, or of its subcommands, with their descriptions."""
    name = f"{prefix}{command['name']}"
    inner = [
        option
        for option in command.get("options") or []
        if option["type"] in (kinds.SUBCOMMAND, kinds.SUBCOMMAND_GROUP)
    ]
    if not inner:
        yield name, command["description"]
    for option in inner:
        yield from _full_names(option, f"{name} ")


def keyboard_reader(completer: Completer) -> ReadLine:
    """A function that reads a line at the keyboard; it returns None at the end of input."""
    session: PromptSession[str] = PromptSession(
        "> ", history=InMemoryHistory(), completer=completer, complete_while_typing=True
    )

    async def read() -> str | None:
        try:
            return await session.prompt_async()
        except (EOFError, KeyboardInterrupt):
            return None

    return read


def pipe_reader() -> ReadLine:
    """The lines of standard input, one a call, then None. A daemon thread reads them."""
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return queue.get
