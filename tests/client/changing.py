"""A list that changes while it is read, and what has to be true of what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sandbox.spotify import Spotify as Pretend

Edit = Callable[[], object]


class Changing:
    """A list at the pretend Spotify: every state that it was in while it was read.

    `now` shows it as it is, each entry by what tells it from all others there ever were; `match`
    is the pattern of the calls that read it.
    """

    def __init__(self, pretend: Pretend, match: str, now: Callable[[], Iterable[str]]) -> None:
        self._pretend = pretend
        self._match = match
        self._now = now
        self._calls_before = len(pretend.calls)
        # What it was like, and how often its first page had been read by then.
        self.states: list[tuple[tuple[str, ...], int]] = [(tuple(now()), 0)]

    def before_call(self, number: int, *edits: Edit) -> None:
        """Do this just before the call of this number is answered, the first being 0."""

        def act() -> None:
            for edit in edits:
                edit()
            self.states.append((tuple(self._now()), self._looks()))

        self._pretend.interrupt(self._match, act, after=number)

    def over(self) -> None:
        """It has been read, and is left alone from now on."""
        self._pretend.end_interruptions()

    def _looks(self) -> int:
        calls = self._pretend.calls[self._calls_before :]
        return sum(call.query.get("offset") == "0" for call in calls)

    @property
    def start(self) -> tuple[str, ...]:
        return self.states[0][0]

    @property
    def end(self) -> tuple[str, ...]:
        """How it was when it was read to the end: at the last look at its top, if it had two."""
        looks = self._looks()
        seen = [state for state, before in self.states if before < looks or looks == 1]
        return seen[-1]

    @property
    def always(self) -> list[str]:
        """What was there the whole time, in order."""
        there = set(self.start).intersection(*(state for state, _ in self.states))
        return [one for one in self.start if one in there]

    @property
    def ever(self) -> set[str]:
        return {one for state, _ in self.states for one in state}

    def check(self, came: Sequence[str], *, in_order: bool = True) -> None:
        """What was there all the time came exactly once, and nothing that never was there."""
        kept = set(self.always)
        assert len(came) == len(set(came)), f"{_doubles(came)[:5]} came twice"
        assert kept <= set(came), f"{sorted(kept - set(came))[:5]} did not come"
        assert set(came) <= self.ever
        if in_order:
            assert [one for one in came if one in kept] == self.always

    def check_top(self, came: Sequence[str], changed: bool) -> None:
        """What was added at the top came at the end, newest first; a change was noticed."""
        added = [one for one in self.end if one not in self.start]
        assert [one for one in came if one in added] == added
        if added:
            assert list(came[-len(added) :]) == added
        assert changed or self.end == self.start
        assert not changed or len(self.states) > 1


def _doubles(came: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    return [one for one in came if one in seen or seen.add(one)]  # type: ignore[func-returns-value]
