"""The environment and .env: what is read, and what is said about mistakes in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.command_line.environment import Environment, read_environment
from bot.config import read_values
from bot.errors.bot_error import ConfigError
from tests.generated_docs import ROOT
from tests.test_config import VALID

# Starts a command with each environment, and prints its exit code behind what it printed.
_PROGRAM = """
import os, sys
from bot.command_line import main
status = os.fstat(2)
stream = f"{status.st_dev}:{status.st_ino}"
for environ in ({}, {"LOG_FORMAT": "json"}, {"JOURNAL_STREAM": stream}, VALID):
    os.environ.update(environ)
    print(main(["people"]), file=sys.stderr)
    for name in environ: del os.environ[name]
"""


def _read(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Environment:
    (folder / ".env").write_text(text)
    return read_environment(environ or {}, folder / ".env")


def test_misspelt_settings_are_named_with_a_suggestion(tmp_path: Path) -> None:
    env_file = "DISCORD_TOKN=canary\nSPOTIFY_SECRET=canary\nWHATEVER=canary\n\nsec0canary==\n"
    environ = {"SPOTIFY_CLIENT_ID_": "canary", "HOSTNAME": "canary", "DATABASES": "canary"}
    assert _read(tmp_path, env_file, environ).doubts == {
        "DISCORD_TOKN": "is not a setting. Did you mean DISCORD_TOKEN?",
        "SPOTIFY_SECRET": "is not a setting. Did you mean SPOTIFY_CLIENT_SECRET?",
        "WHATEVER": "is not a setting.",
        "Line 5 of .env": "is not a setting.",
        "SPOTIFY_CLIENT_ID_": "is not a setting. Did you mean SPOTIFY_CLIENT_ID?",
        "DATABASES": "is not a setting. Did you mean DATABASE?",
    }


def test_environment_wins_over_the_last_line_of_the_file(tmp_path: Path) -> None:
    environment = _read(tmp_path, "PORT=1234\nPORT='2345' # web\n", VALID)
    assert read_values(environment.variables)[0]["port"] == 2345
    assert environment.doubts == {
        "PORT": f"is in {tmp_path}/.env 2 times, and the last one counts. Remove the others."
    }
    explained = environment.explain({"PORT": "is wrong.", "HOST": "is not."})
    assert explained["PORT"].startswith("is wrong. It is in ")
    assert explained["HOST"] == "is not."
    environment = _read(tmp_path, "PORT=1234\nPORT=2345\n", VALID | {"PORT": "3456"})
    assert read_values(environment.variables)[0]["port"] == 3456
    assert environment.doubts == {}


def test_unreadable_line_is_named_without_its_text(tmp_path: Path) -> None:
    for line, part in (
        ('METRICS_TOKEN="canary-canary-canary', 'opens a quote with " and does not close it.'),
        ("METRICS_TOKEN='canary-canary-canary", "opens a quote with ' and does not close it."),
        ('METRICS_TOKEN="canary" canary', 'goes on behind the quote that " closes. Remove that.'),
        ("METRICS_TOKEN: canary-canary-canary", "is not a setting, which is a name, = and its"),
        ("METRICS_TOKEN", "is not a setting, which is a name, ="),
        ("canary-canary", "is not a setting, which is a name, ="),
        ("=canary", "is not a setting, which is a name, ="),
    ):
        with pytest.raises(ConfigError) as refused:
            _read(tmp_path, f"# a comment\n\nHOST=::1\n\n{line}\nPORT=8080\n")
        assert str(refused.value).startswith(f"{tmp_path}/.env line 5 {part}")
        assert "canary" not in str(refused.value)


def test_unreadable_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    for make, part in (
        (file.mkdir, "is a folder where a file should be"),
        (lambda: file.symlink_to(file), "symbolic links in a circle"),
        (lambda: file.write_bytes("PORT=canary\n".encode("utf-16")), "Save it as UTF-8"),
        (lambda: file.write_bytes("PORT=canary\n".encode("utf-16-le")), "Save it as UTF-8"),
        (lambda: file.write_bytes(b"PORT=canary\xe9\n"), "Save it as UTF-8"),
    ):
        make()
        with pytest.raises(ConfigError) as refused:
            read_environment({}, file)
        (line,) = str(refused.value).splitlines()
        assert part in line
        assert ("UTF-8" in line) == ("UTF-8" in part)
        assert "canary" not in line
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        else:
            file.unlink()


def test_mistakes_are_shown_where_the_log_is_read(tmp_path: Path) -> None:
    """As text for people, as JSON, and as an entry of the journal."""
    (tmp_path / ".env").write_text("DISCORD_TOKN=canary\n")
    output = subprocess.run(
        [sys.executable, "-c", _PROGRAM.replace("VALID", repr(VALID))],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        check=True,
        text=True,
    ).stderr
    text, as_json, journal, start = output.split("78\n")
    assert text.startswith("Tonearm cannot start. In the environment or in .env:\n")
    assert '"level": "error", "logger": "bot", "message": "Tonearm cannot start.' in as_json
    assert all(line.startswith("<3>") for line in journal.splitlines())
    for shown in (text, as_json, journal):
        assert "DISCORD_TOKEN is missing." in shown
        assert "DISCORD_TOKN is not a setting. Did you mean DISCORD_TOKEN?" in shown
        assert "canary" not in shown
    assert "WARNING bot.command_line.environment: DISCORD_TOKN is not a setting." in start
    assert start.endswith("tonearm.sqlite3 does not exist.\n1\n")
