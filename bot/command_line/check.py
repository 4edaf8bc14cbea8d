"""`python -m bot check`: looks at the settings, both services, the address, and the disk."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from statistics import median

import aiohttp

from bot.command_line.checks.address import check_address
from bot.command_line.checks.discord_app import check_discord
from bot.command_line.checks.findings import Finding, Mark, note, ok, wrong
from bot.command_line.checks.requests import Requests
from bot.command_line.checks.spotify_app import check_spotify
from bot.command_line.checks.storage import check_env_file, check_storage, inspect_database
from bot.command_line.environment import ENV_FILE, Environment, read_environment
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.config import SETTINGS, read_values
from bot.errors.bot_error import ConfigError

CLOCK = "Clock"
_MAX_CLOCK_ERROR = 30.0  # seconds
_COLOURS = {Mark.OK: "32", Mark.WRONG: "31", Mark.NOTE: "2"}


def add_arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "It changes nothing, may run beside the bot, and shows no secret. ✓ is fine, ✗ has its "
        "cure behind it, · is neither. Exit codes: 0 without a ✗, 78 if you have to change "
        "something, 1 if it may work later."
    )


def main(_arguments: Namespace) -> int:
    return asyncio.run(_main())


async def _main() -> int:
    marks = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        async for finding in check(http, os.environ, ENV_FILE, now=time.time):
            _show(finding)
            marks.append((finding.mark, finding.is_lasting))
    problems = [is_lasting for mark, is_lasting in marks if mark is Mark.WRONG]
    if not problems:
        return ExitCode.OK
    return ExitCode.CONFIG if any(problems) else ExitCode.FAILED


async def check(
    http: aiohttp.ClientSession,
    environ: Mapping[str, str],
    env_file: Path,
    *,
    now: Callable[[], float],
) -> AsyncIterator[Finding]:
    """All findings, as soon as they are known."""
    environment = Environment(environ, {})
    try:
        environment = read_environment(environ, env_file)
    except ConfigError as error:
        yield wrong(ENV_FILE.name, str(error))
    values, problems = read_values(environment.variables)
    for finding in _settings_findings(problems, environment.explain(problems)):
        yield finding
    for finding in check_env_file(env_file):
        yield finding
    inspection, findings = await inspect_database(values)
    for finding in (*findings, *check_storage(values, inspection)):
        yield finding
    requests = Requests(http, now=now)
    notes = inspection.notes if inspection else {}
    for check_part in (
        check_discord(requests, values, notes),
        check_spotify(requests, values),
        check_address(requests, values),
    ):
        for finding in await check_part:
            yield finding
    yield _clock_finding(requests.clock_errors)


def _settings_findings(
    problems: Mapping[str, str], explained: Mapping[str, str]
) -> Iterator[Finding]:
    for name, problem in explained.items():
        yield wrong(name, f"It {problem}")
    if not problems:
        yield ok("Settings", f"All {len(SETTINGS)} can be read.")


def _clock_finding(errors: list[float]) -> Finding:
    """`errors` are seconds by which this machine's clock is ahead of a server's."""
    if not errors:
        return note(CLOCK, "Not checked, because no server answered.")
    error = median(errors)
    if abs(error) <= _MAX_CLOCK_ERROR:
        return ok(CLOCK, "It is right.")
    word = "fast" if error > 0 else "slow"
    text = f"It is {abs(error):.0f} seconds {word}. Limits and the ends of logins depend on it. "
    return wrong(CLOCK, f"{text}Turn on NTP: timedatectl set-ntp true")


def _show(finding: Finding) -> None:
    """Print a line, with a coloured mark in a terminal."""
    line = str(finding)
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if sys.stdout.isatty() and not is_plain:
        line = f"\033[{_COLOURS[finding.mark]}m{line[0]}\033[0m{line[1:]}"
    output(line)
