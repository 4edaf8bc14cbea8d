"""What people had lately: newest first, each once, so many, for a day, and in memory only."""

from __future__ import annotations

import pytest

from bot.remote.recents import DAY, Recents
from bot.spotify.models import Artist, Track
from bot.ui.choices import LONGEST
from sandbox.clock import Clock

ADA, GRACE = 1, 2


def _song(number: int, name: str = "Lantern Weather") -> Track:
    return Track(name=name, id=f"{number:022}", artists=[Artist(name="Lantern Mile")])


def _uri(number: int) -> str:
    return f"spotify:track:{number:022}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recents(clock: Clock) -> Recents:
    return Recents(clock, each=3, people=2)


def _values(recents: Recents, user: int = ADA) -> list[str]:
    return [one.value for one in recents.of(user)]


def test_the_newest_comes_first_and_each_once(recents: Recents) -> None:
    recents.add(ADA, _song(1))
    recents.searched(ADA, "Lantern")
    recents.add(ADA, _song(2))
    recents.searched(ADA, "  lantern ")
    recents.add(ADA, _song(1))
    assert _values(recents) == [_uri(1), "lantern", _uri(2)]
    assert recents.of(ADA)[0].line == "Lantern Weather · Lantern Mile"


def test_each_person_has_so_many_and_their_own(recents: Recents) -> None:
    for number in range(9):
        recents.add(ADA, _song(number))
    recents.searched(GRACE, "harbour")
    assert _values(recents) == [_uri(8), _uri(7), _uri(6)]
    assert _values(recents, GRACE) == ["harbour"]


def test_there_is_room_for_so_many_people_and_the_longest_silent_goes(recents: Recents) -> None:
    recents.searched(ADA, "lantern")
    recents.searched(GRACE, "harbour")
    recents.searched(ADA, "ladder")
    recents.searched(3, "sea")
    assert _values(recents) == ["ladder", "lantern"]
    assert not recents.of(GRACE)
    assert _values(recents, 3) == ["sea"]


def test_it_lasts_a_day_and_then_leaves_the_memory(recents: Recents, clock: Clock) -> None:
    recents.searched(ADA, "lantern")
    clock.advance(DAY - 60)
    recents.searched(ADA, "harbour")
    clock.advance(DAY - 60)
    assert _values(recents) == ["harbour", "lantern"]
    clock.advance(120)
    assert not recents.of(ADA)
    recents.expire()
    assert not recents._of


def test_it_is_erased(recents: Recents) -> None:
    recents.searched(ADA, "lantern")
    recents.forget(ADA)
    recents.forget(GRACE)
    assert not recents.of(ADA)


@pytest.mark.parametrize(
    "words",
    [
        "",
        " \u202e ",
        "x" * (LONGEST + 1),
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
        "look: https://example.test/x",
    ],
)
def test_what_is_no_choice_is_not_kept(recents: Recents, words: str) -> None:
    recents.searched(ADA, words)
    assert not recents.of(ADA)


def test_a_local_file_is_no_choice(recents: Recents) -> None:
    recents.add(ADA, Track(name="Cellar Tape 3", raw_uri="spotify:local:::Cellar+Tape+3:187"))
    assert not recents.of(ADA)


def test_no_name_shows_in_a_repr(recents: Recents) -> None:
    recents.add(ADA, _song(1))
    recents.searched(ADA, "harbour")
    shown = f"{recents!r} {recents.of(ADA)!r}"
    assert not [word for word in ("Lantern", "harbour", "spotify:") if word in shown]
