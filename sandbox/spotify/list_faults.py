"""Faults in the pages of lists: wrong counts, a wrong `next`, and pages with too few entries."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yarl import URL

Json = dict[str, Any]


@dataclass
class ListFault:
    """Changes the page of a list in a response, in place.

    A page is the outermost object with `items`: it may be inside another one, as in a search.
    """

    def apply(self, response: object, url: URL) -> None:
        """`url` is that of the request."""
        if isinstance(response, dict):
            if isinstance(response.get("items"), list):
                self.change(response, url)
            else:
                for value in response.values():
                    self.apply(value, url)

    def change(self, page: Json, url: URL) -> None:
        raise NotImplementedError


@dataclass
class WrongTotals(ListFault):
    """`total` becomes a random one of `totals`: a value, or a function of the true total.

    seed  determines the sequence
    """

    totals: Sequence[object]
    seed: int = 0
    _rng: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)

    def change(self, page: Json, url: URL) -> None:
        total = self._rng.choice(self.totals)
        page["total"] = total(page["total"]) if callable(total) else total


@dataclass
class NoNext(ListFault):
    """`next` is null although pages follow."""

    def change(self, page: Json, url: URL) -> None:
        page["next"] = None


@dataclass
class FewerEntries(ListFault):
    """A page has only the entries in `keep`, such as `slice(0)` for none."""

    keep: slice

    def change(self, page: Json, url: URL) -> None:
        page["items"] = page["items"][self.keep]


class Filler(StrEnum):
    """The contents of the pages after the last entry of an endless list."""

    NOTHING = "nothing"
    NULLS = "nulls"
    LAST_PAGE = "the last page once more"
    FIRST_PAGE = "the first page once more"
    NEW_ENTRIES = "entries that the list does not have"


@dataclass
class EndlessNext(ListFault):
    """Every page has a next one."""

    filler: Filler = Filler.NOTHING
    _first: list[Any] = field(default_factory=list, init=False, repr=False)
    _last: list[Any] = field(default_factory=list, init=False, repr=False)

    def change(self, page: Json, url: URL) -> None:
        limit, offset = int(url.query.get("limit", 20)), int(url.query.get("offset", 0))
        is_last = page["next"] is None
        page["next"] = str(url.update_query(offset=offset + limit, limit=limit))
        self._first = self._first or page["items"]
        if not is_last:
            return
        self._last = max(self._last, page["items"], key=len)
        indices = range(offset + len(page["items"]), offset + limit)
        match self.filler:
            case Filler.NULLS:
                page["items"] += [None for _ in indices]
            case Filler.LAST_PAGE:
                page["items"] = self._last
            case Filler.FIRST_PAGE if len(page["items"]) <= 1:
                page["items"] = self._first
            case Filler.NEW_ENTRIES if self._first:
                page["items"] += [_renamed(self._first[0], index) for index in indices]


@dataclass
class IgnoredOffset(ListFault):
    """Every page is the first page again, and has a next one."""

    _first: list[Any] = field(default_factory=list, init=False, repr=False)

    def change(self, page: Json, url: URL) -> None:
        self._first = self._first or page["items"]
        page["items"] = self._first
        page["next"] = page["next"] or str(url)


def _renamed(entry: Json, number: int) -> Json:
    """A copy with another ID, which is derived from `number`."""
    if "id" in entry:
        id_ = f"{number:022}"
        return {**entry, "id": id_, "uri": f"spotify:{entry['type']}:{id_}"}
    return {
        name: _renamed(value, number) if isinstance(value, dict) and "id" in value else value
        for name, value in entry.items()
    }
