"""Each format of /export brings back what it can carry, order and duplicates included."""

from __future__ import annotations

import pytest

from bot.library.formats import FORMATS, JSON, ZIP
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.imported_library import SAVED_KINDS, everything, importable, importer, library_of, wipe

_LOSSLESS = {ZIP, JSON}
# The formats that hold all kinds of saved items, and those that hold the playlists' names.
_WITH_ALL_KINDS = {*_LOSSLESS, "csv", "xlsx", "links"}
_WITH_NAMES = {*_LOSSLESS, "tunemymusic", "m3u8", "xspf", "spotdl"}


@pytest.mark.slow
async def test_every_format_brings_back_what_it_can_carry(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    # Of a playlist that somebody shares, most formats make a copy: they do not say whose it is.
    ada.playlists[:] = [each for each in ada.playlists if each and each.owner == "ada"]
    songs = [track.uri for track in spotify.catalogue.regular_tracks[40:44]]
    spotify.state.add_playlist("Qu/ay: «a», \u202eb", "ada", *songs, songs[0], public=False)
    before, files = importable(library_of(ada)), dict[str, tuple[str, bytes]]()
    for key in (ZIP, JSON, *(k for k, form in FORMATS.items() if form.can_be_imported)):
        reply = await linked_user.run(f"/export format:{key}")
        await reply.wait_for(lambda reply: bool(reply.files))
        ((name, content),) = reply.files.items()
        files[key] = name, content
    for key, (name, content) in files.items():
        wipe(ada)
        async with importer(harness) as it:
            await it.apply(everything(await it.look(content, name)))
        after = library_of(ada)
        for kind in SAVED_KINDS if key in _WITH_ALL_KINDS else ("track",):
            assert after.saved[kind] == before.saved[kind], (key, kind)
        expected = before.artists if key in _WITH_ALL_KINDS else frozenset()
        assert after.artists == expected, key
        expected_uris = [uris for _, _, uris in before.playlists]
        assert [uris for _, _, uris in after.playlists] == expected_uris, key
        if key in _WITH_NAMES:
            assert [p[0] for p in after.playlists] == [p[0] for p in before.playlists], key
        if key in _LOSSLESS:
            assert after == before, key
