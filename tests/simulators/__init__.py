"""Tests of the simulated services: they refuse what the real services refuse."""
