"""Collects the texts that a user or an operator can read, from the source code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.discord.state import Json

ROOT = Path(__file__).parent.parent

# These files contain no text for people: they talk to Spotify's Web API and to Prometheus, or name
# the columns of other tools' files.
_EXCLUDED_PATHS = (
    *("bot/spotify", "bot/accounts/metrics.py", "bot/web/metrics.py"),
    "bot/library/formats/table_headers.py",
)

# Calls whose arguments nobody reads, by the last part of their name. The registered commands have
# what `describe` says.
_INTERNAL_CALLS = {
    *("debug", "info", "warning", "error", "exception", "getLogger", "describe"),
    *("compile", "Route", "sub", "search", "match", "fullmatch", "findall", "split", "replace"),
}
_INTERNAL_NAMES = {"custom_id", "template", "headers", "STYLE", "SCRIPT", "__all__"}
# The reply adds the stop to the message of an `Outcome`.
_PHRASE_CALLS = {"Outcome"}
# Errors whose first argument the operator reads. Other errors have a text for the log there.
_STARTUP_ERRORS = {"StartupError", "ConfigError", "SettingsError", "InvalidSettingError"}
# CHAT_INPUT and SUB_COMMAND are 1, SUB_COMMAND_GROUP is 2; the options of a command have others.
_COMMAND_TYPES = (1, 2)
_SQL = re.compile(r"\b(?:SELECT|UPDATE|INSERT INTO|DELETE FROM|CREATE TABLE|NULL|PRAGMA|VACUUM)\b")
# The elements of a page that end a text.
_HTML_BLOCK = re.compile(r"</?(?:p|li|ul|ol|h1|h2|br|button|title|form|main|body)\b[^>]*>")


@dataclass(frozen=True)
class UserText:
    """A text; `{…}` stands for a value.

    location   its source, as `path:line`
    is_phrase  needs no stop at its end: a label, or a message that gets its stop where it is shown
    """

    location: str
    content: str
    is_phrase: bool = False


def collect_texts() -> list[UserText]:
    """The texts of `bot` and `cogs` that have at least two words."""
    texts: list[UserText] = []
    for path in sorted((*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/*.py"))):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(_EXCLUDED_PATHS):
            texts += extract_texts(path.read_text(), name)
    return texts


def extract_texts(source: str, path: str) -> list[UserText]:
    """The texts of one file, in the order of the source."""
    return [
        UserText(f"{path}:{line}", text, is_phrase)
        for line, content, is_phrase in _strings(ast.parse(source), is_phrase=False)
        for text in _split_blocks(content)
        if re.search(r"[^\W\d_]{2}\W+[^\W\d_]{2}", text) and not _SQL.search(text)
    ]


def command_texts(commands: Iterable[Json]) -> Iterator[UserText]:
    """The descriptions of registered commands and of their options."""
    for command in commands:
        if description := command.get("description"):
            is_option = command["type"] not in _COMMAND_TYPES
            yield UserText(f"command {command['name']}", description, is_option)
        yield from command_texts(command.get("options", []))


def _strings(node: ast.AST, *, is_phrase: bool) -> Iterator[tuple[int, str, bool]]:
    """The strings below a node that people can read: line number, text, `is_phrase`."""
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, text, is_phrase
        case ast.JoinedStr(values=parts):
            texts = [part.value if isinstance(part, ast.Constant) else "{…}" for part in parts]
            yield node.lineno, "".join(map(str, texts)), is_phrase
            children = [part for part in parts if not isinstance(part, ast.Constant)]
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name), keywords=keywords)) if (
            name not in _STARTUP_ERRORS
        ):
            children = keywords
        case ast.Call(func=function):
            name = ast.unparse(function).rpartition(".")[2]
            children = [] if name in _INTERNAL_CALLS else children
            is_phrase = is_phrase or name in _PHRASE_CALLS
        case ast.Expr(value=ast.Constant()) | ast.Compare() | ast.Assert() | ast.MatchValue():
            children = []  # a docstring, or a value that is only compared
        case ast.keyword(arg=str(name)) | ast.Assign(targets=[ast.Name(id=name)]):
            children = [] if name in _INTERNAL_NAMES else children
        case ast.Subscript(value=value):
            children = [value]
        case ast.Dict(values=values):
            children = values
        case ast.arg():
            children = []  # an annotation
    for child in children:
        yield from _strings(child, is_phrase=is_phrase)


def _split_blocks(content: str) -> Iterator[str]:
    """The content itself, or the texts of its blocks if it is HTML."""
    if not re.search(r"</?\w+[ >/]", content):
        yield content.strip()
        return
    for block in _HTML_BLOCK.split(content):
        yield re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", block)).strip()
