"""Completing what somebody types: what they had lately, what is theirs, and what Spotify finds.

A command says which of these completes an option:

    @app_commands.autocomplete(what=completion.what, on=completion.device)
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.accounts import Accounts
from bot.completion.keystrokes import BUDGET, LATEST, PAUSE, Ask, Keystrokes, tell
from bot.remote.deeds import LIKED
from bot.remote.recents import Recents, linked
from bot.spotify import Spotify
from bot.spotify.catalogue import LONGEST_QUERY, Found, Item
from bot.spotify.models import Track
from bot.spotify.uris import KINDS, Kind
from bot.ui import choices
from bot.ui.choices import LONGEST, Choice, folded, matching
from bot.ui.text import plain

__all__ = ["BUDGET", "PAUSE", "Completion", "device", "query", "queueable", "what"]

_log = logging.getLogger(__name__)

# Characters from which on there is something to look for.
SHORTEST = 2
# What Discord takes, and how many of them are recent ones and playlists where there is more.
MOST, RECENT, OWN = 25, 6, 5
# What is looked for where anything can be played; so many of each kind are asked for.
PLAYABLE: tuple[Kind, ...] = ("track", "album", "artist", "playlist", "show")
EACH = 6
_LIKED = Choice("Liked songs", LIKED)
_LINK = re.compile(
    r"(?i)(?:^|[\s,;<(])(?:https?:|spotify:|(?:open|play)\.spotify\.|spotify\.(?:link|app\.))"
)

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


class Completion:
    """Answers within BUDGET, or with what is known, and never with an error."""

    def __init__(
        self,
        accounts: Accounts,
        recents: Recents,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self.recents = recents
        self._keystrokes = Keystrokes(clock, sleep)

    # ---- what can be completed

    async def what(self, interaction: Interaction, typed: str, *, liked: bool = True) -> Choices:
        """Something to play, or to queue where the `liked` songs cannot be meant."""
        user, words = interaction.user.id, plain(typed, LONGEST_QUERY + 1)
        recent = matching(self.recents.of(user), words)
        if not _to_be_looked_for(words):
            return self._at_once(user, recent)
        asked: dict[str, Ask] = {
            "playlists": partial(self._playlists, user),
            "finds": partial(self._finds, user, words),
        }
        found = await self._keystrokes.find(user, words, asked, pause=PAUSE)
        own = matching([*([_LIKED] if liked else []), *found["playlists"]], words)
        return _offered([*recent[:RECENT], *own[:OWN], *found["finds"]])

    async def query(self, interaction: Interaction, typed: str) -> Choices:
        """Words to search for: recent ones, and the names of what they would find."""
        user, words = interaction.user.id, plain(typed, LONGEST_QUERY + 1)
        wanted = str(getattr(interaction.namespace, "type", "")).removesuffix("s")
        kind: Kind = next((kind for kind in KINDS if kind == wanted), "track")
        recent = [one for one in self.recents.of(user) if one.value == one.line]
        recent = matching(recent, words)
        if not _to_be_looked_for(words):
            return self._at_once(user, recent)
        name = f"names of {kind}s"
        asked: dict[str, Ask] = {name: partial(self._names, user, words, kind)}
        found = await self._keystrokes.find(user, words, asked, pause=PAUSE)
        return _offered([*recent[:RECENT], *found[name]])

    async def device(self, interaction: Interaction, typed: str) -> Choices:
        """One of the devices that are awake and take commands; its id is the value."""
        user = interaction.user.id
        asked: dict[str, Ask] = {"devices": partial(self._devices, user)}
        found = await self._keystrokes.find(user, "", asked)
        return _offered(matching(found["devices"], typed))

    # ---- the end of a person's account, and of the bot

    def forget(self, user_id: int) -> None:
        """Nothing of this person stays."""
        self.recents.forget(user_id)
        self._keystrokes.forget(user_id)

    def expire(self) -> None:
        """Drop from memory what is too old."""
        self.recents.expire()
        self._keystrokes.expire()

    async def close(self) -> None:
        """Begin nothing more, and end what is under way."""
        await self._keystrokes.close()

    def _at_once(self, user: int, known: list[Choice]) -> Choices:
        self._keystrokes.overtake(user)
        return _offered(known)

    # ---- what is asked

    async def _session(self, user: int) -> Spotify:
        """In the background, so that what Spotify allows is left to commands."""
        return (await self._accounts.session(user, background=True)).anew(within=LATEST)

    async def _playlists(self, user: int) -> list[Choice]:
        spotify = await self._session(user)
        return [choices.own(playlist) for playlist in await spotify.playlists.first()]

    async def _devices(self, user: int) -> list[Choice]:
        spotify = await self._session(user)
        devices = sorted(
            await spotify.player.devices(fresh=False), key=lambda device: not device.is_active
        )
        return [choices.device(one) for one in devices if one.id and not one.is_restricted]

    async def _finds(self, user: int, words: str) -> list[Choice]:
        """An album, artist or show of just this name first, then tracks, then the others."""
        found = await self._search(user, words, *PLAYABLE)
        others: list[Item] = [*found.artists, *found.albums, *found.playlists, *found.shows]
        named = [one for one in others if folded(one.name or "") == folded(words)]
        some: list[Item] = [
            *found.artists[:2],
            *found.albums[:3],
            *found.playlists[:2],
            *found.shows[:2],
        ]
        return [choices.choice(item) for item in (*named, *found.tracks, *some)]

    async def _names(self, user: int, words: str, kind: Kind) -> list[Choice]:
        """Of what is found, as words to search for, each once."""
        found = await self._search(user, words, kind)
        names: dict[str, Choice] = {}
        for item in getattr(found, f"{kind}s"):
            parts = [choices.title(item), choices.by(item) if isinstance(item, Track) else ""]
            said = Choice(" · ".join(filter(None, parts)), " ".join(filter(None, parts)))
            if plain(item.name) and not linked(said.value):
                names.setdefault(said.value.casefold(), said)
        return list(names.values())

    async def _search(self, user: int, words: str, *kinds: Kind) -> Found:
        spotify = (await self._accounts.reader(user, background=True)).anew(within=LATEST)
        return await spotify.catalogue.search(words, *kinds, limit=EACH)


def _to_be_looked_for(words: str) -> bool:
    """Whether Spotify is to be asked: not for a letter, a link, or what it would refuse."""
    return SHORTEST <= len(words) <= LONGEST_QUERY and not _LINK.search(words)


def _offered(known: Iterable[Choice]) -> Choices:
    """As Discord takes them, each once."""
    once: dict[str, Choice] = {}
    for one in known:
        if 0 < len(one.value) <= LONGEST:
            once.setdefault(one.value, one)
    return [app_commands.Choice(name=one.line, value=one.value) for one in once.values()][:MOST]


# ---- for commands: discord.py keeps to itself what goes wrong here, and counts nothing


async def what(interaction: Interaction, typed: str) -> Choices:
    """Something to play."""
    return await _answered(interaction, interaction.client.completion.what(interaction, typed))


async def queueable(interaction: Interaction, typed: str) -> Choices:
    """Something to put into the queue."""
    asked = interaction.client.completion.what(interaction, typed, liked=False)
    return await _answered(interaction, asked)


async def query(interaction: Interaction, typed: str) -> Choices:
    """Words to search for."""
    return await _answered(interaction, interaction.client.completion.query(interaction, typed))


async def device(interaction: Interaction, typed: str) -> Choices:
    """One of one's own devices."""
    return await _answered(interaction, interaction.client.completion.device(interaction, typed))


async def _answered(interaction: Interaction, asked: Awaitable[Choices]) -> Choices:
    """What was found out, with which the keystroke is answered and counted."""
    command = interaction.command
    name = f"completing /{command.qualified_name if command else ''}"
    found: Choices = []
    outcome = "done"
    try:
        found = await asked
    except Exception as error:
        outcome = "bug"
        tell(name, error)
    try:
        await interaction.response.autocomplete(found)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
        outcome = "lost"
        _log.info("%s: could not answer: %s", name, type(lost).__name__)
    interaction.client.metrics.answered(name, outcome)
    return found
