"""An export of the liked songs, beside the least possible time and the same job done by others."""
