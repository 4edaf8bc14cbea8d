"""A random walk of commands and presses, and what must hold after each step of it."""
