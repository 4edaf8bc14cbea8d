"""Adds what a file has, and an account lacks, to the account; by default it only says what."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from argparse import Namespace
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bot.command_line.exit_codes import ExitCode
from bot.command_line.kept_folder import folder_name, kept_folder
from bot.command_line.restore_report import (
    done_text,
    plan_text,
    skipped_rows,
    step_problems,
    steps_text,
    stopped_text,
)
from bot.command_line.spotify_errors import terminal_message
from bot.command_line.spotify_session import SignedIn, sign_in
from bot.command_line.standard_output import output
from bot.command_line.terminal import TerminalProgress, plain, say
from bot.command_line.terminal_command import run_command, with_waits
from bot.errors.bot_error import StartupError
from bot.errors.files import UnreadableFile
from bot.library.import_draft import draft
from bot.library.import_journal import Journal
from bot.library.import_look import FOUND, Look
from bot.library.import_plan import Plan
from bot.library.import_run import ImportRun
from bot.library.import_steps import (
    Choice,
    Scope,
    Step,
    Surroundings,
    count_items,
    make_steps,
    store_steps,
    stored_steps,
)
from bot.library.job_files import translate_disk_errors
from bot.library.playlist_contents import ContentsCache
from bot.library.read_file import Upload, read_files
from bot.library.running_job import Progress
from bot.spotify.oauth import READ_SCOPES, WRITE_SCOPES
from bot.text.escape import safe

_STOPPED = "Stopped. Run the same command again to go on."


def restore_library(arguments: Namespace) -> int:
    """The exit code. Raises ConfigError, StartupError, StorageError."""
    files: list[Path] = arguments.files
    with translate_disk_errors():
        try:
            with TemporaryDirectory(prefix="tonearm-restore-") as folder:
                uploads = [Upload(file, file.name) for file in files]
                plan = draft(read_files(uploads, Path(folder)))
        except UnreadableFile as error:
            named, message = error.file_name or str(files[0]), terminal_message(error)
            message = message.removesuffix(f" It’s about {safe(named)}.")
            raise StartupError(f"{named}: {message}") from None
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED
        choice = _choice(arguments, plan)
        hashes = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
        content = "".join(hashes)
        # A stopped restore goes on only with the same choice.
        content += msgspec.json.encode(choice).decode()
        return run_command(_restore(arguments, content, plan, choice), stopped=_STOPPED)


def _choice(arguments: Namespace, plan: Plan) -> Choice:
    """What the arguments choose. Raises StartupError for a playlist that the file lacks."""
    merge = not arguments.new_playlists
    if not arguments.playlist:
        return Choice(Scope.LIKES if arguments.likes else Scope.ALL, merge=merge)
    numbers = []
    for name in arguments.playlist:
        found = [number for number, listed in plan.playlists if listed.name == name]
        if not found:
            raise StartupError(f"The file has no playlist “{plain(name)}”.")
        numbers += found
    return Choice(Scope.PLAYLISTS, numbers, merge=merge)


async def _restore(arguments: Namespace, content: str, plan: Plan, choice: Choice) -> int:
    """Sign in, and restore; the exit code. `content` tells file and choice apart."""
    file: Path = arguments.files[0]
    progress = TerminalProgress()
    scopes = (*READ_SCOPES, *WRITE_SCOPES) if arguments.apply else READ_SCOPES
    async with sign_in(arguments, scopes, on_exchange=progress.count_request) as signed_in:
        account = signed_in.profile.stable_account_id
        folder = file.with_name(folder_name("restore", content, account))
        kept = kept_folder(folder, restart=arguments.restart, max_age=None, now=signed_in.now())
        with kept:
            return await _restore_in(folder, arguments, signed_in, plan, choice, progress)


async def _restore_in(
    folder: Path,
    arguments: Namespace,
    signed_in: SignedIn,
    plan: Plan,
    choice: Choice,
    progress: TerminalProgress,
) -> int:
    """Restore with what an earlier run has kept in the folder; the exit code."""
    try:
        steps = stored_steps(folder)
        say(stopped_text(steps, Journal(folder), goes_on=arguments.apply))
        if not arguments.apply:
            return ExitCode.OK
    except FileNotFoundError:
        plan = await _look(signed_in, plan, folder, progress, likely=arguments.likely)
        steps = make_steps(plan, choice)
        say(steps_text(steps))
        if not steps:
            shutil.rmtree(folder)
            return ExitCode.OK
        if not arguments.apply:
            _keep_searches(folder)
    if not arguments.apply:
        say("Nothing is changed yet. Add --apply to do it.")
        return ExitCode.OK
    store_steps(steps, folder)
    journal = await _apply(signed_in, steps, folder, progress)
    shutil.rmtree(folder)
    say(done_text(steps, journal, progress.requests))
    is_complete = not any(step_problems(steps, journal))
    return ExitCode.OK if is_complete else ExitCode.INCOMPLETE


async def _look(
    signed_in: SignedIn, draft: Plan, folder: Path, progress: TerminalProgress, *, likely: bool
) -> Plan:
    """Compare the file with the account, and say what is missing there.

    likely  decide on the likeliest song where several may be meant
    """

    def show(task: str, noun: str, done: int, expected: int) -> None:
        progress.show(Progress(task, done, expected, noun))

    async def look() -> Plan:
        plan = deepcopy(draft)
        contents = ContentsCache(monotonic=time.monotonic)
        await Look(signed_in.spotify, 0, contents, folder, show).run(plan)
        return plan

    plan = await with_waits(look, progress, now=signed_in.now)
    if likely:
        plan.decide_all(likeliest=True)
    say(plan_text(plan))
    for row in skipped_rows(plan):
        output("\t".join(row))
    return plan


def _keep_searches(folder: Path) -> None:
    """Keep only what was searched for, so that --apply need not search again."""
    found = folder / FOUND
    if not found.exists() or not found.stat().st_size:
        shutil.rmtree(folder)
        return
    for path in folder.iterdir():
        if path != found:
            path.unlink()


async def _apply(
    signed_in: SignedIn, steps: Sequence[Step], folder: Path, progress: TerminalProgress
) -> Journal:
    """Do what is left of the steps."""
    before = [sum(len(step.uris) for step in steps[:number]) for number in range(len(steps))]
    total = count_items(steps)

    def on_step(number: int, done: int) -> None:
        progress.show(Progress("Restoring", before[number] + done, total))

    around = Surroundings(on_step=on_step, sleep=asyncio.sleep)

    async def run() -> Journal:
        journal = Journal(folder)
        await ImportRun(signed_in.spotify, steps, journal, around).run()
        return journal

    return await with_waits(run, progress, now=signed_in.now)
