"""Spotify's Web API and its login, as they are in 2026; knows neither Discord nor SQLite."""

from __future__ import annotations

from functools import partial

from bot.spotify.catalogue import Catalogue
from bot.spotify.library import Library
from bot.spotify.player import Player
from bot.spotify.profile import Profile
from bot.spotify.transport import TokenSource, Transport

__all__ = ["Spotify"]


class Spotify:
    """The Web API as one user: a chapter an attribute."""

    def __init__(self, transport: Transport, token: TokenSource) -> None:
        call = partial(transport.call, token)
        self.player = Player(call)
        self.library = Library(call)
        self.catalogue = Catalogue(call)
        self.profile = Profile(call)
