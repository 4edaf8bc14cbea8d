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


async def _export_everything(session: CostSession) -> None:
    await session.run("/export")
    assert session.reply is not None
    await session.reply.wait_for("Here’s your library")


async def _compare(session: CostSession) -> None:
    """Compare the library with the export before, of which nothing has changed."""
    assert session.reply is not None
    files = session.reply.files
    reply = await session.ada.run("/backup diff since:library.zip", files)
    await reply.wait_for("changed since")


async def _export_since(session: CostSession) -> None:
    assert session.reply is not None
    files = session.reply.files
    reply = await session.ada.run("/export since:library.zip", files)
    await reply.wait_for("from your earlier export")


_ask_for_backups = run_command("/backup every period:week")


async def _confirm_backups(session: CostSession) -> None:
    reply = await session.press("Back up every week")
    await reply.wait_for("The next one comes")
    await session.run("/backup every period:off")


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
    CostedAction("`/export since:` with nothing changed", _export_since, _export_everything),
    CostedAction("`/backup diff` with nothing changed", _compare, _export_everything),
    CostedAction("`/backup every`", _ask_for_backups),
    CostedAction("**Back up every week**", _confirm_backups, _ask_for_backups),
    CostedAction("**Cancel** below the question", press_button("Cancel"), _ask_for_backups),
)
