"""The bot's settings from environment variables, and the configuration of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.config.parsers import InvalidSettingError, Network, Process
from bot.config.table import SETTINGS
from bot.errors.bot_error import SettingsError

__all__ = ["SETTINGS", "Network", "Settings"]


@dataclass(frozen=True)
class Settings:
    """The value of each setting in SETTINGS."""

    discord_token: str = field(repr=False)
    spotify_client_id: str
    public_url: str
    host: str
    port: int
    database: Path
    database_url: str | None = field(repr=False)
    process: Process
    shards: int | None
    discord_client_secret: str | None = field(repr=False)
    spotify_client_secret: str | None = field(repr=False)
    spotify_daily_calls: int
    metrics_token: str | None = field(repr=False)
    token_keys: tuple[bytes, ...] = field(repr=False)
    operator_contact: str | None
    allowed_guilds: frozenset[int]
    allowed_users: frozenset[int]
    owner_alerts: bool
    trusted_proxy: tuple[Network, ...]
    log_level: int
    log_format: str
    discord_api_url: str
    spotify_api_url: str
    spotify_accounts_url: str

    @property
    def operator(self) -> str:
        """The operator in a sentence: "Ask {operator} to …"."""
        contact = f" ({self.operator_contact})" if self.operator_contact else ""
        return f"this bot’s owner{contact}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in `environ`. Raises SettingsError, which names everything that is wrong."""
        values, problems = read_values(environ)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


def read_values(environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The valid settings by their fields in `Settings`, and the problems of the others by name."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for setting in SETTINGS:
        try:
            values[setting.name.lower()] = setting.read(environ)
        except InvalidSettingError as error:
            problems[setting.name] = str(error)
    if (location := values.pop("database", None)) is not None:
        values |= {"database": location.files(environ), "database_url": location.url}
        process = values.get("process")
        if not location.url and process and process.count > 1:
            problems["PROCESS"] = (
                "names several processes, which need PostgreSQL. Set DATABASE to its URL."
            )
        if location.url and not values.get("token_keys"):
            problems["TOKEN_KEYS"] = (
                "is needed with PostgreSQL, since its processes share the keys. Make one with "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'."
            )
    for name, problem in _swapped_secrets(values):
        del values[name.lower()]
        problems[name] = problem
    return values, problems


def _swapped_secrets(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The settings that have the value of another, and what is wrong with them."""
    return [
        (name, f"is the same as {other}. {advice}")
        for name, other, advice in _ALIKE
        if values.get(name.lower()) and values[name.lower()] == values.get(other.lower())
    ]


_ALIKE = (
    (
        "DISCORD_CLIENT_SECRET",
        "DISCORD_TOKEN",
        "Copy it from discord.com/developers, your application, OAuth2, Client Secret.",
    ),
    (
        "SPOTIFY_CLIENT_SECRET",
        "SPOTIFY_CLIENT_ID",
        "Copy it from developer.spotify.com/dashboard, your app, View client secret.",
    ),
)
