"""The actions with the user's library whose cost at Spotify is measured."""

from __future__ import annotations

import asyncio

from tests.cost_session import CostedAction, CostSession, press_button, run_command
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

_save_link = run_command("/save what:LINK")


async def _unsave_and_undo(session: CostSession) -> None:
    await session.run(f"/unsave what:{session.track_url}")
    await session.run("/undo")


async def _save_forty(session: CostSession) -> None:
    songs = session.harness.spotify.catalogue.regular_tracks[:40]
    await session.run("/save what:" + " ".join(song.uri for song in songs))


async def _stop_export(session: CostSession) -> None:
    """Press **Stop** while the first page is read."""
    session.harness.spotify.faults.add(held := HeldResponse("GET .*/me/tracks"), first=True)
    command = asyncio.create_task(session.run("/export what:liked-songs format:json"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        session.harness.clock.advance(3)  # after which the progress is shown
        await command
        await session.press("Stop")
        assert session.reply is not None
        await session.reply.wait_for("Stopped. Nothing is kept")


LIBRARY_ACTIONS = (
    CostedAction("`/saved`", run_command("/saved")),
    CostedAction("another page of `/saved`", press_button("Page 2 ▶"), run_command("/saved")),
    CostedAction("`/saved` with words to find", run_command("/saved find:lantern")),
    CostedAction(
        "autocomplete for `/saved`", lambda session: session.ada.autocomplete("/saved find:lantern")
    ),
    CostedAction("`/save`", run_command("/save")),
    CostedAction("`/save` for a link", _save_link),
    CostedAction("`/save` for forty links", _save_forty),
    CostedAction("`/unsave` for a link", run_command("/unsave what:LINK"), _save_link),
    CostedAction("**Stop** at the first page of an export", _stop_export),
    CostedAction("`/undo`, with the `/unsave` before it", _unsave_and_undo, _save_link),
)
