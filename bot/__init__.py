"""Tonearm, a remote for Spotify that lives in Discord: everything but the commands."""

__version__ = "0.1.0"  # as in pyproject.toml
