"""The menus of messages: what is linked is played, queued or saved; of several, what is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import Discord, Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import controls
from sandbox.spotify import Spotify
from tests.test_metrics import read_metrics

PLAY, QUEUE, SAVE = "Play on Spotify", "Queue on Spotify", "Save on Spotify"
NO_LINK = "There is no Spotify link in that message. Choose one with a link"

V2 = 1 << 15


def _track_url(thing: Any) -> str:
    _, kind, id_ = thing.uri.split(":")
    return f"https://open.spotify.com/{kind}/{id_}"


def _select_options(reply: Reply) -> list[str]:
    return [one.choice or "" for one in controls(reply.message).values() if one.choice]


@pytest.fixture
def tracks(spotify: Spotify) -> Any:
    return spotify.catalogue.regular_tracks[:12]


# ---- one link


async def test_one_link_is_played_at_once(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    message = linked_user.send(f"Listen to this: {_track_url(tracks[3])}?si=abc!")
    reply = await linked_user.use_context_menu(PLAY, message=message)
    assert spotify.accounts["ada"].player.item == tracks[3].uri
    assert "Playing" in reply.text
    assert _track_url(tracks[3]) in reply.text
    assert reply.ephemeral


async def test_one_link_is_queued_at_once(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    spotify.accounts["ada"].player.resume()
    reply = await linked_user.use_context_menu(
        QUEUE, message=linked_user.send(f"<{_track_url(tracks[3])}>")
    )
    assert "Queued" in reply.text
    assert [call.query["uri"] for call in spotify.calls_to("POST", "me/player/queue")] == [
        tracks[3].uri
    ]


async def test_one_link_is_saved_at_once(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    song = next(one for one in tracks if one.uri not in _liked_ids(spotify))
    reply = await linked_user.use_context_menu(SAVE, message=linked_user.send(_track_url(song)))
    assert "Saved to your liked songs" in reply.text
    assert _liked_ids(spotify)[0] == song.uri


def _liked_ids(spotify: Spotify) -> list[str]:
    return [uri for uri, _ in spotify.accounts["ada"].liked]


async def test_queueing_album_asks_for_confirmation(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    reply = await linked_user.use_context_menu(
        QUEUE, message=linked_user.send(_track_url(tracks[0].album))
    )
    assert "Queue all of this?" in reply.text
    assert not spotify.calls_to("POST", "me/player/queue")


@pytest.mark.parametrize("menu", [PLAY, QUEUE, SAVE])
@pytest.mark.parametrize(
    "content",
    [
        "no link at all",
        "",
        "https://example.test/track/4uLU6hMCjMI75M1A2tKUQC",
        "https://open.spotify.com/user/ada",
        "open.spotify.com",
    ],
)
async def test_message_without_link_says_what_to_do(
    spotify: Spotify, linked_user: UserClient, menu: str, content: str
) -> None:
    before = len(spotify.calls)
    reply = await linked_user.use_context_menu(menu, message=linked_user.send(content))
    assert NO_LINK in reply.text
    assert reply.ephemeral
    assert len(spotify.calls) == before


async def test_unlinked_user_gets_login_button(discord: Discord, tracks: Any) -> None:
    ada = discord.user_client("ada", "music")
    reply = await ada.use_context_menu(PLAY, message=ada.send(_track_url(tracks[0])))
    assert "You have not linked Spotify yet" in reply.text


# ---- where links are found


def _button(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Listen", "url": url}


def _row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


async def test_links_are_found_in_all_message_parts_in_order_without_duplicates(
    linked_user: UserClient, tracks: Any
) -> None:
    links = [_track_url(song) for song in tracks[:8]]
    message = linked_user.receive_from_bot(
        f"First **{links[0]}**, then ||{links[1]}||",
        embeds=[
            {
                "author": {"name": "Somebody", "url": links[2]},
                "title": "A song",
                "url": links[3],
                "description": f"[{links[3]}]({links[4]}), and [once more]({links[0]})",
                "fields": [{"name": "More", "value": f"`spotify:track:{tracks[5].id}`"}],
                "footer": {"text": f"From {links[6]}"},
            }
        ],
        components=[_row(_button(links[7]), _button(links[1]))],
    )
    reply = await linked_user.use_context_menu(SAVE, message=message)
    assert _select_options(reply) == [song.uri for song in tracks[:8]]


async def test_links_are_found_in_layouts(linked_user: UserClient, tracks: Any) -> None:
    links = [_track_url(song) for song in tracks[:4]]
    section = {
        "type": 9,
        "components": [{"type": 10, "content": f"**[Title]({links[0]})**"}],
        "accessory": _button(links[1]),
    }
    inside = {
        "type": 17,
        "components": [section, {"type": 10, "content": links[2]}, _row(_button(links[3]))],
    }
    reply = await linked_user.use_context_menu(
        PLAY, message=linked_user.receive_from_bot(flags=V2, components=[inside])
    )
    assert _select_options(reply) == [song.uri for song in tracks[:4]]


async def test_links_are_found_in_forwarded_messages(
    discord: Discord, harness: Harness, linked_user: UserClient, tracks: Any
) -> None:
    grace = discord.user_client("grace", "music")
    said = grace.send(
        _track_url(tracks[0]), embeds=[{"type": "link", "url": _track_url(tracks[1])}]
    )
    reply = await linked_user.use_context_menu(PLAY, message=linked_user.forward(said))
    assert _select_options(reply) == [tracks[0].uri, tracks[1].uri]


async def test_links_are_found_in_own_cards(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    card = await linked_user.run(f"/play what:{tracks[0].uri}")
    reply = await linked_user.use_context_menu(SAVE, message=card.message)
    assert "Saved" in reply.text
    assert tracks[0].uri in _liked_ids(spotify)


# ---- several links


async def test_several_links_offer_one_to_play(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    message = linked_user.send(
        f"{_track_url(tracks[0])} {_track_url(tracks[0].album)} {_track_url(tracks[1])}"
    )
    picker = await linked_user.use_context_menu(PLAY, message=message)
    assert "There is more than one Spotify link in that message. Choose one to play." in picker.text
    assert _select_options(picker) == [tracks[0].uri, tracks[0].album.uri, tracks[1].uri]
    assert f"Album · {tracks[0].artists[0].name}" in picker.text
    reply = await picker.pick(tracks[1].uri)
    assert spotify.accounts["ada"].player.item == tracks[1].uri
    assert "Playing" in reply.text


async def test_selected_links_are_queued_in_message_order(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    spotify.accounts["ada"].player.resume()
    picker = await linked_user.use_context_menu(
        QUEUE, message=linked_user.send(" ".join(map(_track_url, tracks[:4])))
    )
    reply = await picker.pick(tracks[3].uri, tracks[0].uri)
    assert "Queued 2 songs" in reply.text
    queued = [call.query["uri"] for call in spotify.calls_to("POST", "me/player/queue")]
    assert queued == [tracks[0].uri, tracks[3].uri]


async def test_selected_links_are_saved_with_one_call(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    picker = await linked_user.use_context_menu(
        SAVE, message=linked_user.send(" ".join(map(_track_url, tracks[:4])))
    )
    reply = await picker.pick(tracks[1].uri, tracks[2].uri)
    assert "Saved" in reply.text
    assert {tracks[1].uri, tracks[2].uri} <= set(_liked_ids(spotify))
    assert len(spotify.calls_to("PUT", "me/library")) == 1


async def test_first_ten_links_are_resolved_and_rest_reported(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    before = len(spotify.calls)
    reply = await linked_user.use_context_menu(
        SAVE, message=linked_user.send("\n".join(map(_track_url, tracks)))
    )
    assert "There are 12 Spotify links in that message; here are the first 10." in reply.text
    assert _select_options(reply) == [song.uri for song in tracks[:10]]
    assert len(spotify.calls) - before == 10


async def test_select_survives_a_restart(harness: Harness, tracks: Any) -> None:
    ada = await harness.link_account("ada")
    picker = await ada.use_context_menu(
        PLAY, message=ada.send(" ".join(map(_track_url, tracks[:3])))
    )
    await harness.restart()
    await picker.pick(tracks[2].uri)
    assert harness.spotify.accounts["ada"].player.item == tracks[2].uri


async def test_unresolvable_links_beside_valid_ones_are_skipped(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    gone = "https://open.spotify.com/track/0000000000000000000000"
    content = (
        f"https://example.test {gone} https://open.spotify.com/concert/x {_track_url(tracks[2])}"
    )
    reply = await linked_user.use_context_menu(PLAY, message=linked_user.send(content))
    assert "Playing" in reply.text
    assert spotify.accounts["ada"].player.item == tracks[2].uri


async def test_single_unresolvable_link_is_reported(linked_user: UserClient) -> None:
    message = linked_user.send("https://open.spotify.com/track/0000000000000000000000")
    assert (
        "Spotify has nothing there"
        in (await linked_user.use_context_menu(PLAY, message=message)).text
    )


async def test_outage_does_not_skip_links(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    spotify.faults.add(Fault(f"/tracks/{tracks[1].id}", status=500, times=None))
    reply = await linked_user.use_context_menu(
        PLAY, message=linked_user.send(" ".join(map(_track_url, tracks[:3])))
    )
    assert "Spotify is not answering properly" in reply.text
    assert not spotify.accounts["ada"].player.is_playing


async def test_queue_menu_offers_only_queueable_items(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    spotify.accounts["ada"].player.resume()
    artist = tracks[0].artists[0]
    message = linked_user.send(f"{_track_url(artist)} {_track_url(tracks[0])}")
    assert "Queued" in (await linked_user.use_context_menu(QUEUE, message=message)).text
    reply = await linked_user.use_context_menu(QUEUE, message=linked_user.send(_track_url(artist)))
    assert "nothing in that to queue" in reply.text


async def test_replies_follow_sharing_setting_and_questions_are_private(
    harness: Harness, linked_user: UserClient, tracks: Any
) -> None:
    assert harness.bot is not None
    await harness.bot.reply_visibility.share(int(linked_user._user.id), True)
    reply = await linked_user.use_context_menu(
        PLAY, message=linked_user.send(_track_url(tracks[0]))
    )
    assert not reply.ephemeral
    grace = harness.discord.user_client("grace", "music")
    await linked_user.use_context_menu(
        PLAY, message=linked_user.send(" ".join(map(_track_url, tracks[:3])))
    )
    await linked_user.wait_for_message("Choose one to play")
    assert not [one for one in grace.messages() if "Choose one" in str(one)]


async def test_hostile_names_are_escaped(
    spotify: Spotify, linked_user: UserClient, tracks: Any
) -> None:
    known = spotify.catalogue.tracks.values()
    nasty = [one for one in known if one.name.startswith(("@everyone", "Long and", "# Big", "<@"))]
    message = linked_user.send(" ".join(map(_track_url, nasty)))
    picker = await linked_user.use_context_menu(SAVE, message=message)
    reply = await picker.pick(*[track.uri for track in nasty])
    assert "@everyone" not in reply.text
    assert not reply.message["mention_everyone"]


async def test_context_menus_are_counted_by_name(
    harness: Harness, linked_user: UserClient, tracks: Any
) -> None:
    picker = await linked_user.use_context_menu(
        PLAY, message=linked_user.send(" ".join(map(_track_url, tracks[:2])))
    )
    await picker.pick(tracks[0].uri)
    counted = await read_metrics(harness)
    assert counted["commands_total", "menu Play on Spotify", "done"] == 1
    assert counted["commands_total", "button menu", "done"] == 1
