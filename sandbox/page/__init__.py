"""The demo page: a chat like Discord's beside the simulated Spotify."""

from sandbox.page.server import PageServer

__all__ = ["PageServer"]
