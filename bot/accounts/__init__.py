"""Linked accounts: Spotify sessions, quota, metrics and reminders."""
