"""Stored logins open with their keys and in their own rows alone; without the keys nothing runs."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import assemble, open_store, rekey
from bot.config import Settings
from bot.errors import CannotStart, LinkEnded
from bot.store import Store
from bot.vault import Vault
from sandbox.discord import Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage, free_port
from tests.durability.life import begin, log_in, notice, offer

ROOT = Path(__file__).parent.parent
OLD, NEW, OTHER = "0a" * 32, "0b" * 32, "0c" * 32
USERS = (101, 102, 103)


async def test_the_first_start_makes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    key = tmp_path / "tonearm.sqlite3.key"
    _, said = await _bot(tmp_path)
    assert f"made a key for the stored logins: {key}" in said
    assert key.stat().st_mode & 0o777 == 0o600
    made = key.read_text()
    assert made not in said
    _, said = await _bot(tmp_path)
    assert "made a key" not in said
    assert key.read_text() == made


async def _begin(settings: Settings) -> None:
    async with assemble(settings):
        pass


@pytest.mark.parametrize(
    ("key_file", "token_keys", "start", "reason"),
    [
        (None, "", _begin, "tonearm.sqlite3.key is missing"),
        ("a shopping list", "", _begin, "is not a key"),
        ("", "", rekey, "is not a key"),
        (OTHER, "", _begin, "encrypted with"),
        (OLD, OTHER, _begin, "encrypted with"),
        (OLD, OTHER, rekey, "encrypted with"),
    ],
    ids=["missing", "no key", "empty", "wrong", "wrong TOKEN_KEYS", "wrong TOKEN_KEYS in rekey"],
)
async def test_without_its_key_the_bot_does_not_start_and_every_row_stays(
    tmp_path: Path,
    key_file: str | None,
    token_keys: str,
    start: Callable[[Settings], Awaitable[object]],
    reason: str,
) -> None:
    key = tmp_path / "tonearm.sqlite3.key"
    key.write_text(OLD)
    await _people(tmp_path)
    rows, tokens = _rows(tmp_path), await _tokens(tmp_path)
    key.unlink()
    if key_file is not None:
        key.write_text(key_file)
    settings = Settings.read(_environment(tmp_path, TOKEN_KEYS=token_keys))
    with pytest.raises(CannotStart, match=reason) as refused:
        await start(settings)
    _is_one_harmless_line(str(refused.value))
    assert (key.read_text() if key.exists() else None) == key_file
    assert _rows(tmp_path) == rows
    key.write_text(OLD)
    assert await _tokens(tmp_path) == tokens


async def test_rekey_makes_the_old_key_useless(tmp_path: Path) -> None:
    (tmp_path / "tonearm.sqlite3.key").write_text(OLD)
    await _people(tmp_path)
    tokens, sealed = await _tokens(tmp_path), _sealed(tmp_path)
    code, said = await _bot(tmp_path, "rekey", TOKEN_KEYS=f"{NEW},{OLD}")
    assert (code, said) == (0, "Encrypted 8 secrets with the first key.\n")
    assert await _tokens(tmp_path, TOKEN_KEYS=NEW) == tokens
    for keys in (OLD, ""):
        with pytest.raises(CannotStart, match="encrypted with"):
            await _tokens(tmp_path, TOKEN_KEYS=keys)
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert not any(secret in content for secret in sealed), "an old key still opens this"


async def test_before_a_rekey_old_logins_open_and_new_ones_use_the_first_key(
    tmp_path: Path,
) -> None:
    await _people(tmp_path, TOKEN_KEYS=OLD)
    tokens = await _tokens(tmp_path, TOKEN_KEYS=f"{NEW},{OLD}")
    settings = Settings.read(_environment(tmp_path, TOKEN_KEYS=f"{NEW},{OLD}"))
    async with open_store(settings) as (store, vault):
        await log_in(store, vault, 101, 101 * 5 + 1)
    assert await _tokens(tmp_path, TOKEN_KEYS=f"{OLD},{NEW}") == tokens
    for keys in (NEW, OLD):
        with pytest.raises(CannotStart):
            await _tokens(tmp_path, TOKEN_KEYS=keys)
    assert not list(tmp_path.glob("*.key"))


async def test_a_rekey_over_a_damaged_row_changes_nothing_and_says_so(tmp_path: Path) -> None:
    await _people(tmp_path, TOKEN_KEYS=OLD)
    with closing(sqlite3.connect(tmp_path / "tonearm.sqlite3")) as database, database:
        moved = "SELECT refresh_token FROM link WHERE discord_id = 101"
        database.execute(f"UPDATE link SET refresh_token = ({moved}) WHERE discord_id = 103")
    rows = _rows(tmp_path)
    await _refused(tmp_path, "rekey", TOKEN_KEYS=f"{NEW},{OLD}")
    assert _rows(tmp_path) == rows


@pytest.mark.parametrize("command", [(), ("rekey",)], ids=["bot", "rekey"])
async def test_a_second_process_on_the_same_file_is_refused(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    await _people(tmp_path)
    async with open_store(Settings.read(_environment(tmp_path))) as (store, vault):
        said = await _refused(tmp_path, *command)
        assert "Another Tonearm is running on" in said
        assert str(tmp_path / "tonearm.sqlite3") in said
        await log_in(store, vault, 105, 1)


async def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "tonearm.sqlite3.lock").mkdir()  # refuses a file, to the superuser as well
    assert "tonearm.sqlite3" in await _refused(tmp_path)


async def test_a_row_moved_to_another_user_is_of_no_use(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await stage.stop()
    grace = stage.discord.seat("grace", "music")
    user = stage.discord.world.users["grace"].id
    with closing(sqlite3.connect(stage.settings.database)) as database, database:
        database.execute("INSERT INTO person (discord_id) VALUES (?)", (user,))
        database.execute("UPDATE link SET discord_id = ?", (user,))
    await stage.start()
    asked, called = len(spotify.accounts_recording.exchanges), len(spotify.calls)
    reply = await grace.run("/now")
    assert "no longer accepts your login" in reply.text
    assert "Link Spotify" in reply.text
    assert len(spotify.accounts_recording.exchanges) == asked
    assert len(spotify.calls) == called


def test_a_secret_opens_whole_and_in_its_place_alone() -> None:
    vault = Vault([bytes.fromhex(NEW), bytes.fromhex(OLD)])
    sealed = vault.seal("a refresh token", "refresh_token", 1)
    assert vault.open(sealed, "refresh_token", 1) == "a refresh token"
    for column, owner in (("refresh_token", 2), ("code", 1), ("refresh_token", 11)):
        with pytest.raises(LinkEnded):
            vault.open(sealed, column, owner)
    for place in range(len(sealed)):
        flipped = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        for damaged in (flipped, sealed[:place]):
            with pytest.raises(LinkEnded):
                vault.open(damaged, "refresh_token", 1)


def test_the_same_secret_is_never_sealed_alike() -> None:
    vault = Vault([bytes.fromhex(NEW)])
    assert len({vault.seal("a refresh token", "refresh_token", 1) for _ in range(1000)}) == 1000


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """Where neither service can be reached, so that the bot ends after its start."""
    nobody = f"http://127.0.0.1:{free_port()}"
    port = str(free_port())
    return {
        "DISCORD_TOKEN": "not.a.token",
        "SPOTIFY_CLIENT_ID": "0123456789abcdef" * 2,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": port,
        "DATABASE": str(folder / "tonearm.sqlite3"),
        "DISCORD_API_URL": nobody,
        "SPOTIFY_API_URL": nobody,
        "SPOTIFY_ACCOUNTS_URL": nobody,
        **more,
    }


async def _bot(folder: Path, *arguments: str, **more: str) -> tuple[int, str]:
    """The exit code of `python -m bot`, and all that it says; nothing hides its files."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **_environment(folder, **more)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        umask=0,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), timeout=20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def _refused(folder: Path, *arguments: str, **more: str) -> str:
    """The one line with which the bot says that it does not run, and why."""
    code, said = await _bot(folder, *arguments, **more)
    assert code == 1
    _is_one_harmless_line(said)
    return said


def _is_one_harmless_line(said: str) -> None:
    assert len(said.splitlines()) == 1, said
    assert not any(key in said for key in (OLD, NEW, OTHER))


async def _people(folder: Path, **more: str) -> None:
    """Let people link their accounts, and one be in the middle of a login."""
    async with open_store(Settings.read(_environment(folder, **more))) as (store, vault):
        for user in USERS:
            await log_in(store, vault, user, user * 5 + 1)
        for step in (offer, notice, begin):
            await step(store, vault, 104, 0)


async def _tokens(folder: Path, **more: str) -> list[str]:
    """Everybody's refresh token. Raises CannotStart, LinkEnded."""
    async with open_store(Settings.read(_environment(folder, **more))) as (store, vault):
        return [await _token(store, vault, user) for user in USERS]


async def _token(store: Store, vault: Vault, user: int) -> str:
    link = await store.links.of(user)
    assert link
    return vault.open(link.refresh_token, "refresh_token", user)


def _rows(folder: Path) -> list[str]:
    """Every row, byte for byte, as SQL."""
    with closing(sqlite3.connect(folder / "tonearm.sqlite3")) as database:
        return list(database.iterdump())


def _sealed(folder: Path) -> list[bytes]:
    with closing(sqlite3.connect(folder / "tonearm.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT refresh_token FROM link")]
