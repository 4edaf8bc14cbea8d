"""Search: a list, a choice, and what can be done with it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import Discord, Seat
from sandbox.discord.world import EPHEMERAL
from sandbox.faults import Fault
from sandbox.readable import controls, walk
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.entries import buttons, chosen, ids, numbers, options
from tests.linking.slow import HeldBack, held_back


async def test_a_search_lists_songs_with_links_and_the_first_one_chosen(
    spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/search query:lantern")
    assert 5 <= len(ids(reply)) <= 10
    assert all(f"https://open.spotify.com/track/{one}" in reply.text for one in ids(reply))
    assert chosen(reply) == ids(reply)[0]
    assert {it.label for it in controls(reply.message).values()} >= {"Play", "Queue", "Save"}
    assert reply.ephemeral
    assert len(spotify.calls_of("GET", "search")) == 1


async def test_play_plays_what_is_chosen(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    picked = await reply.pick(options(reply)[2]["value"])
    assert chosen(picked) == ids(reply)[2]
    played = await picked.press("Play")
    assert "Playing" in played.text
    assert spotify.accounts["ada"].player.item == f"spotify:track:{ids(reply)[2]}"


async def test_queue_adds_to_the_queue(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    queued = await reply.press("Queue")
    assert "Queued" in queued.text
    assert spotify.accounts["ada"].player.queue == [f"spotify:track:{ids(reply)[0]}"]


async def test_save_puts_it_first_among_the_liked_songs(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search lantern")
    first = f"spotify:track:{ids(reply)[0]}"
    spotify.accounts["ada"].drop(first)
    saved = await reply.press("Save")
    assert "Saved to your liked songs" in saved.text
    assert spotify.accounts["ada"].liked[0][0] == first


async def test_the_picker_and_its_buttons_survive_a_restart(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/search lantern")
    await stage.restart()
    picked = await reply.pick(options(reply)[1]["value"])
    await picked.press("Play")
    assert spotify.accounts["ada"].player.item == f"spotify:track:{ids(reply)[1]}"


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
    if options(reply):
        assert (await reply.press("Save")).text


async def test_a_track_without_an_artist_is_listed(linked: Seat) -> None:
    assert "Unknown artist" in (await linked.run("/search query:Sung by Nobody")).text


async def test_somebody_elses_button_acts_for_whoever_presses_it(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/search lantern")
    spotify.accounts["ada"].player.device = None
    assert "None of your devices is playing" in (await reply.press("Play")).text


async def test_what_is_shared_everybody_sees_and_can_play(
    stage: Stage, discord: Discord, linked: Seat
) -> None:
    await stage.link("grace")
    grace = discord.seat("grace", "music")
    reply = await linked.run("/search lantern")
    first = ids(reply)[0]
    slow = HeldBack("POST .*/webhooks/")
    discord.faults.add(slow)
    async with held_back(slow.pause):
        shared = await reply.press("Share")
        assert "Sharing…" in shared.text
        assert "Shared with" not in shared.text
    await shared.until("Shared with everybody here.")
    assert shared.messages[0]["flags"] & EPHEMERAL
    assert "Sharing" not in shared.text
    seen = await grace.until("Ada shared a song")
    assert f"https://open.spotify.com/track/{first}" in str(seen)
    assert "Playing" in (await grace.press(seen, "Play")).text
    assert stage.spotify.accounts["grace"].player.item == f"spotify:track:{first}"


class _OnlyForThem(Fault):
    """Discord keeps a message private, where the app may not speak to everybody."""

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        message = json.loads(answer.text or "")
        message["flags"] |= EPHEMERAL
        return web.Response(body=json.dumps(message).encode(), content_type="application/json")


async def test_what_is_not_shared_is_not_said_to_be(
    stage: Stage, discord: Discord, linked: Seat
) -> None:
    reply = await linked.run("/search lantern")
    discord.faults.add(Fault("POST .*/webhooks/", status=403, body="{}", times=1))
    lost = await (await reply.press("Share")).until("reference")
    assert "Shar" not in lost.text
    stage.clock.advance(1)
    discord.faults.add(_OnlyForThem("POST .*/webhooks/"))
    alone = await (await reply.press("Share")).until("Discord lets nobody else here see it.")
    assert "Shared with" not in alone.text


async def test_whoever_shares_cannot_ping_by_their_name(discord: Discord, linked: Seat) -> None:
    users = discord.world.users
    users["ada"] = replace(users["ada"], display="@everyone **Ada** discord.gg/x")
    await (await linked.run("/search lantern")).press("Share")
    seen = str(await discord.seat("grace", "music").until("shared a song"))
    assert "everyone" in seen
    assert "@everyone" not in seen
    assert "**Ada**" not in seen


# ---- every kind, and what a link leads to


@pytest.mark.parametrize(
    ("type_", "words", "heading", "buttons_are"),
    [
        ("tracks", "lantern", "Songs for", {"Play", "Queue", "Save", "Add to playlist", "Share"}),
        ("albums", "lantern", "Albums for", {"Open", "Play", "Add to playlist", "Save", "Share"}),
        ("artists", "lantern", "Artists for", {"Open", "Play", "Follow", "Share"}),
        ("playlists", "evenings", "Playlists for", {"Open", "Play", "Save", "Share"}),
        ("shows", "almanac", "Shows for", {"Open", "Play", "Save", "Share"}),
        ("episodes", "kettles", "Episodes for", {"Play", "Queue", "Save", "Share"}),
        ("audiobooks", "ledger", "Audiobooks for", {"Open", "Play", "Save", "Share"}),
    ],
)
async def test_every_kind_can_be_searched_for_played_and_saved(
    spotify: Spotify, linked: Seat, type_: str, words: str, heading: str, buttons_are: set[str]
) -> None:
    reply = await linked.run(f"/search query:{words} type:{type_}")
    kind = type_.removesuffix("s")
    assert f"{heading} “{words}”" in reply.text
    assert f"https://open.spotify.com/{kind}/{chosen(reply)}" in reply.text
    assert set(buttons(reply)) >= buttons_are
    uri = f"spotify:{kind}:{chosen(reply)}"
    assert "Playing" in (await reply.press("Play")).text
    player = spotify.accounts["ada"].player
    assert uri in (player.item, player.context)
    save = "Follow" if kind == "artist" else "Save"
    assert (await reply.press(save)).text.startswith(("Saved", "-# Saved", "-# You follow"))
    assert spotify.calls_of("PUT", "me/library")[-1].query == {"uris": uri}


@pytest.mark.parametrize("type_", ["albums", "artists", "playlists", "shows", "audiobooks"])
async def test_a_shared_thing_can_be_opened_by_everybody(
    stage: Stage, discord: Discord, linked: Seat, type_: str
) -> None:
    grace = await stage.link("grace")
    words = {"playlists": "mornings", "shows": "almanac", "audiobooks": "ledger"}
    reply = await linked.run(f"/search query:{words.get(type_, 'lantern')} type:{type_}")
    await reply.press("Share")
    seen = await grace.until("Ada shared a")
    opened = await grace.press(seen, "Open")
    assert opened.ephemeral
    assert len(numbers(opened)) > 0


@pytest.mark.parametrize("kind", ["album", "artist", "show", "audiobook"])
async def test_a_link_opens_what_it_leads_to(spotify: Spotify, linked: Seat, kind: str) -> None:
    id_ = next(iter(getattr(spotify.catalogue, f"{kind}s")))
    reply = await linked.run(f"/search https://open.spotify.com/{kind}/{id_}")
    assert f"https://open.spotify.com/{kind}/{id_}" in reply.text
    assert numbers(reply)
    assert "Back" not in buttons(reply)


@pytest.mark.parametrize("kind", ["track", "episode", "playlist"])
async def test_a_link_to_what_may_not_be_opened_shows_it_alone(
    spotify: Spotify, linked: Seat, kind: str
) -> None:
    shelf = spotify.playlists if kind == "playlist" else getattr(spotify.catalogue, f"{kind}s")
    id_ = next(iter(shelf))
    reply = await linked.run(f"/search https://open.spotify.com/{kind}/{id_}")
    assert ids(reply) == [id_]
    assert "Play" in buttons(reply)
    assert not spotify.calls_of("GET", "search")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("https://open.spotify.com/album/" + "0" * 22, "Spotify has nothing there for apps"),
        ("https://open.spotify.com/concert/4uLU6hMCjMI75M1A2tKUQC", "Paste a link to a track"),
        ("https://example.com/track/4uLU6hMCjMI75M1A2tKUQC", "does not lead to Spotify"),
        ("\u200b", "There is nothing to look for"),
        ("l" * 251, "too long to search for"),
    ],
)
async def test_what_cannot_be_looked_for_is_a_sentence(linked: Seat, link: str, says: str) -> None:
    reply = await linked.run(f"/search query:{link}")
    assert says in reply.text
    assert reply.ephemeral
