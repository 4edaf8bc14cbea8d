"""Message menus find the Spotify links in every part of a message, and resolve the first ten."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import Discord, Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track
from tests.command_assertions import spotify_url, spotify_urls
from tests.list_components import options

PLAY, QUEUE, SAVE = "Play on Spotify", "Queue on Spotify", "Save on Spotify"
NO_LINK = "There is no Spotify link in that message. Choose one with a link"

COMPONENTS_V2 = 1 << 15  # the flag of a message that consists of layout components
UNKNOWN_TRACK_URL = f"https://open.spotify.com/track/{'0' * 22}"


def _option_uris(reply: Reply) -> list[str]:
    return [option["value"] for option in options(reply)]


@pytest.fixture
def tracks(spotify: Spotify) -> list[Track]:
    return list(spotify.catalogue.regular_tracks[:12])


async def test_message_without_link_says_what_to_do(
    spotify: Spotify, linked_user: UserClient
) -> None:
    calls = len(spotify.calls)
    for menu in (PLAY, QUEUE, SAVE):
        for content in (
            "no link at all",
            "",
            "https://example.test/track/4uLU6hMCjMI75M1A2tKUQC",
            "https://open.spotify.com/user/ada",
            "open.spotify.com",
        ):
            message = linked_user.send(content)
            reply = await linked_user.use_context_menu(menu, message=message)
            assert NO_LINK in reply.text, (menu, content)
            assert reply.ephemeral
    assert len(spotify.calls) == calls


# ---- parts of a message


def _link_button(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Listen", "url": url}


def _action_row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


async def test_links_are_found_in_all_message_parts_in_order_without_duplicates(
    linked_user: UserClient, tracks: list[Track]
) -> None:
    urls = [spotify_url(track.uri) for track in tracks[:8]]
    message = linked_user.receive_from_bot(
        f"First **{urls[0]}**, then ||{urls[1]}||",
        embeds=[
            {
                "author": {"name": "Somebody", "url": urls[2]},
                "title": "A song",
                "url": urls[3],
                "description": f"[{urls[3]}]({urls[4]}), and [once more]({urls[0]})",
                "fields": [{"name": "More", "value": f"`spotify:track:{tracks[5].id}`"}],
                "footer": {"text": f"From {urls[6]}"},
            }
        ],
        components=[_action_row(_link_button(urls[7]), _link_button(urls[1]))],
    )
    reply = await linked_user.use_context_menu(SAVE, message=message)
    assert _option_uris(reply) == [track.uri for track in tracks[:8]]


async def test_links_are_found_in_layouts(linked_user: UserClient, tracks: list[Track]) -> None:
    urls = [spotify_url(track.uri) for track in tracks[:4]]
    section = {
        "type": 9,
        "components": [{"type": 10, "content": f"**[Title]({urls[0]})**"}],
        "accessory": _link_button(urls[1]),
    }
    text = {"type": 10, "content": urls[2]}
    container = {
        "type": 17,
        "components": [section, text, _action_row(_link_button(urls[3]))],
    }
    message = linked_user.receive_from_bot(flags=COMPONENTS_V2, components=[container])
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert _option_uris(reply) == [track.uri for track in tracks[:4]]


async def test_links_are_found_in_forwarded_messages(
    discord: Discord, linked_user: UserClient, tracks: list[Track]
) -> None:
    grace = discord.user_client("grace", "music")
    embed = {"type": "link", "url": spotify_url(tracks[1].uri)}
    original = grace.send(spotify_url(tracks[0].uri), embeds=[embed])
    message = linked_user.forward(original)
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert _option_uris(reply) == [tracks[0].uri, tracks[1].uri]


async def test_links_are_found_in_cards_of_the_bot(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    card = await linked_user.run(f"/play what:{tracks[0].uri}")
    reply = await linked_user.use_context_menu(SAVE, message=card.message)
    assert "Added" in reply.text
    assert tracks[0].uri in [uri for uri, _ in spotify.accounts["ada"].liked]


# ---- resolving


async def test_first_ten_links_are_resolved_and_rest_reported(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    calls = len(spotify.calls)
    message = linked_user.send("\n".join(spotify_urls(tracks)))
    reply = await linked_user.use_context_menu(SAVE, message=message)
    assert "There are 12 Spotify links in that message; here are the first 10." in reply.text
    assert _option_uris(reply) == [track.uri for track in tracks[:10]]
    assert len(spotify.calls) - calls == 10


async def test_unresolvable_links_beside_valid_ones_are_skipped(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    unresolvable = f"https://example.test {UNKNOWN_TRACK_URL} https://open.spotify.com/concert/x"
    message = linked_user.send(f"{unresolvable} {spotify_url(tracks[2].uri)}")
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert "Playing" in reply.text
    assert spotify.accounts["ada"].player.item == tracks[2].uri


async def test_single_unresolvable_link_is_reported(linked_user: UserClient) -> None:
    message = linked_user.send(UNKNOWN_TRACK_URL)
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert "Spotify can’t find that" in reply.text


async def test_outage_does_not_skip_links(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    spotify.faults.add(Fault(f"/tracks/{tracks[1].id}", status=500, times=None))
    message = linked_user.send(" ".join(spotify_urls(tracks[:3])))
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert "Spotify isn’t responding properly" in reply.text
    assert not spotify.accounts["ada"].player.is_playing
