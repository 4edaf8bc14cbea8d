"""`make voice`: every text that a person can read, from the sources, as docs/voice.md has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "voice.md"

# Rooms that speak to nobody: Spotify's Web API, SQLite, and figures for machines.
EXCLUDED_PATHS = (
    "bot/spotify",
    "bot/store",
    "bot/accounts/metrics.py",
    "bot/web/metrics.py",
)

# Calls whose arguments nobody reads, by the last part of their names.
_INTERNAL_CALLS = {
    *("debug", "info", "warning", "error", "exception", "getLogger"),
    *("compile", "sub", "search", "match", "fullmatch", "findall", "split", "replace"),
    *("removeprefix", "removesuffix", "startswith", "endswith", "partition", "encode"),
    *("get", "pop", "getattr", "cast", "TypeVar", "rename", "load_extension", "create_task"),
}
# Arguments and constants that nobody reads.
_INTERNAL_NAMES = {
    "custom_id",
    "template",
    "key",
    "headers",
    "method",
    "STYLE",
    "STYLE_HASH",
    "__all__",
}
# Arguments that are labels, even where they are a single small word.
_LABEL_ARGUMENTS = {"label", "placeholder", "title", "text", "name", "description"}
# Calls all of whose words are labels. An `Outcome` gets its period where it is shown.
_LABEL_CALLS = {"Outcome", "describe"}
# Exceptions whose argument is read by whoever starts the bot; others tell it to the log.
_STARTUP_ERRORS = {"StartupError", "ConfigError"}
# What looks like words and is none: headers, notes in the store, names of figures, deeds, patterns.
_NOT_USER_TEXT = re.compile(
    r"default-src|nosniff|max-age|no-store|no-referrer|Cookie$|Lax$|commands of \{|button expired$"
    r"|(un)?like \{|repeat \{|volume [+-]\d+$|queue (show|add)$|names of \{|\[a-z\]"
)
_HTML_BLOCKS = re.compile(r"</?(?:p|li|ul|ol|h1|h2|br|button|title|form|main|body)\b[^>]*>")


@dataclass(frozen=True)
class UserText:
    """What stands in a `room` (a file); a `label` need be no sentence."""

    file: str
    location: str
    content: str
    is_label: bool = False


def collect_texts() -> list[UserText]:
    """All of them, in the order of the sources."""
    paths = sorted(path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py"))
    found: list[UserText] = []
    for path in paths:
        room = path.relative_to(ROOT).as_posix()
        if not room.startswith(EXCLUDED_PATHS):
            found += extract_texts(path.read_text(), room)
    return found


def extract_texts(source: str, file: str) -> list[UserText]:
    """Those of one file, each once in its place."""
    reader = _TextExtractor(file)
    reader.visit(ast.parse(source))
    return list(dict.fromkeys(reader.texts))


class _TextExtractor(ast.NodeVisitor):
    """Walks by what nobody reads: docstrings, logs, patterns, ids, comparisons, annotations."""

    def __init__(self, room: str) -> None:
        self.texts: list[UserText] = []
        self._file = room
        self._scopes: list[str] = []
        self._in_label = False

    # ---- places

    def visit_Module(self, node: ast.Module) -> None:
        self._visit_all(_without_docstrings(node.body))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scopes.append(node.name)
        self._visit_all(node.keywords)
        self._visit_all(_without_docstrings(node.body))
        self._scopes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [ast.unparse(one) for one in node.decorator_list]
        command = any(re.search(r"\.command\(|context_menu", one) for one in decorators)
        self._scopes.append(f"/{node.name}" if command else node.name)
        if command:
            described = (ast.get_docstring(node) or "").partition("\n\n")[0]
            self._add_text(" ".join(described.split()), label=True)
            annotations = (argument.annotation for argument in node.args.args)
            self._visit_all(_literal_choices(one for one in annotations if one), label=True)
        self._visit_all(node.decorator_list, label=True)
        self._visit_all((*node.args.defaults, *filter(None, node.args.kw_defaults)))
        self._visit_all(_without_docstrings(node.body))
        self._scopes.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if not _INTERNAL_NAMES.intersection(names):
            self._scopes += names
            if self._file.startswith("cogs/"):
                self._visit_all(_literal_choices([node.value]), label=True)
            self.visit(node.value)
            del self._scopes[len(self._scopes) - len(names) :]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit_Assign(ast.Assign([node.target], node.value))

    # ---- what is read

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._add_text(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._add_text("".join(_render_placeholder(part) for part in node.values))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        if name not in _INTERNAL_CALLS:
            self.visit(node.func)
            self._visit_all((*node.args, *node.keywords), label=name in _LABEL_CALLS)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _INTERNAL_NAMES:
            self._visit_all([node.value], label=self._in_label or node.arg in _LABEL_ARGUMENTS)

    def visit_Raise(self, node: ast.Raise) -> None:
        match node.exc:
            case ast.Call(func=ast.Name(id=name)) if name in _STARTUP_ERRORS:
                self.visit(node.exc)
            case ast.Call(keywords=keywords):
                self._visit_all(keywords)

    # ---- what is not

    def visit_Compare(self, node: ast.Compare) -> None:
        pass

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_MatchValue(self, node: ast.MatchValue) -> None:
        pass

    def visit_Dict(self, node: ast.Dict) -> None:
        self._visit_all(node.values)

    def _visit_all(self, nodes: Iterable[ast.AST], *, label: bool = False) -> None:
        before, self._in_label = self._in_label, label or self._in_label
        for node in nodes:
            self.visit(node)
        self._in_label = before

    def _add_text(self, content: str, *, label: bool = False) -> None:
        label = label or self._in_label
        for text in _split_blocks(content):
            if _is_user_text(text, label):
                self.texts.append(UserText(self._file, ".".join(self._scopes), text, label))


def _without_docstrings(body: list[ast.stmt]) -> list[ast.stmt]:
    """Neither that of the body, nor those below attributes."""
    return [
        one
        for one in body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]


def _literal_choices(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    """What is to be chosen from, where Discord shows it."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Subscript) and ast.unparse(part.value) == "Literal":
                yield from (one for one in ast.walk(part.slice) if isinstance(one, ast.Constant))


def _render_placeholder(part: ast.expr) -> str:
    """A piece of an f-string; a value is shown as `{name}`."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    value: ast.AST = part.value
    while isinstance(value, ast.Call) and (value.args or isinstance(value.func, ast.Attribute)):
        value = value.args[0] if value.args else value.func
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"{{{name.strip('_').lower()}}}"
        case ast.IfExp(body=one, orelse=other):
            ways = (
                _render_placeholder(way) for way in (one, other) if isinstance(way, ast.Constant)
            )
            return f"{{{' or '.join(filter(None, ways)) or '…'}}}"
    return "{…}"


def _split_blocks(content: str) -> Iterator[str]:
    """A text as it is read; a page in HTML by its blocks."""
    if re.search(r"</?\w+[ >/]", content):
        for block in re.split(
            r"</?(?:p|li|ul|ol|h1|h2|br|button|title|form|main|body)\b[^>]*>", content
        ):
            yield re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", block)).strip()
    else:
        yield content.strip()


def _is_user_text(text: str, label: bool) -> bool:
    if not re.search(r"[^\W\d_]{2}", re.sub(r"\{\w+\}", "", text)) or _NOT_USER_TEXT.match(text):
        return False
    words = re.sub(r"[^\w\s]", "", text).split()
    return label or len(words) > 1 or bool(re.fullmatch(r"[A-Z][a-z]+\W?", text))


# ---- the document

_HEADER = (
    "# The voice\n\nEvery text that a person can read, as the sources have it: `{name}` stands for "
    "a value, ⏎ for a new line.\n`make voice` writes this page. The bot speaks in short "
    "sentences, in the second person: what happened, and the next step.\n"
)


def render_document(texts: Iterable[UserText]) -> str:
    """A table for each room."""
    parts = [_HEADER]
    for room, inside in groupby(texts, key=lambda text: text.file):
        parts.append(f"## {room}\n\n| Where | What is read |\n|---|---|")
        parts += [f"| {text.location} | {_escape_cell(text.content)} |" for text in inside]
        parts.append("")
    return "\n".join(parts)


def _escape_cell(content: str) -> str:
    """As it stands in the source, but for new lines."""
    return re.sub(r"([|<\[\]()])", r"\\\1", content).replace("\n", " ⏎ ")


if __name__ == "__main__":
    DOCUMENT.write_text(render_document(collect_texts()))
