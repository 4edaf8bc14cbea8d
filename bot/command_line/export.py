"""`python -m bot export`: writes somebody's Spotify library to files, without Discord."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.command_line.exit_codes import ExitCode
from bot.command_line.spotify_session import add_login_arguments, sign_in
from bot.command_line.terminal import TerminalProgress, output, plain, say
from bot.command_line.terminal_command import run_command
from bot.library.export import Export, ExportRequest
from bot.library.export import export as export_library
from bot.library.export_files import JSON, ZIP
from bot.library.export_lists import EVERYTHING, SELECTIONS
from bot.library.export_readme import report_line
from bot.library.formats import FORMATS
from bot.library.job_files import translate_disk_errors
from bot.spotify.oauth import READ_SCOPES

_DESCRIPTION = (
    "Write your Spotify library, or a part of it, to a file. It signs you in with your browser, "
    "and needs no Discord. The path of the file goes to standard output, all else to standard "
    "error. The login may only read, and is kept in memory only. All requests count towards the "
    "daily quota of the Spotify app."
)
# Skipped entries of a list to name if the file has no table of them.
_MAX_NAMED = 20


def add_arguments(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="the folder for the file"
    )
    parser.add_argument(
        "--what",
        default=EVERYTHING,
        metavar="WHAT",
        help=f"{', '.join(SELECTIONS)}, or the name or link of a playlist (default: {EVERYTHING})",
    )
    parser.add_argument(
        "--format",
        choices=(ZIP, JSON, *FORMATS),
        default=ZIP,
        help="%(choices)s (default: %(default)s, an archive with CSV and JSON)",
        metavar="FORMAT",
    )
    parser.add_argument(
        "--raw",
        action="store_true",
        help="leave cells of CSV alone that a spreadsheet would run as formulas",
    )
    add_login_arguments(parser)


def main(arguments: Namespace) -> int:
    """The exit code. Raises ConfigError, StartupError, StorageError."""
    with translate_disk_errors():
        arguments.out.mkdir(parents=True, exist_ok=True)
    return run_command(export(arguments), stopped="Stopped. Nothing is kept.")


async def export(arguments: Namespace) -> int:
    """Sign in, read the library and write the file; the exit code.

    Raises ConfigError, StartupError, BotError, and TimeoutError if nobody signs in.
    """
    progress = TerminalProgress()
    with translate_disk_errors(), _folder(arguments.out) as folder:
        async with sign_in(arguments, READ_SCOPES, on_exchange=progress.count_request) as signed_in:
            exported_at = datetime.fromtimestamp(signed_in.now(), UTC)
            request = ExportRequest(
                what=arguments.what,
                file_format=arguments.format,
                exported_at=exported_at.isoformat(timespec="seconds"),
                raw=arguments.raw,
            )
            done = await export_library(request, signed_in.spotify, folder, report=progress.show)
            progress.close()
            (file,) = done.files  # there is no limit that would part it
            target = _new_path(arguments.out, file.name, f"{exported_at:%Y-%m-%d}")
            os.replace(file, target)
    say(_summary(done, progress.requests, is_archive=target.suffix == ".zip"))
    output(str(target))
    return ExitCode.OK if is_complete(done) else ExitCode.INCOMPLETE


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    """A folder for what is being read, in the folder of the file."""
    with TemporaryDirectory(prefix=".tonearm-export-", dir=parent) as name:
        yield Path(name)


def _new_path(folder: Path, file_name: str, date: str) -> Path:
    """A path that does not exist, such as `library-2026-11-28.zip`, so that no file is lost."""
    stem, _, suffix = file_name.partition(".")
    names = chain([f"{stem}-{date}"], (f"{stem}-{date}-{number}" for number in count(2)))
    paths = (folder / f"{name}.{suffix}" for name in names)
    return next(path for path in paths if not path.exists())


def is_complete(done: Export) -> bool:
    """Whether the file has all that Spotify shows to the user and that the format can hold."""
    unread = done.unreadable or done.failed
    return not unread and all(each.complete and not each.missing for each in done.reports)


def _summary(done: Export, requests: int, *, is_archive: bool) -> str:
    lines = [f"Done, with {requests:,} requests to Spotify. The file has:"]
    for report in done.reports:
        if is_archive:
            lines.append(report_line(report))
            continue
        lines.append(report_line(report, ""))
        lines += [
            f"    number {position:,}: {why}" for position, why in report.skipped[:_MAX_NAMED]
        ]
    lines += [f"  {plain(name)}: not read, {reason}" for name, reason in done.failed]
    if done.left_out:
        lines.append(f"This format can’t hold: {', '.join(f'{noun}s' for noun in done.left_out)}.")
    if done.hidden:
        lines.append(f"Playlists that Spotify shows only to their owners: {done.hidden:,}.")
    if done.unreadable:
        lines.append(f"Playlists that Spotify lists but that I couldn’t read: {done.unreadable:,}.")
    return "\n".join(lines)
