"""Compares a file with the account: finds songs without a URI, and what is saved already.

It changes nothing. What it learned is kept in the job's folder, so that a wait for a quota or a
restart of the bot does not ask Spotify again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from bot.errors.bot_error import BotError
from bot.errors.login import NeedsLogin
from bot.errors.spotify import (
    BackgroundBudgetExceeded,
    LibraryChanged,
    NotFound,
    NotPermitted,
    RateLimited,
    SpotifyDown,
)
from bot.library.append_log import AppendLog
from bot.library.import_plan import ListPlan, Plan, Skip, kind_of, parse_uri
from bot.library.matching import Candidate, find_song
from bot.library.playlist_contents import ContentsCache
from bot.spotify import Spotify
from bot.spotify.library import MAX_URIS
from bot.spotify.models import Playlist
from bot.spotify.ownership import Ownership, ownership_of
from bot.spotify.uris import Kind
from bot.text.escape import single_line
from bot.text.library import noun

FOUND, _CHECKED = "found.jsonl", "checked.jsonl"
# How often to read a playlist that changes meanwhile.
_MAX_READS = 2

OnStep = Callable[[str, str, int, int], object]
"""Called with what is done, the noun for its items, and their numbers: done, and expected."""


class _Found(msgspec.Struct, frozen=True):
    """The candidates for a song, by its key."""

    key: str
    candidates: list[Candidate]


class _Checked(msgspec.Struct, frozen=True):
    """Whether items are saved; None where Spotify does not say."""

    uris: list[str]
    saved: list[bool | None]


class Look:
    """One look at the account for a plan.

    on_step  called after each request or two
    """

    def __init__(
        self,
        spotify: Spotify,
        user_id: int,
        contents: ContentsCache,
        folder: Path,
        on_step: OnStep,
    ) -> None:
        self._spotify = spotify
        self._user_id = user_id
        self._contents = contents
        self._folder = folder
        self._on_step = on_step

    async def run(self, plan: Plan) -> None:
        """Complete the plan. Raises BotError, such as RateLimited: run it again later; OSError."""
        await self._find_songs(plan)
        has_playlists = bool(plan.playlists or plan.follows)
        own = await self._own_playlists() if has_playlists else []
        await self._check_saved(plan, own)
        await self._compare_playlists(plan, own)

    # ---- songs without a URI

    async def _find_songs(self, plan: Plan) -> None:
        log = AppendLog(self._folder / FOUND, _Found)
        known = {found.key: found.candidates for found in log.read()}
        for done, entry in enumerate(plan.open):
            song = entry.song
            key = "\t".join((song.isrc, song.title, song.artists, str(song.duration_ms)))
            if key not in known:
                candidates = await find_song(self._spotify, song)
                log.append(_Found(key, candidates))
                known[key] = candidates
            entry.candidates = known[key]
            if entry.candidates and entry.candidates[0].sure:
                plan.settle(entry, entry.candidates[0].uri)
            self._on_step("Looking for songs", "song", done + 1, len(plan.open))
        for entry in plan.not_found:
            title = " – ".join(filter(None, (entry.artists, entry.title))) or entry.isrc
            plan.skip(entry.list_number, title, Skip.NOT_FOUND)

    # ---- what is saved

    async def _check_saved(self, plan: Plan, own: Sequence[tuple[Playlist, Ownership]]) -> None:
        saved: list[str] = []
        unsure: list[str] = []
        listed = {str(playlist.uri) for playlist, _ in own}
        saved += [uri for uri in plan.follows if uri in listed]
        log = AppendLog(self._folder / _CHECKED, _Checked)
        known = {
            uri: flag
            for record in log.read()
            for uri, flag in zip(record.uris, record.saved, strict=True)
        }
        for kind in Kind:
            wanted = [*plan.to_save(kind), *_possible(plan, kind)]
            unknown = [uri for uri in wanted if uri not in known]
            if unknown and await self._has_none(kind):
                known |= dict.fromkeys(unknown, False)
                unknown = []
            for start in range(0, len(unknown), MAX_URIS):
                batch = unknown[start : start + MAX_URIS]
                flags = await self._contains(batch)
                log.append(_Checked(batch, flags))
                known |= zip(batch, flags, strict=True)
                done = start + len(batch)
                self._on_step("Looking through your library", noun(kind), done, len(unknown))
            saved += [uri for uri in wanted if known[uri]]
            unsure += [uri for uri in wanted if known[uri] is None]
        plan.saved, plan.unsure = saved, unsure

    async def _contains(self, uris: Sequence[str]) -> list[bool | None]:
        try:
            return await self._spotify.library.contains(*map(parse_uri, uris), fresh=True)
        except (RateLimited, BackgroundBudgetExceeded, SpotifyDown, NeedsLogin):
            raise
        except BotError:  # such as an ID that Spotify refuses: one of them must not spoil the rest
            if len(uris) == 1:
                return [None]
            middle = len(uris) // 2
            return [*await self._contains(uris[:middle]), *await self._contains(uris[middle:])]

    async def _has_none(self, kind: Kind) -> bool:
        """Whether the account has nothing saved of this kind, which one request shows."""
        if kind in (Kind.ARTIST, Kind.PLAYLIST):
            return False
        page = await self._spotify.library.raw(kind).page(0, fresh=True)
        return page.total == 0 and not page.items and page.next is None

    # ---- playlists

    async def _own_playlists(self) -> list[tuple[Playlist, Ownership]]:
        profile = await self._spotify.profile.me(fresh=False)
        found = []
        async for playlist in self._spotify.playlists.mine():
            if playlist is not None and playlist.uri is not None:
                found.append((playlist, ownership_of(playlist, profile.id)))
        return found

    async def _compare_playlists(
        self, plan: Plan, own: Sequence[tuple[Playlist, Ownership]]
    ) -> None:
        mine = [playlist for playlist, ownership in own if ownership is Ownership.OWN]
        by_uri = {str(playlist.uri): playlist for playlist in mine}
        by_name = {single_line(playlist.name): playlist for playlist in reversed(mine)}
        others = {str(playlist.uri) for playlist, _ in own} - by_uri.keys()
        taken: set[str] = set()
        for done, (_, listed) in enumerate(plan.playlists):
            if listed.uri in others:  # shared with the user, who has it already
                listed.existing = parse_uri(listed.uri).id
                continue
            playlist = by_uri.get(listed.uri) or by_name.get(single_line(listed.name))
            if playlist is None or str(playlist.uri) in taken:
                continue
            taken.add(str(playlist.uri))
            await self._compare(listed, playlist)
            self._on_step("Comparing playlists", "playlist", done + 1, len(plan.playlists))

    async def _compare(self, listed: ListPlan, playlist: Playlist) -> None:
        """Note what the playlist has. If it cannot be read, nothing is merged into it."""
        is_same = listed.snapshot_id and listed.snapshot_id == playlist.snapshot_id
        if is_same and str(playlist.uri) == listed.uri:
            listed.existing = playlist.require_uri().id
            return
        for _ in range(_MAX_READS):
            try:
                contents = await self._contents.read(
                    self._spotify,
                    self._user_id,
                    playlist.require_uri(),
                    background=self._spotify,
                )
            except (NotFound, NotPermitted):
                return
            except LibraryChanged:
                continue
            if not contents.unread:
                listed.existing = playlist.require_uri().id
                listed.present = [song.uri for song in contents]
            return


def _possible(plan: Plan, kind: Kind) -> Iterator[str]:
    """The candidates of this kind for doubtful entries of the library, which may be saved, too."""
    for entry in plan.doubtful:
        if not plan.lists[entry.list_number].is_playlist:
            for candidate in entry.candidates or ():
                if kind_of(candidate.uri) is kind:
                    yield candidate.uri
