"""When Spotify no longer accepts a login: one person is told, many are an outage."""

from __future__ import annotations

from bot.spotify.consent import ends_at
from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.renewing import (
    INVALID_GRANT,
    PEOPLE,
    renewals,
    stored,
)


async def linked_all(stage: Stage) -> list[Seat]:
    return [await stage.link(user) for user in PEOPLE]


async def refused(stage: Stage, seat: Seat) -> str:
    """What somebody reads whose renewal is answered invalid_grant."""
    stage.spotify.expire_access_tokens()
    faults = stage.spotify.accounts_faults
    faults.add(Fault("POST /api/token", status=400, body=INVALID_GRANT))
    text = (await seat.run("/now")).text
    faults.clear()
    return text


def ended(stage: Stage) -> set[str]:
    return {user for user in PEOPLE if (row := stored(stage, user)) and row["ended"]}


async def test_one_login_that_spotify_ended_keeps_its_row_and_settings(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await (await linked.run("/settings")).press("Turn off")
    before = stored(stage)
    spotify.end_consent("ada")
    spotify.expire_access_tokens()
    reply = await linked.run("/now")
    assert "no longer accepts your login" in reply.text
    assert before is not None
    assert stored(stage) == before | {"ended": 1}
    asked = renewals(spotify)
    await stage.restart()
    assert "no longer accepts your login" in (await linked.run("/now")).text
    assert renewals(spotify) == asked, "Spotify has said so, and is not asked again"
    await stage.link("ada")
    assert "Ada's Laptop" in (await linked.run("/now")).text
    assert "no reminders" in (await linked.run("/account")).text


async def test_a_renewal_whose_answer_is_lost_needs_a_new_login_in_the_end(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    """Spotify has given a new token that never arrived, and the old one is dead."""
    spotify.refresh_reply = "new"
    spotify.expire_access_tokens()
    spotify.accounts_faults.add(Fault("POST /api/token", act="reset", executed=True))
    assert "not answering properly" in (await linked.run("/now")).text
    assert ended(stage) == set()
    assert "no longer accepts your login" in (await linked.run("/now")).text
    assert ended(stage) == {"ada"}


async def test_many_logins_refused_within_minutes_are_an_outage(stage: Stage) -> None:
    seats = await linked_all(stage)
    told = [await refused(stage, seat) for seat in seats]
    assert ["no longer accepts" in text for text in told] == [True, True, False]
    assert "not answering properly" in told[2]
    assert ended(stage) == set()
    assert "not answering properly" in await refused(stage, seats[0])
    assert ended(stage) == set()
    for seat in seats:
        assert "no longer accepts" not in (await seat.run("/now")).text


async def test_logins_refused_one_after_the_other_are_not_an_outage(stage: Stage) -> None:
    for seat in await linked_all(stage):
        assert "no longer accepts" in await refused(stage, seat)
        stage.clock.advance(5 * 60)
    assert ended(stage) == set(PEOPLE)


async def test_logins_that_end_when_they_had_to_are_not_an_outage(stage: Stage) -> None:
    seats = await linked_all(stage)
    stage.clock.advance(ends_at(stage.clock()) - stage.clock())
    for seat in seats:
        assert "no longer accepts" in (await seat.run("/now")).text
    assert ended(stage) == set(PEOPLE)
