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

from bot.accounts.sessions import Sessions
from bot.autocomplete.debounce import (
    BACKGROUND_TIMEOUT,
    DEBOUNCE,
    RESPONSE_BUDGET,
    Debouncer,
    Fetch,
    log_error,
)
from bot.player.actions import LIKED_SONGS
from bot.player.history import UserHistory, contains_link
from bot.spotify import Spotify
from bot.spotify.catalogue import MAX_QUERY, Item, SearchResults
from bot.spotify.models import Track
from bot.spotify.uris import KINDS, Kind
from bot.text import choices
from bot.text.choices import MAX_CHOICE, Choice, filter_choices, normalise
from bot.text.escape import single_line

__all__ = [
    "DEBOUNCE",
    "RESPONSE_BUDGET",
    "Autocomplete",
    "device",
    "playable",
    "query",
    "queueable",
]

_log = logging.getLogger(__name__)

# Characters from which on there is something to look for.
MIN_QUERY_LENGTH = 2
# What Discord takes, and how many of them are recent ones and playlists where there is more.
MAX_CHOICES, MAX_RECENT, MAX_OWN_PLAYLISTS = 25, 6, 5
# What is looked for where anything can be played; so many of each kind are asked for.
PLAYABLE_KINDS: tuple[Kind, ...] = ("track", "album", "artist", "playlist", "show")
RESULTS_PER_KIND = 6
_LIKED = Choice("Liked songs", LIKED_SONGS)
_LINK = re.compile(
    r"(?i)(?:^|[\s,;<(])(?:https?:|spotify:|(?:open|play)\.spotify\.|spotify\.(?:link|app\.))"
)

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


class Autocomplete:
    """Answers within BUDGET, or with what is known, and never with an error."""

    def __init__(
        self,
        accounts: Sessions,
        recents: UserHistory,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self.history = recents
        self._debouncer = Debouncer(clock, sleep)

    # ---- what can be completed

    async def playable(
        self, interaction: Interaction, typed: str, *, liked: bool = True
    ) -> Choices:
        """Something to play, or to queue where the `liked` songs cannot be meant."""
        user, words = interaction.user.id, single_line(typed, MAX_QUERY + 1)
        recent = filter_choices(self.history.of(user), words)
        if not _is_searchable(words):
            return self._without_request(user, recent)
        asked: dict[str, Fetch] = {
            "playlists": partial(self._playlists, user),
            "finds": partial(self._search_results, user, words),
        }
        found = await self._debouncer.find(user, words, asked, pause=DEBOUNCE)
        own = filter_choices([*([_LIKED] if liked else []), *found["playlists"]], words)
        return _to_choices([*recent[:MAX_RECENT], *own[:MAX_OWN_PLAYLISTS], *found["finds"]])

    async def query(self, interaction: Interaction, typed: str) -> Choices:
        """Words to search for: recent ones, and the names of what they would find."""
        user, words = interaction.user.id, single_line(typed, MAX_QUERY + 1)
        wanted = str(getattr(interaction.namespace, "type", "")).removesuffix("s")
        kind: Kind = next((kind for kind in KINDS if kind == wanted), "track")
        recent = [one for one in self.history.of(user) if one.value == one.name]
        recent = filter_choices(recent, words)
        if not _is_searchable(words):
            return self._without_request(user, recent)
        name = f"names of {kind}s"
        asked: dict[str, Fetch] = {name: partial(self._names, user, words, kind)}
        found = await self._debouncer.find(user, words, asked, pause=DEBOUNCE)
        return _to_choices([*recent[:MAX_RECENT], *found[name]])

    async def device(self, interaction: Interaction, typed: str) -> Choices:
        """One of the devices that are awake and take commands; its id is the value."""
        user = interaction.user.id
        asked: dict[str, Fetch] = {"devices": partial(self._devices, user)}
        found = await self._debouncer.find(user, "", asked)
        return _to_choices(filter_choices(found["devices"], typed))

    # ---- the end of a person's account, and of the bot

    def forget(self, user_id: int) -> None:
        """Nothing of this person stays."""
        self.history.forget(user_id)
        self._debouncer.forget(user_id)

    def expire(self) -> None:
        """Drop from memory what is too old."""
        self.history.expire()
        self._debouncer.expire()

    async def close(self) -> None:
        """Begin nothing more, and end what is under way."""
        await self._debouncer.close()

    def _without_request(self, user: int, known: list[Choice]) -> Choices:
        self._debouncer.cancel_pending(user)
        return _to_choices(known)

    # ---- what is asked

    async def _session(self, user: int) -> Spotify:
        """In the background, so that what Spotify allows is left to commands."""
        return (await self._accounts.session(user, background=True)).with_timeout(
            timeout=BACKGROUND_TIMEOUT
        )

    async def _playlists(self, user: int) -> list[Choice]:
        spotify = await self._session(user)
        return [
            choices.playlist_choice(playlist) for playlist in await spotify.playlists.first_page()
        ]

    async def _devices(self, user: int) -> list[Choice]:
        spotify = await self._session(user)
        devices = sorted(
            await spotify.player.devices(fresh=False), key=lambda device: not device.is_active
        )
        return [choices.device_choice(one) for one in devices if one.id and not one.is_restricted]

    async def _search_results(self, user: int, words: str) -> list[Choice]:
        """An album, artist or show of just this name first, then tracks, then the others."""
        found = await self._search(user, words, *PLAYABLE_KINDS)
        others: list[Item] = [*found.artists, *found.albums, *found.playlists, *found.shows]
        named = [one for one in others if normalise(one.name or "") == normalise(words)]
        some: list[Item] = [
            *found.artists[:2],
            *found.albums[:3],
            *found.playlists[:2],
            *found.shows[:2],
        ]
        return [choices.item_choice(item) for item in (*named, *found.tracks, *some)]

    async def _names(self, user: int, words: str, kind: Kind) -> list[Choice]:
        """Of what is found, as words to search for, each once."""
        found = await self._search(user, words, kind)
        names: dict[str, Choice] = {}
        for item in getattr(found, f"{kind}s"):
            parts = [choices.title(item), choices.byline(item) if isinstance(item, Track) else ""]
            said = Choice(" · ".join(filter(None, parts)), " ".join(filter(None, parts)))
            if single_line(item.name) and not contains_link(said.value):
                names.setdefault(said.value.casefold(), said)
        return list(names.values())

    async def _search(self, user: int, words: str, *kinds: Kind) -> SearchResults:
        spotify = (await self._accounts.catalogue_session(user, background=True)).with_timeout(
            timeout=BACKGROUND_TIMEOUT
        )
        return await spotify.catalogue.search(words, *kinds, limit=RESULTS_PER_KIND)


def _is_searchable(words: str) -> bool:
    """Whether Spotify is to be asked: not for a letter, a link, or what it would refuse."""
    return MIN_QUERY_LENGTH <= len(words) <= MAX_QUERY and not _LINK.search(words)


def _to_choices(known: Iterable[Choice]) -> Choices:
    """As Discord takes them, each once."""
    once: dict[str, Choice] = {}
    for one in known:
        if 0 < len(one.value) <= MAX_CHOICE:
            once.setdefault(one.value, one)
    return [app_commands.Choice(name=one.name, value=one.value) for one in once.values()][
        :MAX_CHOICES
    ]


# ---- for commands: discord.py keeps to itself what goes wrong here, and counts nothing


async def playable(interaction: Interaction, typed: str) -> Choices:
    """Something to play."""
    return await _respond(interaction, interaction.client.autocomplete.playable(interaction, typed))


async def queueable(interaction: Interaction, typed: str) -> Choices:
    """Something to put into the queue."""
    asked = interaction.client.autocomplete.playable(interaction, typed, liked=False)
    return await _respond(interaction, asked)


async def query(interaction: Interaction, typed: str) -> Choices:
    """Words to search for."""
    return await _respond(interaction, interaction.client.autocomplete.query(interaction, typed))


async def device(interaction: Interaction, typed: str) -> Choices:
    """One of one's own devices."""
    return await _respond(interaction, interaction.client.autocomplete.device(interaction, typed))


async def _respond(interaction: Interaction, asked: Awaitable[Choices]) -> Choices:
    """What was found out, with which the keystroke is answered and counted."""
    command = interaction.command
    name = f"completing /{command.qualified_name if command else ''}"
    found: Choices = []
    outcome = "done"
    try:
        found = await asked
    except Exception as error:
        outcome = "bug"
        log_error(name, error)
    try:
        await interaction.response.autocomplete(found)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
        outcome = "lost"
        _log.info("%s: could not answer: %s", name, type(lost).__name__)
    interaction.client.metrics.record_command(name, outcome)
    return found
