"""Reads the rows and bytes of the database's files without the bot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENCRYPTED_COLUMNS = {
    "link": ("refresh_token",),
    "login": ("refresh_token", "code", "notice"),
}


@dataclass(frozen=True)
class DatabaseRows:
    """All rows. `links` and `logins` (the newest of each user) are by Discord user."""

    links: dict[int, dict[str, Any]]
    logins: dict[int, dict[str, Any]]
    older_logins: list[dict[str, Any]]
    user_ids: set[int]

    @classmethod
    def read(cls, file: Path) -> DatabaseRows:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            logins = [dict(row) for row in db.execute("SELECT * FROM login ORDER BY rowid")]
            newest = {row["discord_id"]: row for row in logins}
            return cls(
                _rows_by_user(db.execute("SELECT * FROM link")),
                newest,
                [row for row in logins if newest[row["discord_id"]] is not row],
                {row["discord_id"] for row in db.execute("SELECT discord_id FROM person")},
            )

    def encrypted_values(self) -> Iterator[tuple[int, str, bytes]]:
        """Discord user, column and value of every encrypted secret."""
        logins = [*self.logins.values(), *self.older_logins]
        for table, rows in (("link", self.links.values()), ("login", logins)):
            for row in rows:
                for column in _ENCRYPTED_COLUMNS[table]:
                    if row[column] is not None:
                        yield row["discord_id"], column, row[column]


def _rows_by_user(rows: sqlite3.Cursor) -> dict[int, dict[str, Any]]:
    by_user: dict[int, dict[str, Any]] = {}
    for row in rows:
        assert row["discord_id"] not in by_user, "one row for each user"
        by_user[row["discord_id"]] = dict(row)
    return by_user


def read_database_bytes(file: Path) -> bytes:
    """Every byte of the database and of its write-ahead log."""
    files = [path for path in sorted(file.parent.glob(f"{file.name}*")) if path.is_file()]
    return b"".join(path.read_bytes() for path in files)
