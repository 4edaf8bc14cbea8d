"""The actions with the user's library whose cost at Spotify is measured."""

from __future__ import annotations

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
    assert session.harness.bot is not None
    exports = session.harness.bot.services.exports
    announce_after, exports.announce_after = exports.announce_after, 0.01
    session.harness.spotify.faults.add(held := HeldResponse("GET .*/me/tracks"), first=True)
    await session.run("/export what:liked-songs format:json")
    assert session.reply is not None
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        session.message = (await session.reply.wait_for("Reading Liked songs")).message
        await session.press("Stop")
        await session.reply.wait_for("Stopped. Nothing is kept")
    exports.announce_after = announce_after


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
