"""The stage: a pretend Discord, a pretend Spotify, and ways to use the bot between them."""
