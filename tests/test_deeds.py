"""Deeds are read back as they were written, and places and volumes are those that people mean."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadLevel, BadPosition
from bot.remote import positions
from bot.remote.deeds import LIKED, THESE, Deed, Verb, playing, queueing, seeking, turning
from bot.spotify.uris import KINDS, Uri

# Discord's, for a custom_id; what stands before a deed there is shorter than this.
LONGEST_ID, LONGEST_PREFIX = 100, 30

_ids = st.text("0123456789ABCxyz", min_size=22, max_size=22)
_uris = st.builds(Uri, st.sampled_from(KINDS), _ids)
_shuffles = st.sampled_from([None, True, False])
_clocks = st.from_regex(r"\A\d{1,3}:[0-5]\d\Z") | st.from_regex(r"\A[+-]?\d{1,6} ?s?\Z")
_places = _clocks | st.integers(0, 100).map(lambda share: f" {share} % ")
_levels = st.from_regex(r"\A([+-]\d{1,3}|\d\d?) ?%?\Z") | st.sampled_from(["mute", " MUTE "])
_modes = st.sampled_from([Deed("shuffle", "on"), Deed("shuffle", "off"), Deed("repeat", "track")])
_plain = st.sampled_from([verb for verb in get_args(Verb) if verb not in ("play", "queue")])

deeds = st.one_of(
    _plain.map(Deed),
    _modes,
    st.builds(playing, _uris, _shuffles),
    _shuffles.map(lambda shuffle: Deed("play", LIKED, shuffle)),
    _shuffles.map(lambda shuffle: Deed("resume", shuffle=shuffle)),
    st.builds(queueing, _uris, now=st.booleans()),
    st.booleans().map(lambda now: Deed("queue", THESE, now=now)),
    _places.filter(str.isascii).map(seeking),
    _levels.filter(str.isascii).map(turning),
)


@given(deeds)
def test_a_deed_is_read_back_as_it_was_written(deed: Deed) -> None:
    assert Deed.parse(str(deed)) == deed
    assert len(str(deed)) <= LONGEST_ID - LONGEST_PREFIX


@given(st.text(max_size=40) | deeds.map(lambda deed: f"{deed} now"))
def test_what_is_read_is_what_was_written_or_no_deed(text: str) -> None:
    try:
        deed = Deed.parse(text)
    except ValueError:
        return
    assert str(deed) == text


@pytest.mark.parametrize("text", ["", " ", "now", "dance", "next ", " next", "seek 1 2", "play  x"])
def test_what_is_no_deed_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no deed"):
        Deed.parse(text)


@given(_uris)
def test_what_is_played_or_queued_keeps_its_address(uri: Uri) -> None:
    assert playing(uri).uri == queueing(uri).uri == uri
    assert Deed("play", LIKED).uri is Deed("queue", THESE).uri is Deed("next").uri is None


# ---- places

SECOND = 1000
LENGTH = 200 * SECOND


@pytest.mark.parametrize(
    ("text", "place"),
    [
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
    ],
)
def test_a_place_is_where_people_mean(text: str, place: int) -> None:
    written = positions.written(text)
    assert " " not in written
    assert positions.position(written, 60 * SECOND, LENGTH) == place * SECOND


@pytest.mark.parametrize("text", ["200", "3:20", "100%", "+140", "999999", "9:00:00"])
def test_no_place_is_at_the_end_or_behind_it(text: str) -> None:
    """Where a track ends, the next one begins: Spotify would skip."""
    with pytest.raises(BadPosition) as refused:
        positions.position(positions.written(text), 60 * SECOND, LENGTH)
    assert "3:20" in refused.value.says


@pytest.mark.parametrize(
    "text", ["", " ", "x", "1:", ":5", "1:60", "--5", "+-5", "1 23", "٣٠", "1.5", "5%%", "1:2:3:4"]
)
def test_what_is_no_place_is_said_before_anything_is_asked(text: str) -> None:
    with pytest.raises(BadPosition, match="BadPosition"):
        positions.written(text)


def test_more_than_all_of_a_track_is_no_place() -> None:
    with pytest.raises(BadPosition, match="BadPosition"):
        positions.position("101%", 0, LENGTH)


# ---- volumes


@pytest.mark.parametrize(
    ("text", "level"),
    [
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
    ],
)
def test_a_volume_is_what_people_mean(text: str, level: int) -> None:
    written = positions.loudness(text)
    assert " " not in written
    assert positions.level(written, 55) == level


@pytest.mark.parametrize("text", ["", "loud", "101", "1000", "--1", "4 0", "٤٠", "½", "mute 5"])
def test_what_is_no_volume_is_said_before_anything_is_asked(text: str) -> None:
    with pytest.raises(BadLevel, match="BadLevel"):
        positions.loudness(text)


def test_more_than_all_is_no_volume() -> None:
    with pytest.raises(BadLevel, match="BadLevel"):
        positions.level("101", 50)


@pytest.mark.parametrize("text", ["+10", "-10"])
def test_louder_than_nobody_knows_what_is_none(text: str) -> None:
    with pytest.raises(BadLevel) as refused:
        positions.level(text, None)
    assert "does not say how loud it is" in refused.value.says
