"""`python -m sandbox --terminal`: the whole bot through standard input and output."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


async def _run_terminal(*lines: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        "--terminal",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate("\n".join(lines).encode()), timeout=60)
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_link_search_pause_skip_now_save_and_export() -> None:
    returncode, output = await _run_terminal(
        "/link",
        "/search query:lantern",
        "/search lantern",
        "11",
        "look",
        "/pause",
        "/next",
        "/now",
        "/save",
        "/export what:liked-songs format:csv",
        "look",
    )
    assert returncode == 0, output
    assert "Linked to Ada" in output
    assert re.search(r"\[11\] Play", output)
    assert "Spotify: Lantern" in output
    assert "Paused on Ada's Laptop" in output
    assert "Skipped · Paused on Ada's Laptop" in output
    assert "on Ada's Laptop" in output
    assert "Added to your Liked Songs" in output
    assert "file liked-songs.csv" in output
    assert "bug" not in output
    assert "Traceback" not in output


async def test_invalid_input_is_reported_and_session_continues() -> None:
    returncode, output = await _run_terminal(
        "hello", "/nonsense", "/seek", "99", "as nobody", "in nowhere", ""
    )
    assert returncode == 0, output
    assert "Type a slash command" in output
    assert output.count("\n! ") == 5
    assert "Traceback" not in output


async def test_end_of_input_exits_cleanly() -> None:
    returncode, output = await _run_terminal()
    assert returncode == 0, output
