"""`python -m bot restore FILE` of a copy of the database."""

from __future__ import annotations

from pathlib import Path

from bot.command_line.environment import load_settings, require_sqlite
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.store.backup import restore
from bot.text.items import count


def restore_database(file: Path) -> int:
    """Put a copy in the place of the database; the exit code. Raises StartupError."""
    settings = load_settings()
    require_sqlite(settings)
    report = restore(settings.database, file, settings.token_keys)
    output(f"Restored {count(report.linked_accounts, 'linked account')} to {settings.database}.")
    if report.new_key:
        output("The key beside the copy is in use now.")
    if old := [str(file) for file in (report.old_database, report.old_key) if file is not None]:
        output(f"What was there before is in {' and '.join(old)}. Delete it when all is well.")
    output(
        "Some people may have to link again: Spotify may have replaced their logins since the copy "
        "was made."
    )
    return ExitCode.OK
