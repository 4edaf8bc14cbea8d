"""Player actions round-trip through custom_ids; positions and volumes are parsed."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors.content import InvalidPosition, InvalidVolume
from bot.player import parsing
from bot.player.actions import (
    LIKED_SONGS,
    LISTED_ITEMS,
    ActionVerb,
    PlayerAction,
    play_action,
    queue_action,
    seek_action,
    volume_action,
)
from bot.spotify.uris import Kind, Uri

# Discord's limit for a custom_id, and the longest prefix before an action in it.
MAX_CUSTOM_ID_LENGTH, MAX_PREFIX_LENGTH = 100, 30

_ids = st.text("0123456789ABCxyz", min_size=21, max_size=21).map(lambda digits: f"0{digits}")
_starts = st.integers(0, 10**6).map(lambda seconds: seconds * 1000)
_uris = st.builds(Uri, st.sampled_from(Kind), _ids, _starts)
_shuffle_options = st.sampled_from([None, True, False])
_time_strings = st.from_regex(r"\A\d{1,3}:[0-5]\d\Z") | st.from_regex(r"\A[+-]?\d{1,6} ?s?\Z")
_positions = _time_strings | st.integers(0, 100).map(lambda percent: f" {percent} % ")
_volume_levels = st.from_regex(r"\A([+-]\d{1,3}|\d\d?) ?%?\Z") | st.sampled_from(["mute", " MUTE "])
_modes = st.sampled_from(
    [PlayerAction("shuffle", "on"), PlayerAction("shuffle", "off"), PlayerAction("repeat", "track")]
)
_plain_actions = st.sampled_from(
    [verb for verb in get_args(ActionVerb) if verb not in ("play", "queue")]
)

actions = st.one_of(
    _plain_actions.map(PlayerAction),
    _modes,
    st.builds(play_action, _uris, _shuffle_options),
    _shuffle_options.map(lambda shuffle: PlayerAction("play", LIKED_SONGS, shuffle)),
    _shuffle_options.map(lambda shuffle: PlayerAction("resume", shuffle=shuffle)),
    st.builds(queue_action, _uris, now=st.booleans()),
    st.booleans().map(lambda now: PlayerAction("queue", LISTED_ITEMS, now=now)),
    _positions.filter(str.isascii).map(seek_action),
    _volume_levels.filter(str.isascii).map(volume_action),
)


@given(actions)
def test_action_round_trips_through_text(action: PlayerAction) -> None:
    assert PlayerAction.parse(str(action)) == action
    assert len(str(action)) <= MAX_CUSTOM_ID_LENGTH - MAX_PREFIX_LENGTH


@given(st.text(max_size=40) | actions.map(lambda action: f"{action} now"))
def test_parsed_text_round_trips_or_is_rejected(text: str) -> None:
    try:
        action = PlayerAction.parse(text)
    except ValueError:
        return
    assert str(action) == text


def test_invalid_action_text_is_rejected() -> None:
    for text in ("", " ", "now", "dance", "next ", " next", "seek 1 2", "play  x"):
        with pytest.raises(ValueError, match="not a player action"):
            PlayerAction.parse(text)


@given(_uris)
def test_play_and_queue_actions_keep_uri(uri: Uri) -> None:
    assert play_action(uri).uri == queue_action(uri).uri == uri
    played = PlayerAction.parse(str(play_action(uri))).uri
    assert played is not None
    assert played.start_ms == uri.start_ms
    assert (
        PlayerAction("play", LIKED_SONGS).uri
        is PlayerAction("queue", LISTED_ITEMS).uri
        is PlayerAction("next").uri
        is None
    )


# ---- positions

SECOND_MS = 1000
TRACK_LENGTH_MS = 200 * SECOND_MS


def test_position_is_parsed() -> None:
    for text, seconds in (
        ("0", 0),
        ("83", 83),
        ("83s", 83),
        (" 83 s ", 83),
        ("1:23", 83),
        ("01:23", 83),
        ("0:01:23", 83),
        ("1:3", 63),
        ("+30", 90),
        ("-15", 45),
        ("-600", 0),
        ("+0", 60),
        ("0%", 0),
        ("50%", 100),
        ("50 %", 100),
        ("99%", 198),
        ("199", 199),
    ):
        normalised = parsing.normalise_position(text)
        assert " " not in normalised
        position = parsing.parse_position(normalised, 60 * SECOND_MS, TRACK_LENGTH_MS)
        assert position == seconds * SECOND_MS, text


def test_position_is_before_end_of_track() -> None:
    """At the end of the track Spotify would skip to the next one."""
    for text in ("200", "3:20", "100%", "+140", "999999", "9:00:00"):
        with pytest.raises(InvalidPosition) as error:
            parsing.parse_position(
                parsing.normalise_position(text), 60 * SECOND_MS, TRACK_LENGTH_MS
            )
        assert "3:20" in error.value.message


def test_invalid_position_is_rejected() -> None:
    for text in (
        "",
        " ",
        "x",
        "1:",
        ":5",
        "1:60",
        "--5",
        "+-5",
        "1 23",
        "٣٠",
        "1.5",
        "5%%",
        "1:2:3:4",
    ):
        with pytest.raises(InvalidPosition, match="InvalidPosition"):
            parsing.normalise_position(text)


def test_position_over_100_percent_is_rejected() -> None:
    with pytest.raises(InvalidPosition, match="InvalidPosition"):
        parsing.parse_position("101%", 0, TRACK_LENGTH_MS)


# ---- volumes


def test_volume_is_parsed() -> None:
    for text, level in (
        ("0", 0),
        ("40", 40),
        ("40%", 40),
        (" 40 % ", 40),
        ("100", 100),
        ("+10", 65),
        ("-10", 45),
        ("+99", 100),
        ("-99", 0),
        ("mute", 0),
        (" Mute ", 0),
    ):
        normalised = parsing.normalise_volume(text)
        assert " " not in normalised
        assert parsing.parse_volume(normalised, 55) == level, text


def test_invalid_volume_is_rejected() -> None:
    for text in ("", "loud", "101", "1000", "--1", "4 0", "٤٠", "½", "mute 5"):
        with pytest.raises(InvalidVolume, match="InvalidVolume"):
            parsing.normalise_volume(text)


def test_volume_over_100_is_rejected() -> None:
    with pytest.raises(InvalidVolume, match="InvalidVolume"):
        parsing.parse_volume("101", 50)


def test_relative_volume_without_current_volume_is_rejected() -> None:
    for text in ("+10", "-10"):
        with pytest.raises(InvalidVolume) as error:
            parsing.parse_volume(text, None)
        assert "doesn’t say how loud it is" in error.value.message
