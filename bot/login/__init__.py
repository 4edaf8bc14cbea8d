"""The login through a browser: login links, OAuth callbacks and confirmation codes."""
