"""The pretend services themselves: they refuse what the real ones refuse."""
