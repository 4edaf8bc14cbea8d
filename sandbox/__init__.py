"""A simulated Discord and a simulated Spotify, with a page and a terminal to use the bot."""
