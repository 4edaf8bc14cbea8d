"""Tests of Tonearm over real connections to a simulated Discord and a simulated Spotify."""
