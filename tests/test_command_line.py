"""`python -m bot`: its commands, its help, its version, and its exit codes."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from bot import __version__
from bot.command_line import COMMANDS, main
from bot.command_line.exit_codes import ExitCode
from tests.generated_docs import ROOT


def test_each_command_has_a_module_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name, summary in COMMANDS.items():
        module = import_module(f"bot.command_line.{name}")
        assert inspect.isfunction(module.main)
        for arguments, text in ((["--help"], summary), ([name, "--help"], f"bot {name} [-h]")):
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            assert ended.value.code == ExitCode.OK
            assert text in " ".join(capsys.readouterr().out.split())


def test_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"Tonearm {__version__}\n"
    assert __version__ == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_unknown_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["rnu"], ["rekey", "--force"], ["--verbos"], ["run", "twice"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == ExitCode.USAGE
        assert "usage: python -m bot" in capsys.readouterr().err


def test_encoding_without_our_signs_gets_others(tmp_path: Path) -> None:
    """Such as that of LC_ALL=POSIX, unless Python takes it for UTF-8."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    for command, part in (
        (("check", "--help"), "+ is fine, x has"),
        (("--help",), "couldn't be read"),
        (("run",), "DISCORD_TOKEN is missing"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "bot", *command],
            env=environ,
            capture_output=True,
            cwd=tmp_path,
            check=False,
        )
        output = (run.stdout + run.stderr).decode("ascii")
        assert part in " ".join(output.split())
        assert "Traceback" not in output


def test_help_needs_none_of_the_bot() -> None:
    """So a command of the shell starts fast, and --help works with broken dependencies."""
    program = (
        "import sys; from bot.command_line import main\n"
        "try: main(['--help'])\n"
        "finally: assert not {'discord', 'aiohttp', 'bot.app'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def test_what_only_jobs_need_is_not_imported_at_the_start() -> None:
    """It takes 2 MiB, and most processes of a small server never run a job."""
    late = {
        *("bot.library.backup", "bot.library.export", "bot.library.import_run"),
        *("bot.library.read_file", "bot.library.formats.xlsx", "bot.views.backup_result"),
        *("csv", "xml.parsers.expat", "rapidfuzz", "xlsxwriter"),
    }
    program = (
        "import sys; from importlib import import_module\n"
        "import bot.command_line.run, bot.client\n"
        "for name in bot.client.COGS: import_module(name)\n"
        f"print(*sorted({late!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, text=True,
                          stdout=subprocess.PIPE)  # fmt: skip
    assert done.stdout == "\n"


def test_exit_codes_are_documented() -> None:
    for code in ExitCode:
        assert f"\n| {code.value} | " in (ROOT / "docs/operating.md").read_text()


def test_a_reader_that_ends_early_is_no_error(tmp_path: Path) -> None:
    """As in `python -m bot check | head -n 1`."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=tmp_path,
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.CONFIG, "")
