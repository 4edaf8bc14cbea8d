"""`python -m bot people, forget, healthcheck`, and /ready, of a bot that runs."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import aiohttp

from sandbox.harness import Harness, bot_environment, run_harness
from tests.database_edits import edit_database
from tests.durability.apsw_connection import connect_to
from tests.durability.simulated_disk import SimulatedDisk
from tests.program import ROOT, run_program, run_services


async def _command(settings: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """The exit code and output of `python -m bot ARGUMENTS`."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=Path(settings["DATABASE"]).parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), timeout=20)
    return process.returncode or 0, output.decode()


async def _ready(harness: Harness) -> tuple[int, str]:
    address = f"{harness.settings.public_url}/ready"
    async with aiohttp.ClientSession() as http, http.get(address) as response:
        return response.status, (await response.json())["status"]


async def test_ready_says_why_the_bot_cannot_serve() -> None:
    disk = SimulatedDisk()
    async with run_harness(connect_database=connect_to(disk)) as harness:
        ada = await harness.link_account("ada")
        bot, discord = harness.bot, harness.discord
        assert bot is not None
        assert await _ready(harness) == (200, "ok")
        disk.fill()
        await (await ada.run("/settings")).press("Make public")
        assert await _ready(harness) == (503, "full")
        disk.repair()
        assert await _ready(harness) == (200, "ok")
        await discord.gateway.drop_connections()
        await discord.changes.wait_until(lambda: discord.gateway.resumes == 1)
        await ada.run("/settings")
        assert await _ready(harness) == (200, "ok")
        discord.gateway.refuses_with = 4000
        discord.gateway.sessions.clear()
        await discord.gateway.drop_connections()
        await discord.changes.wait_until(lambda: not bot.is_connected)
        assert await _ready(harness) == (503, "disconnected")
    async with run_harness() as harness:
        await harness.link_account("ada")
        # So its token opens no more.
        await edit_database(harness, "UPDATE link SET discord_id = discord_id + 1")
        assert await _ready(harness) == (503, "key")


async def test_commands_beside_a_running_bot(tmp_path: Path) -> None:
    async with run_services() as (discord, spotify):
        settings = bot_environment(discord, spotify, tmp_path)
        assert await _command(settings, "healthcheck") == (
            1,
            "not running: ConnectionRefusedError\n",
        )
        async with run_program(tmp_path, settings) as process:
            await discord.wait_until_ready(timeout=20)
            async with asyncio.timeout(20):
                while (await _command(settings, "healthcheck")) != (0, "ok\n"):
                    pass
            link = (
                "INSERT INTO link (discord_id, account_id, name, client_id, scopes, authorized_at,"
                " refresh_token) VALUES (?, ?, 'A', ?, '', ?, x'00')"
            )
            own, now = "0" * 32, int(time.time()) + 1
            with closing(sqlite3.connect(settings["DATABASE"])) as db:
                for person, client_id, since in (
                    (77, own, 1),
                    (78, own, now),
                    (79, spotify.client_id, now),
                ):
                    db.execute("INSERT INTO person (discord_id) VALUES (?)", (person,))
                    db.execute(link, (person, str(person), client_id, since))
                db.commit()
            code, output = await _command(settings, "people")
            assert code == 0
            assert "77  linked 1970-01-01, until 1970-07-01, their own app, or a former" in output
            (line,) = [line for line in output.splitlines() if line.startswith("78")]
            assert line.endswith("their own app")
            (line,) = [line for line in output.splitlines() if line.startswith("79")]
            assert line.endswith("this bot’s app")
            code, output = await _command(settings | {"SPOTIFY_CLIENT_ID": "1" * 32}, "people")
            assert "a former app of this bot" in output
            code, output = await _command(settings, "forget", "77")
            assert code == 1
            assert "Another Tonearm is running" in output
            process.send_signal(signal.SIGTERM)
            await process.wait()
        with closing(sqlite3.connect(settings["DATABASE"])) as db:
            db.execute("DELETE FROM link")
            db.commit()
        assert (await _command(settings, "backup", "copy"))[0] == 0
        code, output = await _command(settings, "restore", "copy")
        assert code == 0
        assert "Restored 0 linked accounts" in output
        assert (await _command(settings, "forget", "77"))[0] == 0
        assert "0 linked accounts" in (await _command(settings, "people"))[1]
