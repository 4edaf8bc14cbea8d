"""What the bot on the stage is told of the two services, and what it is not."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.spotify import Spotify
from sandbox.stage import environment, secrets_among


async def test_it_learns_a_secret_only_where_that_is_wished() -> None:
    async with Discord(Clock()) as discord, Spotify(Clock()) as spotify:
        told = environment(discord, spotify, Path())
        assert not {discord.client_secret, spotify.client_secret} & set(told.values())
        assert re.fullmatch(r"[0-9a-f]{32}", spotify.client_secret)
        for name, secret in (
            ("DISCORD_CLIENT_SECRET", discord.client_secret),
            ("SPOTIFY_CLIENT_SECRET", spotify.client_secret),
        ):
            assert secrets_among({name: "yes", "PORT": "1"}, discord, spotify) == {name: secret}
        assert secrets_among({}, discord, spotify) == {}
