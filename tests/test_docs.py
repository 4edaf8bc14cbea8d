"""The documents say what the program does: settings, commands, and what make can do."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from bot.config import Settings
from sandbox.discord import Discord
from sandbox.harness import Harness

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
SLASH = SUB_COMMAND = 1  # among Discord's types of commands; the others are entries of menus
SETTING_NAMES = {field.name.upper() for field in fields(Settings)}


def _table_rows(heading: str) -> dict[str, str]:
    """First column → last column of the table below a heading of the README."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return {row[0].strip().strip("`"): row[-1].strip() for row in rows[2:]}


def test_env_example_explains_each_setting_in_one_line() -> None:
    blocks = [block.splitlines() for block in ENV_EXAMPLE.strip().split("\n\n")]
    assert all(len(block) == 2 and block[0].startswith("# ") for block in blocks)
    assert {block[1].split("=")[0] for block in blocks} == SETTING_NAMES


def test_env_example_holds_the_defaults() -> None:
    given = dict(
        line.split("=", 1) for line in ENV_EXAMPLE.splitlines() if re.match(r"[A-Z_]+=", line)
    )
    mine = {
        "DISCORD_TOKEN": "a.b.c",
        "SPOTIFY_CLIENT_ID": "0" * 32,
        "PUBLIC_URL": given["PUBLIC_URL"],
    }
    assert Settings.from_env(given | mine) == Settings.from_env(mine)


def test_the_readme_lists_every_setting() -> None:
    assert set(_table_rows("Settings")) == SETTING_NAMES


async def test_the_readme_lists_every_command_as_discord_shows_it(
    harness: Harness, discord: Discord
) -> None:
    shown = {}
    for command in discord.commands:
        if command["type"] == SLASH:
            parts = [one for one in command.get("options", []) if one["type"] == SUB_COMMAND]
            for name, one in [(f"{command['name']} {part['name']}", part) for part in parts] or [
                (command["name"], command)
            ]:
                options = " ".join(
                    f"{option['name']}" + ("" if option.get("required") else "?")
                    for option in one.get("options", [])
                )
                shown[f"/{name} {options}".strip()] = one["description"]
    assert _table_rows("Commands") == shown


async def test_the_readme_lists_every_entry_of_a_menu(harness: Harness, discord: Discord) -> None:
    entries = {entry["name"] for entry in discord.commands if entry["type"] != SLASH}
    assert set(_table_rows("Menus")) == {f"**{name}**" for name in entries}


@pytest.mark.parametrize(
    "target", ["demo", "test", "check", "run", "bench", "costs", "voice", "lock"]
)
def test_documented_make_targets_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        ("no-such-python", "needs Python 3.11 to 3.14"),
        ("./too-old", "needs Python 3.11 to 3.14"),
        ("./without-venv", "apt install python3-venv"),
    ],
)
@pytest.mark.parametrize("target", ["demo", "test"])
def test_make_reports_missing_tool_in_one_line(
    tmp_path: Path, target: str, python: str, expected: str
) -> None:
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    for name, line in {"too-old": "exit 1", "without-venv": '! echo "$2" | grep -q venv'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    made = subprocess.run(
        ["make", target, f"PYTHON={python}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 2
    assert [expected in line for line in made.stdout.splitlines()] == [True]


def test_links_between_documents_resolve() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_the_lock_files_name_no_index_and_hash_everything() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert not re.search(r"^--", text, re.MULTILINE)
        packages = re.split(r"\n(?=[a-z])", text.strip())
        assert all("--hash=sha256:" in package for package in packages)


def test_the_version_is_in_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()
