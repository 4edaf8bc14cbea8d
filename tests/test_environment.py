"""The environment and .env: what is read, and what is said about mistakes in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.command_line.exit_codes import ExitCode
from tests.generated_docs import ROOT

_PROGRAM = (
    "from bot.command_line import main; from bot.command_line.environment import load_settings; "
    "import sys; from bot.errors.bot_error import ConfigError\n"
    "try: print(vars(load_settings()))\n"
    "except ConfigError as error: print(error); sys.exit(78)"
)
_FAILING_PROGRAM = (
    "import os; status = os.fstat(2)\n"
    "if 'JOURNAL_STREAM' in os.environ:\n"
    "    os.environ['JOURNAL_STREAM'] = f'{status.st_dev}:{status.st_ino}'\n"
    "from bot.command_line import main; import sys; sys.exit(main(['rekey']))"
)
_VALID = (
    "DISCORD_TOKEN=abc.def.ghi\n"
    "SPOTIFY_CLIENT_ID=0123456789abcdef0123456789abcdef\n"
    "PUBLIC_URL=https://music.example.org\n"
)


def _load(
    folder: Path,
    env_file: str,
    environ: Mapping[str, str] | None = None,
    program: str = _PROGRAM,
) -> tuple[int, str]:
    """The exit code and the output of a program; the usual one prints its settings."""
    (folder / ".env").write_text(env_file)
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return result.returncode, result.stdout


def test_misspelt_settings_are_named_with_a_suggestion(tmp_path: Path) -> None:
    env_file = (
        _VALID.replace("TOKEN=", "TOKN=canary")
        + "SPOTIFY_SECRET=canary\nWHATEVER=canary\nsec0canary==\n"
    )
    environ = {"SPOTIFY_CLIENT_ID_": "canary", "HOSTNAME": "canary", "DATABASES": "canary"}
    code, output = _load(tmp_path, env_file, environ)
    assert code == ExitCode.CONFIG
    for line in (
        "DISCORD_TOKEN is missing.",
        "DISCORD_TOKN is not a setting. Did you mean DISCORD_TOKEN?",
        "SPOTIFY_SECRET is not a setting. Did you mean SPOTIFY_CLIENT_SECRET?",
        "WHATEVER is not a setting.\n",
        "Line 6 of .env is not a setting.\n",
        "SPOTIFY_CLIENT_ID_ is not a setting. Did you mean SPOTIFY_CLIENT_ID?",
        "DATABASES is not a setting. Did you mean DATABASE?",
    ):
        assert line in output
    assert "HOSTNAME" not in output
    assert "canary" not in output


def test_doubtful_settings_are_logged_and_do_not_stop_the_start(tmp_path: Path) -> None:
    env_file = f"PORT=1234\n{_VALID}PORT=2345\nDISCORD_CLIENT_SECRT=canary\n"
    code, output = _load(tmp_path, env_file, {"LOG_FORMAT": "json"})
    assert code == ExitCode.OK
    assert "'port': 2345" in output
    assert '"message": "PORT is in .env 2 times, and the last one counts.' in output
    assert '"message": "DISCORD_CLIENT_SECRT is not a setting. Did you mean' in output
    assert "canary" not in output


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    code, output = _load(tmp_path, f"{_VALID}PORT=2345\nPORT=1\n", {"PORT": "3456"})
    assert code == ExitCode.OK
    assert "'port': 3456" in output
    assert "WARNING" not in output


def test_unreadable_line_is_named_without_its_text(tmp_path: Path) -> None:
    for line, part in (
        ('METRICS_TOKEN="canary-canary-canary', 'opens a quote with " and does not close it'),
        ("METRICS_TOKEN='canary-canary-canary", "opens a quote with ' and does not close it"),
        ('METRICS_TOKEN="canary" canary', 'goes on behind the quote that " closes'),
        ("METRICS_TOKEN: canary-canary-canary", "is not a setting, which is a name, ="),
        ("METRICS_TOKEN", "is not a setting, which is a name, ="),
        ("canary-canary", "is not a setting, which is a name, ="),
        ("=canary", "is not a setting, which is a name, ="),
    ):
        code, output = _load(tmp_path, f"# a comment\n\n{_VALID}\n{line}\nPORT=8080\n")
        assert code == ExitCode.CONFIG
        assert output.startswith(f".env line 7 {part}")
        assert output.count("\n") == 1
        assert "canary" not in output


def test_refused_start_is_shown_where_the_log_is_read(tmp_path: Path) -> None:
    """As JSON, as an entry of the journal, or as text for people."""
    for environ, line in (
        ({"LOG_FORMAT": "json"}, '"level": "error", "logger": "root", "message": "Tonearm cannot'),
        ({"JOURNAL_STREAM": "journal"}, "<3>  DISCORD_TOKEN is missing."),
        ({}, "Tonearm cannot start. In the environment or in .env:"),
    ):
        code, output = _load(tmp_path, "", environ, _FAILING_PROGRAM)
        assert code == ExitCode.CONFIG
        assert line in output
