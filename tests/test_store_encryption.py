"""Encryption of stored secrets: keys, re-encryption, and rows that were moved or damaged."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from bot.app import build
from bot.command_line.rekey import rekey
from bot.config import Settings
from bot.errors.bot_error import StartupError
from bot.errors.login import LoginExpired
from bot.store import Store
from bot.store.encryption import TokenCipher
from sandbox.discord import UserClient
from sandbox.harness import Harness, free_port
from sandbox.spotify import Spotify
from tests.durability.store_operations import (
    complete_login,
    create_login,
    set_message_ref,
    start_login,
)

ROOT = Path(__file__).parent.parent
OLD_KEY, NEW_KEY, OTHER_KEY = "0a" * 32, "0b" * 32, "0c" * 32
USERS = (101, 102, 103)


async def test_first_start_creates_key_readable_by_owner_only(tmp_path: Path) -> None:
    key = tmp_path / "tonearm.sqlite3.key"
    _, output = await _run_bot(tmp_path)
    assert f"made a key for the stored logins: {key}" in output
    assert key.stat().st_mode & 0o777 == 0o600
    content = key.read_text()
    assert content not in output
    _, output = await _run_bot(tmp_path)
    assert "made a key" not in output
    assert key.read_text() == content


async def _start(settings: Settings) -> None:
    async with build(settings):
        pass


@pytest.mark.parametrize(
    ("key_file", "token_keys", "start", "reason"),
    [
        (None, "", _start, "tonearm.sqlite3.key is missing"),
        ("a shopping list", "", _start, "is not a valid key file"),
        ("", "", rekey, "is not a valid key file"),
        (OTHER_KEY, "", _start, "encrypted with"),
        (OLD_KEY, OTHER_KEY, _start, "encrypted with"),
        (OLD_KEY, OTHER_KEY, rekey, "encrypted with"),
    ],
    ids=["missing", "no key", "empty", "wrong", "wrong TOKEN_KEYS", "wrong TOKEN_KEYS in rekey"],
)
async def test_without_key_bot_does_not_start_and_rows_are_unchanged(
    tmp_path: Path,
    key_file: str | None,
    token_keys: str,
    start: Callable[[Settings], Awaitable[object]],
    reason: str,
) -> None:
    key = tmp_path / "tonearm.sqlite3.key"
    key.write_text(OLD_KEY)
    await _link_users(tmp_path)
    rows, tokens = _dump_rows(tmp_path), await _refresh_tokens(tmp_path)
    key.unlink()
    if key_file is not None:
        key.write_text(key_file)
    settings = Settings.from_env(_environment(tmp_path, TOKEN_KEYS=token_keys))
    with pytest.raises(StartupError, match=reason) as refused:
        await start(settings)
    _assert_one_line_without_keys(str(refused.value))
    assert (key.read_text() if key.exists() else None) == key_file
    assert _dump_rows(tmp_path) == rows
    key.write_text(OLD_KEY)
    assert await _refresh_tokens(tmp_path) == tokens


async def test_old_key_is_useless_after_rekey(tmp_path: Path) -> None:
    (tmp_path / "tonearm.sqlite3.key").write_text(OLD_KEY)
    await _link_users(tmp_path)
    tokens, encrypted = await _refresh_tokens(tmp_path), _encrypted_tokens(tmp_path)
    code, output = await _run_bot(tmp_path, "rekey", TOKEN_KEYS=f"{NEW_KEY},{OLD_KEY}")
    assert (code, output) == (0, "Re-encrypted 7 secrets with the first key.\n")
    assert await _refresh_tokens(tmp_path, TOKEN_KEYS=NEW_KEY) == tokens
    for keys in (OLD_KEY, ""):
        with pytest.raises(StartupError, match="encrypted with"):
            await _refresh_tokens(tmp_path, TOKEN_KEYS=keys)
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert not any(secret in content for secret in encrypted), "the old key decrypts it"


async def test_before_rekey_old_rows_decrypt_and_new_rows_use_first_key(
    tmp_path: Path,
) -> None:
    await _link_users(tmp_path, TOKEN_KEYS=OLD_KEY)
    tokens = await _refresh_tokens(tmp_path, TOKEN_KEYS=f"{NEW_KEY},{OLD_KEY}")
    async with _open_store(tmp_path, TOKEN_KEYS=f"{NEW_KEY},{OLD_KEY}") as store:
        await complete_login(store, 101, 101 * 5 + 1)
    assert await _refresh_tokens(tmp_path, TOKEN_KEYS=f"{OLD_KEY},{NEW_KEY}") == tokens
    for keys in (NEW_KEY, OLD_KEY):
        with pytest.raises(StartupError):
            await _refresh_tokens(tmp_path, TOKEN_KEYS=keys)
    assert not list(tmp_path.glob("*.key"))


async def test_rekey_with_damaged_row_changes_nothing_and_reports_it(tmp_path: Path) -> None:
    await _link_users(tmp_path, TOKEN_KEYS=OLD_KEY)
    with closing(sqlite3.connect(tmp_path / "tonearm.sqlite3")) as database, database:
        moved = "SELECT refresh_token FROM link WHERE discord_id = 101"
        database.execute(f"UPDATE link SET refresh_token = ({moved}) WHERE discord_id = 103")
    rows = _dump_rows(tmp_path)
    await _run_refused_bot(tmp_path, "rekey", TOKEN_KEYS=f"{NEW_KEY},{OLD_KEY}")
    assert _dump_rows(tmp_path) == rows


@pytest.mark.parametrize("command", [(), ("rekey",)], ids=["bot", "rekey"])
async def test_second_process_on_same_database_is_refused(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    await _link_users(tmp_path)
    async with _open_store(tmp_path) as store:
        output = await _run_refused_bot(tmp_path, *command)
        assert "Another Tonearm is running on" in output
        assert str(tmp_path / "tonearm.sqlite3") in output
        await complete_login(store, 105, 1)


async def test_unwritable_folder_is_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "tonearm.sqlite3.lock").mkdir()  # even root cannot write a file there
    assert "tonearm.sqlite3" in await _run_refused_bot(tmp_path)


async def test_row_copied_to_another_user_cannot_be_decrypted(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await harness.stop()
    grace = harness.discord.user_client("grace", "music")
    user = harness.discord.state.users["grace"].id
    with closing(sqlite3.connect(harness.settings.database)) as database, database:
        database.execute("INSERT INTO person (discord_id) VALUES (?)", (user,))
        database.execute("UPDATE link SET discord_id = ?", (user,))
    await harness.start()
    token_requests, calls = len(spotify.accounts_traffic.exchanges), len(spotify.calls)
    reply = await grace.run("/now")
    assert "stored login can’t be read" in reply.text
    assert "Link Spotify" in reply.text
    assert len(spotify.accounts_traffic.exchanges) == token_requests
    assert len(spotify.calls) == calls


def test_ciphertext_decrypts_only_intact_and_in_its_column() -> None:
    cipher = TokenCipher([bytes.fromhex(NEW_KEY), bytes.fromhex(OLD_KEY)])
    encrypted = cipher.encrypt("a refresh token", "refresh_token", 1)
    assert cipher.decrypt(encrypted, "refresh_token", 1) == "a refresh token"
    for column, owner in (("refresh_token", 2), ("code", 1), ("refresh_token", 11)):
        with pytest.raises(LoginExpired):
            cipher.decrypt(encrypted, column, owner)
    for index in range(len(encrypted)):
        flipped = encrypted[:index] + bytes([encrypted[index] ^ 1]) + encrypted[index + 1 :]
        for damaged in (flipped, encrypted[:index]):
            with pytest.raises(LoginExpired):
                cipher.decrypt(damaged, "refresh_token", 1)


def test_same_secret_encrypts_differently_each_time() -> None:
    cipher = TokenCipher([bytes.fromhex(NEW_KEY)])
    assert len({cipher.encrypt("a refresh token", "refresh_token", 1) for _ in range(1000)}) == 1000


def _environment(folder: Path, **overrides: str) -> dict[str, str]:
    """Settings with unreachable services, so that the bot stops after its start."""
    unreachable = f"http://127.0.0.1:{free_port()}"
    port = str(free_port())
    return {
        "DISCORD_TOKEN": "not.a.token",
        "SPOTIFY_CLIENT_ID": "0123456789abcdef" * 2,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": port,
        "DATABASE": str(folder / "tonearm.sqlite3"),
        "DISCORD_API_URL": unreachable,
        "SPOTIFY_API_URL": unreachable,
        "SPOTIFY_ACCOUNTS_URL": unreachable,
        **overrides,
    }


async def _run_bot(folder: Path, *arguments: str, **overrides: str) -> tuple[int, str]:
    """The exit code and output of `python -m bot`, with a umask that makes files public."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            **_environment(folder, **overrides),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        umask=0,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), timeout=20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def _run_refused_bot(folder: Path, *arguments: str, **overrides: str) -> str:
    """The line in which the bot says why it does not start."""
    code, output = await _run_bot(folder, *arguments, **overrides)
    assert code == 1
    _assert_one_line_without_keys(output)
    return output


def _assert_one_line_without_keys(output: str) -> None:
    assert len([line for line in output.splitlines() if "INFO" not in line]) == 1, output
    assert not any(key in output for key in (OLD_KEY, NEW_KEY, OTHER_KEY))


def _open_store(folder: Path, **overrides: str) -> AbstractAsyncContextManager[Store]:
    settings = Settings.from_env(_environment(folder, **overrides))
    return Store.open(settings.database, settings.token_keys)


async def _link_users(folder: Path, **overrides: str) -> None:
    """Link the accounts of USERS, and leave another user in the middle of a login."""
    async with _open_store(folder, **overrides) as store:
        for user in USERS:
            await complete_login(store, user, user * 5 + 1)
        for step in (create_login, set_message_ref, start_login):
            await step(store, 104, 0)


async def _refresh_tokens(folder: Path, **overrides: str) -> list[str]:
    """The refresh tokens of USERS. Raises StartupError, LoginExpired."""
    async with _open_store(folder, **overrides) as store:
        return [await _refresh_token(store, user) for user in USERS]


async def _refresh_token(store: Store, user: int) -> str:
    account = await store.accounts.get(user)
    assert account
    token = await store.accounts.refresh_token(account)
    assert token
    return token


def _dump_rows(folder: Path) -> list[str]:
    """Every row as an SQL statement."""
    with closing(sqlite3.connect(folder / "tonearm.sqlite3")) as database:
        return list(database.iterdump())


def _encrypted_tokens(folder: Path) -> list[bytes]:
    with closing(sqlite3.connect(folder / "tonearm.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT refresh_token FROM link")]
