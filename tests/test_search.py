"""/search: result lists, item buttons, sharing, and links as queries."""

from __future__ import annotations

import json
from dataclasses import replace

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import Discord, RequestKind, UserClient
from sandbox.discord.faults import dropped_reply
from sandbox.discord.state import EPHEMERAL
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import controls, walk_components
from sandbox.spotify import Spotify
from tests.list_components import (
    enabled_button_labels,
    line_numbers,
    open_label,
    option_ids,
    options,
    selected_id,
    unsave_all,
)
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit


async def test_search_lists_tracks_with_links_and_selects_first(
    spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search query:lantern")
    assert 5 <= len(option_ids(reply)) <= 10
    assert all(f"https://open.spotify.com/track/{id_}" in reply.text for id_ in option_ids(reply))
    assert selected_id(reply) == option_ids(reply)[0]
    assert {control.label for control in controls(reply.message).values()} >= {
        "Play",
        "Queue",
        "Save",
    }
    assert reply.ephemeral
    assert len(spotify.calls_to("GET", "search")) == 1


async def test_play_plays_selected_item(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run("/search lantern")
    picked = await reply.pick(options(reply)[2]["value"])
    assert selected_id(picked) == option_ids(reply)[2]
    played = await picked.press("Play")
    assert "Playing" in played.text
    assert spotify.accounts["ada"].player.item == f"spotify:track:{option_ids(reply)[2]}"


async def test_queue_adds_to_the_queue(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run("/search lantern")
    queued = await reply.press("Queue")
    assert "Queued" in queued.text
    assert spotify.accounts["ada"].player.queue == [f"spotify:track:{option_ids(reply)[0]}"]


async def test_save_adds_to_liked_songs(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run("/search lantern")
    first = f"spotify:track:{option_ids(reply)[0]}"
    spotify.accounts["ada"].remove(first)
    saved = await reply.press("Save")
    assert "Added to your Liked Songs" in saved.text
    assert spotify.accounts["ada"].liked[0][0] == first


async def test_select_and_buttons_survive_a_restart(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search lantern")
    await harness.restart()
    picked = await reply.pick(options(reply)[1]["value"])
    await picked.press("Play")
    assert spotify.accounts["ada"].player.item == f"spotify:track:{option_ids(reply)[1]}"


async def test_empty_result_is_reported(linked_user: UserClient) -> None:
    assert "found nothing" in (await linked_user.run("/search query:xyzzyplugh")).text


async def test_query_of_6000_characters_gets_a_reply(linked_user: UserClient) -> None:
    reply = await linked_user.run("/search query:" + "lantern " * 750)
    assert reply.text
    assert "bug" not in reply.text


async def test_hostile_names_are_escaped(linked_user: UserClient) -> None:
    for query in (
        "everyone",
        "HYPERLINK",
        "bold",
        "nitro",
        "invite",
        "Sung by",
        "الفانوس",
        "Long",
        "🏮",
    ):
        reply = await linked_user.run(f"/search query:{query}")
        assert "bug" not in reply.text
        assert not reply.message["mention_everyone"]
        assert not reply.message["mentions"]
        for part in walk_components(reply.message):
            text = part.get("content", "")
            assert "@everyone" not in text
            assert "](http://" not in text
            assert "discord.gg/" not in text
        if options(reply):
            assert (await reply.press("Save")).text


async def test_track_without_artist_is_listed(linked_user: UserClient) -> None:
    assert "Unknown artist" in (await linked_user.run("/search query:Sung by Nobody")).text


async def test_play_without_active_device_asks_for_device(
    spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search lantern")
    spotify.accounts["ada"].player.device = None
    assert "Nothing is playing. Which device" in (await reply.press("Play")).text


async def test_shared_item_is_visible_and_playable_by_everyone(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    await harness.link_account("grace")
    grace = discord.user_client("grace", "music")
    reply = await linked_user.run("/search lantern")
    first = option_ids(reply)[0]
    await reply.press("Share")
    await reply.wait_for("Shared with everyone here.")
    assert reply.ephemeral
    message = await grace.wait_for_message("Ada shared a song")
    assert f"https://open.spotify.com/track/{first}" in str(message)
    assert "Playing" in (await grace.press(message, "Play")).text
    assert harness.spotify.accounts["grace"].player.item == f"spotify:track:{first}"


async def test_share_in_the_list_of_another_user_is_answered_privately(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    await (await linked_user.run("/settings")).press("Make public")
    reply = await linked_user.run("/search lantern")
    held = HeldResponse("POST .*/webhooks/")
    discord.faults.add(held)
    async with released_at_exit(held.hold):
        shared = await grace.press(reply.message, "Share")
        assert "Sharing…" in shared.text
        assert "Shared with" not in shared.text
    await shared.wait_for("Shared with everyone here.")
    assert shared.messages[0]["flags"] & EPHEMERAL
    assert "Sharing" not in shared.text
    assert "Shared" not in reply.text


class _EphemeralFault(Fault):
    """Discord makes the message private, as it does where the app may not post publicly."""

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        assert isinstance(response, web.Response)
        message = json.loads(response.text or "")
        message["flags"] |= EPHEMERAL
        return web.Response(body=json.dumps(message).encode(), content_type="application/json")


async def test_failed_share_is_not_reported_as_shared(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search lantern")
    discord.faults.add(Fault("POST .*/webhooks/", status=403, body="{}", times=1))
    failed = await (await reply.press("Share")).wait_for("doesn’t let me reply here")
    assert "Shar" not in failed.text
    harness.clock.advance(1)
    discord.faults.add(_EphemeralFault("POST .*/webhooks/"))
    unseen = await (await reply.press("Share")).wait_for("Nobody else can see it here.")
    assert "Shared with" not in unseen.text


async def test_share_whose_answer_is_lost_is_not_repeated(
    discord: Discord, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/search lantern")
    discord.faults.add(dropped_reply(f" {RequestKind.FOLLOW_UP}$"))
    lost = await (await reply.press("Share")).wait_for("That may be done")
    assert "ry again" not in lost.text
    messages = discord.user_client("grace", "music").messages()
    assert sum("shared a song" in str(message) for message in messages) == 1


async def test_sharer_name_cannot_ping(discord: Discord, linked_user: UserClient) -> None:
    users = discord.state.users
    users["ada"] = replace(users["ada"], display_name="@everyone **Ada** discord.gg/x")
    await (await linked_user.run("/search lantern")).press("Share")
    message = str(await discord.user_client("grace", "music").wait_for_message("shared a song"))
    assert "everyone" in message
    assert "@everyone" not in message
    assert "**Ada**" not in message


# ---- item types and links


async def test_every_kind_can_be_searched_played_and_saved(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    unsave_all(ada)
    ada.playlists.clear()
    for type_, query, heading, buttons in (
        ("tracks", "lantern", "Songs for", {"Play", "Queue", "Save", "Add to playlist", "Share"}),
        (
            "albums",
            "lantern",
            "Albums for",
            {"Show songs", "Play", "Add to playlist", "Save", "Share"},
        ),
        ("artists", "lantern", "Artists for", {"Show songs", "Play", "Follow", "Share"}),
        ("playlists", "mornings", "Playlists for", {"Show songs", "Play", "Save", "Share"}),
        ("shows", "almanac", "Shows for", {"Show episodes", "Play", "Save", "Share"}),
        ("episodes", "kettles", "Episodes for", {"Play", "Queue", "Save", "Share"}),
        ("audiobooks", "ledger", "Audiobooks for", {"Show chapters", "Play", "Save", "Share"}),
    ):
        reply = await linked_user.run(f"/search query:{query} type:{type_}")
        kind = type_.removesuffix("s")
        assert f"{heading} “{query}”" in reply.text
        assert f"https://open.spotify.com/{kind}/{selected_id(reply)}" in reply.text
        assert set(enabled_button_labels(reply)) >= buttons
        uri = f"spotify:{kind}:{selected_id(reply)}"
        assert "Playing" in (await reply.press("Play")).text
        player = spotify.accounts["ada"].player
        assert uri in (player.item, player.context)
        save = "Follow" if kind == "artist" else "Save"
        saved = "Now following" if kind == "artist" else "Added to "
        assert saved in (await reply.press(save)).text
        assert spotify.calls_to("PUT", "me/library")[-1].query == {"uris": uri}


async def test_shared_item_can_be_opened_by_everyone(
    harness: Harness, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    for type_, query, announcement in (
        ("albums", "lantern", "Ada shared an album"),
        ("artists", "lantern", "Ada shared an artist"),
        ("playlists", "mornings", "Ada shared a playlist"),
        ("shows", "almanac", "Ada shared a show"),
        ("audiobooks", "ledger", "Ada shared an audiobook"),
    ):
        reply = await linked_user.run(f"/search query:{query} type:{type_}")
        await reply.press("Share")
        message = await grace.wait_for_message(announcement)
        opened = await grace.press(message, open_label(reply))
        assert opened.ephemeral
        assert len(line_numbers(opened)) > 0


async def test_link_opens_its_item(spotify: Spotify, linked_user: UserClient) -> None:
    for kind in ("album", "artist", "show", "audiobook"):
        id_ = next(iter(getattr(spotify.catalogue, f"{kind}s")))
        reply = await linked_user.run(f"/search https://open.spotify.com/{kind}/{id_}")
        assert f"https://open.spotify.com/{kind}/{id_}" in reply.text
        assert line_numbers(reply)
        assert "Back" not in enabled_button_labels(reply)


async def test_link_to_item_without_list_shows_item_only(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for kind in ("track", "episode", "playlist"):
        items = spotify.playlists if kind == "playlist" else getattr(spotify.catalogue, f"{kind}s")
        id_ = next(iter(items))
        reply = await linked_user.run(f"/search https://open.spotify.com/{kind}/{id_}")
        assert option_ids(reply) == [id_]
        assert "Play" in enabled_button_labels(reply)
        assert not spotify.calls_to("GET", "search")


async def test_invalid_query_gets_message(linked_user: UserClient) -> None:
    for link, expected in (
        ("https://open.spotify.com/album/" + "0" * 22, "Spotify can’t find that"),
        ("https://open.spotify.com/concert/4uLU6hMCjMI75M1A2tKUQC", "leads to a concert"),
        ("https://example.com/track/4uLU6hMCjMI75M1A2tKUQC", "doesn’t look like a link to Spotify"),
        ("\u200b", "What should I search for?"),
        ("l" * 251, "too long to search for"),
    ):
        reply = await linked_user.run(f"/search query:{link}")
        assert expected in reply.text
        assert reply.ephemeral
