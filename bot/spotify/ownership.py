"""Whose a playlist is: only its owner and collaborators may read and change its entries."""

from __future__ import annotations

from enum import Enum, auto

from bot.spotify.models import Playlist


class Ownership(Enum):
    """The relation of an account to a playlist in its library."""

    OWN = auto()
    SHARED = auto()
    """The account may collaborate on it. Only its owner may rename it."""
    FOLLOWED = auto()
    UNKNOWN = auto()


def ownership_of(playlist: Playlist, account_id: str | None) -> Ownership:
    """`account_id`: the `id` of the account's profile; None if Spotify does not say it."""
    owner = playlist.owner.id if playlist.owner else None
    if owner is not None and owner == account_id:
        return Ownership.OWN
    if playlist.collaborative:
        return Ownership.SHARED
    return Ownership.UNKNOWN if None in (owner, account_id) else Ownership.FOLLOWED


# What an account may do is known for certain only with an ownership; Spotify decides the rest.
EDITABLE = frozenset((Ownership.OWN, Ownership.UNKNOWN))
WRITABLE = EDITABLE | {Ownership.SHARED}
