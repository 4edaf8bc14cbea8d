"""`python -m bot restore`: puts back an exported library, or a copy of the bot's database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bot.command_line.spotify_session import add_login_arguments
from bot.errors.bot_error import StartupError

_DESCRIPTION = (
    "Put back what FILE has; its content decides what it is. An SQLite file is a copy of the "
    "bot’s database. It takes the place of the database at once, and the old one is kept. "
    "Anything else is an exported library, also of another tool, such as Exportify. What it has "
    "and your Spotify account lacks is added to the account. Without --apply, it only says what it "
    "would do. It signs you in with your browser, and needs no Discord. What can’t be restored is "
    "listed on standard output. All options are for a library."
)
# The first bytes of an SQLite database (sqlite.org/fileformat.html).
_SQLITE = b"SQLite format 3\0"


def add_arguments(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="several: the parts of one export"
    )
    parser.add_argument("--apply", action="store_true", help="do it; stopped, it can go on later")
    parser.add_argument("--likes", action="store_true", help="only the liked songs")
    parser.add_argument(
        "--playlist",
        action="append",
        default=[],
        metavar="NAME",
        help="only this playlist of the file; may be repeated",
    )
    parser.add_argument(
        "--new-playlists",
        action="store_true",
        help="make a new playlist where there is one of that name, and don’t add to it",
    )
    parser.add_argument(
        "--likely",
        action="store_true",
        help="where it isn’t certain which song the file means, add the likeliest one",
    )
    parser.add_argument(
        "--restart", action="store_true", help="forget a stopped restore, and begin another one"
    )
    add_login_arguments(parser)


def main(arguments: Namespace) -> int:
    """The exit code. Raises ConfigError, StartupError, StorageError."""
    files: list[Path] = arguments.files
    databases = [file for file in files if _is_database(file)]
    if databases and len(files) > 1:
        raise StartupError(f"{databases[0]} is a database. Restore it by itself.")
    if databases:
        from bot.command_line.restore_database import restore_database

        return restore_database(files[0])
    from bot.command_line.restore_library import restore_library

    return restore_library(arguments)


def _is_database(file: Path) -> bool:
    """Raises StartupError."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise StartupError(f"{file} cannot be read: {error.strerror}.") from None
