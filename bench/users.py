"""Simulated users whose Spotify accounts are linked in a database before the bot starts."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import BotProcess, start_bot
from bot.spotify.oauth import SCOPES
from bot.store import Store
from bot.store.encryption import TokenCipher
from bot.store.keys import KEY_BYTES
from sandbox.clock import Clock
from sandbox.discord import Discord, UserClient
from sandbox.discord.state import DM, Channel, User
from sandbox.harness import bot_environment
from sandbox.spotify import Spotify
from sandbox.spotify.accounts import Account
from sandbox.spotify.catalogue import generated_uri
from sandbox.spotify.devices import Device

CHANNEL = "dm"
# Seconds that a reply may take on a slow machine.
TIMEOUT = 120.0


@dataclass(frozen=True)
class LinkedUser:
    """One Spotify account, and a Discord user with it at each of the two bots."""

    account: Account
    ours: UserClient
    peer: UserClient

    def play(self, *, paused: bool = False) -> None:
        """Let the account's player play its song, or hold it paused."""
        player = self.account.player
        if player.item is None:
            number = int(self.account.name.removeprefix("user"))
            player.play(generated_uri(number))
        (player.pause if paused else player.resume)()


@dataclass(frozen=True)
class Link:
    """A row of linked accounts."""

    discord_id: int
    account_id: str
    client_id: str
    refresh_token: str


@dataclass(frozen=True)
class BotPair:
    """Tonearm and the bare bot, each with a Discord of its own, and one Spotify for both."""

    ours: BotProcess
    peer: BotProcess
    spotify: Spotify
    users: list[LinkedUser]


class StoppedClock(Clock):
    """Stands still, so that a slow machine misses no deadline of Discord and no song ends."""

    def monotonic(self) -> float:
        return 0.0


@asynccontextmanager
async def start_pair(user_count: int) -> AsyncIterator[BotPair]:
    """Both bots, with users linked at ours; the bare bot has access tokens for them."""
    clock = StoppedClock()
    async with (
        Discord(clock) as discord,
        Discord(clock) as peer_discord,
        Spotify(clock) as spotify,
    ):
        discord.changes.timeout = peer_discord.changes.timeout = TIMEOUT
        with TemporaryDirectory() as folder:
            accounts = [_add_account(spotify, number) for number in range(user_count)]
            ids = [_add_user(discord, account) for account in accounts]
            peer_ids = [_add_user(peer_discord, account) for account in accounts]
            key = secrets.token_bytes(KEY_BYTES)
            environment = bot_environment(discord, spotify, Path(folder)) | {
                "TOKEN_KEYS": key.hex(),
                "SPOTIFY_DAILY_CALLS": "1000000",
            }
            links = [
                _link(spotify, account, id_) for account, id_ in zip(accounts, ids, strict=True)
            ]
            await write_links(Path(environment["DATABASE"]), links, key)
            tokens = [spotify.issue_access_token(account.name, *SCOPES) for account in accounts]
            async with start_bot("bench.uncached_bot", discord, environment) as ours:
                peer_environment = bare_bot_environment(
                    peer_discord,
                    spotify,
                    ours.intents,
                    dict(zip(peer_ids, tokens, strict=True)),
                    Path(folder),
                )
                async with start_bot("bench.bare_bot", peer_discord, peer_environment) as peer:
                    users = [
                        LinkedUser(
                            account,
                            discord.user_client(account.name, CHANNEL),
                            peer_discord.user_client(account.name, CHANNEL),
                        )
                        for account in accounts
                    ]
                    yield BotPair(ours, peer, spotify, users)


def bare_bot_environment(
    discord: Discord, spotify: Spotify, intents: int, access_tokens: dict[str, str], folder: Path
) -> dict[str, str]:
    """The environment variables of bench.bare_bot; the tokens, by Discord ID, go into a file."""
    token_file = folder / "access_tokens.json"
    token_file.write_text(json.dumps(access_tokens))
    return {
        "DISCORD_API_URL": discord.url,
        "DISCORD_TOKEN": discord.token,
        "INTENTS": str(intents),
        "SPOTIFY_API_URL": spotify.api_url,
        "ACCESS_TOKENS": str(token_file),
    }


async def write_links(database: Path, links: Iterable[Link], key: bytes) -> None:
    """Make a database with these links, whose tokens are encrypted with the key."""
    async with Store.open(database, [key]):
        pass  # makes the tables
    cipher = TokenCipher([key])
    rows = [
        (
            link.discord_id,
            link.account_id,
            link.client_id,
            " ".join(SCOPES),
            cipher.encrypt(link.refresh_token, "refresh_token", link.discord_id),
        )
        for link in links
    ]
    with closing(sqlite3.connect(database)) as db, db:
        db.executemany("INSERT INTO person (discord_id) VALUES (?)", ((row[0],) for row in rows))
        db.executemany(
            "INSERT INTO link (discord_id, account_id, name, client_id, scopes, authorized_at,"
            " refresh_token) VALUES (?, ?, 'Ada', ?, ?, unixepoch(), ?)",
            rows,
        )


def _add_account(spotify: Spotify, number: int) -> Account:
    name = f"user{number}"
    phone = Device(f"{number:0>40}", "Phone", "Smartphone")
    spotify.apps[spotify.client_id].allowed_accounts.add(name)
    account = spotify.state.add_account(name, premium=True, devices=[phone])
    account.player.device = phone
    return account


def _add_user(discord: Discord, account: Account) -> str:
    """Add a Discord user with a channel for direct messages; the user's ID."""
    state = discord.state
    user = User(state.snowflake(), account.name, account.display_name)
    state.users[user.name] = user
    channel = Channel(state.snowflake(), CHANNEL, DM, (user,))
    state.channels[channel.id] = channel
    return user.id


def _link(spotify: Spotify, account: Account, discord_id: str) -> Link:
    consent = spotify.tokens.grant_consent(spotify.client_id, account.name, frozenset(SCOPES))
    return Link(
        int(discord_id), account.account_id or account.id, spotify.client_id, consent.refresh_token
    )
