"""The layout of the code: floors, file sizes, and what each package may import."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "cogs", "sandbox", "tests", "bench")

# From the top floor down. A package or module imports lower floors, never its own or a higher one;
# inside a package, modules import each other without a cycle.
FLOORS = (
    ("bot.__main__",),
    ("bot.command_line",),
    ("bot.app", "cogs"),
    ("bot.client",),
    ("bot.services",),
    ("bot.panel", "bot.notifications"),
    ("bot.views", "bot.autocomplete", "bot.web"),
    ("bot.player", "bot.library", "bot.login"),
    ("bot.browse", "bot.accounts", "bot.interactions"),
    ("bot.text", "bot.config"),
    ("bot.spotify", "bot.store"),
    ("bot.errors",),
)
MAX_ROOMS, MAX_FLOORS = 21, 12
MAX_LINES, MAX_COG_LINES = 300, 150
# The modules that may read the time of day; all others get it as `now`, and only for what is stored
# or shown as a date. For what is in memory there is `monotonic`, which nobody can set.
TIME_OF_DAY_MODULES = {
    *(
        "bot.app",
        "bot.command_line.check",
        "bot.command_line.start_warnings",
        "bot.spotify.rate_limiter",
        "bot.spotify.transport",
        "sandbox.clock",
        "sandbox.certificates",
    ),
    "bot.command_line.spotify_session",
}
TIME_OF_DAY = {
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "datetime.now"),
    *("datetime.utcnow", "datetime.today", "date.today", "utils.utcnow"),
    "ext.tasks",  # the loops of discord.py go by it
}
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "service", "base", "misc"}


@cache
def _sources() -> dict[str, tuple[Path, str, ast.Module]]:
    """Every Python file of the project by its module name, read and parsed once."""
    sources = {}
    gc.disable()  # a finalizer that runs while it parses makes CPython 3.11 raise SystemError
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        text = path.read_text()
        sources[_module_name(path)] = path, text, ast.parse(text)
    gc.enable()
    return sources


def _modules(*packages: str) -> Iterator[str]:
    """The names of all modules in these packages."""
    for name in _sources():
        if any(name == package or name.startswith(f"{package}.") for package in packages):
            yield name


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports(name: str) -> frozenset[str]:
    """Every module that a module imports; imports inside functions and relative ones count."""
    path, _, tree = _sources()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [node.module])])
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names} & _sources().keys()
    return frozenset(found)


def _roots(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _room(module: str) -> str | None:
    """The entry of FLOORS that a module belongs to; None for a module of another project."""
    rooms = {room for floor in FLOORS for room in floor}
    while module and module not in rooms:
        module = module.rpartition(".")[0]
    return module or None


def test_imports_go_down_strictly() -> None:
    floors = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    for name in _modules("bot", "cogs"):
        room = _room(name)
        assert room is not None or name == "bot", f"{name} has no floor"
        for imported in _imports(name):
            target = _room(imported)
            if room is None or target in (None, room):
                continue
            assert floors[room] < floors[target or ""], f"{name} imports {imported}"


def test_rooms_and_floors_are_few() -> None:
    assert len(FLOORS) <= MAX_FLOORS
    assert sum(room.startswith("bot.") for floor in FLOORS for room in floor) <= MAX_ROOMS


def test_no_import_cycle() -> None:
    names = set(_modules("bot", "cogs", "sandbox"))
    graph = {
        name: {i for i in _imports(name) & names if not name.startswith(f"{i}.")} - {name}
        for name in names
    }
    list(TopologicalSorter(graph).static_order())


def test_bot_imports_neither_cogs_nor_the_sandbox() -> None:
    for name in _modules("bot"):
        assert not _roots(_imports(name)) & {"cogs", "sandbox", "tests"}, name


def test_a_cog_imports_no_other_cog() -> None:
    for name in _modules("cogs"):
        assert "cogs" not in _roots(_imports(name)), name


def test_the_simulated_services_import_nothing_of_the_bot() -> None:
    for name in _modules("sandbox.discord", "sandbox.spotify"):
        assert not _roots(_imports(name)) & {"bot", "cogs", "discord"}, name


def test_the_spotify_client_imports_only_its_errors() -> None:
    for name in _modules("bot.spotify", "bot.errors"):
        imports = _imports(name)
        assert not _roots(imports) & {"discord", "sqlite3", "aiosqlite"}, name
        own = {imported for imported in imports if imported.startswith("bot")}
        assert all(imported.startswith(("bot.spotify", "bot.errors")) for imported in own), name


def test_only_the_store_imports_sqlite() -> None:
    for name in set(_modules("bot", "cogs")) - set(_modules("bot.store")):
        assert not any("sqlite" in imported for imported in _imports(name)), name


def test_the_store_does_not_take_an_unreadable_file_for_a_missing_one() -> None:
    """Path.exists() does, from Python 3.14 on; `disk_errors.exists` raises."""
    for name in _modules("bot.store"):
        assert ".exists()" not in _sources()[name][1].replace("Path.exists()", ""), name


def test_every_file_is_short_and_has_a_docstring() -> None:
    for name, (_, text, tree) in _sources().items():
        assert ast.get_docstring(tree), f"{name} has no docstring"
        limit = MAX_COG_LINES if name.startswith("cogs") else MAX_LINES
        assert text.count("\n") <= limit, f"{name} has {text.count(chr(10))} lines"


def test_no_module_has_a_vague_name() -> None:
    for name in _modules("bot", "cogs"):
        assert name.rpartition(".")[2] not in VAGUE_NAMES, name


def test_commands_do_not_catch_errors() -> None:
    """Errors go to the one handler of the client, which explains them to the user."""
    for name in _modules("cogs"):
        tries = (node for node in ast.walk(_sources()[name][2]) if isinstance(node, ast.Try))
        assert not [node for node in tries if node.handlers], name


def test_one_module_replies_to_interactions() -> None:
    """It keeps replies within Discord's limits, in bounded time, and true after an error."""
    methods = {"followup", "edit_original_response", "delete_original_response"}
    first_responses = {"defer", "send_message", "edit_message", "send_modal", "autocomplete"}
    for name in set(_modules("bot", "cogs")) - {"bot.interactions.responses"}:
        for node in ast.walk(_sources()[name][2]):
            if isinstance(node, ast.Attribute):
                is_first = isinstance(node.value, ast.Attribute) and node.value.attr == "response"
                assert node.attr not in methods, f"{name} line {node.lineno}"
                assert not (is_first and node.attr in first_responses), f"{name} {node.lineno}"


def test_tests_use_neither_mocks_nor_sleep() -> None:
    for name in _modules("tests"):
        assert "unittest" not in _roots(_imports(name)), name
        nodes = list(ast.walk(_sources()[name][2]))
        arguments = {a.arg for n in nodes if isinstance(n, ast.arguments) for a in n.args}
        assert "monkeypatch" not in arguments, name
        called = {
            node.func.attr
            for node in nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & {"sleep", "wait_for_timeout"}, name


def test_few_modules_read_the_time_of_day() -> None:
    for name in set(_modules("bot", "cogs", "sandbox")) - TIME_OF_DAY_MODULES:
        used = set()
        for node in ast.walk(_sources()[name][2]):
            if isinstance(node, ast.Attribute):
                used.add(ast.unparse(node))
            elif isinstance(node, ast.ImportFrom):
                used |= {f"{node.module}.{alias.name}" for alias in node.names}
        assert not {".".join(each.split(".")[-2:]) for each in used} & TIME_OF_DAY, name


def test_clocks_are_passed_by_name() -> None:
    """So no part that wants the monotonic clock can get the time of day."""
    for name in _modules("bot", "cogs"):
        for node in ast.walk(_sources()[name][2]):
            if isinstance(node, ast.arguments):
                clocks = {a.arg for a in node.args if a.annotation and _is_clock(a.annotation)}
                assert not clocks, f"{name} takes {clocks} without its name"
                clocks = {
                    a.arg for a in node.kwonlyargs if a.annotation and _is_clock(a.annotation)
                }
                assert clocks <= {"now", "monotonic"}, name
            elif isinstance(node, ast.keyword) and node.arg in ("now", "monotonic", "timer"):
                is_monotonic = ast.unparse(node.value).partition("(")[0].endswith("monotonic")
                assert is_monotonic == (node.arg != "now"), f"{name}: {ast.unparse(node)}"


def _is_clock(annotation: ast.expr) -> bool:
    return ast.unparse(annotation) == "Callable[[], float]"
