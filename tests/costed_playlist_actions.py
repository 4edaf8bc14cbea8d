"""The actions of playlists and pins whose cost at Spotify is measured."""

from __future__ import annotations

from tests.cost_session import CostedAction, CostSession, SessionStep, press_button, run_command


def _select_first(select: int = 0) -> SessionStep:
    return lambda session: session.select(0, select=select)


async def _show_pin(session: CostSession) -> None:
    """Show the only pin."""
    await session.run(f"/playlist pin what:{session.album_url} name:Anchor")


async def _open_panel_with_pin(session: CostSession) -> None:
    await _show_pin(session)
    await session.run("/now")


def _run_on_playlist(command: str) -> SessionStep:
    """Run a command whose `LINK` stands for a playlist, chosen from the suggestions."""

    async def step(session: CostSession) -> None:
        playlists = session.harness.spotify.playlists.values()
        uri = next(each.uri for each in playlists if each.name == "Harbour Evenings")
        await session.run(command.replace("LINK", uri))

    return step


async def _ask_to_delete(session: CostSession) -> None:
    playlist = session.harness.spotify.state.add_playlist("Short-lived", "ada", public=False)
    await session.run(f"/playlist delete name:{playlist.uri}")


PLAYLIST_ACTIONS = (
    CostedAction("`/playlist list`", run_command("/playlist list")),
    CostedAction("`/playlist show` of a suggestion", _run_on_playlist("/playlist show name:LINK")),
    CostedAction("`/playlist create`", run_command("/playlist create name:Tides")),
    CostedAction(
        "`/playlist create` from top songs", run_command("/playlist create name:Tides from:top")
    ),
    CostedAction(
        "`/playlist rename`, `describe`, `visibility`",
        _run_on_playlist("/playlist describe name:LINK text:Sea"),
    ),
    CostedAction(
        "`/playlist default` with a name", _run_on_playlist("/playlist default name:LINK")
    ),
    CostedAction("`/playlist delete`", _run_on_playlist("/playlist delete name:LINK")),
    CostedAction(
        "**Keep it**", press_button("Keep it"), _run_on_playlist("/playlist delete name:LINK")
    ),
    CostedAction("**Delete playlist**", press_button("Delete playlist"), _ask_to_delete),
    CostedAction("`/playlist pin` with a link", run_command("/playlist pin what:ALBUM")),
    CostedAction("a pin from its menu", _select_first(), _show_pin),
    CostedAction(
        "a pin from the menu on the panel",
        _select_first(),
        _open_panel_with_pin,
        keep_panel=True,
    ),
    CostedAction("a pin that is taken off", _select_first(1), _show_pin),
    CostedAction(
        "autocomplete for `/playlist`",
        lambda session: session.ada.autocomplete("/playlist show name:har"),
    ),
)
