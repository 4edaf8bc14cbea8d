"""What is said on the wire, held against the OpenAPI files of Discord and Spotify."""
