"""The bot's settings from environment variables, and the configuration of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.config.parsers import InvalidSettingError, Network
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
    discord_client_secret: str | None = field(repr=False)
    spotify_client_secret: str | None = field(repr=False)
    spotify_daily_calls: int
    metrics_token: str | None = field(repr=False)
    token_keys: tuple[bytes, ...] = field(repr=False)
    operator_contact: str | None
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
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for setting in SETTINGS:
            try:
                values[setting.name.lower()] = setting.read(environ)
            except InvalidSettingError as error:
                problems[setting.name] = str(error)
        problems |= _swapped_secrets(values)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


def _swapped_secrets(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The settings that have the value of another, and what is wrong with them."""
    for name, other, advice in _ALIKE:
        value = values.get(name.lower())
        if value and value == values.get(other.lower()):
            yield name, f"is the same as {other}. {advice}"


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
