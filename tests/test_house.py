"""The walls of the house: which room may know which, and how large a file may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the top floor down. A module may use its own floor and those below, never one above.
FLOORS = (
    ("bot.__main__", "sandbox.__main__"),
    ("bot.app", "cogs"),
    (
        "bot.web",
        "bot.client",
        "bot.invitation",
        "bot.panel",
        "bot.browsing",
        "bot.adding",
        "bot.devices",
        "bot.queue",
        "bot.menus",
    ),
    (
        "bot.links",
        "bot.accounts",
        "bot.remote",
        "bot.replies",
        "bot.defaults",
        "bot.mentions",
        "bot.completion",
        "bot.reminders",
        "bot.registering",
    ),
    ("bot.store", "bot.quota", "bot.metrics", "bot.vault", "bot.ui", "bot.export"),
    ("bot.spotify",),
    ("bot.endings", "bot.errors", "bot.config", "bot.keys", "bot.log", "bot.presses"),
)


def _sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    """Every module of ours that a file imports, relative ones made absolute."""
    package = _name(path) if path.name == "__init__.py" else _name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names if _is_module(base, alias))


def _is_module(base: str, alias: ast.alias) -> bool:
    place = ROOT.joinpath(*base.split("."), alias.name)
    return place.is_dir() or place.with_suffix(".py").is_file()


def _floor(module: str) -> int | None:
    """Counted from the top; a module stands where its package stands."""
    homes = {home: number for number, floor in enumerate(FLOORS) for home in floor}
    while module and module not in homes:
        module = module.rpartition(".")[0]
    return homes.get(module)


@pytest.mark.parametrize("path", _sources("bot", "cogs"), ids=_name)
def test_arrows_run_downwards(path: Path) -> None:
    here = _floor(_name(path))
    assert here is not None or _name(path) == "bot", "every module has a floor"
    for imported in _imports(path):
        there = _floor(imported)
        assert there is None or here is None or here <= there, f"{imported} is above"


def test_there_is_no_circle() -> None:
    sources = {_name(path): path for path in _sources("bot", "cogs", "sandbox")}
    graph = {
        name: {i for i in _imports(path) if i in sources and not name.startswith(f"{i}.")} - {name}
        for name, path in sources.items()
    }
    list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", _sources("bot"), ids=_name)
def test_bot_imports_neither_cogs_nor_the_sandbox(path: Path) -> None:
    assert not {i for i in _imports(path) if i.split(".")[0] in ("cogs", "sandbox", "tests")}


@pytest.mark.parametrize("path", _sources("cogs"), ids=_name)
def test_a_cog_imports_nothing_of_another(path: Path) -> None:
    others = {imported for imported in _imports(path) if imported.startswith("cogs")}
    assert not others


@pytest.mark.parametrize("path", _sources("sandbox/discord", "sandbox/spotify"), ids=_name)
def test_the_pretenders_import_nothing_of_the_bot(path: Path) -> None:
    assert not {i for i in _imports(path) if i.split(".")[0] in ("bot", "cogs", "discord")}


@pytest.mark.parametrize("path", _sources("bot/spotify"), ids=_name)
def test_spotify_knows_neither_discord_nor_sqlite(path: Path) -> None:
    assert not {i for i in _imports(path) if i.split(".")[0] in ("discord", "sqlite3", "aiosqlite")}


@pytest.mark.parametrize("path", _sources("bot/spotify", "bot/errors"), ids=_name)
def test_spotify_and_the_errors_could_be_lifted_out(path: Path) -> None:
    own = {i for i in _imports(path) if i.split(".")[0] == "bot"}
    assert all(i.startswith(("bot.spotify", "bot.errors")) for i in own)


def test_only_the_store_speaks_sql() -> None:
    for path in _sources("bot", "cogs"):
        if not _name(path).startswith("bot.store"):
            assert not {i for i in _imports(path) if "sqlite" in i}, path


@pytest.mark.parametrize("path", _sources("bot", "cogs", "sandbox", "tests", "bench"), ids=_name)
def test_files_are_one_thing_each(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "a module's docstring is its door-plate"
    assert text.count("\n") <= (150 if path.parent.name == "cogs" else 300)


@pytest.mark.parametrize("path", _sources("bot", "cogs"), ids=_name)
def test_no_room_is_called_miscellaneous(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "manager", "service", "base", "misc"}


@pytest.mark.parametrize("path", _sources("cogs"), ids=_name)
def test_commands_do_not_catch_errors(path: Path) -> None:
    """They end in the funnel; a command that catches says two things about one error."""
    tries = (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Try))
    assert not [n for n in tries if n.handlers]


@pytest.mark.parametrize("path", _sources("tests"), ids=_name)
def test_tests_use_neither_mocks_nor_sleep(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not {i for i in _imports(path) if i.startswith("unittest")}
    arguments = {a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for a in n.args}
    assert "monkeypatch" not in arguments
    calls = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
    names = {c.attr for c in calls if isinstance(c, ast.Attribute)}
    assert not names & {"sleep", "wait_for_timeout"}
