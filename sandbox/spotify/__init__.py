"""A simulated Spotify: the accounts service and the Web API, as for a new app in 2026."""

from sandbox.spotify.error_responses import ErrorResponse
from sandbox.spotify.server import Spotify

from .accounts import Account, App
from .api import Call
from .catalogue import generated_uri
from .devices import Device
from .list_faults import (
    EndlessNext,
    FewerEntries,
    Filler,
    IgnoredOffset,
    ListFault,
    NoNext,
    WrongTotals,
)
from .player import Player
from .playlists import Playlist, PlaylistItem
from .short_links import ShortLinkRequest, redirect_fault

__all__ = [
    "Account",
    "App",
    "Call",
    "Device",
    "EndlessNext",
    "ErrorResponse",
    "FewerEntries",
    "Filler",
    "IgnoredOffset",
    "ListFault",
    "NoNext",
    "Player",
    "Playlist",
    "PlaylistItem",
    "ShortLinkRequest",
    "Spotify",
    "WrongTotals",
    "generated_uri",
    "redirect_fault",
]
