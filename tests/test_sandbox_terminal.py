"""`python -m sandbox --terminal`: the whole bot through a pipe."""

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
    out, _ = await asyncio.wait_for(process.communicate("\n".join(lines).encode()), timeout=60)
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_link_search_play_pause_skip_show_save_and_export() -> None:
    code, out = await _run_terminal(
        "/link",
        "/search query:lantern",
        "/search lantern",
        "11",
        "look",
        "/pause",
        "/next",
        "/now",
        "/save",
        "/export format:csv",
        "look",
    )
    assert code == 0, out
    assert "Linked to Ada" in out
    assert re.search(r"\[11\] Play", out)
    assert "Spotify: Lantern" in out
    assert "Paused on Ada's Laptop" in out
    assert "Skipped · Paused on Ada's Laptop" in out
    assert "on Ada's Laptop" in out
    assert "Saved to your liked songs" in out
    assert "file liked-songs.csv" in out
    assert "bug" not in out
    assert "Traceback" not in out


async def test_invalid_input_is_reported_and_session_continues() -> None:
    code, out = await _run_terminal(
        "hello", "/nonsense", "/seek", "99", "as nobody", "in nowhere", ""
    )
    assert code == 0, out
    assert "Type a slash command" in out
    assert out.count("\n! ") == 5
    assert "Traceback" not in out


async def test_end_of_input_exits_cleanly() -> None:
    code, out = await _run_terminal()
    assert code == 0, out
