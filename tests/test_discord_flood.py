"""Each kind of command survives each of Discord's faults at each stage of its reply."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import pytest

from bot.client import Tonearm
from bot.notifications.jobs import RETRY_DELAY
from sandbox.discord import RequestKind
from sandbox.discord.faults import FAULTS, refusal
from sandbox.discord.interactions import Interaction
from sandbox.discord.state import LOADING
from sandbox.discord.visible_text import visible_text
from sandbox.fault_injection import Fault
from sandbox.harness import run_harness
from tests.cost_session import CostSession, SessionStep
from tests.fast_forward import FastForwardLoop, run_fast_forward

# Seconds that Discord gets to take a reply: too few for a request that discord.py repeats. A file
# gets six times as many, and the gateway's connection breaks after 60.
REPLY_TIMEOUT = 5.0
UNTIL_TIMEOUT = 6 * REPLY_TIMEOUT + 1
# The requests of a reply.
STAGES = (
    RequestKind.FIRST_RESPONSE,
    RequestKind.FOLLOW_UP,
    RequestKind.EDIT,
    RequestKind.DELETION,
    RequestKind.UPLOAD,
)
# After these faults, the bot waits: for the answer, or this many seconds before it repeats the
# request.
STALLS = ("no answer", "late answer")
REPEATED = {"500 after effect": 1, "long rate limit": 1200, "503": 1}
# What Discord answers if another process has responded, or nobody within three seconds.
LOST: dict[str, Callable[[str], Fault]] = {
    "acknowledged": partial(refusal, 400, code=40060),
    "expired": partial(refusal, 404, code=10062),
}
# Of a search at Spotify, and of a fixed list, which discord.py sends by itself.
COMPLETED_LINES = ("/play lantern", "/sleep when:")
_INVITATION = re.compile(r"(?i)try again|use the command again|again in|use it again")


def _run(line: str) -> SessionStep:
    return lambda session: session.ada.run(line.replace("ALBUM", session.album_url))


def _press(label: str) -> SessionStep:
    return lambda session: session.press(label)


def _open(line: str) -> SessionStep:
    return lambda session: session.run(line.replace("ALBUM", session.album_url))


async def _link(session: CostSession) -> None:
    await session.harness.link_account("ada")


async def _open_unlink(session: CostSession) -> None:
    await _link(session)
    await session.run("/unlink")


async def _open_playlist_menu(session: CostSession) -> None:
    await session.run("/search lantern")
    session.message = (await session.press("Add to playlist")).message


async def _empty_liked_songs(session: CostSession) -> None:
    """In Spotify's app: /save writes nothing if the song is saved already."""
    account = session.harness.spotify.accounts["ada"]
    account.remove(*account.saved_uris("track"))


@dataclass(frozen=True)
class Family:
    """Commands that reply in the same way.

    act      sends the interaction that meets the fault
    prepare  opens the message with the button
    shared   the user's replies are public
    changes  whether it writes something
    """

    name: str
    act: SessionStep
    prepare: SessionStep | None = None
    shared: bool = False
    changes: bool = True


FAMILIES = (
    Family("/next", _run("/next")),
    Family("/next, public", _run("/next"), shared=True),
    Family("/queue add", _run("/queue add lantern")),
    Family("/save", _run("/save"), _empty_liked_songs),
    Family("Queue below a song", _press("Queue"), _open("/search lantern")),
    Family("Share", _press("Share"), _open("/search lantern"), changes=False),
    Family("a playlist", lambda session: session.select(1), _open_playlist_menu),
    Family("Queue them", _press("Queue them"), _open("/queue add what:ALBUM")),
    Family("/sleep", _run("/sleep 30m")),
    Family("the panel", _press("⏭️"), _open("/now")),
    Family("a setting", lambda session: session.press("set:playing:"), _open("/settings")),
    Family("Unlink", _press("Unlink and erase"), _open_unlink),
    Family("/search", _run("/search lantern"), changes=False),
    Family("/export", _run("/export what:liked-songs format:json"), changes=False),
    Family("/account", _run("/account"), changes=False),
)


@dataclass
class Result:
    """What the user sees after a fault at a stage of the reply, and the writes that Spotify got."""

    fault: str
    stage: RequestKind
    text: str
    thinking: bool
    writes: list[str]


async def _meet(
    session: CostSession, family: Family, name: str, fault: Fault, loop: FastForwardLoop
) -> bool:
    """Run a command of this family until the bot has finished. Returns whether it met the fault."""
    harness, discord = session.harness, session.harness.discord
    assert harness.bot is not None
    panels = harness.bot.services.panels
    await panels.close()  # no refresh of a panel is to meet the fault
    await (family.prepare or _nothing)(session)
    await panels.close()
    harness.clock.advance(60)  # no press is a double press
    waits = loop.next_wait(REPEATED[name]) if name in REPEATED else fault.struck
    discord.faults.add(fault)
    action = asyncio.ensure_future(family.act(session))
    over = asyncio.create_task(_until_over(harness.bot, action, fault))
    begun = [asyncio.create_task(waits.wait())] if name in (*STALLS, *REPEATED) else []
    async with asyncio.timeout(2 * UNTIL_TIMEOUT):
        await asyncio.wait({over, *begun}, return_when=asyncio.FIRST_COMPLETED)
        if begun and waits.is_set():
            loop.ahead += UNTIL_TIMEOUT
        await over
    discord.faults.clear()
    for task in (action, *begun):
        task.cancel()
    await asyncio.gather(action, *begun, return_exceptions=True)
    return fault.hits > 0


async def _until_over(bot: Tonearm, action: asyncio.Future[Any], fault: Fault) -> None:
    """Return when the bot has finished what the action began, also if its user sees no reply."""
    struck = asyncio.create_task(fault.struck.wait())
    await asyncio.wait({action, struck}, return_when=asyncio.FIRST_COMPLETED)
    struck.cancel()
    idle, jobs = bot._in_flight._idle, bot.services.jobs
    while jobs.tasks or not idle.is_set():
        await idle.wait()
        await asyncio.gather(*jobs.tasks)


async def _nothing(_: CostSession) -> None:
    return None


def _text(interaction: Interaction) -> str:
    return "\n".join(
        visible_text(message.data) for message in interaction.messages if not message.deleted
    )


def _is_thinking(interaction: Interaction) -> bool:
    return any(m.flags & LOADING for m in interaction.messages if not m.deleted)


def _faults(stage: RequestKind) -> dict[str, Callable[[str], Fault]]:
    """The faults that the requests of a stage meet."""
    faults: dict[str, Callable[[str], Fault]] = dict(FAULTS)
    if stage == RequestKind.FIRST_RESPONSE:
        faults |= LOST
    if stage in (RequestKind.EDIT, RequestKind.FOLLOW_UP):
        # Discord refuses every edit, or every follow-up, and accepts the other.
        faults |= {"invalid body": partial(FAULTS["invalid body"], times=None)}
    else:
        del faults["invalid body"]
    return faults


async def _meet_all(
    session: CostSession, family: Family, loop: FastForwardLoop
) -> AsyncIterator[Result]:
    """The results of all faults at the stages that the family's reply has."""
    spotify, interactions = session.harness.spotify, session.harness.discord.interactions
    for stage in STAGES:
        for name, make in _faults(stage).items():
            before = len(spotify.calls)
            if not await _meet(session, family, name, make(f" {stage}$"), loop):
                break
            writes = [str(call) for call in spotify.calls[before:] if call.method != "GET"]
            interaction = interactions.all()[-1]
            yield Result(name, stage, _text(interaction), _is_thinking(interaction), writes)


def _check(family: Family, result: Result, caplog: pytest.LogCaptureFixture) -> None:
    assert len(result.writes) == len(set(result.writes)), result
    assert not result.thinking, result
    if result.stage == RequestKind.FIRST_RESPONSE:
        assert not result.writes, result
    elif family.changes:
        assert not _INVITATION.search(result.text), result
    if result.fault in LOST:
        assert not result.text, result
        assert {record.levelname for record in caplog.records} == {"INFO"}, result
    elif result.fault != "invalid body":  # which is a bug, and logged as one
        assert not [record for record in caplog.records if record.exc_info], result


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_fault_at_every_stage(family: Family, caplog: pytest.LogCaptureFixture) -> None:
    """No write runs twice, no reply invites to repeat one, "Thinking…" ends, nothing is a bug.

    An interaction that was lost to another process, or after three seconds, is not executed.
    """
    caplog.set_level(logging.INFO)

    async def meet_all(loop: FastForwardLoop) -> None:
        stages = set()
        async with run_harness(reply_timeout=REPLY_TIMEOUT) as harness:
            harness.clock.skipped = RETRY_DELAY  # the result of an export is sent again at once
            session = CostSession(harness, await harness.link_account("ada"))
            session.player.resume()
            if family.shared:
                await (await session.ada.run("/settings")).press("set:replies:on")
            await session.run("/repeat all")  # so that the last song can be skipped
            async for result in _meet_all(session, family, loop):
                stages.add(result.stage)
                _check(family, result, caplog)
                caplog.clear()
        assert len(stages) > 1

    run_fast_forward(meet_all)


async def test_refused_choices_are_normal(caplog: pytest.LogCaptureFixture) -> None:
    """Refused choices are not sent again; the next keystroke gets its choices."""
    caplog.set_level(logging.INFO)
    fast = {name: make for name, make in FAULTS.items() if name not in (*STALLS, *REPEATED)}
    async with run_harness() as harness:
        ada = await harness.link_account("ada")
        for (name, make), line in product({**fast, **LOST}.items(), COMPLETED_LINES):
            caplog.clear()
            fault = harness.discord.faults.add(make(f" {RequestKind.AUTOCOMPLETE}$"))
            fault.times = None
            typing = asyncio.ensure_future(ada.autocomplete(line))
            await asyncio.wait_for(fault.struck.wait(), 10)
            harness.discord.faults.clear()
            harness.clock.advance(3)
            await asyncio.gather(typing, return_exceptions=True)
            assert await ada.autocomplete(line), name
            assert fault.hits == 1, name
            assert not [r for r in caplog.records if r.levelno > logging.INFO], name
