"""Tests of Tonearm's client of the Web API against the simulated one."""
