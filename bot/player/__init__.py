"""Player actions: what a command or button does on Spotify."""
