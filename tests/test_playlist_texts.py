"""Whatever somebody types as a name or description, Spotify gets one that it accepts, or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors.content import InvalidPlaylistText
from bot.library.playlist_changes import validate_description, validate_name
from sandbox.spotify.playlists_api import MAX_DESCRIPTION, MAX_NAME

_REFUSED = ("Cc", "Zl", "Zp")


@pytest.mark.parametrize(
    ("validate", "limit"), [(validate_name, MAX_NAME), (validate_description, MAX_DESCRIPTION)]
)
@given(text=st.text(max_size=400))
@example(text="🌊" * 300)
@example(text="a\r\n\u2028b\x00")
@example(text="x" * 101)
def test_texts_are_accepted_or_refused_with_a_reason(
    validate: Callable[[str], str], limit: int, text: str
) -> None:
    try:
        valid = validate(text)
    except InvalidPlaylistText as error:
        is_too_long = "too long" in error.message
        assert len(text) > limit if is_too_long else validate is validate_name
        return
    assert len(valid) <= limit
    assert not any(unicodedata.category(character) in _REFUSED for character in valid)
    assert validate(valid) == valid
