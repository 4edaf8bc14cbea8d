"""Lists that a user can page through: search results, plays, and the contents of items."""
