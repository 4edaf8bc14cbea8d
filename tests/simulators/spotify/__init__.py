"""Tests of the simulated Spotify without the bot."""
