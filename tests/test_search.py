"""Search: a list, a choice, and four things to do with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.discord import Discord, Reply, Seat
from sandbox.readable import controls, walk
from sandbox.spotify import Spotify
from sandbox.stage import Stage


def _options(reply: Reply) -> list[dict[str, str]]:
    return [option for part in walk(reply.message) for option in part.get("options", [])]


async def test_a_search_lists_songs_with_links_and_the_first_one_chosen(
    spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/search query:lantern")
    options = _options(reply)
    assert 5 <= len(options) <= 10
    assert all(
        f"https://open.spotify.com/track/{option['value']}" in reply.text for option in options
    )
    assert [bool(option.get("default")) for option in options] == [True] + [False] * (
        len(options) - 1
    )
    assert {it.label for it in controls(reply.message).values()} >= {"Play", "Queue", "Save"}
    assert reply.ephemeral
    assert len(spotify.calls_of("GET", "search")) == 1


async def test_play_plays_what_is_chosen(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    third = _options(reply)[2]
    picked = await reply.pick(third["value"])
    assert [option["value"] for option in _options(picked) if option.get("default")] == [
        third["value"]
    ]
    played = await picked.press("Play")
    assert "Playing" in played.text
    assert spotify.accounts["ada"].player.item == f"spotify:track:{third['value']}"


async def test_queue_adds_to_the_queue(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    queued = await reply.press("Queue")
    assert "Queued" in queued.text
    assert spotify.accounts["ada"].player.queue == [f"spotify:track:{_options(reply)[0]['value']}"]


async def test_save_puts_it_first_among_the_liked_songs(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    chosen = f"spotify:track:{_options(reply)[0]['value']}"
    spotify.accounts["ada"].drop(chosen)
    saved = await reply.press("Save")
    assert "Saved" in saved.text
    assert spotify.accounts["ada"].liked[0][0] == chosen


async def test_the_picker_and_its_buttons_survive_a_restart(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/search lantern")
    second = _options(reply)[1]["value"]
    await stage.restart()
    picked = await reply.pick(second)
    await picked.press("Play")
    assert spotify.accounts["ada"].player.item == f"spotify:track:{second}"


async def test_an_empty_result_says_what_to_do(linked: Seat) -> None:
    assert "found nothing" in (await linked.run("/search query:xyzzyplugh")).text


async def test_a_query_of_6000_characters_gets_an_answer(linked: Seat) -> None:
    reply = await linked.run("/search query:" + "lantern " * 750)
    assert reply.text
    assert "bug" not in reply.text


@pytest.mark.parametrize(
    "query",
    ["everyone", "HYPERLINK", "bold", "nitro", "invite", "Sung by", "الفانوس", "Long", "🏮"],
)
async def test_hostile_names_stay_names(linked: Seat, query: str) -> None:
    reply = await linked.run(f"/search query:{query}")
    assert "bug" not in reply.text
    assert not reply.message["mention_everyone"]
    assert not reply.message["mentions"]
    for part in walk(reply.message):
        text = part.get("content", "")
        assert "@everyone" not in text
        assert "](http://" not in text
        assert "discord.gg/" not in text
    if _options(reply):
        assert (await reply.press("Save")).text


async def test_a_track_without_an_artist_is_listed(linked: Seat) -> None:
    assert "Unknown artist" in (await linked.run("/search query:Sung by Nobody")).text


async def test_somebody_elses_button_acts_for_whoever_presses_it(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/search lantern")
    spotify.accounts["ada"].player.device = None
    assert "Open Spotify" in (await reply.press("Play")).text


async def test_what_is_shared_everybody_sees_and_can_play(
    stage: Stage, discord: Discord, linked: Seat
) -> None:
    await stage.link("grace")
    grace = discord.seat("grace", "music")
    reply = await linked.run("/search lantern")
    chosen = _options(reply)[0]["value"]
    shared = await reply.press("Share")
    assert shared.ephemeral
    assert "Shared with everybody here" in shared.text
    seen = await grace.until("Ada shared a song")
    assert f"https://open.spotify.com/track/{chosen}" in str(seen)
    assert "Playing" in (await grace.press(seen, "Play")).text
    assert stage.spotify.accounts["grace"].player.item == f"spotify:track:{chosen}"


async def test_whoever_shares_cannot_ping_by_their_name(discord: Discord, linked: Seat) -> None:
    users = discord.world.users
    users["ada"] = replace(users["ada"], display="@everyone **Ada** discord.gg/x")
    await (await linked.run("/search lantern")).press("Share")
    seen = str(await discord.seat("grace", "music").until("shared a song"))
    assert "everyone" in seen
    assert "@everyone" not in seen
    assert "**Ada**" not in seen


async def test_a_link_to_something_else_is_not_searched_for(spotify: Spotify, linked: Seat) -> None:
    album = next(iter(spotify.catalogue.albums))
    reply = await linked.run(f"/search https://open.spotify.com/album/{album}")
    assert "Use /play with it" in reply.text
    assert not spotify.calls_of("GET", "search")
