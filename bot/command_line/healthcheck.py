"""`python -m bot healthcheck`: asks the running bot on this machine whether it is ready."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address

from bot.command_line.environment import read_environment
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.config import SETTINGS

# Seconds for the answer: the bot may be writing to a slow disk.
_TIMEOUT = 5.0


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    """It reads two settings only, so that it works whatever is wrong with the others."""
    variables = read_environment().variables
    host, port = (
        str(next(setting for setting in SETTINGS if setting.name == name).read(variables))
        for name in ("HOST", "PORT")
    )
    connection = HTTPConnection(_reachable(host), int(port), timeout=_TIMEOUT)
    try:
        connection.request("GET", "/ready", headers={"Host": "127.0.0.1"})
        response = connection.getresponse()
        status = json.loads(response.read())["status"]
    except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
        print(f"not running: {type(error).__name__}", file=sys.stderr)
        return ExitCode.FAILED
    finally:
        connection.close()
    output(status)
    return ExitCode.OK if response.status == 200 else ExitCode.FAILED


def _reachable(host: str) -> str:
    """The address at which a server that listens on `host` is reached from this machine."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
