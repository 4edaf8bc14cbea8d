"""Discord interaction plumbing that knows no feature."""
