"""Checks recorded exchanges against the OpenAPI specifications of Discord and Spotify."""
