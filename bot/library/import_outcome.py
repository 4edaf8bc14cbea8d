"""What an import has done, as its journal says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.library.import_draft import entry_title
from bot.library.import_journal import BatchOrder, Journal
from bot.library.import_steps import Fill, Save, Step, saves_singly, stored_steps
from bot.library.import_undo import added_by, count_undo_calls, saved_by
from bot.library.imported_library import kept as kept_library
from bot.spotify.endpoint_groups import Group
from bot.spotify.uris import Kind
from bot.text.escape import safe
from bot.text.library import noun

# In the folder of an import: the library that was read.
READ = "read"


@dataclass(frozen=True)
class FilledPlaylist:
    """A playlist that got songs; `created`: by the import."""

    name: str
    songs: int
    created: bool
    playlist: str


@dataclass(frozen=True)
class Outcome:
    """What an import has done so far.

    saved    the numbers of saved items by kind
    filled   the playlists that were made or got songs
    refused  titles that Spotify refused
    failed   playlists or kinds with the reason why some of them are not done
    order    how Spotify lists what one request saves; None: that was of no use
    is_mixed  whether saved items are out of order within a request
    undo_calls  the requests to Spotify that the undo takes, by their quotas
    """

    saved: dict[Kind, int] = field(default_factory=dict)
    filled: list[FilledPlaylist] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    order: BatchOrder | None = None
    is_mixed: bool = False
    undo_calls: Counter[Group] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        return not any(self.saved.values()) and not self.filled


@dataclass(frozen=True)
class TakenBack:
    """What an undo has removed, and what it had to leave; `more`: an earlier import is left."""

    removed: int
    left: int
    more: bool = False


@dataclass(frozen=True)
class LastImport:
    """The import that can be undone. See `KeptImport`."""

    id: int
    at: float
    number: int
    outcome: Outcome


def step_name(step: Step) -> str:
    """What a step fills, as markdown."""
    return f"**{safe(step.name)}**" if isinstance(step, Fill) else f"your {noun(step.kind)}s"


def outcome_of(folder: Path) -> Outcome:
    """What the import in the folder has done. Blocks shortly. Raises OSError."""
    steps, journal = stored_steps(folder), Journal(folder)
    is_long = any(isinstance(step, Save) and not saves_singly(step) for step in steps)
    outcome = Outcome(
        order=journal.order,
        is_mixed=journal.order is BatchOrder.MIXED and is_long,
        undo_calls=count_undo_calls(steps, journal),
    )
    refused: list[str] = []
    for number, step in enumerate(steps):
        state = journal.step(number)
        refused += state.refused
        if state.failed:
            outcome.failed.append((step_name(step), state.failed))
        if isinstance(step, Save):
            if saved := saved_by(step, state):
                outcome.saved[step.kind] = outcome.saved.get(step.kind, 0) + len(saved)
        elif state.opened is not None:
            songs, opened = len(added_by(step, state)), state.opened
            outcome.filled.append(FilledPlaylist(step.name, songs, opened.created, opened.playlist))
    outcome.refused.extend(_titles(folder, refused))
    return outcome


def _titles(folder: Path, uris: Sequence[str]) -> list[str]:
    """The titles of these URIs, as the file has them; a URI where it has none."""
    if not uris:
        return []
    titles = {uri: uri for uri in uris}
    library = kept_library(folder / READ)
    for listed in library.lists if library else ():
        assert library is not None
        if listed.uri in titles and listed.name:
            titles[listed.uri] = listed.name
        for entry in library.entries(listed):
            if entry.uri in titles:
                titles[entry.uri] = entry_title(entry)
    return [titles[uri] for uri in uris]
