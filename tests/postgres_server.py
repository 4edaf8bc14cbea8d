"""A PostgreSQL server of the tests' own: in a temporary folder, reached over a socket there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

# Debian's packages put the programs here; others put them into PATH.
_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
# The server refuses to run as root, so root runs it as this user of Debian's package.
_SERVER_USER = "postgres"


class PostgresServer:
    """A running server; `database` makes a new database on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{_SERVER_USER}@/{database}?host={quote(str(self.folder))}"

    async def database(self) -> str:
        """The URL of a new, empty database."""
        self._number += 1
        name = f"test_{os.getpid()}_{self._number}"
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return self.url(name)

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=60"
        log = str(self.folder / "log")
        _run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: "immediate" as a crash does, so that it recovers at its next start."""
        _run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")


def has_postgres() -> bool:
    """Whether there is a server to run on this machine."""
    return _program("initdb") is not None


@contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """A server that is stopped and erased at the end; skips the test where there is none."""
    if not has_postgres():
        pytest.skip("no PostgreSQL server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="tonearm-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _SERVER_USER, _SERVER_USER)
        data = str(folder / "data")
        _run("initdb", "-D", data, "-A", "trust", "-U", _SERVER_USER, "-E", "UTF8", "--no-sync")
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # a test has stopped it
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    found = (folder / name for folder in _FOLDERS if (folder / name).exists())
    return next(map(str, found), shutil.which(name))


def _run(program: str, *arguments: str) -> None:
    command = [_program(program) or program, *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={_SERVER_USER}", f"--regid={_SERVER_USER}",
                   "--init-groups", *command]  # fmt: skip
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/tmp"
    )
