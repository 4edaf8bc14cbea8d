"""Endpoints that Spotify removed: for an app that is new in 2026 they answer 403."""

SAVED_KINDS = ("albums", "audiobooks", "episodes", "shows", "tracks")

REMOVED_ENDPOINTS: tuple[tuple[str, str], ...] = (
    *((method, f"me/{shelf}") for shelf in SAVED_KINDS for method in ("PUT", "DELETE")),
    *(("GET", f"me/{shelf}/contains") for shelf in SAVED_KINDS),
    *(("GET", kind) for kind in (*SAVED_KINDS, "artists", "chapters")),  # batches: ?ids=
    ("GET", "artists/{id}/top-tracks"),
    ("GET", "artists/{id}/related-artists"),
    ("GET", "audio-analysis/{id}"),
    ("GET", "audio-features"),
    ("GET", "audio-features/{id}"),
    ("GET", "recommendations"),
    ("GET", "recommendations/available-genre-seeds"),
    ("GET", "browse/{what:.+}"),
    ("GET", "markets"),
    ("GET", "users/{id}"),
    ("GET", "users/{id}/playlists"),
    ("POST", "users/{id}/playlists"),
    ("PUT", "me/following"),
    ("DELETE", "me/following"),
    ("GET", "me/following/contains"),
    *((method, "playlists/{id}/tracks") for method in ("GET", "POST", "PUT", "DELETE")),
    ("PUT", "playlists/{id}/followers"),
    ("DELETE", "playlists/{id}/followers"),
    ("GET", "playlists/{id}/followers/contains"),
)
