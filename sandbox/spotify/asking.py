"""One call as its handler sees it, and the readers that refuse what is malformed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from yarl import URL

from . import refusals
from .accounts import Account, kind_of
from .catalogue import ID
from .refusals import JSON, Refused, bad_request
from .world import World

T = TypeVar("T")
PAGE = 50  # the most that a page holds, where nothing else is said
DIGITS = re.compile(r"[0-9]{1,15}")
AUDIBLE = ("track", "episode")
URIS = 40  # the most that one library call takes
MARKETS = {"AU", "BR", "CA", "DE", "ES", "FR", "GB", "IE", "IN", "IT", "JP", "MX", "NL", "NZ",
           "PL", "SE", "US", "from_token"}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """An answer that is not simply 200 with JSON."""

    status: int
    body: bytes = b""
    content_type: str = JSON


def json_reply(status: int, value: object) -> Reply:
    """JSON laid out in lines, as Spotify sends it."""
    return Reply(status, msgspec.json.format(msgspec.json.encode(value), indent=2))


@dataclass(frozen=True)
class Ask:
    """`path` holds the ids of the address, `body` the JSON sent, or None without any."""

    world: World
    account: Account | None
    scopes: frozenset[str]
    address: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: object = None

    @property
    def caller(self) -> Account:
        """The person asking."""
        if self.account is None:
            raise Refused(refusals.NO_USER)
        return self.account

    def need(self, *scopes: str) -> None:
        """Refuse a token that lacks one of these scopes."""
        if not self.scopes.issuperset(scopes):
            raise Refused(refusals.INSUFFICIENT_SCOPE)

    # ---- the query string

    def wanted(self, name: str) -> str:
        """A parameter that must be there."""
        if not self.query.get(name):
            raise bad_request(f"Missing required field: {name}")
        return self.query[name]

    def number(self, name: str, least: int, most: int | None = None) -> int:
        return _number(self.wanted(name), name, least, most)

    def limit(self, default: int = 20, most: int = PAGE) -> int:
        text = self.query.get("limit", str(default))
        if not DIGITS.fullmatch(text) or not 1 <= int(text) <= most:
            raise Refused(refusals.INVALID_LIMIT)
        return int(text)

    def offset(self, most: int | None = None) -> int:
        text = self.query.get("offset", "0")
        if not DIGITS.fullmatch(text) or (most is not None and int(text) > most):
            raise Refused(refusals.INVALID_OFFSET)
        return int(text)

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        value = self.wanted(name) if default is None else self.query.get(name, default)
        if value not in options:
            raise bad_request(f"Invalid {name}")
        return value

    def kinds(self, name: str, options: Sequence[str], default: str | None = None) -> list[str]:
        """A comma-separated list without repetition, in the order given."""
        value = self.wanted(name) if default is None else self.query.get(name, default)
        for kind in value.split(","):
            if kind not in options:
                raise bad_request(f"Bad {name} field {kind}")
        return list(dict.fromkeys(value.split(",")))

    @property
    def episodes_too(self) -> bool:
        """Whether the caller can take episodes where tracks are expected."""
        return "episode" in self.kinds("additional_types", AUDIBLE, "track")

    def check(self) -> None:
        """Refuse bad values of what many endpoints take, even where it changes nothing."""
        self.kinds("additional_types", AUDIBLE, "track")
        if self.query.get("market", "US") not in MARKETS:
            raise Refused(refusals.INVALID_MARKET)

    def uris(self, kinds: Sequence[str]) -> list[str]:
        """The comma-separated Spotify URIs of a library call."""
        uris = self.wanted("uris").split(",")
        if len(uris) > URIS:
            raise Refused(refusals.TOO_MANY_URIS)
        return [spotify_uri(uri, kinds) for uri in uris]

    # ---- the path

    def id(self, name: str = "id") -> str:
        """An id of the address, of the right shape."""
        if not ID.fullmatch(self.path[name]):
            raise Refused(refusals.INVALID_ID)
        return self.path[name]

    def found(self, shelf: Mapping[str, T]) -> T:
        """What the id of the address names."""
        return existing(shelf.get(self.id()))

    # ---- the body

    def fields(self, **kinds: type) -> dict[str, Any]:
        """The JSON object that was sent: no fields but these, each of its type."""
        if not isinstance(self.body, dict):
            raise Refused(refusals.MALFORMED_JSON)
        for name, value in self.body.items():
            kind = kinds.get(name)
            if kind is None:
                raise bad_request(f"Unexpected field: {name}")
            if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
                raise bad_request(f"Invalid value for {name}")
        return self.body

    # ---- pages

    def page(
        self, cut: Callable[[int, int], list[Any]], total: int, limit: int, offset: int
    ) -> dict[str, Any]:
        """A page by offset; `cut(start, stop)` gives the items as they are shown."""
        return {
            "href": self.link(offset=offset, limit=limit),
            "items": cut(offset, offset + limit),
            "limit": limit,
            "next": self.link(offset=offset + limit, limit=limit)
            if offset + limit < total
            else None,
            "offset": offset,
            "previous": self.link(offset=max(0, offset - limit), limit=limit) if offset else None,
            "total": total,
        }

    def link(self, **changed: object) -> str:
        """This call's own address with some parameters changed."""
        query = {**self.query, **{name: str(value) for name, value in changed.items()}}
        return str(URL(self.world.origin + self.address).with_query(query))


def existing(thing: T | None) -> T:
    """The thing itself, or a refusal where there is none."""
    if thing is None:
        raise Refused(refusals.NOT_FOUND)
    return thing


def spotify_uri(uri: object, kinds: Sequence[str]) -> str:
    """A URI of the right shape and of one of these kinds. A user's id may have any shape."""
    if not isinstance(uri, str) or uri.count(":") != 2 or not uri.startswith("spotify:"):
        raise bad_request(f"Invalid uri: {uri}")
    kind, id_ = kind_of(uri), uri.rsplit(":", 1)[1]
    if kind not in kinds or not id_ or (kind != "user" and not ID.fullmatch(id_)):
        raise bad_request(f"Invalid {kinds[0] if len(kinds) == 1 else ''} uri: {uri}")
    return uri


def _number(text: str, name: str, least: int, most: int | None) -> int:
    if not DIGITS.fullmatch(text.removeprefix("-")):
        raise bad_request(f"Invalid {name}")
    if int(text) < least or (most is not None and int(text) > most):
        raise bad_request(f"{name} is out of range")
    return int(text)


@dataclass(frozen=True)
class Route:
    """One endpoint: its address below /v1, and what it takes.

    scopes  all must be in the token        query   the parameters it knows
    body    whether it takes a JSON body    user    whether it needs a person behind the token
    """

    method: str
    path: str
    handler: Callable[[Ask], object]
    scopes: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    body: bool = False
    user: bool = field(default=True)
