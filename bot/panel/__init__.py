"""Live now-playing panels."""
