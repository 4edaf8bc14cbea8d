"""The history for autocomplete: newest first, unique, limited, in memory for a day."""

from __future__ import annotations

import pytest

from bot.player.history import HISTORY_TTL, UserHistory
from bot.spotify.models import Artist, Track
from bot.text.choices import MAX_CHOICE
from sandbox.clock import Clock

ADA, GRACE = 1, 2


def _track(number: int, name: str = "Lantern Weather") -> Track:
    return Track(name=name, id=f"{number:022}", artists=[Artist(name="Lantern Mile")])


def _track_uri(number: int) -> str:
    return f"spotify:track:{number:022}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(clock: Clock) -> UserHistory:
    return UserHistory(monotonic=clock.monotonic, max_entries=3, max_users=2)


def _entry_values(history: UserHistory, user: int = ADA) -> list[str]:
    return [entry.value for entry in history.of(user)]


def test_entries_are_newest_first_without_duplicates(history: UserHistory) -> None:
    history.add_item(ADA, _track(1))
    history.add_search(ADA, "Lantern")
    history.add_item(ADA, _track(2))
    history.add_search(ADA, "  lantern ")
    history.add_item(ADA, _track(1))
    assert _entry_values(history) == [_track_uri(1), "lantern", _track_uri(2)]
    assert history.of(ADA)[0].name == "Lantern Weather · Lantern Mile"


def test_entries_are_limited_per_user(history: UserHistory) -> None:
    for number in range(9):
        history.add_item(ADA, _track(number))
    history.add_search(GRACE, "harbour")
    assert _entry_values(history) == [_track_uri(8), _track_uri(7), _track_uri(6)]
    assert _entry_values(history, GRACE) == ["harbour"]


def test_least_recent_user_is_evicted(history: UserHistory) -> None:
    history.add_search(ADA, "lantern")
    history.add_search(GRACE, "harbour")
    history.add_search(ADA, "ladder")
    history.add_search(3, "sea")
    assert _entry_values(history) == ["ladder", "lantern"]
    assert not history.of(GRACE)
    assert _entry_values(history, 3) == ["sea"]


def test_entries_expire_after_a_day(history: UserHistory, clock: Clock) -> None:
    history.add_search(ADA, "lantern")
    clock.advance(HISTORY_TTL - 60)
    history.add_search(ADA, "harbour")
    clock.advance(HISTORY_TTL - 60)
    assert _entry_values(history) == ["harbour", "lantern"]
    clock.advance(120)
    assert not history.of(ADA)
    history.expire()
    assert not history._users


def test_history_is_erased(history: UserHistory) -> None:
    history.add_search(ADA, "lantern")
    history.forget(ADA)
    history.forget(GRACE)
    assert not history.of(ADA)


def test_invalid_query_is_not_stored(history: UserHistory) -> None:
    for query in (
        "",
        " \u202e ",
        "x" * (MAX_CHOICE + 1),
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
        "look: https://example.test/x",
    ):
        history.add_search(ADA, query)
        assert not history.of(ADA)


def test_local_file_is_not_stored(history: UserHistory) -> None:
    history.add_item(ADA, Track(name="Cellar Tape 3", raw_uri="spotify:local:::Cellar+Tape+3:187"))
    assert not history.of(ADA)


def test_repr_contains_no_names(history: UserHistory) -> None:
    history.add_item(ADA, _track(1))
    history.add_search(ADA, "harbour")
    text = f"{history!r} {history.of(ADA)!r}"
    assert not [word for word in ("Lantern", "harbour", "spotify:") if word in text]
