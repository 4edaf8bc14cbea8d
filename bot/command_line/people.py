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
from bot.store.inspection import Inspection, inspect
from bot.store.operator_apps import OperatorApps
from bot.text.items import count

# Whose app a link was made with that is not the bot's present one, if it was the operator's: yes,
# no, unknown.
_FORMER_APP = {
    True: "a former app of this bot",
    False: "their own app",
    None: "their own app, or a former one of this bot",
}


def add_arguments(_parser: ArgumentParser) -> None:
    """It has none."""


def main(_arguments: Namespace) -> int:
    settings = load_settings()
    if settings.database_url is None:
        people = linked_people(settings.database)
        blocked = blocked_people(settings.database)
        inspection: Inspection | None = inspect(settings.database)
    else:
        people, blocked, inspection = asyncio.run(_people(settings))
    apps = OperatorApps.from_notes(inspection.notes if inspection else {})
    for person in people:
        app = _FORMER_APP[apps.is_operators(person.client_id, person.authorized_at)]
        if person.client_id == settings.spotify_client_id:
            app = "this bot’s app"
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


async def _people(
    settings: Settings,
) -> tuple[list[LinkedAccount], list[int], Inspection | None]:
    from bot.store.postgres_inspection import inspect_server  # needs an optional package

    async with open_store(settings) as store:
        people, blocked = await store.accounts.all(), await store.blocked.all()
    return people, blocked, await inspect_server(str(settings.database_url))
