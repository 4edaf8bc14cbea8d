"""How the bot looks and speaks."""
