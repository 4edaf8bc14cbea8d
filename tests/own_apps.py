"""Linking with a Spotify app of one's own."""

from __future__ import annotations

from sandbox.discord import Seat
from sandbox.spotify import App
from sandbox.stage import Stage, code_on
from tests.logins import agree, enter

OWN = "0123456789abcdef0123456789abcdef"


async def link_with(stage: Stage, client_id: str = OWN, user: str = "mallory") -> Seat:
    """This user in #music, linked through that app, of which they are made a user."""
    if client_id not in stage.spotify.apps:
        stage.spotify.apps[client_id] = App(client_id)
        stage.spotify.register(f"{stage.settings.public_url}/callback", client_id=client_id)
    stage.spotify.apps[client_id].allow_list.add(user)
    seat = stage.discord.seat(user, "music")
    reply = await seat.run(f"/link client_id:{client_id}")
    offer = stage.offer(reply)
    code = code_on((await agree(offer, user)).text)
    assert code is not None
    await enter(offer, code)
    await reply.until("Linked to")
    return seat
