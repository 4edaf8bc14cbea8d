"""One API call as its handler sees it, with parsers that refuse malformed parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from yarl import URL

from sandbox.spotify import error_responses
from sandbox.spotify.error_responses import JSON_CONTENT_TYPE, ApiError, bad_request
from sandbox.spotify.state import SpotifyState

from .accounts import Account, uri_kind
from .catalogue import is_id

T = TypeVar("T")
MAX_PAGE_SIZE = 50
INTEGER_PATTERN = re.compile(r"[0-9]{1,15}")
PLAYABLE_KINDS = ("track", "episode")
MAX_LIBRARY_URIS = 40  # per library call
MARKETS = {"AU", "BR", "CA", "DE", "ES", "FR", "GB", "IE", "IN", "IT", "JP", "MX", "NL", "NZ",
           "PL", "SE", "US", "from_token"}  # fmt: skip


@dataclass(frozen=True)
class ApiResponse:
    """A response other than 200 with JSON."""

    status: int
    body: bytes = b""
    content_type: str = JSON_CONTENT_TYPE


def json_response(status: int, value: object) -> ApiResponse:
    """Indented JSON, as Spotify sends it."""
    return ApiResponse(status, msgspec.json.format(msgspec.json.encode(value), indent=2))


@dataclass(frozen=True)
class ApiRequest:
    """`path_params` holds the ids in the path; `body` is the parsed JSON, or None without any."""

    state: SpotifyState
    account: Account | None
    scopes: frozenset[str]
    url_path: str
    path_params: Mapping[str, str]
    query: Mapping[str, str]
    body: object = None

    @property
    def user(self) -> Account:
        """The caller's account. Raises ApiError for a token without a user."""
        if self.account is None:
            raise ApiError(error_responses.USER_REQUIRED)
        return self.account

    def require_scopes(self, *scopes: str) -> None:
        """Raises ApiError if the token lacks one of these scopes."""
        if not self.scopes.issuperset(scopes):
            raise ApiError(error_responses.INSUFFICIENT_SCOPE)

    # ---- the query string

    def required(self, name: str) -> str:
        """The value of a required parameter."""
        if not self.query.get(name):
            raise bad_request(f"Missing required field: {name}")
        return self.query[name]

    def integer(self, name: str, minimum: int, maximum: int | None = None) -> int:
        return _parse_integer(self.required(name), name, minimum, maximum)

    def limit(self, default: int = 20, maximum: int = MAX_PAGE_SIZE) -> int:
        text = self.query.get("limit", str(default))
        if not INTEGER_PATTERN.fullmatch(text) or not 1 <= int(text) <= maximum:
            raise ApiError(error_responses.INVALID_LIMIT)
        return int(text)

    def offset(self, maximum: int | None = None) -> int:
        text = self.query.get("offset", "0")
        if not INTEGER_PATTERN.fullmatch(text) or (maximum is not None and int(text) > maximum):
            raise ApiError(error_responses.INVALID_OFFSET)
        return int(text)

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        value = self.required(name) if default is None else self.query.get(name, default)
        if value not in options:
            raise bad_request(f"Invalid {name}")
        return value

    def kinds(self, name: str, options: Sequence[str], default: str | None = None) -> list[str]:
        """A comma-separated list without duplicates, in its own order."""
        value = self.required(name) if default is None else self.query.get(name, default)
        for kind in value.split(","):
            if kind not in options:
                raise bad_request(f"Bad {name} field {kind}")
        return list(dict.fromkeys(value.split(",")))

    @property
    def includes_episodes(self) -> bool:
        """Whether the caller accepts episodes in lists of tracks."""
        return "episode" in self.kinds("additional_types", PLAYABLE_KINDS, "track")

    def check_common_params(self) -> None:
        """Check the parameters that many endpoints have, even if the endpoint ignores them."""
        self.kinds("additional_types", PLAYABLE_KINDS, "track")
        if self.query.get("market", "US") not in MARKETS:
            raise ApiError(error_responses.INVALID_MARKET)

    def uris(self, kinds: Sequence[str]) -> list[str]:
        """The comma-separated Spotify URIs of a library call."""
        uris = self.required("uris").split(",")
        if len(uris) > MAX_LIBRARY_URIS:
            raise ApiError(error_responses.TOO_MANY_URIS)
        return [validate_uri(uri, kinds) for uri in uris]

    # ---- the path

    def id(self, name: str = "id") -> str:
        """An id in the path; its format is valid."""
        if not is_id(self.path_params[name]):
            raise ApiError(error_responses.INVALID_ID)
        return self.path_params[name]

    def lookup(self, items: Mapping[str, T]) -> T:
        """The item with the id in the path."""
        return require_found(items.get(self.id()))

    # ---- the body

    def body_fields(self, **kinds: type) -> dict[str, Any]:
        """The JSON object in the body. Raises ApiError for another field or a wrong type."""
        if not isinstance(self.body, dict):
            raise ApiError(error_responses.MALFORMED_JSON)
        for name, value in self.body.items():
            kind = kinds.get(name)
            if kind is None:
                raise bad_request(f"Unexpected field: {name}")
            if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
                raise bad_request(f"Invalid value for {name}")
        return self.body

    # ---- pages

    def page(
        self,
        things: Sequence[T],
        show: Callable[[T], object],
        *,
        surplus: int = 0,
        default_limit: int = 20,
        max_limit: int = MAX_PAGE_SIZE,
        max_offset: int | None = None,
    ) -> dict[str, Any]:
        """A page by offset. `surplus` is how many more things `total` claims than there are."""
        limit, offset = self.limit(default_limit, max_limit), self.offset(max_offset)
        total, stop = len(things) + surplus, offset + limit
        before = max(0, offset - limit)
        return {
            "href": self.url_with(offset=offset, limit=limit),
            "items": [show(thing) for thing in things[offset:stop]],
            "limit": limit,
            "next": self.url_with(offset=stop, limit=limit) if stop < total else None,
            "offset": offset,
            "previous": self.url_with(offset=before, limit=limit) if offset else None,
            "total": total,
        }

    def url_with(self, **changed: object) -> str:
        """The URL of this call with some parameters changed."""
        query = {**self.query, **{name: str(value) for name, value in changed.items()}}
        return str(URL(self.state.origin + self.url_path).with_query(query))


def require_found(thing: T | None) -> T:
    """The thing. Raises ApiError 404 for None."""
    if thing is None:
        raise ApiError(error_responses.NOT_FOUND)
    return thing


def validate_uri(uri: object, kinds: Sequence[str]) -> str:
    """The URI, if it is valid and of one of these kinds. A user's id may have any format."""
    if not isinstance(uri, str) or uri.count(":") != 2 or not uri.startswith("spotify:"):
        raise bad_request(f"Invalid uri: {uri}")
    kind, id_ = uri_kind(uri), uri.rsplit(":", 1)[1]
    if kind not in kinds or not id_ or (kind != "user" and not is_id(id_)):
        raise bad_request(f"Invalid {kinds[0] if len(kinds) == 1 else ''} uri: {uri}")
    return uri


def _parse_integer(text: str, name: str, minimum: int, maximum: int | None) -> int:
    if not INTEGER_PATTERN.fullmatch(text.removeprefix("-")):
        raise bad_request(f"Invalid {name}")
    if int(text) < minimum or (maximum is not None and int(text) > maximum):
        raise bad_request(f"{name} is out of range")
    return int(text)


@dataclass(frozen=True)
class Route:
    """One endpoint: its path below /v1, and what it accepts.

    scopes  the token must have all of them    query  the known parameters
    body    whether it accepts a JSON body     user   whether the token must have a user
    """

    method: str
    path: str
    handler: Callable[[ApiRequest], object]
    scopes: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    body: bool = False
    user: bool = field(default=True)
