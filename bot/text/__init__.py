"""Formats names, items, counts and times as safe text."""
