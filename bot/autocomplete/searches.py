"""Choices that a search of Spotify finds."""

from __future__ import annotations

from bot.accounts.sessions import Sessions
from bot.autocomplete.debounce import BACKGROUND_TIMEOUT
from bot.browse.pages import results_of_kind
from bot.spotify.catalogue import Item, SearchResults
from bot.spotify.links import contains_link
from bot.spotify.models import Track
from bot.spotify.uris import Kind
from bot.text import choices
from bot.text.choices import Choice, normalise
from bot.text.escape import single_line

# The kinds that are searched for something to play, and the results requested for each.
PLAYABLE_KINDS: tuple[Kind, ...] = (Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST, Kind.SHOW)
RESULTS_PER_KIND = 6


class Searches:
    """Each method takes one call. All raise BotError."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def items(self, user: int, words: str) -> list[Choice]:
        """Items with exactly this name first, then tracks, then some of each other kind."""
        results = await self._search(user, words, *PLAYABLE_KINDS)
        others: list[Item] = [*results.artists, *results.albums, *results.playlists, *results.shows]
        exact = [item for item in others if normalise(item.name or "") == normalise(words)]
        some: list[Item] = [
            *results.artists[:2],
            *results.albums[:3],
            *results.playlists[:2],
            *results.shows[:2],
        ]
        return [choices.item_choice(item) for item in (*exact, *results.tracks, *some)]

    async def names(self, user: int, words: str, kind: Kind) -> list[Choice]:
        """The names of the results as words to search for, each once."""
        results = await self._search(user, words, kind)
        names: dict[str, Choice] = {}
        for item in results_of_kind(results, kind):
            parts = [
                choices.plain_title(item),
                choices.plain_byline(item) if isinstance(item, Track) else "",
            ]
            choice = Choice(" · ".join(filter(None, parts)), " ".join(filter(None, parts)))
            if single_line(item.name) and not contains_link(choice.value):
                names.setdefault(choice.value.casefold(), choice)
        return list(names.values())

    async def _search(self, user: int, words: str, *kinds: Kind) -> SearchResults:
        spotify = (await self._sessions.catalogue_session(user, background=True)).with_timeout(
            timeout=BACKGROUND_TIMEOUT
        )
        return await spotify.catalogue.search(words, *kinds, limit=RESULTS_PER_KIND)
