"""What the durability tests need: a life of a store, a disk that loses power, and its wire."""
