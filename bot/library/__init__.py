"""The user's library: saved items, playlists and exports."""
