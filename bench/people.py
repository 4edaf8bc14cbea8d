"""People who use the remote: as many as are wanted, each with a player of their own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bench.running import Running, link
from sandbox.discord import UserClient
from sandbox.discord.state import DM, Channel, Json, User
from sandbox.spotify.accounts import Account
from sandbox.spotify.catalogue import generated_uri
from sandbox.spotify.devices import Device

PLACE = "dm"
PAUSE, RESUME = "⏸️", "▶️"
_WORDS = "lantern", "sparrow", "orchard", "harbour", "envelope", "typewriter"


@dataclass
class Person:
    """Somebody who is linked. `turn` counts what they have done."""

    seat: UserClient
    account: Account
    panels: list[Json] = field(default_factory=list)
    turn: int = 0
    free: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hears(self, *, playing: bool) -> None:
        """Another song than in the turn before, of which nothing is known to the bot."""
        self.account.player.play(generated_uri(self.turn))
        if not playing:
            self.account.player.pause()

    async def open_panels(self, count: int) -> None:
        """New ones; every second is drawn while the music is paused."""
        self.panels = []
        for number in range(count):
            self.hears(playing=number % 2 == 0)
            self.panels.append((await self.seat.run("/now")).message)

    # ---- what is measured

    async def pause(self) -> None:
        await self.seat.run("/pause")

    async def now(self) -> None:
        await self.seat.run("/now")

    async def press(self) -> None:
        """Pause and resume in turn, on each panel in turn, of which there is an odd number."""
        panel = self.panels[self.turn % len(self.panels)]
        await self.seat.press(panel, RESUME if self.turn % 2 else PAUSE)

    async def complete(self) -> None:
        """Words that find much, in capitals and small letters as they never were before."""
        number, word = divmod(self.turn, len(_WORDS))
        typed = "".join(
            letter.upper() if number >> place & 1 else letter
            for place, letter in enumerate(_WORDS[word])
        )
        await self.seat.autocomplete(f"/play what:{typed}")


async def arrive(bot: Running, name: str) -> Person:
    """Somebody new at both services, who links."""
    discord, spotify = bot.discord.state, bot.spotify
    user = User(discord.snowflake(), name, name.title())
    discord.users[name] = user
    channel = Channel(discord.snowflake(), PLACE, DM, (user,))
    discord.channels[channel.id] = channel
    device = Device(f"{user.id:0>40}", f"{user.display_name}'s Phone", "Smartphone")
    account = spotify.state.add_account(name, premium=True, devices=[device])
    spotify.apps[spotify.client_id].allowed_accounts.add(name)
    return Person(await link(bot, name, PLACE), account)
