"""Choices for command options: the user's history, their playlists and devices, and a search."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Any

import discord

from bot.accounts.metrics import Metrics
from bot.accounts.sessions import Sessions
from bot.autocomplete.debounce import (
    BACKGROUND_TIMEOUT,
    DEBOUNCE,
    Debouncer,
    Fetch,
    log_error,
)
from bot.autocomplete.limits import MAX_CHOICES, Choices, to_choices
from bot.autocomplete.saved import SavedChoices
from bot.autocomplete.searches import Searches
from bot.browse.saved import known_items
from bot.errors.bot_error import BotError
from bot.errors.storage import StorageError
from bot.interactions.discord_errors import DISCORD_ERRORS
from bot.interactions.responses import send_choices
from bot.library.export_lists import SELECTIONS
from bot.library.playlist_lookup import own_playlists
from bot.library.recent_changes import RecentChanges
from bot.player.actions import LIKED_SONGS
from bot.player.history import UserHistory
from bot.spotify import Spotify
from bot.spotify.catalogue import MAX_QUERY
from bot.spotify.links import contains_link
from bot.spotify.ownership import WRITABLE, Ownership
from bot.spotify.uris import Kind, Uri
from bot.store import Pin, Store
from bot.text import choices
from bot.text.choices import Choice, filter_choices
from bot.text.escape import single_line

_log = logging.getLogger(__name__)

# Characters of the shortest text that Spotify is asked for.
MIN_QUERY_LENGTH = 2
# The most choices from the history, and from the user's playlists.
MAX_RECENT_CHOICES, MAX_PLAYLIST_CHOICES = 6, 5
_ADDABLE_KINDS = frozenset((Kind.TRACK, Kind.EPISODE, Kind.ALBUM))
_LIKED = Choice("Liked songs", LIKED_SONGS)

Interaction = discord.Interaction[Any]


class Autocomplete:
    """Answers within RESPONSE_BUDGET: with new choices, or cached ones, and never with an error."""

    def __init__(
        self,
        sessions: Sessions,
        store: Store,
        history: UserHistory,
        metrics: Metrics,
        changes: RecentChanges,
        sleep: Callable[[float], Awaitable[None]],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._saved = SavedChoices(changes, monotonic=monotonic)
        self._searches = Searches(sessions)
        self._sessions = sessions
        self._preferences = store.preferences
        self._pins = store.pins
        self._metrics = metrics
        self.history = history
        self._debouncer = Debouncer(sleep, monotonic=monotonic)

    async def playable(self, interaction: Interaction, typed: str) -> Choices:
        """Something to play."""
        return await self._respond(interaction, self._playable(interaction, typed, liked=True))

    async def queueable(self, interaction: Interaction, typed: str) -> Choices:
        """Something to put into the queue, which the liked songs are not."""
        return await self._respond(interaction, self._playable(interaction, typed, liked=False))

    async def unsavable(self, interaction: Interaction, typed: str) -> Choices:
        """Something to remove from the library: what is known of it, else what a search finds."""

        async def found() -> Choices:
            user = interaction.user.id
            saved = self._saved.of(user, await self._session(user))
            if known := filter_choices(saved, typed):
                return self._without_request(user, known)
            return await self._playable(interaction, typed, liked=False)

        return await self._respond(interaction, found())

    async def addable(self, interaction: Interaction, typed: str) -> Choices:
        """Something to add to a playlist; other people's playlists cannot be read."""
        found = self._playable(interaction, typed, liked=False, kinds=_ADDABLE_KINDS)
        return await self._respond(interaction, found)

    async def query(self, interaction: Interaction, typed: str) -> Choices:
        """Words to search for: recent ones, and the names of items that a search finds."""
        return await self._respond(interaction, self._query(interaction, typed))

    async def device(self, interaction: Interaction, typed: str) -> Choices:
        """One of the user's devices; the value is its ID."""
        return await self._respond(interaction, self._device(interaction, typed))

    async def playlist(
        self,
        interaction: Interaction,
        typed: str,
        *,
        among: Collection[Ownership] = frozenset(Ownership),
    ) -> Choices:
        """One of the user's playlists of these ownerships; the value is its URI."""
        return await self._respond(interaction, self._own_playlist(interaction, typed, among))

    async def saved(
        self, interaction: Interaction, kind: Kind, typed: str, max_length: int
    ) -> Choices:
        """Names in the user's library, among those that were read lately; no call."""

        async def known() -> Choices:
            spotify = await self._session(interaction.user.id)
            named = (choices.name_choice(item, max_length) for item in known_items(spotify, kind))
            return to_choices(filter_choices(named, typed))

        return await self._respond(interaction, known())

    async def exportable(self, interaction: Interaction, typed: str) -> Choices:
        """A part of the library, or one of the user's playlists that Spotify lets apps read."""
        return await self._respond(interaction, self._exportable(interaction, typed))

    async def _exportable(self, interaction: Interaction, typed: str) -> Choices:
        parts = [Choice(name, value) for value, name in SELECTIONS.items()]
        playlists = await self._own_playlist(interaction, typed, WRITABLE)
        return [*to_choices(filter_choices(parts, typed)), *playlists][:MAX_CHOICES]

    async def _respond(self, interaction: Interaction, choices: Awaitable[Choices]) -> Choices:
        """Send and count the response; discord.py would hide errors, and counts nothing."""
        command = interaction.command
        name = f"completing /{command.qualified_name if command else ''}"
        answer: Choices = []
        outcome = "done"
        try:
            answer = await choices
        except BotError:  # such as NotLinked, which the command explains
            pass
        except Exception as error:
            outcome = "bug"
            log_error(name, error)
        try:
            await send_choices(interaction, answer)
        except DISCORD_ERRORS as error:  # normal: the user types on, or Discord is busy
            outcome = "lost"
            _log.debug("%s: could not answer: %s", name, type(error).__name__)
        self._metrics.record_command(name, outcome)
        return answer

    async def _playable(
        self,
        interaction: Interaction,
        typed: str,
        *,
        liked: bool,
        kinds: Collection[Kind] = frozenset(Kind),
    ) -> Choices:
        """Items of these kinds, and the user's playlists; with `liked`, the liked songs, too."""
        user, words = interaction.user.id, single_line(typed, MAX_QUERY + 1)
        pinned = map(choices.pin_choice, await self._pinned(user))
        first = filter_choices(choices.of_kinds(pinned, kinds), words)
        recent = filter_choices(choices.of_kinds(self.history.of(user), kinds), words)
        if not _is_searchable(words):
            return self._without_request(user, [*first, *recent])
        first += recent[:MAX_RECENT_CHOICES]
        fetches: dict[str, Fetch] = {
            "playlists": partial(self._playlists, user),
            "results": partial(self._searches.items, user, words),
        }
        fetched = await self._debouncer.choices(user, words, fetches, pause=DEBOUNCE)
        own = filter_choices([*([_LIKED] if liked else []), *fetched["playlists"]], words)
        results = choices.of_kinds(fetched["results"], kinds)
        return to_choices([*first, *own[:MAX_PLAYLIST_CHOICES], *results])

    async def _query(self, interaction: Interaction, typed: str) -> Choices:
        user, words = interaction.user.id, single_line(typed, MAX_QUERY + 1)
        wanted = str(getattr(interaction.namespace, "type", "")).removesuffix("s")
        kind = Kind(wanted) if wanted in set(Kind) else Kind.TRACK
        recent = [choice for choice in self.history.of(user) if choice.value == choice.name]
        recent = filter_choices(recent, words)
        if not _is_searchable(words):
            return self._without_request(user, recent)
        name = f"names of {kind}s"
        fetches: dict[str, Fetch] = {name: partial(self._searches.names, user, words, kind)}
        fetched = await self._debouncer.choices(user, words, fetches, pause=DEBOUNCE)
        return to_choices([*recent[:MAX_RECENT_CHOICES], *fetched[name]])

    async def _device(self, interaction: Interaction, typed: str) -> Choices:
        user = interaction.user.id
        fetches: dict[str, Fetch] = {"devices": partial(self._devices, user)}
        fetched = await self._debouncer.choices(user, "", fetches)
        return to_choices(filter_choices(fetched["devices"], typed))

    async def _own_playlist(
        self, interaction: Interaction, typed: str, among: Collection[Ownership]
    ) -> Choices:
        """The default playlist first, then pinned ones, then the others."""
        user = interaction.user.id
        name = f"playlists {len(among)}"
        fetches: dict[str, Fetch] = {name: partial(self._own_playlists, user, among)}
        fetched = await self._debouncer.choices(user, typed, fetches)
        rank = {uri: number for number, uri in enumerate(await self._preferred(user))}
        ordered = sorted(fetched[name], key=lambda each: rank.get(each.value, len(rank)))
        return to_choices(filter_choices(ordered, typed))

    def forget(self, user_id: int) -> None:
        """Erase what is known of the user."""
        self.history.forget(user_id)
        self._saved.forget(user_id)
        self._debouncer.forget(user_id)

    def expire(self) -> None:
        """Erase what is too old."""
        self.history.expire()
        self._saved.expire()
        self._debouncer.expire()

    async def close(self) -> None:
        """Cancel all fetches."""
        await self._debouncer.close()

    def _without_request(self, user: int, known: list[Choice]) -> Choices:
        self._debouncer.cancel_pending(user)
        return to_choices(known)

    async def _session(self, user: int) -> Spotify:
        """A background session, which leaves Spotify's quota to commands."""
        return (await self._sessions.session(user, background=True)).with_timeout(
            timeout=BACKGROUND_TIMEOUT
        )

    async def _playlists(self, user: int) -> list[Choice]:
        spotify = await self._session(user)
        playlists, _ = await spotify.playlists.first_pages()
        return [choices.playlist_choice(playlist) for playlist in playlists]

    async def _own_playlists(self, user: int, among: Collection[Ownership]) -> list[Choice]:
        own = await own_playlists(await self._session(user))
        return [choices.own_playlist_choice(*pair) for pair in own.entries if pair[1] in among]

    async def _pinned(self, user: int) -> list[Pin]:
        """The user's pins; none if the disk cannot be read."""
        with suppress(StorageError):
            return await self._pins.of(user)
        return []

    async def _preferred(self, user: int) -> list[str]:
        """The URIs of the default playlist and the pins; none if the disk cannot be read."""
        pins = [pin.uri for pin in await self._pinned(user)]
        with suppress(StorageError):
            if default := (await self._preferences.get(user)).playlist:
                return [str(Uri(Kind.PLAYLIST, default.id)), *pins]
        return pins

    async def _devices(self, user: int) -> list[Choice]:
        spotify = await self._session(user)
        devices = sorted(
            await spotify.player.devices(fresh=False), key=lambda device: not device.is_active
        )
        return [
            choices.device_choice(device)
            for device in devices
            if device.id and not device.is_restricted
        ]


def _is_searchable(words: str) -> bool:
    """Whether Spotify is asked: not for a single letter, a link, or a text that is too long."""
    return MIN_QUERY_LENGTH <= len(words) <= MAX_QUERY and not contains_link(words)
