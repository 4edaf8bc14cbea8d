"""`python -m bot people`: lists who is linked or blocked, also while the bot runs."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from bot.app import open_store
from bot.command_line.environment import load_settings
from bot.command_line.exit_codes import ExitCode
from bot.command_line.standard_output import output
from bot.config import Settings
from bot.spotify.consent_expiry import consent_expires_at
from bot.store import LinkedAccount
from bot.store.beside_running_bot import blocked_people, linked_people
from bot.text.items import count


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    settings = load_settings()
    if settings.database_url is None:
        people = linked_people(settings.database)
        blocked = blocked_people(settings.database)
    else:
        people, blocked = asyncio.run(_people(settings))
    for person in people:
        app = (
            "this bot’s app" if person.client_id == settings.spotify_client_id else "their own app"
        )
        since, until = (
            datetime.fromtimestamp(moment, UTC).date()
            for moment in (person.authorized_at, consent_expires_at(person.authorized_at))
        )
        state = "the login has ended" if person.revoked else f"until {until}"
        output(f"{person.discord_id}  linked {since}, {state}, {app}")
    for discord_id in blocked:
        output(f"{discord_id}  blocked")
    also = f", {len(blocked):,} blocked" if blocked else ""
    output(f"{count(len(people), 'linked account')}{also}.")
    return ExitCode.OK


async def _people(settings: Settings) -> tuple[list[LinkedAccount], list[int]]:
    async with open_store(settings) as store:
        return await store.accounts.all(), await store.blocked.all()
