"""The menus of messages: what is linked is played, queued or saved; of several, what is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import Discord, Reply, Seat
from sandbox.faults import Fault
from sandbox.readable import controls
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.test_metrics import figures

PLAY, QUEUE, SAVE = "Play on Spotify", "Queue on Spotify", "Save on Spotify"
NO_LINK = "There is no Spotify link in that message. Choose one with a link"

V2 = 1 << 15


def _link(thing: Any) -> str:
    _, kind, id_ = thing.uri.split(":")
    return f"https://open.spotify.com/{kind}/{id_}"


def _options(reply: Reply) -> list[str]:
    return [one.choice or "" for one in controls(reply.message).values() if one.choice]


@pytest.fixture
def songs(spotify: Spotify) -> Any:
    return spotify.catalogue.stock[:12]


# ---- one link


async def test_one_link_is_played_at_once(spotify: Spotify, linked: Seat, songs: Any) -> None:
    message = linked.say(f"Listen to this: {_link(songs[3])}?si=abc!")
    reply = await linked.menu(PLAY, message=message)
    assert spotify.accounts["ada"].player.item == songs[3].uri
    assert "Playing" in reply.text
    assert _link(songs[3]) in reply.text
    assert reply.ephemeral


async def test_one_link_is_queued_at_once(spotify: Spotify, linked: Seat, songs: Any) -> None:
    spotify.accounts["ada"].player.resume()
    reply = await linked.menu(QUEUE, message=linked.say(f"<{_link(songs[3])}>"))
    assert "Queued" in reply.text
    assert [call.query["uri"] for call in spotify.calls_of("POST", "me/player/queue")] == [
        songs[3].uri
    ]


async def test_one_link_is_saved_at_once(spotify: Spotify, linked: Seat, songs: Any) -> None:
    song = next(one for one in songs if one.uri not in _liked(spotify))
    reply = await linked.menu(SAVE, message=linked.say(_link(song)))
    assert "Saved to your liked songs" in reply.text
    assert _liked(spotify)[0] == song.uri


def _liked(spotify: Spotify) -> list[str]:
    return [uri for uri, _ in spotify.accounts["ada"].liked]


async def test_whole_albums_are_asked_about_before_they_are_queued(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    reply = await linked.menu(QUEUE, message=linked.say(_link(songs[0].album)))
    assert "Queue all of this?" in reply.text
    assert not spotify.calls_of("POST", "me/player/queue")


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
async def test_without_a_link_it_says_so_and_what_to_do(
    spotify: Spotify, linked: Seat, menu: str, content: str
) -> None:
    before = len(spotify.calls)
    reply = await linked.menu(menu, message=linked.say(content))
    assert NO_LINK in reply.text
    assert reply.ephemeral
    assert len(spotify.calls) == before


async def test_whoever_is_not_linked_is_offered_to(discord: Discord, songs: Any) -> None:
    ada = discord.seat("ada", "music")
    reply = await ada.menu(PLAY, message=ada.say(_link(songs[0])))
    assert "You have not linked Spotify yet" in reply.text


# ---- where links are found


def _button(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Listen", "url": url}


def _row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


async def test_links_are_found_wherever_one_reads_them_in_order_each_once(
    linked: Seat, songs: Any
) -> None:
    links = [_link(song) for song in songs[:8]]
    message = linked.hear(
        f"First **{links[0]}**, then ||{links[1]}||",
        embeds=[
            {
                "author": {"name": "Somebody", "url": links[2]},
                "title": "A song",
                "url": links[3],
                "description": f"[{links[3]}]({links[4]}), and [once more]({links[0]})",
                "fields": [{"name": "More", "value": f"`spotify:track:{songs[5].id}`"}],
                "footer": {"text": f"From {links[6]}"},
            }
        ],
        components=[_row(_button(links[7]), _button(links[1]))],
    )
    reply = await linked.menu(SAVE, message=message)
    assert _options(reply) == [song.uri for song in songs[:8]]


async def test_links_are_found_in_layouts(linked: Seat, songs: Any) -> None:
    links = [_link(song) for song in songs[:4]]
    section = {
        "type": 9,
        "components": [{"type": 10, "content": f"**[Title]({links[0]})**"}],
        "accessory": _button(links[1]),
    }
    inside = {
        "type": 17,
        "components": [section, {"type": 10, "content": links[2]}, _row(_button(links[3]))],
    }
    reply = await linked.menu(PLAY, message=linked.hear(flags=V2, components=[inside]))
    assert _options(reply) == [song.uri for song in songs[:4]]


async def test_links_are_found_in_what_is_forwarded(
    discord: Discord, stage: Stage, linked: Seat, songs: Any
) -> None:
    grace = discord.seat("grace", "music")
    said = grace.say(_link(songs[0]), embeds=[{"type": "link", "url": _link(songs[1])}])
    reply = await linked.menu(PLAY, message=linked.forward(said))
    assert _options(reply) == [songs[0].uri, songs[1].uri]


async def test_a_card_of_the_bots_own_will_do(spotify: Spotify, linked: Seat, songs: Any) -> None:
    card = await linked.run(f"/play what:{songs[0].uri}")
    reply = await linked.menu(SAVE, message=card.message)
    assert "Saved" in reply.text
    assert songs[0].uri in _liked(spotify)


# ---- several links


async def test_of_several_one_is_chosen_to_play(spotify: Spotify, linked: Seat, songs: Any) -> None:
    message = linked.say(f"{_link(songs[0])} {_link(songs[0].album)} {_link(songs[1])}")
    picker = await linked.menu(PLAY, message=message)
    assert "There is more than one Spotify link in that message. Choose one to play." in picker.text
    assert _options(picker) == [songs[0].uri, songs[0].album.uri, songs[1].uri]
    assert f"Album · {songs[0].artists[0].name}" in picker.text
    reply = await picker.pick(songs[1].uri)
    assert spotify.accounts["ada"].player.item == songs[1].uri
    assert "Playing" in reply.text


async def test_of_several_some_are_queued_in_the_order_of_the_message(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    spotify.accounts["ada"].player.resume()
    picker = await linked.menu(QUEUE, message=linked.say(" ".join(map(_link, songs[:4]))))
    reply = await picker.pick(songs[3].uri, songs[0].uri)
    assert "Queued 2 songs" in reply.text
    queued = [call.query["uri"] for call in spotify.calls_of("POST", "me/player/queue")]
    assert queued == [songs[0].uri, songs[3].uri]


async def test_of_several_some_are_saved_with_one_call(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    picker = await linked.menu(SAVE, message=linked.say(" ".join(map(_link, songs[:4]))))
    reply = await picker.pick(songs[1].uri, songs[2].uri)
    assert "Saved" in reply.text
    assert {songs[1].uri, songs[2].uri} <= set(_liked(spotify))
    assert len(spotify.calls_of("PUT", "me/library")) == 1


async def test_ten_links_are_looked_up_and_the_rest_is_said(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    before = len(spotify.calls)
    reply = await linked.menu(SAVE, message=linked.say("\n".join(map(_link, songs))))
    assert "There are 12 Spotify links in that message; here are the first 10." in reply.text
    assert _options(reply) == [song.uri for song in songs[:10]]
    assert len(spotify.calls) - before == 10


async def test_the_menu_survives_a_restart(stage: Stage, songs: Any) -> None:
    ada = await stage.link("ada")
    picker = await ada.menu(PLAY, message=ada.say(" ".join(map(_link, songs[:3]))))
    await stage.restart()
    await picker.pick(songs[2].uri)
    assert stage.spotify.accounts["ada"].player.item == songs[2].uri


async def test_unreadable_links_beside_good_ones_are_passed_over(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    gone = "https://open.spotify.com/track/0000000000000000000000"
    content = f"https://example.test {gone} https://open.spotify.com/concert/x {_link(songs[2])}"
    reply = await linked.menu(PLAY, message=linked.say(content))
    assert "Playing" in reply.text
    assert spotify.accounts["ada"].player.item == songs[2].uri


async def test_a_single_link_to_nothing_says_so(linked: Seat) -> None:
    message = linked.say("https://open.spotify.com/track/0000000000000000000000")
    assert "Spotify has nothing there" in (await linked.menu(PLAY, message=message)).text


async def test_when_spotify_is_down_nothing_is_passed_over(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    spotify.faults.add(Fault(f"/tracks/{songs[1].id}", status=500, times=None))
    reply = await linked.menu(PLAY, message=linked.say(" ".join(map(_link, songs[:3]))))
    assert "Spotify is not answering properly" in reply.text
    assert not spotify.accounts["ada"].player.is_playing


async def test_to_the_queue_only_what_it_takes_is_offered(
    spotify: Spotify, linked: Seat, songs: Any
) -> None:
    spotify.accounts["ada"].player.resume()
    artist = songs[0].artists[0]
    message = linked.say(f"{_link(artist)} {_link(songs[0])}")
    assert "Queued" in (await linked.menu(QUEUE, message=message)).text
    reply = await linked.menu(QUEUE, message=linked.say(_link(artist)))
    assert "nothing in that to queue" in reply.text


async def test_replies_are_shared_where_their_user_wants_it_and_questions_never(
    stage: Stage, linked: Seat, songs: Any
) -> None:
    assert stage.bot is not None
    await stage.bot.replies.share(int(linked._user.id), True)
    reply = await linked.menu(PLAY, message=linked.say(_link(songs[0])))
    assert not reply.ephemeral
    grace = stage.discord.seat("grace", "music")
    await linked.menu(PLAY, message=linked.say(" ".join(map(_link, songs[:3]))))
    await linked.until("Choose one to play")
    assert not [one for one in grace.messages() if "Choose one" in str(one)]


async def test_hostile_names_are_shown_as_names(spotify: Spotify, linked: Seat, songs: Any) -> None:
    known = spotify.catalogue.tracks.values()
    nasty = [one for one in known if one.name.startswith(("@everyone", "Long and", "# Big", "<@"))]
    message = linked.say(" ".join(map(_link, nasty)))
    picker = await linked.menu(SAVE, message=message)
    reply = await picker.pick(*[track.uri for track in nasty])
    assert "@everyone" not in reply.text
    assert not reply.message["mention_everyone"]


async def test_menus_are_counted_by_their_names(stage: Stage, linked: Seat, songs: Any) -> None:
    picker = await linked.menu(PLAY, message=linked.say(" ".join(map(_link, songs[:2]))))
    await picker.pick(songs[0].uri)
    counted = await figures(stage)
    assert counted["commands_total", "menu Play on Spotify", "done"] == 1
    assert counted["commands_total", "button menu", "done"] == 1
