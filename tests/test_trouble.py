"""When Discord misbehaves: late, twice, dropped, renamed."""

from __future__ import annotations

from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.readable import walk
from sandbox.spotify import Spotify


async def test_an_interaction_delivered_twice_acts_once(
    discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["ada"].player.resume()
    discord.duplicate_interactions = True
    assert "Skipped" in (await linked.run("/next")).text
    reply = await linked.run("/search lantern")
    await reply.press("Queue")
    assert len(spotify.calls_of("POST", "me/player/next")) == 1
    assert len(spotify.calls_of("POST", "me/player/queue")) == 1


async def test_it_comes_back_after_every_kind_of_broken_gateway(
    discord: Discord, linked: Seat
) -> None:
    for breaking in (discord.gateway.drop, discord.gateway.reconnect, discord.gateway.invalidate):
        await breaking()
        await discord.ready(timeout=20)
        assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_an_error_of_discord_is_survived(discord: Discord, linked: Seat) -> None:
    discord.faults.add(Fault("POST .*/callback", status=500, body='{"message":"x","code":0}'))
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_a_button_that_nobody_knows_any_more_says_so(discord: Discord, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    for part in walk(reply.message):
        if part.get("label") == "Play":
            part["custom_id"] = "once:upon:a:time"
    assert "has expired" in (await linked.press(reply.message, "Play")).text
