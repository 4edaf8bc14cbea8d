"""The model behind docs/capacity.md."""

from __future__ import annotations

from bench.capacity import FIGURES, capacity, table
from tests.program import ROOT


def test_capacity_follows_discords_limits_and_the_measured_figures() -> None:
    figures = {figure.name: figure.read({}) for figure in FIGURES}
    small, large = capacity(20_000, figures), capacity(1_000_000, figures)
    assert (small.shards, small.start_seconds, small.restarts_a_day) == (20, 100, 50)
    assert (large.shards, large.start_seconds, large.restarts_a_day) == (1_000, 315, 5)
    assert round(large.interactions) == 116
    assert round(large.renewals) == 28
    assert "one process" in small.knob
    assert "PostgreSQL" in large.knob
    # A measured row replaces the figure, and is named.
    row = "500 interactions at once, all answered"
    assert f"| 1,000 /s | “{row}” |" in table({row: 0.5})
    assert row not in table({})


def test_document_has_the_table() -> None:
    document = (ROOT / "docs/capacity.md").read_text()
    (heading,) = (line for line in table({}).splitlines() if line.startswith("| servers |"))
    assert heading in document
