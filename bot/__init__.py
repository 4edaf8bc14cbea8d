"""Tonearm, a remote for Spotify that lives in Discord: everything but the commands."""
