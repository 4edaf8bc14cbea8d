"""A library of liked songs, read to its end by others and by us, each in a process of its own."""
