"""Lists whose entries have different covers show them whole, as a gallery."""

from __future__ import annotations

from typing import Any

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.list_components import covers, option_ids, options, selected_number


def _address(cover: dict[str, Any]) -> str:
    return str(cover["media"]["url"])


async def test_covers_stay_with_their_list(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search query:a type:albums")
    shown = covers(reply)
    assert len(shown) == 9, "full rows of three, so that Discord crops none"
    albums = [spotify.catalogue.albums[each] for each in option_ids(reply)]
    assert [cover["description"] for cover in shown] == [album.name for album in albums[:9]]
    assert len({_address(cover) for cover in shown}) == 9
    await harness.restart()
    picked = await reply.pick(options(reply)[2]["value"])
    assert selected_number(picked) == 3
    assert "Albums for “a”\n" in picked.text
    saved = await picked.press("Save" if "\nSave\n" in picked.text else "Unsave")
    assert "Added to your library" in saved.text or "Removed from" in saved.text
    for later in (picked, saved):
        assert [_address(cover) for cover in covers(later)] == [_address(each) for each in shown]


async def test_same_cover_is_shown_once_and_too_few_not_at_all(
    spotify: Spotify, linked_user: UserClient
) -> None:
    top = await linked_user.run("/top")
    urls = [_address(cover) for cover in covers(top)]
    assert len(urls) in (3, 6, 9)
    assert len(set(urls)) == len(urls)
    album = await top.press("Go to album")
    assert not covers(album), "its songs share one cover"
