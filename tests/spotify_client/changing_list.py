"""A list that changes while it is read, and the checks of what the reader returned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sandbox.spotify import Spotify as FakeSpotify

Edit = Callable[[], object]


class ChangingList:
    """A list at the simulated Spotify, with every state that it had during the reading.

    `now` shows it as it is, each entry by what tells it from all others there ever were; `match`
    is the pattern of the calls that read it.
    """

    def __init__(
        self, fake: FakeSpotify, match: str, current_entries: Callable[[], Iterable[str]]
    ) -> None:
        self._fake = fake
        self._match = match
        self._current_entries = current_entries
        self._calls_before = len(fake.calls)
        # What it was like, and how often its first page had been read by then.
        self.states: list[tuple[tuple[str, ...], int]] = [(tuple(current_entries()), 0)]

    def edit_before_call(self, number: int, *edits: Edit) -> None:
        """Change the list just before the answer to the call of this number, counted from 0."""

        def act() -> None:
            for edit in edits:
                edit()
            self.states.append((tuple(self._current_entries()), self._first_page_reads()))

        self._fake.on(self._match, act, after=number)

    def stop_edits(self) -> None:
        """Stop changing the list; the reading has ended."""
        self._fake.rules.clear()

    def _first_page_reads(self) -> int:
        calls = self._fake.calls[self._calls_before :]
        return sum(call.query.get("offset") == "0" for call in calls)

    @property
    def start(self) -> tuple[str, ...]:
        return self.states[0][0]

    @property
    def end(self) -> tuple[str, ...]:
        """The list's state at the last request for its first page."""
        looks = self._first_page_reads()
        seen = [state for state, before in self.states if before < looks or looks == 1]
        return seen[-1]

    @property
    def always_present(self) -> list[str]:
        """The entries that were in every state, in order."""
        there = set(self.start).intersection(*(state for state, _ in self.states))
        return [entry for entry in self.start if entry in there]

    @property
    def ever_present(self) -> set[str]:
        return {entry for state, _ in self.states for entry in state}

    def check(self, read: Sequence[str], *, in_order: bool = True) -> None:
        """Check that every permanent entry was read exactly once, and no other one was invented."""
        kept = set(self.always_present)
        assert len(read) == len(set(read)), f"{_duplicates(read)[:5]} came twice"
        assert kept <= set(read), f"{sorted(kept - set(read))[:5]} did not come"
        assert set(read) <= self.ever_present
        if in_order:
            assert [entry for entry in read if entry in kept] == self.always_present

    @property
    def edited_later(self) -> bool:
        """Whether the list changed after the last request for its first page."""
        looks = self._first_page_reads()
        return looks > 1 and any(before >= looks for _, before in self.states)

    def check_additions(self, read: Sequence[str], changed: bool) -> None:
        """Check that entries added at the top came last, newest first, and were noticed."""
        added = [entry for entry in self.end if entry not in self.start]
        if self.edited_later:
            added = [entry for entry in added if entry in self.states[-1][0]]
        assert [entry for entry in read if entry in added] == added
        if added and not self.edited_later:
            assert list(read[-len(added) :]) == added
        assert changed or self.end == self.start
        assert not changed or len(self.states) > 1


def _duplicates(came: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    return [entry for entry in came if entry in seen or seen.add(entry)]  # type: ignore[func-returns-value]
