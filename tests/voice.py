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
SILENT = ("bot/spotify", "bot/store", "bot/metrics.py", "bot/log.py", "bot/web/figures.py")

# Calls whose arguments nobody reads, by the last part of their names.
_UNREAD_CALLS = {
    *("debug", "info", "warning", "error", "exception", "getLogger"),
    *("compile", "sub", "search", "match", "fullmatch", "findall", "split", "replace"),
    *("removeprefix", "removesuffix", "startswith", "endswith", "partition", "encode"),
    *("get", "pop", "getattr", "cast", "TypeVar", "rename", "load_extension", "create_task"),
}
# Arguments and constants that nobody reads.
_UNREAD = {"custom_id", "template", "key", "headers", "method", "STYLE", "STYLE_HASH", "__all__"}
# Arguments that are labels, even where they are a single small word.
_LABELS = {"label", "placeholder", "title", "text", "name", "description"}
# Calls all of whose words are labels. A `Done` gets its period where it is shown.
_LABELLED = {"Done", "describe"}
# Exceptions whose argument is read by whoever starts the bot; others tell it to the log.
_TOLD = {"CannotStart", "ConfigError"}
# What looks like words and is none: headers, notes in the store, names of figures, deeds, patterns.
_TECHNICAL = re.compile(
    r"default-src|nosniff|max-age|no-store|no-referrer|Cookie$|Lax$|commands of \{|button expired$"
    r"|(un)?like \{|repeat \{|volume [+-]\d+$|queue (show|add)$|names of \{|\[a-z\]"
)
_BLOCKS = re.compile(r"</?(?:p|li|ul|ol|h1|h2|br|button|title|form|main|body)\b[^>]*>")


@dataclass(frozen=True)
class Text:
    """What stands in a `room` (a file); a `label` need be no sentence."""

    room: str
    place: str
    says: str
    label: bool = False


def texts() -> list[Text]:
    """All of them, in the order of the sources."""
    paths = sorted(path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py"))
    found: list[Text] = []
    for path in paths:
        room = path.relative_to(ROOT).as_posix()
        if not room.startswith(SILENT):
            found += read(path.read_text(), room)
    return found


def read(source: str, room: str) -> list[Text]:
    """Those of one file, each once in its place."""
    reader = _Reader(room)
    reader.visit(ast.parse(source))
    return list(dict.fromkeys(reader.found))


class _Reader(ast.NodeVisitor):
    """Walks by what nobody reads: docstrings, logs, patterns, ids, comparisons, annotations."""

    def __init__(self, room: str) -> None:
        self.found: list[Text] = []
        self._room = room
        self._places: list[str] = []
        self._label = False

    # ---- places

    def visit_Module(self, node: ast.Module) -> None:
        self._all(_without_docstring(node.body))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._places.append(node.name)
        self._all(node.keywords)
        self._all(_without_docstring(node.body))
        self._places.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [ast.unparse(one) for one in node.decorator_list]
        command = any(re.search(r"\.command\(|context_menu", one) for one in decorators)
        self._places.append(f"/{node.name}" if command else node.name)
        if command:
            described = (ast.get_docstring(node) or "").partition("\n\n")[0]
            self._keep(" ".join(described.split()), label=True)
            annotations = (argument.annotation for argument in node.args.args)
            self._all(_literals(one for one in annotations if one), label=True)
        self._all(node.decorator_list, label=True)
        self._all((*node.args.defaults, *filter(None, node.args.kw_defaults)))
        self._all(_without_docstring(node.body))
        self._places.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if not _UNREAD.intersection(names):
            self._places += names
            if self._room.startswith("cogs/"):
                self._all(_literals([node.value]), label=True)
            self.visit(node.value)
            del self._places[len(self._places) - len(names) :]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit_Assign(ast.Assign([node.target], node.value))

    # ---- what is read

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._keep(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._keep("".join(_piece(part) for part in node.values))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        if name not in _UNREAD_CALLS:
            self.visit(node.func)
            self._all((*node.args, *node.keywords), label=name in _LABELLED)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _UNREAD:
            self._all([node.value], label=self._label or node.arg in _LABELS)

    def visit_Raise(self, node: ast.Raise) -> None:
        match node.exc:
            case ast.Call(func=ast.Name(id=name)) if name in _TOLD:
                self.visit(node.exc)
            case ast.Call(keywords=keywords):
                self._all(keywords)

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
        self._all(node.values)

    def _all(self, nodes: Iterable[ast.AST], *, label: bool = False) -> None:
        before, self._label = self._label, label or self._label
        for node in nodes:
            self.visit(node)
        self._label = before

    def _keep(self, says: str, *, label: bool = False) -> None:
        label = label or self._label
        for text in _lines(says):
            if _is_read(text, label):
                self.found.append(Text(self._room, ".".join(self._places), text, label))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Neither that of the body, nor those below attributes."""
    return [
        one
        for one in body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]


def _literals(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    """What is to be chosen from, where Discord shows it."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Subscript) and ast.unparse(part.value) == "Literal":
                yield from (one for one in ast.walk(part.slice) if isinstance(one, ast.Constant))


def _piece(part: ast.expr) -> str:
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
            ways = (_piece(way) for way in (one, other) if isinstance(way, ast.Constant))
            return f"{{{' or '.join(filter(None, ways)) or '…'}}}"
    return "{…}"


def _lines(says: str) -> Iterator[str]:
    """A text as it is read; a page in HTML by its blocks."""
    if re.search(r"</?\w+[ >/]", says):
        for block in re.split(
            r"</?(?:p|li|ul|ol|h1|h2|br|button|title|form|main|body)\b[^>]*>", says
        ):
            yield re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", block)).strip()
    else:
        yield says.strip()


def _is_read(text: str, label: bool) -> bool:
    if not re.search(r"[^\W\d_]{2}", re.sub(r"\{\w+\}", "", text)) or _TECHNICAL.match(text):
        return False
    words = re.sub(r"[^\w\s]", "", text).split()
    return label or len(words) > 1 or bool(re.fullmatch(r"[A-Z][a-z]+\W?", text))


# ---- the document

_ABOVE = (
    "# The voice\n\nEvery text that a person can read, as the sources have it: `{name}` stands for "
    "a value, ⏎ for a new line.\n`make voice` writes this page. The bot speaks in short "
    "sentences, in the second person: what happened, and the next step.\n"
)


def document(found: Iterable[Text]) -> str:
    """A table for each room."""
    parts = [_ABOVE]
    for room, inside in groupby(found, key=lambda text: text.room):
        parts.append(f"## {room}\n\n| Where | What is read |\n|---|---|")
        parts += [f"| {text.place} | {_cell(text.says)} |" for text in inside]
        parts.append("")
    return "\n".join(parts)


def _cell(says: str) -> str:
    """As it stands in the source, but for new lines."""
    return re.sub(r"([|<\[\]()])", r"\\\1", says).replace("\n", " ⏎ ")


if __name__ == "__main__":
    DOCUMENT.write_text(document(texts()))
