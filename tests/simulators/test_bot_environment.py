"""The environment of the bot in the harness."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.harness import bot_environment, requested_secrets
from sandbox.spotify import Spotify


async def test_environment_contains_secrets_only_on_request() -> None:
    async with Discord(Clock()) as discord, Spotify(Clock()) as spotify:
        environment = bot_environment(discord, spotify, Path())
        assert not {discord.client_secret, spotify.client_secret} & set(environment.values())
        assert re.fullmatch(r"[0-9a-f]{32}", spotify.client_secret)
        for name, secret in (
            ("DISCORD_CLIENT_SECRET", discord.client_secret),
            ("SPOTIFY_CLIENT_SECRET", spotify.client_secret),
        ):
            assert requested_secrets({name: "yes", "PORT": "1"}, discord, spotify) == {name: secret}
        assert requested_secrets({}, discord, spotify) == {}
