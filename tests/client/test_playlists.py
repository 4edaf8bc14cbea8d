"""Playlists: those there are, what is in them, and every way to change one."""

from __future__ import annotations

import pytest

from bot.errors import Forbidden, MissingScope, Rejected, Unknown
from bot.spotify import Spotify
from bot.spotify.models import Episode, Track
from bot.spotify.uris import Uri
from sandbox.spotify import Entry, Playlist, generated_uri
from sandbox.spotify import Spotify as Pretend

from .calls import NOTHING, one_of, playlist, songs, uri_of, whole
from .clients import Clients

HERS, SHARED, FOLLOWED = "Harbour Evenings", "Potluck", "Grace's Mornings"


def many(count: int) -> list[Uri]:
    """So many generated songs."""
    return [uri_of(generated_uri(number)) for number in range(count)]


def texts(held: Playlist) -> list[str | None]:
    return [entry.uri for entry in held.items]


@pytest.fixture
def held(pretend: Pretend) -> Playlist:
    """A playlist of Ada's with five songs."""
    return pretend.world.add_playlist("Five", "ada", *map(str, songs(pretend, 5)), public=False)


@pytest.fixture
def uri(held: Playlist) -> Uri:
    return uri_of(held.uri)


# ---- which


@pytest.mark.parametrize("old_names", [False, True])
async def test_mine_are_own_shared_and_followed_with_a_null(
    pretend: Pretend, spotify: Spotify, old_names: bool
) -> None:
    pretend.world.old_names = old_names
    mine = [one async for one in spotify.playlists.mine()]
    shown = {one.name: (one.total, one.owner and one.owner.display_name) for one in mine if one}
    assert [one is None for one in mine] == [False] * 3 + [True] + [False] * 2
    assert shown[HERS] == (44, "Ada")
    assert shown[SHARED] == (20, "Grace")
    assert shown[FOLLOWED] == (15, "Grace")
    assert [one.name for one in mine if one and one.collaborative] == [SHARED]


@pytest.mark.parametrize(
    ("scopes", "sees"),
    [
        ([], {HERS, FOLLOWED}),
        (["playlist-read-collaborative"], {HERS, FOLLOWED, SHARED}),
        (["playlist-read-private"], {HERS, FOLLOWED, "Hard to Print", "=SUM(1) @everyone **mix**"}),
    ],
)
async def test_without_a_scope_some_are_left_out_without_a_word(
    client: Clients, scopes: list[str], sees: set[str]
) -> None:
    mine = client(scopes=scopes).playlists.mine()
    assert {one.name async for one in mine if one} == sees


# ---- what is in them


@pytest.mark.parametrize("old_names", [False, True])
async def test_items_with_all_that_they_lack(
    pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri, old_names: bool
) -> None:
    pretend.world.old_names = old_names
    local = next(iter(pretend.catalogue.local))
    held.items[2:] = [
        Entry(local, 0.0, "ada"),
        Entry(str(one_of(pretend, "episode")), None, None),
        Entry(None),
    ]
    items = spotify.playlists.items(uri)
    entries = [one async for one in items if one]
    song, _, file, episode, gone = entries
    assert isinstance(song.item, Track)
    assert song.item.uri == songs(pretend, 1)[0]
    assert song.added_by is not None
    assert song.added_by.id == pretend.accounts["ada"].id
    assert isinstance(file.item, Track)
    assert (file.is_local, file.item.uri, file.item.raw_uri) == (True, None, local)
    assert isinstance(episode.item, Episode)
    assert (episode.added_at, episode.added_by) == (None, None)
    assert gone.item is None
    assert (items.total, items.read, items.missing) == (5, 5, 0)


async def test_a_long_one_comes_whole_and_in_order(
    pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri
) -> None:
    held.put([Entry(str(song), 0.0, "ada") for song in many(300)])
    entries = [one async for one in spotify.playlists.items(uri) if one]
    assert [str(one.item and one.item.uri) for one in entries] == texts(held)


async def test_who_works_on_one_reads_it_too(pretend: Pretend, spotify: Spotify) -> None:
    assert len(await whole(spotify.playlists.items(uri_of(playlist(pretend, SHARED).uri)))) == 20


async def test_what_is_in_others_is_forbidden(pretend: Pretend, spotify: Spotify) -> None:
    with pytest.raises(Forbidden):
        await whole(spotify.playlists.items(uri_of(playlist(pretend, FOLLOWED).uri)))


async def test_unknown_ones(spotify: Spotify) -> None:
    nothing = Uri("playlist", NOTHING)
    for way in (
        whole(spotify.playlists.items(nothing)),
        spotify.playlists.edit(nothing, name="x"),
        spotify.playlists.add(nothing, *many(1)),
        spotify.playlists.remove(nothing, *many(1)),
        spotify.playlists.reorder(nothing, 0, 1),
        spotify.playlists.replace(nothing),
    ):
        with pytest.raises(Unknown):
            await way


# ---- making and editing


async def test_create_makes_a_private_one(pretend: Pretend, spotify: Spotify) -> None:
    made = await spotify.playlists.create("New", description="Not old")
    new = pretend.playlists[made.id or ""]
    assert (new.name, new.description, new.owner) == ("New", "Not old", "ada")
    assert (new.public, new.collaborative, made.total) == (False, False, 0)
    assert pretend.accounts["ada"].playlists[0] is new


@pytest.mark.parametrize(("public", "collaborative"), [(True, False), (False, True)])
async def test_create_as_open_as_is_wished(
    pretend: Pretend, spotify: Spotify, public: bool, collaborative: bool
) -> None:
    made = await spotify.playlists.create("New", public=public, collaborative=collaborative)
    new = pretend.playlists[made.id or ""]
    assert (new.public, new.collaborative) == (public, collaborative)


async def test_what_cannot_be_made(pretend: Pretend, spotify: Spotify) -> None:
    before = len(pretend.playlists)
    with pytest.raises(Rejected):
        await spotify.playlists.create("New", public=True, collaborative=True)
    with pytest.raises(Rejected):
        await spotify.playlists.create(" ")
    assert len(pretend.playlists) == before


async def test_edit_changes_what_is_given_and_nothing_else(
    spotify: Spotify, held: Playlist, uri: Uri
) -> None:
    await spotify.playlists.edit(uri, name="Six")
    await spotify.playlists.edit(uri, description="Said")
    await spotify.playlists.edit(uri, collaborative=True)
    assert (held.name, held.description, held.public) == ("Six", "Said", False)
    assert held.collaborative
    await spotify.playlists.edit(uri, public=True, collaborative=False, description="")
    assert (held.name, held.description, held.public) == ("Six", "", True)


# ---- what goes in and out


async def test_add_at_the_end_or_in_between_and_twice(
    pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri
) -> None:
    before, (song, *_) = texts(held), songs(pretend, 1)
    await spotify.playlists.add(uri, song, one_of(pretend, "episode"))
    await spotify.playlists.add(uri, song, position=1)
    assert texts(held) == [
        before[0], str(song), *before[1:], str(song), str(one_of(pretend, "episode")),
    ]  # fmt: skip


@pytest.mark.parametrize("position", [None, 0, 3])
async def test_add_many_in_order(
    pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri, position: int | None
) -> None:
    before, added = texts(held), [str(song) for song in many(250)]
    await spotify.playlists.add(uri, *many(250), position=position)
    at = len(before) if position is None else position
    assert texts(held) == [*before[:at], *added, *before[at:]]
    assert [call.method for call in pretend.calls] == ["POST"] * 3


async def test_what_cannot_be_added(spotify: Spotify, held: Playlist, uri: Uri) -> None:
    before = texts(held)
    with pytest.raises(Rejected):
        await spotify.playlists.add(uri, Uri("track", NOTHING))
    with pytest.raises(Rejected):
        await spotify.playlists.add(uri, *many(1), position=6)
    assert texts(held) == before


async def test_remove_takes_every_copy(
    pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri
) -> None:
    before, (song, *_) = texts(held), songs(pretend, 1)
    held.put([Entry(str(song))], 4)
    await spotify.playlists.remove(uri, song, *many(1))
    assert texts(held) == before[1:]


async def test_remove_many(pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri) -> None:
    before = texts(held)
    held.put([Entry(str(song)) for song in many(250)], 2)
    await spotify.playlists.remove(uri, *many(250))
    assert texts(held) == before
    assert [call.method for call in pretend.calls] == ["DELETE"] * 3


@pytest.mark.parametrize(
    ("start", "before", "length", "order"),
    [(0, 5, 1, "12340"), (4, 0, 1, "40123"), (1, 4, 2, "03124"), (3, 1, 2, "03412")],
)
async def test_reorder(
    spotify: Spotify, held: Playlist, uri: Uri,
    start: int, before: int, length: int, order: str,
) -> None:  # fmt: skip
    was = texts(held)
    await spotify.playlists.reorder(uri, start, before, length=length)
    assert texts(held) == [was[int(place)] for place in order]


async def test_a_place_that_is_not_there_is_rejected(spotify: Spotify, uri: Uri) -> None:
    with pytest.raises(Rejected):
        await spotify.playlists.reorder(uri, 5, 0)


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3)])
async def test_replace_puts_these_in_the_place_of_all(
    pretend: Pretend, spotify: Spotify, held: Playlist, uri: Uri, count: int, calls: int
) -> None:
    await spotify.playlists.replace(uri, *many(count))
    assert texts(held) == [str(song) for song in many(count)]
    assert len(pretend.calls) == calls


async def test_nothing_is_added_or_removed_without_a_call(
    pretend: Pretend, spotify: Spotify, uri: Uri
) -> None:
    await spotify.playlists.add(uri)
    await spotify.playlists.remove(uri)
    assert pretend.calls == []


# ---- whose


async def test_others_are_not_changed(pretend: Pretend, spotify: Spotify) -> None:
    theirs = playlist(pretend, FOLLOWED)
    before, uri = texts(theirs), uri_of(theirs.uri)
    for way in (
        spotify.playlists.edit(uri, name="Mine"),
        spotify.playlists.add(uri, *many(1)),
        spotify.playlists.remove(uri, uri_of(before[0] or "")),
        spotify.playlists.reorder(uri, 0, 2),
        spotify.playlists.replace(uri),
    ):
        with pytest.raises(Forbidden):
            await way
    assert (theirs.name, texts(theirs)) == (FOLLOWED, before)


async def test_who_works_on_one_changes_its_items_but_not_its_name(
    pretend: Pretend, spotify: Spotify
) -> None:
    shared = playlist(pretend, SHARED)
    await spotify.playlists.add(uri_of(shared.uri), *many(1), position=0)
    assert shared.items[0].added_by == "ada"
    with pytest.raises(Forbidden):
        await spotify.playlists.edit(uri_of(shared.uri), name="Mine")


@pytest.mark.parametrize("public", [True, False])
async def test_open_and_private_ones_have_a_scope_each(
    client: Clients, held: Playlist, uri: Uri, public: bool
) -> None:
    held.public = public
    right, wrong = ("public", "private") if public else ("private", "public")
    await client(scopes=[f"playlist-modify-{right}"]).playlists.add(uri, *many(1))
    with pytest.raises(MissingScope):
        await client(scopes=[f"playlist-modify-{wrong}"]).playlists.add(uri, *many(1))
