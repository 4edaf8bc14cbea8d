"""Remembers the operator's Spotify apps, so that links through a former one are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NOTE = "spotify app "


def app_note(client_id: str) -> str:
    """The name of the note about an app of the operator's; its text is since when, in seconds."""
    return _NOTE + client_id


@dataclass(frozen=True)
class OperatorApps:
    """The apps that SPOTIFY_CLIENT_ID has named, with the time of the first start with each.

    Earlier versions did not note them, so an app from before the first of these times may be the
    operator's, too.
    """

    since: Mapping[str, float]

    @classmethod
    def from_notes(cls, notes: Mapping[str, str]) -> OperatorApps:
        """`notes` are those of the store, by name."""
        apps = {
            name.removeprefix(_NOTE): text for name, text in notes.items() if name.startswith(_NOTE)
        }
        return cls({client_id: float(text) for client_id, text in apps.items()})

    def is_operators(self, client_id: str, authorized_at: float) -> bool | None:
        """Whether a link of this time was made with the operator's app; None if that is unknown."""
        if client_id in self.since:
            return True
        known_since = min(self.since.values(), default=None)
        return None if known_since is None or authorized_at < known_since else False
