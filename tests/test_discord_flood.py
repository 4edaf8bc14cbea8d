"""Each kind of command survives each of Discord's faults at each stage of its reply."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import product

import pytest

from bot.interactions.responses import REPLY_TIMEOUT
from sandbox.discord import RequestKind
from sandbox.discord.faults import FAULTS, refusal
from sandbox.discord.interactions import Interaction
from sandbox.discord.state import LOADING
from sandbox.discord.visible_text import visible_text
from sandbox.fault_injection import Fault
from sandbox.harness import run_harness
from tests.cost_session import CostSession, SessionStep

# Seconds that Discord gets to take a reply while a slow fault is tried: less than the second after
# which discord.py repeats a request. All other faults are answered at once, so the bot waits as
# long as in production, and a stall of the machine is not taken for a fault.
SHORT_REPLY_TIMEOUT = 0.8
# The requests of a reply.
STAGES = (
    RequestKind.FIRST_RESPONSE,
    RequestKind.FOLLOW_UP,
    RequestKind.EDIT,
    RequestKind.DELETION,
    RequestKind.UPLOAD,
)
# Faults that take the whole timeout or longer. Each family meets one of them.
SLOW_FAULTS = ("no answer", "late answer", "500 after effect", "long rate limit", "503")
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
    """What the user sees after the fault, and the writes that Spotify got."""

    text: str
    thinking: bool
    writes: list[str]
    fault_met: bool


async def _meet(session: CostSession, family: Family, fault: Fault) -> Result:
    """Run a command of this family with a fault, and wait until the bot has finished."""
    harness, discord = session.harness, session.harness.discord
    assert harness.bot is not None
    panels = harness.bot.services.panels
    await panels.close()  # no refresh of a panel is to meet the fault
    await (family.prepare or _nothing)(session)
    await panels.close()
    harness.clock.advance(60)  # no press is a double press
    before = len(harness.spotify.calls)
    last = discord.interactions.all()[-1]
    discord.faults.add(fault)
    action = asyncio.ensure_future(family.act(session))
    hit = asyncio.ensure_future(discord.changes.wait_until(partial(_is_met, fault), timeout=10))
    await asyncio.wait({action, hit}, return_when=asyncio.FIRST_COMPLETED)
    jobs, idle = harness.bot.services.jobs, harness.bot._in_flight._idle
    async with asyncio.timeout(40):
        while not idle.is_set() or jobs.tasks:
            waits = [asyncio.ensure_future(idle.wait()), *jobs.tasks]
            await asyncio.wait(waits, timeout=4)
            waits[0].cancel()
            if jobs.tasks:
                harness.clock.advance(60)  # the result of an export is sent again later
    discord.faults.clear()
    for task in (action, hit):
        task.cancel()
    await asyncio.gather(action, hit, return_exceptions=True)
    interaction = discord.interactions.all()[-1]
    assert interaction is not last
    calls = [str(call) for call in harness.spotify.calls[before:] if call.method != "GET"]
    return Result(_text(interaction), _is_thinking(interaction), calls, fault.hits > 0)


def _is_met(fault: Fault) -> bool:
    return fault.hits > 0


async def _nothing(_: CostSession) -> None:
    return None


def _text(interaction: Interaction) -> str:
    return "\n".join(
        visible_text(message.data) for message in interaction.messages if not message.deleted
    )


def _is_thinking(interaction: Interaction) -> bool:
    return any(m.flags & LOADING for m in interaction.messages if not m.deleted)


async def _meet_all(
    family: Family,
    faults: dict[str, Callable[[str], Fault]],
    stages: Iterable[RequestKind],
    reply_timeout: float = REPLY_TIMEOUT,
) -> list[tuple[str, RequestKind, Result]]:
    """The results of these faults at the stages that the family's reply has."""
    results = []
    async with run_harness(reply_timeout=reply_timeout) as harness:
        session = CostSession(harness, await harness.link_account("ada"))
        harness.spotify.accounts["ada"].player.resume()
        if family.shared:
            await (await session.ada.run("/settings")).press("set:replies:on")
        await session.run("/repeat all")  # so that the last song can be skipped
        for stage in stages:
            for name, make in faults.items():
                result = await _meet(session, family, make(f" {stage}$"))
                if not result.fault_met:
                    break
                results.append((name, stage, result))
    return results


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
async def test_every_fault_at_every_stage(family: Family, caplog: pytest.LogCaptureFixture) -> None:
    """No write runs twice, no reply invites to repeat one, "Thinking…" ends, nothing is a bug."""
    caplog.set_level(logging.INFO)
    slow = SLOW_FAULTS[FAMILIES.index(family) % len(SLOW_FAULTS)]
    left_out = {*SLOW_FAULTS, "invalid body"}
    faults = {name: make for name, make in FAULTS.items() if name not in left_out}
    stages = set()
    for name, stage, result in [
        *await _meet_all(family, faults, STAGES),
        *await _meet_all(family, {slow: FAULTS[slow]}, STAGES, SHORT_REPLY_TIMEOUT),
    ]:
        stages.add(stage)
        assert len(result.writes) == len(set(result.writes)), (name, stage, result)
        assert not result.thinking, (name, stage, result)
        if stage == RequestKind.FIRST_RESPONSE:
            assert not result.writes, (name, result)
        elif family.changes:
            assert not _INVITATION.search(result.text), (name, stage, result)
    assert len(stages) > 1
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("stage", [RequestKind.EDIT, RequestKind.FOLLOW_UP])
async def test_reply_goes_another_way_if_one_way_is_closed(stage: RequestKind) -> None:
    """Discord refuses each edit, or each follow-up, and accepts the other."""
    refuse = partial(refusal, 400, code=50035, times=None)
    for family in FAMILIES:
        for _, _, result in await _meet_all(family, {"refusal": refuse}, [stage]):
            assert not result.thinking, (family, result)
            assert not family.changes or not _INVITATION.search(result.text), (family, result)


async def test_lost_interaction_is_not_executed_and_not_mentioned(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another process has answered it, or nobody within three seconds."""
    caplog.set_level(logging.INFO)
    for family in FAMILIES:
        for _, _, result in await _meet_all(family, LOST, [RequestKind.FIRST_RESPONSE]):
            assert not result.text, (family, result)
            assert not result.writes, (family, result)
    assert {record.levelname for record in caplog.records} == {"INFO"}


async def test_refused_choices_are_normal(caplog: pytest.LogCaptureFixture) -> None:
    """Refused choices are not sent again; the next keystroke gets its choices."""
    caplog.set_level(logging.INFO)
    fast = {name: make for name, make in FAULTS.items() if name not in SLOW_FAULTS}
    async with run_harness() as harness:
        ada = await harness.link_account("ada")
        for (name, make), line in product({**fast, **LOST}.items(), COMPLETED_LINES):
            caplog.clear()
            fault = harness.discord.faults.add(make(f" {RequestKind.AUTOCOMPLETE}$"))
            fault.times = None
            typing = asyncio.ensure_future(ada.autocomplete(line))
            await harness.discord.changes.wait_until(partial(_is_met, fault))
            harness.discord.faults.clear()
            harness.clock.advance(3)
            await asyncio.gather(typing, return_exceptions=True)
            assert await ada.autocomplete(line), name
            assert fault.hits == 1, name
            assert not [r for r in caplog.records if r.levelno > logging.INFO], name
