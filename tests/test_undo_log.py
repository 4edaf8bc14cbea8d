"""The log of changes for /undo: one for each user, for ten minutes, and each is undone once."""

from __future__ import annotations

import pytest

from bot.errors.bot_error import BotError
from bot.errors.content import NothingToUndo
from bot.errors.spotify import OutcomeUnknown, SpotifyDown
from bot.library.undo import UNDO_TTL, Change, UndoLog, Undone
from bot.spotify import Spotify
from sandbox.clock import Clock
from sandbox.discord import UserClient
from sandbox.harness import Harness

USER = 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> UndoLog:
    return UndoLog(monotonic=clock.monotonic)


@pytest.fixture
async def session(harness: Harness, linked_user: UserClient) -> Spotify:
    assert harness.bot is not None
    user_id = int(harness.discord.state.users[linked_user.user].id)
    return await harness.bot.services.sessions.session(user_id)


def _change(label: str, *errors: BotError) -> Change:
    """A change whose undo raises these errors before it succeeds."""
    remaining = list(errors)

    async def undo(_: Spotify) -> Undone:
        if remaining:
            raise remaining.pop(0)
        return Undone(f"Undone: {label}")

    return Change(label, undo)


async def test_the_last_change_is_undone_once(log: UndoLog, session: Spotify) -> None:
    log.record(USER, session, _change("first"))
    log.record(USER, session, _change("second"))
    change, undone = await log.undo(USER, session)
    assert (change.label, undone.message) == ("second", "Undone: second")
    with pytest.raises(NothingToUndo):
        await log.undo(USER, session)


async def test_a_change_is_forgotten_after_ten_minutes_and_with_its_user(
    log: UndoLog, clock: Clock, session: Spotify
) -> None:
    log.record(USER, session, _change("old"))
    clock.advance(UNDO_TTL - 1)
    assert log.last(USER)
    clock.advance(2)
    log.expire()
    assert not log._last
    log.record(USER, session, _change("new"))
    log.forget(USER)
    assert log.last(USER) is None


async def test_a_refused_undo_can_be_repeated_unless_it_may_have_happened(
    log: UndoLog, session: Spotify
) -> None:
    log.record(USER, session, _change("refused", SpotifyDown(), OutcomeUnknown()))
    for error in (SpotifyDown, OutcomeUnknown, NothingToUndo):
        with pytest.raises(error):
            await log.undo(USER, session)


async def test_a_change_of_another_spotify_account_is_not_undone(
    log: UndoLog, harness: Harness, session: Spotify
) -> None:
    log.record(USER, session, _change("of Ada's account"))
    await harness.link_account("ada", account="grace")
    assert harness.bot is not None
    user_id = int(harness.discord.state.users["ada"].id)
    with pytest.raises(NothingToUndo):
        await log.undo(USER, await harness.bot.services.sessions.session(user_id))
