"""The log: its level, JSON, and the journal of systemd."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import IO

from tests.generated_docs import ROOT

_PROGRAM = """
import logging, os, sys
from bot.config.logs import configure_logging
status = os.fstat(2)
stream = f"{status.st_dev}:{status.st_ino}" if sys.argv[1] == "journal" else sys.argv[1]
environ = {"JOURNAL_STREAM": stream}
configure_logging(logging.DEBUG, as_json=sys.argv[2] == "json", environ=environ)
logging.getLogger("a").warning("Zoë\\n%s", "two")
logging.getLogger("discord").debug("an interaction token")
try: 1 / 0
except ZeroDivisionError: logging.getLogger("b").error("failed", exc_info=True)
logging.getLogger("c").debug("detail")
"""


def _log(stream: str, kind: str, stderr: IO[bytes] | int = subprocess.PIPE) -> list[str]:
    """The lines that a program logs; `stream` is JOURNAL_STREAM, or "journal" for the true one."""
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM, stream, kind], cwd=ROOT, stderr=stderr, check=True
    )
    return result.stderr.decode().splitlines()


def test_json_is_one_object_on_a_line() -> None:
    entries = [json.loads(line) for line in _log("journal", "json")]
    assert [entry["level"] for entry in entries] == ["warning", "error", "debug"]
    assert entries[0]["message"] == "Zoë\ntwo"
    assert entries[0]["logger"] == "a"
    assert entries[0]["time"].endswith("Z")
    assert "ZeroDivisionError" in entries[1]["exception"]


def test_journal_gets_priorities_and_no_time() -> None:
    lines = _log("journal", "text")
    assert lines[:2] == ["<4>a: Zoë", "<4>two"]
    assert lines[2] == "<3>b: failed"
    assert "<3>ZeroDivisionError: division by zero" in lines
    assert lines[-1] == "<7>c: detail"


def test_other_streams_get_the_time() -> None:
    """JOURNAL_STREAM is inherited by programs whose output goes elsewhere."""
    for stream in ("", "8:1234"):
        lines = _log(stream, "text")
        assert lines[0].endswith(" WARNING a: Zoë")
        assert lines[0][:2] == "20"
