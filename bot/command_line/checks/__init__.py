"""The checks of `python -m bot check`: each returns findings, and none changes anything."""
