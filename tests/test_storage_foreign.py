"""The start with files that are in the way: links, other programs' databases, missing parts."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors.bot_error import SettingsError, StartupError
from bot.store import Store
from bot.store.keys import key_file
from bot.store.schema import MIGRATIONS
from tests.storage_startup import make_database, startup_reason
from tests.test_config import VALID


async def test_paths_through_links_and_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    loop, file, journal = tmp_path / "loop", tmp_path / "file", tmp_path / "db-journal"
    loop.symlink_to(tmp_path / "back")
    (tmp_path / "back").symlink_to(loop)
    file.touch()
    journal.mkdir()
    assert "symbolic links in a circle" in await startup_reason(loop)
    assert "is not a folder" in await startup_reason(file / "tonearm.sqlite3")
    assert f"{journal} is a folder" in await startup_reason(tmp_path / "db")
    for path, part in ((loop, "symbolic links in"), (file, "is not a folder")):
        with pytest.raises(SettingsError, match=part):
            Settings.from_env(VALID | {"DATABASE": str(path / "tonearm.sqlite3")})
    with pytest.raises(StartupError, match="allows no files in /proc"):
        async with Store.open(Path("/proc/tonearm.sqlite3")):
            pass


async def test_database_of_another_program_is_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    for version in (0, 1, len(MIGRATIONS), -1):
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE IF NOT EXISTS cookies (name TEXT)")
            database.execute(f"PRAGMA user_version = {version}")
        with pytest.raises(StartupError, match="belongs to another program"):
            async with Store.open(path):
                pass
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("cookies",)]
    assert not key_file(path).exists()


async def test_database_without_one_of_its_parts_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "tonearm.sqlite3"
    for statement, part in (
        ("DROP TABLE sleep_timer", "without sleep_timer.discord_id"),
        ("ALTER TABLE person DROP COLUMN shows_playing", "without person.shows_playing"),
        ("PRAGMA user_version = 0", "table link already exists"),
        ("PRAGMA user_version = -4", "table link already exists"),
    ):
        await make_database(path)
        with closing(sqlite3.connect(path)) as database:
            database.execute(statement)
        assert f"is damaged ({part})" in await startup_reason(path)
        path.unlink()


async def test_new_database_beside_an_older_key_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "tonearm.sqlite3"
    async with Store.open(path):
        pass
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    for emptied in (False, True):
        os.truncate(path, 0)
        if not emptied:
            path.unlink()
        caplog.clear()
        async with Store.open(path):
            pass
        assert "made a new database" in caplog.text
        assert "put their database back" in caplog.text
