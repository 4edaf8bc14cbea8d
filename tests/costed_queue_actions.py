"""The actions of the queue and the volume whose cost at Spotify is measured."""

from __future__ import annotations

import asyncio

from tests.cost_session import CostedAction, CostSession, press_button, run_command, select_second
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit


async def _confirm_queue(session: CostSession) -> None:
    await (await session.press("Queue them")).wait_for("Queued 8 songs")


async def _stop_queueing(session: CostSession) -> None:
    """Press **Stop** while the first song is queued."""
    session.harness.spotify.faults.add(held := HeldResponse("POST .*/me/player/queue$"))
    queueing = asyncio.create_task(session.press("Queue them"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        reply = await queueing
        session.message = reply.message
        await session.press("Stop")
    await reply.wait_for("Stopped: 1 of 8 is queued")


_ASK = run_command("/queue add what:ALBUM")

QUEUE_ACTIONS = (
    CostedAction("`/queue show`", run_command("/queue show")),
    CostedAction("another page of the queue", press_button("🔄"), run_command("/queue show")),
    CostedAction("two skips from the menu of the queue", select_second, run_command("/queue show")),
    CostedAction("`/queue add` for words", run_command("/queue add lantern")),
    CostedAction(
        "`/queue add` for a link, with `now`", run_command("/queue add what:LINK now:true")
    ),
    CostedAction("`/queue add` for an album", _ASK),
    CostedAction("**Queue them** for eight songs", _confirm_queue, _ASK),
    CostedAction("**Stop** at the first of them", _stop_queueing, _ASK),
    CostedAction("**Play it instead**", press_button("Play it instead"), _ASK),
)

VOLUME_ACTIONS = (
    CostedAction("`/volume`", run_command("/volume 40")),
    CostedAction("a level from the menu of `/volume`", select_second, run_command("/volume")),
    CostedAction("**Mute** below the menu", press_button("Mute"), run_command("/volume 40")),
    CostedAction("🎚️ on the panel", press_button("🎚️"), run_command("/now"), keep_panel=True),
)
