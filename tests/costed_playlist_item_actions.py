"""The actions with what is in a playlist whose cost at Spotify is measured."""

from __future__ import annotations

from sandbox.message_text import controls
from sandbox.spotify import Playlist, PlaylistItem
from tests.cost_session import CostedAction, CostSession, SessionStep, press_button

NAME = "Shore"


async def _fill_playlist(session: CostSession) -> None:
    """Ada's playlist has two songs, and a second copy of the first."""
    spotify = session.harness.spotify
    first, second = (track.uri for track in spotify.catalogue.regular_tracks[50:52])
    playlist = _find(session) or spotify.state.add_playlist(NAME, "ada", public=False)
    playlist.items.clear()
    playlist.insert([PlaylistItem(uri) for uri in (first, second, first)])


def _find(session: CostSession) -> Playlist | None:
    playlists = session.harness.spotify.playlists.values()
    return next((playlist for playlist in playlists if playlist.name == NAME), None)


def _run(line: str) -> SessionStep:
    """Run a command about the playlist. SONG is its first song, LINK one that it does not have."""

    async def step(session: CostSession) -> None:
        playlist = _find(session)
        assert playlist is not None
        song = session.harness.spotify.catalogue.regular_tracks[50]
        line_with_links = line.replace("LINK", session.track_url).replace("SONG", song.uri)
        await session.run(f"{line_with_links}:{playlist.uri}")

    return step


def _prepared(line: str) -> SessionStep:
    """Fill the playlist, then run the command."""

    async def step(session: CostSession) -> None:
        await _fill_playlist(session)
        await _run(line)(session)

    return step


async def _use_menu(session: CostSession) -> None:
    message = session.ada.send(session.track_url)
    reply = await session.ada.use_context_menu("Add to playlist", message=message)
    session.message = reply.message


async def _prepare_menu(session: CostSession) -> None:
    await _fill_playlist(session)
    await _use_menu(session)


async def _prepare_long_menu(session: CostSession) -> None:
    """Ada has more playlists than fit into the menu."""
    for number in range(30):
        session.harness.spotify.state.add_playlist(f"Shelf {number}", "ada")
    session.harness.clock.advance(11 * 60)  # so that no earlier list of playlists is cached
    await _use_menu(session)


async def _find_playlist(session: CostSession) -> None:
    form = await session.press("Find a playlist")
    await form.submit(name="shelf")
    playlists = session.harness.spotify.accounts["ada"].playlists
    playlists[:] = [each for each in playlists if not (each and each.name.startswith("Shelf"))]


async def _choose_playlist(session: CostSession) -> None:
    options = [option for option in controls(session.message).values() if option.choice]
    named = (n for n, option in enumerate(options) if NAME in option.label)
    await session.select(next(named, 0))  # with odd names, no playlist has this one


async def _select_first(session: CostSession) -> None:
    await session.select(0)


PLAYLIST_ITEM_ACTIONS = (
    CostedAction("`/playlist add`", _run("/playlist add what:LINK to"), _fill_playlist),
    CostedAction(
        "**Add anyway**", press_button("Add anyway"), _prepared("/playlist add what:SONG to")
    ),
    CostedAction("`/playlist remove`", _run("/playlist remove what:SONG from"), _fill_playlist),
    CostedAction(
        "a song from its menu", _select_first, _prepared("/playlist remove what:SONG from")
    ),
    CostedAction("`/playlist tidy`", _run("/playlist tidy name"), _fill_playlist),
    CostedAction("a duplicate from its menu", _select_first, _prepared("/playlist tidy name")),
    CostedAction("**Remove it**", press_button("Remove it"), _prepared("/playlist tidy name")),
    CostedAction("**Add to playlist**", _use_menu),
    CostedAction("a playlist from its menu", _choose_playlist, _prepare_menu),
    CostedAction("**Find a playlist**", _find_playlist, _prepare_long_menu),
)
