"""The simulated Web API moves what a snapshot had, and knows when a playlist is full."""

from __future__ import annotations

from sandbox.spotify import PlaylistItem
from sandbox.spotify.playlists_api import MAX_PLAYLIST_ITEMS
from tests.simulators.spotify.api_caller import api_caller


async def test_a_move_refers_to_its_snapshot_and_a_full_playlist_takes_no_more() -> None:
    async with api_caller() as ada:
        a, b, c, d = (track.uri for track in ada.spotify.catalogue.regular_tracks[:4])
        playlist = ada.spotify.state.add_playlist("New", "ada", a, b, c)
        before, path = playlist.snapshot_id, f"playlists/{playlist.id}/items"
        await ada("POST", path, {"uris": [d], "position": 0})
        move = {"range_start": 2, "insert_before": 0, "snapshot_id": before}
        assert (await ada("PUT", path, move)).status == 200
        assert [entry.uri for entry in playlist.items] == [d, c, a, b]
        playlist.insert([PlaylistItem(a)] * (MAX_PLAYLIST_ITEMS - 4))
        assert (await ada("POST", path, {"uris": [d]})).status == 403
        assert len(playlist.items) == MAX_PLAYLIST_ITEMS
