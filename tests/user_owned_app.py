"""Links a user with their own Spotify app."""

from __future__ import annotations

from sandbox.discord import UserClient
from sandbox.harness import Harness, find_confirmation_code
from sandbox.spotify import App
from tests.login_steps import authorize_login, enter_code

USER_CLIENT_ID = "0123456789abcdef0123456789abcdef"


async def link_with_own_app(
    harness: Harness, client_id: str = USER_CLIENT_ID, user: str = "mallory"
) -> UserClient:
    """Register this app for the user and link them through it; returns them in #music."""
    if client_id not in harness.spotify.apps:
        harness.spotify.apps[client_id] = App(client_id)
        harness.spotify.register_redirect_uri(
            f"{harness.settings.public_url}/callback", client_id=client_id
        )
    harness.spotify.apps[client_id].allowed_accounts.add(user)
    client = harness.discord.user_client(user, "music")
    reply = await client.run(f"/link client_id:{client_id}")
    offer = harness.find_login_offer(reply)
    code = find_confirmation_code((await authorize_login(offer, user)).text)
    assert code is not None
    await enter_code(offer, code)
    await reply.wait_for("Linked to")
    return client
