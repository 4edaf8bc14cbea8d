"""Any field of any answer with another shape: no exception, and only that field is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors.spotify import SpotifyDown
from bot.spotify.api_model import ApiModel
from bot.spotify.catalogue import SearchResults, decode_item, decode_search
from bot.spotify.catalogue_item import UnknownItem
from bot.spotify.entries import Entries
from bot.spotify.models import (
    Album,
    Artist,
    Chapter,
    Episode,
    Playback,
    Playlist,
    Track,
)
from bot.spotify.pages import (
    DevicesResponse,
    FollowedArtistsResponse,
    Page,
    PlaylistEntry,
    Queue,
    RecentlyPlayed,
    SavedAlbum,
    SavedAudiobook,
    SavedEpisode,
    SavedShow,
    SavedTrack,
    page_decoder,
)
from bot.spotify.profile import Profile
from bot.spotify.uris import Kind
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.odd_shapes import (
    DROPPED,
    ODD_ANSWERS,
    ODD_VALUES,
    Path,
    paths,
    replaced,
    to_json,
)
from tests.spotify_client.client_calls import READ_CALLS, any_uri, start_playback
from tests.spotify_client.client_factory import ClientFactory

Decoder = Callable[[bytes], Any]

# Entries of each list of a recorded answer: enough to see that neighbours are kept.
MAX_ENTRIES = 2


def decoders(fake: FakeSpotify, paths: Iterable[str]) -> Mapping[str, Decoder]:
    """The decoders of these answers, by the path after /v1/."""
    items = {f"{kind}s/{any_uri(fake, kind).id}": any_uri(fake, kind) for kind in Kind}
    # Lists of what belongs to an item, by the last part of the path.
    parts: dict[str, type[ApiModel]] = {
        "tracks": Track,
        "albums": Album,
        "episodes": Episode,
        "chapters": Chapter,
        "items": PlaylistEntry,
    }
    return {
        **{
            path: page_decoder(parts[last])
            for path in paths
            if (last := path.split("/")[-1]) in parts
        },
        "me/player": Playback.decode,
        "me/player/devices": DevicesResponse.decode,
        "me/player/queue": Queue.decode,
        "me/player/recently-played": RecentlyPlayed.decode,
        "me": Profile.decode,
        "me/following": FollowedArtistsResponse.decode,
        "me/tracks": page_decoder(SavedTrack),
        "me/albums": page_decoder(SavedAlbum),
        "me/shows": page_decoder(SavedShow),
        "me/episodes": page_decoder(SavedEpisode),
        "me/audiobooks": page_decoder(SavedAudiobook),
        "me/top/artists": page_decoder(Artist),
        "me/top/tracks": page_decoder(Track),
        "me/playlists": page_decoder(Playlist),
        "search": partial(decode_search, list(Kind), MAX_ENTRIES),
        **{path: partial(decode_item, uri) for path, uri in items.items()},
    }


def shortened(value: Any) -> Any:
    """A copy with at most MAX_ENTRIES entries in each list."""
    if isinstance(value, list):
        return [shortened(entry) for entry in value[:MAX_ENTRIES]]
    if isinstance(value, dict):
        return {name: shortened(field) for name, field in value.items()}
    return value


@dataclass(frozen=True)
class Recorded:
    """A recorded answer, as it is decoded."""

    decode: Decoder
    body: Any
    decoded: Any
    leaves: dict[Path, object]


async def record(fake: FakeSpotify, make_client: ClientFactory) -> list[Recorded]:
    """One answer of each kind."""
    start_playback(fake)
    for name, read in READ_CALLS.items():
        if name != "player.state":  # it ends the playback
            await read(make_client(), fake)
    await make_client().player.state()
    answers = {
        exchange.path.removeprefix("/v1/"): shortened(json.loads(exchange.response_body))
        for exchange in reversed(fake.traffic.exchanges)  # the first page of each list
        if exchange.response_body
    }
    known = decoders(fake, answers)
    left = {path for path in answers.keys() - known.keys() if not path.startswith("playlists/")}
    assert left == {"me/library/contains"}
    recorded = []
    for path, decode in known.items():
        decoded = decode(to_json(answers[path]))
        recorded.append(Recorded(decode, answers[path], decoded, dict(leaves(decoded))))
    return recorded


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """The paths in the JSON, and the values, of all that was decoded."""
    if isinstance(value, msgspec.Struct) and not isinstance(value, UnknownItem):
        for field in msgspec.structs.fields(value):
            yield from leaves(getattr(value, field.name), (*path, field.encode_name))
    elif isinstance(value, SearchResults):
        for kind in Kind:
            yield from leaves(getattr(value, f"{kind}s"), (*path, f"{kind}s", "items"))
    elif isinstance(value, list | Entries):
        for index, entry in enumerate(value):
            yield from leaves(entry, (*path, index))
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from leaves(entry, (*path, name))
    elif value is not None:
        yield path, value


def lists(decoded: Any) -> Iterator[Entries[Any]]:
    """The lists of an answer for which a reply says whether they are empty."""
    match decoded:
        case Page():
            yield decoded.readable
        case Queue():
            yield decoded.upcoming
        case DevicesResponse():
            yield Entries.of(decoded.devices)
        case RecentlyPlayed():
            yield Entries.of(decoded.items)
        case FollowedArtistsResponse():
            yield Entries.of(decoded.artists.items)
        case SearchResults():
            yield from (getattr(decoded, f"{kind}s") for kind in Kind)


def check_neighbours(
    before: Mapping[Path, object], after: Mapping[Path, object], changed: Path
) -> None:
    """Only the changed value, and values that depend on it, differ."""
    index = changed[-1] if isinstance(changed[-1], int) else None
    for path, value in before.items():
        is_changed = path[: len(changed)] == changed
        is_clamped = path == ("progress_ms",) and changed == ("item", "duration_ms")
        if is_changed or is_clamped:
            continue
        same_list = path[: len(changed) - 1] == changed[:-1] and len(path) >= len(changed)
        position = path[len(changed) - 1] if same_list else None
        moved = path
        if index is not None and isinstance(position, int) and position > index:
            moved = (*changed[:-1], position - 1, *path[len(changed) :])
        assert value in (after.get(path), after.get(moved)), path


def is_whole_answer(before: Any, changed: Path) -> bool:
    """Whether the answer has another meaning without this value."""
    if isinstance(before, FollowedArtistsResponse):
        return changed in (("artists",), ("artists", "items"))
    if isinstance(before, Queue):
        return False
    return changed in (("items",), ("devices",)) and not isinstance(
        before, SearchResults | Playlist
    )


async def test_odd_value_costs_nothing_but_itself(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    answers = await record(fake, make_client)
    places = [(answer, path) for answer in answers for path in paths(answer.body)]

    @given(st.integers(0, len(places) - 1), st.integers(0, len(ODD_VALUES) - 1))
    def check(place: int, value: int) -> None:
        (answer, path), odd = places[place], ODD_VALUES[value]
        before = answer.decoded
        try:
            after = answer.decode(to_json(replaced(answer.body, path, odd)))
        except SpotifyDown:
            assert is_whole_answer(before, path)
            return
        found = dict(leaves(after))
        texts = [text for text in found.values() if isinstance(text, str)]
        assert not any("\ud800" <= character <= "\udfff" for character in "".join(texts))
        check_neighbours(answer.leaves, found, path)
        for old, new in zip(lists(before), lists(after), strict=True):
            # Without a total, an empty list is empty.
            is_emptied = odd == [] or (odd is DROPPED and len(old) == 1)
            if old and not (is_emptied and not isinstance(before, Page | SearchResults)):
                assert new or new.unreadable

    check()


async def test_answer_of_another_kind_is_never_an_empty_one(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    for answer in await record(fake, make_client):
        for _, body in ODD_ANSWERS:
            with pytest.raises(SpotifyDown):
                answer.decode(body)
