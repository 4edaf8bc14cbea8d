"""What Spotify does not say is left out, and never made up."""

from __future__ import annotations

import json

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify

JSON = {"Content-Type": "application/json"}
NOTHING = "\u3164\u200d\u2800"


def _track(**known: object) -> dict[str, object]:
    there = {"id": "4uLU6hMCjMI75M1A2tKUQC", "uri": "spotify:track:4uLU6hMCjMI75M1A2tKUQC"}
    return {"type": "track", "name": "Nothing to See", **there, **known}


def _finds(spotify: Spotify, track: dict[str, object]) -> None:
    """The next search finds this one song."""
    body = json.dumps({"tracks": {"items": [track], "total": 1, "limit": 10, "offset": 0}})
    spotify.faults.add(Fault("GET .*/search", status=200, body=body, headers=JSON))


def _plays(spotify: Spotify, track: dict[str, object], progress_ms: int | None) -> None:
    """Spotify says next that it plays this."""
    state = {"is_playing": True, "currently_playing_type": "track", "item": track}
    body = json.dumps({**state, "progress_ms": progress_ms})
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body=body, headers=JSON))


@pytest.mark.parametrize("length", [{}, {"duration_ms": None}, {"duration_ms": 0}])
async def test_a_list_leaves_out_a_length_that_is_unknown(
    spotify: Spotify, linked: Seat, length: dict[str, object]
) -> None:
    _finds(spotify, _track(artists=[{"name": "Nobody"}], **length))
    first = (await linked.run("/search x")).text.splitlines()[1]
    assert first.startswith("1. [Nothing to See](https://open.spotify.com/track/")
    assert first.endswith(" · Nobody")


@pytest.mark.parametrize(
    ("length", "progress_ms", "says"),
    [
        (200_000, 62_000, "\n▰▰▰▱▱▱▱▱▱▱ 1:02 / 3:20\n"),
        (7_200_000, 3_723_000, "\n▰▰▰▰▰▱▱▱▱▱ 1:02:03 / 2:00:00\n"),
        (None, 62_000, "\n1:02\n"),
        (0, 62_000, "\n1:02\n"),
        (200_000, None, "Unknown artist\n-# On Spotify"),
        (None, None, "Unknown artist\n-# On Spotify"),
    ],
    ids=["both", "hours", "no length", "a length of 0", "no progress", "neither"],
)
async def test_what_plays_leaves_out_times_that_are_unknown(
    spotify: Spotify, linked: Seat, length: int | None, progress_ms: int | None, says: str
) -> None:
    _plays(spotify, _track(duration_ms=length), progress_ms)
    shown = (await linked.run("/now")).text
    assert says in shown
    assert " 0:00" not in shown


async def test_a_name_that_nobody_can_see_is_untitled_everywhere(
    spotify: Spotify, linked: Seat
) -> None:
    _finds(spotify, _track(name=NOTHING, artists=[{"name": NOTHING}]))
    reply = await linked.run("/search x")
    assert "1. [Untitled](https://" in reply.text
    assert "**[Untitled](https://" in reply.text
    assert "Untitled – Unknown artist" in reply.text
    assert reply.text.count("Unknown artist") == 3


async def test_artists_whom_nobody_can_see_are_left_out(spotify: Spotify, linked: Seat) -> None:
    _finds(spotify, _track(artists=[{"name": NOTHING}, {"name": "Seen"}, {"name": NOTHING}]))
    reply = await linked.run("/search x")
    assert " · Seen\n" in reply.text
    assert "\nSeen\n-# On Spotify" in reply.text
    assert "– Seen" in reply.text
