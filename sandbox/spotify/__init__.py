"""A pretend Spotify: its accounts service and its Web API as they are for a new app in 2026."""

from .accounts import Account, App
from .api import Call
from .catalogue import generated_uri
from .devices import Device
from .player import Player
from .playlists import Entry, Playlist
from .refusals import Refusal
from .servers import Spotify
from .short_links import Visit, redirect

__all__ = [
    "Account",
    "App",
    "Call",
    "Device",
    "Entry",
    "Player",
    "Playlist",
    "Refusal",
    "Spotify",
    "Visit",
    "generated_uri",
    "redirect",
]
