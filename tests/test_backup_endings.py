"""A backup that is stopped, or too large for a message, counts as what it is."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.export_jobs import wait_until_erased
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.scheduled_backups import DAY, WEEK, Backups


@pytest.fixture
def backups(harness: Harness, linked_user: UserClient) -> Backups:
    return Backups(harness, linked_user)


async def test_stopped_backup_counts_as_that_of_its_period(
    backups: Backups, harness: Harness, spotify: Spotify
) -> None:
    await backups.turn_on()
    await backups.due()
    spotify.faults.add(held := HeldResponse("GET .*/me/albums"))
    async with released_at_exit(held.hold) as hold:
        harness.clock.advance(WEEK)
        assert harness.bot is not None
        await harness.bot.run_maintenance()
        await hold.response_ready.wait()
        reply = await (await backups.ada.run("/backup diff")).wait_for("still running from before")
        await (await reply.press("Stop")).wait_for("next backup comes at its usual time")
    await wait_until_erased(harness)
    assert not await backups.due(DAY)
    (message,) = await backups.due(WEEK - DAY)
    assert "changed since" in message["content"]


async def test_backup_that_is_offered_for_download_is_not_the_last_one(
    backups: Backups, harness: Harness, spotify: Spotify
) -> None:
    """The message does not have it, so the next comparison is with the one before."""
    await backups.turn_on()
    await backups.due()
    dm = harness.discord.state.find_channel(harness.discord.state.users["ada"], "dm")
    limit, dm.attachment_limit = dm.attachment_limit, 2_000
    ada = spotify.accounts["ada"]
    ada.remove(ada.liked[0][0])
    (message,) = await backups.due(WEEK)
    assert "too big for Discord" in message["content"]
    assert list(backups.files(message)) == ["changes.csv"]
    dm.attachment_limit = limit
    ada.remove(ada.liked[0][0])
    reply = await (await backups.ada.run("/backup diff")).wait_for("changed since <t:")
    assert "**Liked songs**: 2 removed" in reply.text
