"""A long playlist that songs are added to and that is tidied, beside the least possible time."""
