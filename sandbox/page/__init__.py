"""The page: a chat like Discord's and, beside it, the pretend Spotify, in one browser tab."""

from sandbox.page.server import PageServer

__all__ = ["PageServer"]
