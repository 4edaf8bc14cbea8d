"""Messages that nobody waits for: logins, reminders, and jobs."""
