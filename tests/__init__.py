"""What the bot promises, shown over the real wire between two pretend services."""
