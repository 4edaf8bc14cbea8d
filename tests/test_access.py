"""Who may use the bot: ALLOWED_GUILDS, ALLOWED_USERS, and people who are blocked."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.browser import Browser
from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness
from tests.export_jobs import job_rows, wait_until_erased
from tests.program import ROOT
from tests.storage_health import maintain

NOT_OPEN = "This bot isn’t open to everyone here. Ask this bot’s owner"
NOT_YET = "Use a command in one of this bot’s servers first"


async def _restrict(harness: Harness, *guilds: str, users: tuple[str, ...] = ()) -> None:
    """Restart the bot with these servers and users in its settings."""
    state = harness.discord.state
    harness.settings = replace(
        harness.settings,
        allowed_guilds=frozenset(int(each.id) for each in state.guilds if each.name in guilds),
        allowed_users=frozenset(int(state.users[name].id) for name in users),
    )
    await harness.restart()


async def _is_refused(user: UserClient, sentence: str = NOT_OPEN) -> bool:
    """Whether a command gets the sentence, which only its user sees, and nothing else."""
    reply = await user.run("/help")
    if not reply.text.startswith(sentence):
        return False
    assert reply.ephemeral
    assert len(reply.messages) == 1
    return True


async def test_every_kind_of_interaction_is_refused_before_anything_else(harness: Harness) -> None:
    ada = await harness.link_account("ada")
    harness.spotify.accounts["ada"].player.resume()
    shown = await ada.run("/search lantern")
    panel = await ada.run("/now")
    assert await ada.autocomplete("/play what:lantern")
    await _restrict(harness, users=("linus",))
    before = len(harness.spotify.calls)
    harness.clock.advance(60)
    sent = harness.discord.user_client("grace", "music").send("https://open.spotify.com/track/1")
    for reply in (
        await ada.run("/pause"),
        await shown.press("Queue"),
        await shown.pick("0"),
        await ada.use_context_menu("What are they playing?", user="grace"),
        await ada.use_context_menu("Add to playlist", message=sent),
        await panel.press("Pause"),
    ):
        assert NOT_OPEN in reply.text
        assert reply.ephemeral
    assert await ada.autocomplete("/play what:lantern") == []
    assert len(harness.spotify.calls) == before
    linus = harness.discord.user_client("linus", "music")
    assert not await _is_refused(linus)
    await _restrict(harness)
    assert not await _is_refused(ada)


async def test_open_form_is_refused_when_it_is_sent() -> None:
    async with run_harness() as harness:
        ada = harness.discord.user_client("ada", "music")
        reply = await ada.run("/link")
        async with Browser() as browser:
            await browser.log_in(harness.find_login_offer(reply).url, account="ada", discord="ada")
        await reply.wait_for("Almost done")
        form = await reply.press("Enter code")
        await _restrict(harness, users=("linus",))
        assert NOT_OPEN in (await form.submit(code="ABCD-EFGH")).text


async def test_allowed_servers_admit_their_members_there_and_then_in_messages() -> None:
    async with run_harness(OPERATOR_CONTACT="ada@example.org") as harness:
        users = harness.discord.user_client
        await harness.link_account("linus")
        await _restrict(harness, "Harbour")
        assert await _is_refused(users("ada", "night"))
        assert await _is_refused(users("ada", "elsewhere"))
        assert await _is_refused(users("grace", "dm"), NOT_YET)
        assert await _is_refused(users("grace", "huddle"), NOT_YET)
        assert "ask this bot’s owner (ada@example.org)" in (
            (await users("grace", "dm").run("/help")).text
        )
        assert not await _is_refused(users("grace", "music"))
        assert not await _is_refused(users("grace", "dm"))
        assert not await _is_refused(users("linus", "dm"))  # linked before
        await users("grace", "music").run("/unlink")
        assert await _is_refused(users("grace", "dm"), NOT_YET)
        await _restrict(harness, "Harbour", users=("mallory",))
        assert not await _is_refused(users("mallory", "night"))
        assert not await _is_refused(users("mallory", "dm"))
        assert not await _is_refused(users("grace", "music"))
        await _restrict(harness, users=("mallory",))
        assert await _is_refused(users("linus", "dm"))


async def _command(harness: Harness, *arguments: str) -> str:
    """The output of a command of the command line that succeeds, beside the harness's bot."""
    settings = harness.settings
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": "x",
        "SPOTIFY_CLIENT_ID": settings.spotify_client_id,
        "PUBLIC_URL": settings.public_url,
        "DATABASE": str(settings.database),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=Path(settings.database).parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), timeout=20)
    assert process.returncode == 0, output.decode()
    return output.decode()


@pytest.mark.slow  # it starts eight processes
async def test_block_erases_and_keeps_out_also_beside_a_running_bot(harness: Harness) -> None:
    ada, grace = await harness.link_account("ada"), await harness.link_account("grace")
    ids = [harness.discord.state.users[name].id for name in ("ada", "grace")]
    bot = harness.bot
    assert bot is not None
    harness.spotify.add_quota("GET .*/me/tracks", calls=0, retry_after=3600)
    await (await ada.run("/export what:liked-songs format:csv")).wait_for("I’ll go on by myself")
    assert job_rows(harness)
    assert "Within a minute, the running bot obeys" in await _command(harness, "block", ids[0])
    await maintain(harness)
    await wait_until_erased(harness)
    assert await _is_refused(ada)
    assert await bot.services.store.accounts.all() == [
        await bot.services.store.accounts.get(int(ids[1]))
    ]
    assert "was blocked already" in await _command(harness, "block", ids[0])
    people = await _command(harness, "people")
    assert f"{ids[0]}  blocked" in people
    assert people.endswith("1 linked account, 1 blocked.\n")
    await harness.stop()
    erased = await _command(harness, "block", ids[1])
    assert erased == f"{ids[1]} is blocked now. Everything about {ids[1]} is erased.\n"
    assert "0 linked accounts, 2 blocked." in await _command(harness, "people")
    await harness.start()
    assert await _is_refused(ada)
    assert await _is_refused(grace)
    assert "obeys within a minute" in await _command(harness, "unblock", ids[0])
    await maintain(harness)
    assert not await _is_refused(ada)
    assert "weren’t blocked" in await _command(harness, "unblock", ids[0])
