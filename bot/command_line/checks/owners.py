"""Checks that the bot's files belong to the user who runs it."""

from __future__ import annotations

import glob
import os
import pwd
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.command_line.checks.findings import Finding, wrong

FILES = "Files"
# Where docs/operating.md puts the daily copies.
BACKUPS = Path("/var/backups/tonearm")
_ROOT = 0


def owner_finding(database: Path, backups: Path = BACKUPS) -> Finding | None:
    """What belongs to another user than the one who runs this, and the cure; else None.

    If somebody ran the bot as root, files and folders of root stay behind, which the bot's user may
    not open. All names beside the database that begin with its name are the bot's. Blocks.
    """
    user, expected = os.geteuid(), _expected_owner(database)
    if expected not in (user, _ROOT):
        owner = _name(expected)
        return wrong(
            FILES,
            f"The bot’s files in {database.absolute().parent} belong to {owner}, and this runs as "
            f"{_name(user)}. Run it again as the user of the bot: sudo -u {owner} …",
        )
    places = [*sorted(database.parent.glob(f"{glob.escape(database.name)}*")), backups]
    foreign = {place: owner for place in places for owner in _owners(place) if owner != user}
    if not foreign:
        return None
    names, owners = " ".join(map(str, foreign)), ", ".join(map(_name, sorted({*foreign.values()})))
    verb = "belongs" if len(foreign) == 1 else "belong"
    return wrong(
        FILES,
        f"{names} {verb} to {owners}, at least in part, and this runs as {_name(user)}. If that "
        f"is the user of the bot, run as root: chown -R {_name(user)}: {names}",
    )


def _expected_owner(database: Path) -> int:
    """The user of the bot, as the database or its folder shows it; root if neither does."""
    for place in (database, database.absolute().parent):
        with suppress(OSError):
            if (owner := place.stat().st_uid) != _ROOT:
                return owner
    return _ROOT


def _owners(place: Path) -> Iterator[int]:
    """The owners of a file, or of a folder and what can be seen in it."""
    with suppress(OSError):
        yield place.lstat().st_uid
    for folder, folders, files in os.walk(place):
        for name in (*folders, *files):
            with suppress(OSError):
                yield Path(folder, name).lstat().st_uid


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
