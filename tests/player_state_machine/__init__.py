"""A Hypothesis state machine for commands and presses, with invariants after each step."""
