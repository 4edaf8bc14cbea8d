"""Message menus find the Spotify links in every part of a message, and resolve the first ten."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import Discord, Reply, UserClient
from sandbox.discord.command_validation import MESSAGE_MENU
from sandbox.discord.incoming_messages import poll_payload
from sandbox.discord.interaction_data import find_context_menu
from sandbox.discord.interactions import APPLICATION_COMMAND
from sandbox.discord.odd_messages import odd_messages
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track
from tests.command_assertions import spotify_url, spotify_urls
from tests.list_components import options

PLAY, QUEUE, SAVE = "Play on Spotify", "Queue on Spotify", "Save on Spotify"
NO_LINK = "I can’t find a Spotify link in that message. Choose one with a link"

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


async def test_links_are_found_in_polls(linked_user: UserClient, tracks: list[Track]) -> None:
    urls = [spotify_url(track.uri) for track in tracks[:3]]
    answers = (urls[1], f"No, {urls[2]}")
    for expiry in ("2026-11-29T12:00:00+00:00", None):
        poll = poll_payload(f"Better than {urls[0]}?", answers, expiry)
        reply = await linked_user.use_context_menu(PLAY, message=linked_user.send("", poll=poll))
        assert _option_uris(reply) == [track.uri for track in tracks[:3]]


async def test_links_are_found_beside_pictures_and_in_selects(
    linked_user: UserClient, tracks: list[Track]
) -> None:
    urls = [spotify_url(track.uri) for track in tracks[:3]]
    option = {"label": "One", "value": "1", "description": urls[1]}
    select = {"type": 3, "custom_id": "a", "placeholder": urls[0], "options": [option]}
    picture = {"id": "1", "filename": "a.png", "description": f"The cover of {urls[2]}"}
    message = linked_user.send("", components=[_action_row(select)], attachments=[picture])
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert sorted(_option_uris(reply)) == sorted(track.uri for track in tracks[:3])


async def test_messages_of_unknown_shape_get_an_answer(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    player = spotify.accounts["ada"].player
    for number, track in enumerate(tracks):
        for name, fields in list(odd_messages(spotify_url(track.uri)).items())[
            number :: len(tracks)
        ]:
            message = linked_user.send(**{"content": "", **fields})
            reply = await linked_user.use_context_menu(PLAY, message=message)
            assert "Playing" in reply.text, name
            assert player.item == track.uri, name
    for name, fields in odd_messages("no link").items():
        message = linked_user.send(**{"content": "", **fields})
        reply = await linked_user.use_context_menu(SAVE, message=message)
        assert NO_LINK in reply.text, name


async def test_message_that_discord_withholds_gets_an_answer(linked_user: UserClient) -> None:
    command = find_context_menu(linked_user.commands, MESSAGE_MENU, PLAY)
    data = {name: command[name] for name in ("id", "name", "type")}
    data |= {"target_id": linked_user.send("Listen")["id"], "resolved": {}}
    reply = await linked_user._interact(
        APPLICATION_COMMAND, data, types=command["integration_types"], command=PLAY
    )
    assert "Discord didn’t show me that message" in reply.text
    assert reply.ephemeral


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
    assert "That message has 12 Spotify links. Here are the first 10." in reply.text
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


# ---- links that lead to something else than an item


async def test_link_to_liked_songs_plays_those_of_its_reader(
    spotify: Spotify, linked_user: UserClient, tracks: list[Track]
) -> None:
    account = spotify.accounts["ada"]
    link = "https://open.spotify.com/collection/tracks"
    message = linked_user.send(f"Mine: {link}.")
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert "liked songs" in reply.text
    assert account.player.item == account.liked[0][0]
    for menu in (QUEUE, SAVE):
        reply = await linked_user.use_context_menu(menu, message=message)
        assert "which I can only play" in reply.text
    message = linked_user.send(f"{link} or {spotify_url(tracks[0].uri)}")
    for menu, expected in ((SAVE, "Liked Songs"), (QUEUE, "Queued")):
        assert expected in (await linked_user.use_context_menu(menu, message=message)).text
    picker = await linked_user.use_context_menu(PLAY, message=message)
    account.player.play(tracks[0].uri)
    assert "liked songs" in (await picker.pick("Liked songs")).text
    assert account.player.item == account.liked[0][0]


async def test_link_to_a_search_shows_what_it_finds(
    spotify: Spotify, linked_user: UserClient
) -> None:
    shown = await linked_user.run("/search query:lantern")
    (link,) = [url for url in shown.link_buttons.values() if "/search/" in url]
    for menu in (PLAY, QUEUE, SAVE):
        reply = await linked_user.use_context_menu(menu, message=linked_user.send(link))
        assert "Songs for “lantern”" in reply.text
        assert _option_uris(reply) == _option_uris(shown)
        assert reply.ephemeral
    assert not spotify.accounts["ada"].player.is_playing


async def test_link_to_a_minute_of_an_episode_starts_there(
    spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    first, second = list(spotify.catalogue.episodes.values())[:2]
    message = linked_user.send(f"{spotify_url(first.uri)}?si=a&t=61 is funny")
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert "Playing from 1:01" in reply.text
    assert (player.item, player.progress // 1000) == (first.uri, 61)
    message = linked_user.send(f"{spotify_url(second.uri)}?t=1m30s {spotify_url(first.uri)}?t=2")
    picker = await linked_user.use_context_menu(PLAY, message=message)
    reply = await picker.pick(second.name)
    assert (player.item, player.progress // 1000) == (second.uri, 90)


async def test_link_that_leads_nowhere_is_explained_without_a_call(
    spotify: Spotify, linked_user: UserClient
) -> None:
    calls = len(spotify.calls)
    for link, expected in (
        ("https://link.tospotify.com/abc", "no longer work"),
        ("https://open.spotify.com/user/ada", "someone’s profile"),
        (f"https://open.spotify.com/track/{'Z' * 22}", "incomplete or mistyped"),
        ("https://open.spotify.com/collection/albums", "your own library"),
    ):
        message = linked_user.send(f"Look: {link}")
        reply = await linked_user.use_context_menu(PLAY, message=message)
        assert expected in reply.text, link
    assert len(spotify.calls) == calls
    assert spotify.lookups == []
