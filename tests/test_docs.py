"""The documents match the program: settings, commands, links and make targets."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from bot.command_line import COMMANDS
from bot.config import SETTINGS, Settings
from sandbox.discord import Discord
from sandbox.harness import Harness
from tests import draw_portals, generated_docs
from tests.draw_portals import Heading, Tabs
from tests.generated_docs import CHAT_INPUT, ENV_EXAMPLE, README, ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def test_env_example_is_current() -> None:
    if ENV_EXAMPLE.read_text() != generated_docs.env_example():
        pytest.fail("`make docs` updates .env.example", pytrace=False)


async def test_readme_has_current_tables(harness: Harness, discord: Discord) -> None:
    if README.read_text() != generated_docs.readme(discord.commands):
        pytest.fail("`make docs` updates README.md", pytrace=False)


def test_env_example_holds_the_defaults() -> None:
    lines = re.findall(r"^([A-Z_]+)=(.*)$", ENV_EXAMPLE.read_text(), re.MULTILINE)
    assert [name for name, _ in lines] == [setting.name for setting in SETTINGS]
    required = {"DISCORD_TOKEN": "a.b.c", "SPOTIFY_CLIENT_ID": "0" * 32}
    settings = Settings.from_env(dict(lines) | required)
    public_url = {"PUBLIC_URL": dict(lines)["PUBLIC_URL"]}
    assert settings == Settings.from_env(required | public_url)


def test_contributing_names_the_settings_for_development() -> None:
    for setting in SETTINGS:
        assert (f"`{setting.name}`" in CONTRIBUTING) is setting.for_development


async def test_readme_lists_every_context_menu_command(harness: Harness, discord: Discord) -> None:
    section = README.read_text().split("## Menus\n", 1)[1].split("\n## ", 1)[0]
    entries = {entry["name"] for entry in discord.commands if entry["type"] != CHAT_INPUT}
    assert set(re.findall(r"^\| \*\*(.+?)\*\* \|", section, re.MULTILINE)) == entries


def test_documented_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    documented = set(re.findall(r"'make ([a-z-]+) ", MAKEFILE))
    for page in (README.read_text(), CONTRIBUTING):
        documented |= set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", page))
    assert len(documented) > 8
    assert documented <= targets


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
    for name in ("Makefile", *(path.name for path in ROOT.glob("requirements*.txt"))):
        (tmp_path / name).write_text((ROOT / name).read_text())
    for name, line in {"too-old": "exit 1", "without-venv": '! echo "$2" | grep -q venv'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    result = subprocess.run(
        ["make", target, f"PYTHON={python}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert [expected in line for line in result.stdout.splitlines()] == [True]


def test_links_and_paths_in_documents_exist() -> None:
    for page in (README, ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
        for path in re.findall(r"`((?:bot|cogs|sandbox|tests|bench)/[\w/.]*)`", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_commands_to_paste_are_valid_and_name_files_that_exist() -> None:
    page = (ROOT / "docs/operating.md").read_text()
    blocks = re.findall(r"(?ms)^ *```sh\n(.*?)^ *```", page)
    assert len(blocks) > 15
    for block in blocks:
        done = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), block
        for command in re.findall(
            r"(?m)^ *tonearm (\w+)|python -m bot (\w+)|--rm bot (\w+)", block
        ):
            assert "".join(command) in COMMANDS, block
    for path in re.findall(r"packaging/[\w.]+", page):
        assert (ROOT / path).is_file(), path
    program = (ROOT / "packaging/tonearm").read_text()
    assert os.access(ROOT / "packaging/tonearm", os.X_OK)
    assert subprocess.run(["sh", "-n"], input=program, text=True).returncode == 0


def test_sketches_of_the_portals_are_current() -> None:
    assert {file.stem for file in draw_portals.FOLDER.iterdir()} == set(draw_portals.SKETCHES)
    page = (ROOT / "docs/portals.md").read_text()
    for name, sketch in draw_portals.SKETCHES.items():
        if (draw_portals.FOLDER / f"{name}.svg").read_text() != draw_portals.draw(*sketch):
            pytest.fail("`make portals` updates docs/portals", pytrace=False)
        assert f'<img src="portals/{name}.svg" alt="Sketch: ' in page
    for service in ("## Discord", "## Spotify"):
        steps = re.findall(r"\*\*(\d+)\*\* ", page.split(service, 1)[1].split("\n## ", 1)[0])
        drawn = {
            str(part.step)
            for name, (_, parts) in draw_portals.SKETCHES.items()
            for part in parts
            if name.startswith(service[3:].lower()) and not isinstance(part, Heading | Tabs)
        } - {"0"}
        assert set(steps) == drawn


def test_the_lock_files_name_no_index_and_hash_everything() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text()
        assert "://" not in text
        assert not re.search(r"^--", text, re.MULTILINE)
        packages = re.split(r"\n(?=[a-z])", text.strip())
        assert all("--hash=sha256:" in package for package in packages)


def test_the_version_is_in_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()
