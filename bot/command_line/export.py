"""`python -m bot export`: writes somebody's Spotify library to files, without Discord."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.command_line.exit_codes import ExitCode
from bot.command_line.kept_folder import folder_name, kept_folder
from bot.command_line.spotify_errors import terminal_message
from bot.command_line.spotify_session import SignedIn, add_login_arguments, sign_in
from bot.command_line.standard_output import output
from bot.command_line.terminal import TerminalProgress, plain, say
from bot.command_line.terminal_command import run_command, with_waits
from bot.errors.backups import NotAnEarlierExport
from bot.errors.bot_error import StartupError
from bot.errors.files import UnreadableFile
from bot.library.earlier_lists import EarlierExport
from bot.library.export import Export, ExportRequest
from bot.library.export import export as export_library
from bot.library.export_lists import EVERYTHING, SELECTIONS
from bot.library.export_readme import report_line
from bot.library.formats import FORMATS, JSON, ZIP
from bot.library.job_files import translate_disk_errors
from bot.library.open_earlier import read_since
from bot.spotify.oauth import READ_SCOPES

_DESCRIPTION = (
    "Write your Spotify library, or a part of it, to a file. It signs you in with your browser, "
    "and needs no Discord. The path of the file goes to standard output, all else to standard "
    "error. The login may only read, and is kept in memory only. All requests count towards the "
    "daily quota of the Spotify app."
)
# Seconds after which a stopped export is too old to go on with, as for the bot's.
_MAX_AGE = 48 * 60 * 60.0
_STOPPED = "Stopped. Run the same command again within two days, and it goes on where it was."
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
    parser.add_argument(
        "--since",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="take over what has not changed since this earlier export, which may be in parts",
    )
    parser.add_argument(
        "--restart", action="store_true", help="forget a stopped export, and begin another one"
    )
    add_login_arguments(parser)


def main(arguments: Namespace) -> int:
    """The exit code. Raises ConfigError, StartupError, StorageError."""
    with translate_disk_errors():
        arguments.out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="tonearm-earlier-") as folder:
            earlier = None
            try:
                if arguments.since:
                    earlier = read_since(arguments.since, Path(folder))
            except (NotAnEarlierExport, UnreadableFile) as error:
                raise StartupError(terminal_message(error)) from None
            return run_command(export(arguments, earlier), stopped=_STOPPED)


async def export(arguments: Namespace, earlier: EarlierExport | None) -> int:
    """Sign in, read the library and write the file; the exit code.

    Raises ConfigError, StartupError, BotError, and TimeoutError if nobody signs in.
    """
    progress = TerminalProgress()
    async with sign_in(arguments, READ_SCOPES, on_exchange=progress.count_request) as signed_in:
        account, now = signed_in.profile.stable_account_id, signed_in.now()
        if earlier is not None:
            earlier.require_account(account)
        folder = arguments.out / folder_name("export", account, arguments.what)
        with (
            translate_disk_errors(),
            kept_folder(folder, restart=arguments.restart, max_age=_MAX_AGE, now=now) as is_resumed,
        ):
            if is_resumed:
                say("Going on with the export that was stopped. --restart begins another one.")
            done = await _export_in(folder, arguments, earlier, signed_in, progress)
            (file,) = done.files
            target = _new_path(arguments.out, file.name, f"{datetime.fromtimestamp(now):%Y-%m-%d}")
            os.replace(file, target)
            shutil.rmtree(folder)
    say(_summary(done, progress.requests, is_archive=target.suffix == ".zip"))
    output(str(target))
    return ExitCode.OK if is_complete(done) else ExitCode.INCOMPLETE


async def _export_in(
    folder: Path,
    arguments: Namespace,
    earlier: EarlierExport | None,
    signed_in: SignedIn,
    progress: TerminalProgress,
) -> Export:
    """Export with what an earlier run has kept in the folder."""
    request = ExportRequest(
        what=arguments.what,
        file_format=arguments.format,
        exported_at=_begun_at(folder, signed_in.now()),
        raw=arguments.raw,
    )

    async def run() -> Export:
        return await export_library(
            request, signed_in.spotify, folder, report=progress.show, earlier=earlier
        )

    try:
        return await with_waits(run, progress, now=signed_in.now)
    except BaseException:
        _erase_without_lists(folder)
        raise


def _erase_without_lists(folder: Path) -> None:
    """Erase the folder if there is nothing in it to go on with."""
    if not any(folder.glob("list-*")):
        shutil.rmtree(folder)


def _begun_at(folder: Path, now: float) -> str:
    """When the export was begun, perhaps in an earlier run, in ISO 8601."""
    path = folder / "begun_at"
    if not path.exists() or not path.read_text():
        time = datetime.fromtimestamp(now, UTC)
        path.write_text(time.isoformat(timespec="seconds"))
    return path.read_text()


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
