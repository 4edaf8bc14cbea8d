"""Replies leave out what Spotify does not return, and never invent it."""

from __future__ import annotations

import json

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify

JSON_HEADERS = {"Content-Type": "application/json"}
INVISIBLE_NAME = "\u3164\u200d\u2800"


def _track_json(**fields: object) -> dict[str, object]:
    ids = {"id": "4uLU6hMCjMI75M1A2tKUQC", "uri": "spotify:track:4uLU6hMCjMI75M1A2tKUQC"}
    return {"type": "track", "name": "Nothing to See", **ids, **fields}


def _set_search_result(spotify: Spotify, track: dict[str, object]) -> None:
    """Make the next search return only this track."""
    body = json.dumps({"tracks": {"items": [track], "total": 1, "limit": 10, "offset": 0}})
    spotify.faults.add(Fault("GET .*/search", status=200, body=body, headers=JSON_HEADERS))


def _set_playback(spotify: Spotify, track: dict[str, object], progress_ms: int | None) -> None:
    """Make Spotify report once that this track is playing."""
    state = {"is_playing": True, "currently_playing_type": "track", "item": track}
    body = json.dumps({**state, "progress_ms": progress_ms})
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body=body, headers=JSON_HEADERS))


@pytest.mark.parametrize("length", [{}, {"duration_ms": None}, {"duration_ms": 0}])
async def test_list_omits_unknown_duration(
    spotify: Spotify, linked_user: UserClient, length: dict[str, object]
) -> None:
    _set_search_result(spotify, _track_json(artists=[{"name": "Nobody"}], **length))
    line = (await linked_user.run("/search x")).text.splitlines()[1]
    assert line.startswith("1. ▸ [Nothing to See](https://open.spotify.com/track/")
    assert line.endswith(" · Nobody")


async def test_now_playing_omits_unknown_times(spotify: Spotify, linked_user: UserClient) -> None:
    for length, progress_ms, expected in (
        (200_000, 62_000, "\n▰▰▰▱▱▱▱▱▱▱ 1:02 / 3:20\n"),
        (7_200_000, 3_723_000, "\n▰▰▰▰▰▱▱▱▱▱ 1:02:03 / 2:00:00\n"),
        (None, 62_000, "\n1:02\n"),
        (0, 62_000, "\n1:02\n"),
        (200_000, None, "Unknown artist\n-# Playing\n-# On Spotify"),
        (None, None, "Unknown artist\n-# Playing\n-# On Spotify"),
    ):
        _set_playback(spotify, _track_json(duration_ms=length), progress_ms)
        text = (await linked_user.run("/now")).text
        assert expected in text
        assert " 0:00" not in text


async def test_invisible_name_is_untitled(spotify: Spotify, linked_user: UserClient) -> None:
    _set_search_result(
        spotify, _track_json(name=INVISIBLE_NAME, artists=[{"name": INVISIBLE_NAME}])
    )
    reply = await linked_user.run("/search x")
    assert "1. ▸ [Untitled](https://" in reply.text
    assert "**[Untitled](https://" in reply.text
    assert "Untitled – Unknown artist" in reply.text
    assert reply.text.count("Unknown artist") == 3


async def test_invisible_artists_are_omitted(spotify: Spotify, linked_user: UserClient) -> None:
    _set_search_result(
        spotify,
        _track_json(artists=[{"name": INVISIBLE_NAME}, {"name": "Seen"}, {"name": INVISIBLE_NAME}]),
    )
    reply = await linked_user.run("/search x")
    assert " · Seen\n" in reply.text
    assert "\nSeen\n-# On Spotify" in reply.text
    assert "– Seen" in reply.text
