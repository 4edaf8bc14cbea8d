"""Autocomplete for command options."""
