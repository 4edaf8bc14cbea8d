"""`make docs`: writes the parts of the documents that come from the program."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.config import SETTINGS
from bot.views.help import OPERATOR_COMMANDS, SECTIONS
from sandbox.discord.state import Json
from sandbox.harness import run_harness
from tests.command_costs import ActionCost, measure_costs, render_cost_table
from tests.cost_session import CostSession

ROOT = Path(__file__).parent.parent
README, COSTS, ENV_EXAMPLE = (
    ROOT / "README.md",
    ROOT / "docs/costs.md",
    ROOT / ".env.example",
)

# Discord's types of application commands and of their options.
CHAT_INPUT, SUB_COMMAND = 1, 1


def env_example() -> str:
    """The text of .env.example: each setting below a comment, with its default or an example."""
    return "\n".join(
        f"# {' '.join(filter(None, (setting.help, setting.if_missing)))}\n"
        f"{setting.name}={setting.default or setting.example}\n"
        for setting in SETTINGS
    )


def readme(commands: Iterable[Json]) -> str:
    """The README with the current tables of settings and of slash commands."""
    text = _replace_table(README.read_text(), "Settings", _settings_table())
    return _replace_table(text, "Commands", _command_table(commands))


def costs_page(costs: Sequence[ActionCost]) -> str:
    """docs/costs.md with the current table of costs."""
    return _replace_table(COSTS.read_text(), "What each command costs", render_cost_table(costs))


def slash_commands(commands: Iterable[Json]) -> dict[str, Json]:
    """The commands that people can type, by their full names. A group itself is none."""
    leaf_commands: dict[str, Json] = {}
    for command in commands:
        if command["type"] != CHAT_INPUT:
            continue
        options = command.get("options", [])
        if subcommands := [option for option in options if option["type"] == SUB_COMMAND]:
            leaf_commands |= {f"{command['name']} {inner['name']}": inner for inner in subcommands}
        else:
            leaf_commands[command["name"]] = command
    return leaf_commands


def _settings_table() -> str:
    rows = [
        f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} "
        f"| {setting.help} |"
        for setting in SETTINGS
        if not setting.for_development
    ]
    return "\n".join(["| Setting | Default | What it is |", "|---|---|---|", *rows])


def _command_table(commands: Iterable[Json]) -> str:
    """One row for each command, in the order of /help; `?` marks an optional argument."""
    registered = slash_commands(commands)
    names = [name for section in SECTIONS for name in section.commands]
    rows = ["| Command | What it does |", "|---|---|"]
    for name in (*names, *OPERATOR_COMMANDS):
        options = [
            option["name"] + ("" if option.get("required") else "?")
            for option in registered[name].get("options", [])
        ]
        # A series such as `file2? file3? … file10?` is named by its ends.
        usage = re.sub(
            r"\b([a-z]+)2\?(?: \1\d+\?)* (\1\d+\?)", r"\g<1>2? … \g<2>", " ".join([name, *options])
        )
        rows.append(f"| `/{usage}` | {registered[name]['description']} |")
    return "\n".join(rows)


def _replace_table(document: str, heading: str, table: str) -> str:
    """The document with `table` in place of the first table below the heading."""
    start = document.index("\n|", document.index(f"# {heading}\n")) + 1
    old_table = re.compile(r"(?:\|.*\n)+").match(document, start)
    assert old_table is not None
    return f"{document[:start]}{table}\n{document[old_table.end() :]}"


async def write_documents() -> None:
    async with run_harness() as it:
        commands = it.discord.commands
        costs = await measure_costs(CostSession(it, await it.link_account("ada")))
    ENV_EXAMPLE.write_text(env_example())
    README.write_text(readme(commands))
    COSTS.write_text(costs_page(costs))


if __name__ == "__main__":
    asyncio.run(write_documents())
