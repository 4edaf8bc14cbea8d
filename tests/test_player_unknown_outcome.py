"""Lost responses: the bot does not repeat the write, and reports what is playing now."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify
from tests.unknown_outcome import (
    CHECK_SPOTIFY,
    OUTCOME_UNKNOWN,
    Attempt,
    PlayerBefore,
    each_attempt,
    expected_reply,
    search_and_press,
    sent_calls,
)


@each_attempt
@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 500, "body": '{"error": {"status": 500, "message": "Server error."}}'},
        {"action": "reset"},
    ],
    ids=["502", "500", "reset"],
)
async def test_reply_names_current_item(
    spotify: Spotify,
    linked_user: UserClient,
    attempt: Attempt,
    fault: dict[str, object],
    executed: bool,
) -> None:
    before = PlayerBefore.of(spotify)
    active_fault = Fault(f"{attempt.endpoint}$", runs_first=executed, times=None, **fault)  # type: ignore[arg-type]
    spotify.faults.add(active_fault)
    reply = await attempt.perform(linked_user)
    assert reply.text == expected_reply(spotify, before.player, attempt)
    assert reply.ephemeral
    assert sent_calls(spotify, attempt) == [executed]
    before.check(attempt, executed)


@each_attempt
async def test_reply_says_paused(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt
) -> None:
    player = spotify.accounts["ada"].player
    player.pause()
    spotify.faults.add(Fault(f"{attempt.endpoint}$", action="reset"))
    reply = await attempt.perform(linked_user)
    assert reply.text == expected_reply(spotify, player, attempt)
    assert "Paused now" in reply.text


@each_attempt
async def test_reply_says_nothing_is_playing(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt
) -> None:
    spotify.accounts["ada"].player.device = None
    spotify.faults.add(Fault(f"{attempt.endpoint}$", status=502))
    reply = await attempt.perform(linked_user)
    assert reply.text == f"{OUTCOME_UNKNOWN} Nothing is playing now. {attempt.advice}"
    assert len(sent_calls(spotify, attempt)) == 1


@each_attempt
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "body": '{"error": {"status": 404, "message": "Not found."}}'},
        {"status": 429, "headers": {"Retry-After": "60"}},
    ],
    ids=["404", "429"],
)
async def test_unreadable_state_says_where_to_look(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt, fault: dict[str, object]
) -> None:
    spotify.faults.add(Fault(f"{attempt.endpoint}$", action="reset"))
    spotify.faults.add(Fault("GET .*/me/player$", times=None, **fault))  # type: ignore[arg-type]
    assert (await attempt.perform(linked_user)).text == CHECK_SPOTIFY
    assert len(sent_calls(spotify, attempt)) == 1


async def test_unparsable_state_says_where_to_look(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.faults.add(Fault("me/player/next$", action="reset"))
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body="<html>hello", times=None))
    assert (await linked_user.run("/next")).text == CHECK_SPOTIFY


async def test_ad_is_not_reported_as_current_item(
    spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    player.interlude = "ad"
    spotify.faults.add(Fault("me/player/next$", action="reset"))
    assert (await linked_user.run("/next")).text.startswith(OUTCOME_UNKNOWN)


async def test_idempotent_write_is_retried(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.faults.add(Fault("PUT .*/me/library$", status=502, runs_first=True))
    reply = await search_and_press(linked_user, "Save")
    assert "Added" in reply.text
    assert len([call for call in spotify.calls if call.path == "me/library"]) == 2


@each_attempt
async def test_expired_token_is_not_an_unknown_outcome(
    spotify: Spotify, linked_user: UserClient, attempt: Attempt
) -> None:
    spotify.accounts["ada"].player.resume()
    spotify.on("GET /v1/(search|tracks/.*)$", spotify.tokens.expire_access_tokens)
    reply = await attempt.perform(linked_user)
    assert OUTCOME_UNKNOWN not in reply.text
    assert sent_calls(spotify, attempt).count(True) == 1
