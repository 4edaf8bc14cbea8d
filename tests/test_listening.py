"""What was played lately, and most: lists of one's own, with the picker of every list."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.entries import buttons, chosen, ids, numbers, options


def _played(spotify: Spotify) -> list[tuple[str, int]]:
    """The ids of what Ada played, newest first, and when."""
    played = reversed(spotify.accounts["ada"].player.played)
    return [(one.uri.rpartition(":")[2], int(one.at)) for one in played]


async def test_recent_shows_each_play_with_its_time_newest_first(
    spotify: Spotify, linked: Seat
) -> None:
    played = _played(spotify)
    reply = await linked.run("/recent")
    assert "Played lately · Ada\n" in reply.text
    assert ids(reply) == [one for one, _ in played[:10]]
    assert all(f"<t:{at}:R>" in reply.text for _, at in played[:10])
    second = await reply.press("Page 2 ▶")
    assert ids(second) == [one for one, _ in played[10:20]]
    assert numbers(second)[0] == 11
    assert "◀ Page 1" in buttons(second)
    assert "Page 3 ▶" not in buttons(second)
    assert len(spotify.calls_of("GET", "me/player/recently-played")) == 1


async def test_what_was_played_twice_is_there_twice(spotify: Spotify, linked: Seat) -> None:
    played = spotify.accounts["ada"].player.played
    played.append(played[-1])
    reply = await linked.run("/recent")
    assert ids(reply)[0] == ids(reply)[1]
    picked = await reply.pick(options(reply)[1]["value"])
    assert [bool(option.get("default")) for option in options(picked)][:3] == [False, True, False]
    await picked.press("Play")
    assert spotify.accounts["ada"].player.item == f"spotify:track:{ids(reply)[0]}"


async def test_its_buttons_survive_a_restart_and_open_the_album(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/recent")
    await stage.restart()
    picked = await reply.pick(options(reply)[1]["value"])
    record = spotify.catalogue.tracks[ids(reply)[1]].album
    lately = ids(reply)
    opened = await picked.press("Open album")
    assert ids(opened) == [track.id for track in record.tracks]
    back = await opened.press("Back")
    assert ids(back) == lately
    assert spotify.catalogue.tracks[chosen(back)].album is record


async def test_nothing_played_is_a_sentence(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].player.played.clear()
    reply = await linked.run("/recent")
    assert reply.text.startswith("Spotify shows nothing that you played lately.")


async def test_nulls_among_what_was_played_are_left_out(spotify: Spotify, linked: Seat) -> None:
    spotify.nulls("GET .*/recently-played$", every=2)
    played = _played(spotify)
    assert ids(await linked.run("/recent")) == [one for one, _ in played[:10:2]]


@pytest.mark.parametrize(
    ("range_", "asked"),
    [
        ("about four weeks", "short_term"),
        ("about six months", "medium_term"),
        ("about a year", "long_term"),
    ],
)
@pytest.mark.parametrize("kind", ["songs", "artists"])
async def test_top_tells_what_is_played_most(
    spotify: Spotify, linked: Seat, kind: str, range_: str, asked: str
) -> None:
    reply = await linked.run(f"/top kind:{kind} range:{range_}")
    assert f"Top {kind} of {range_} · Ada\n" in reply.text
    path = "me/top/tracks" if kind == "songs" else "me/top/artists"
    assert spotify.calls_of("GET", path)[-1].query["time_range"] == asked
    assert numbers(reply) == list(range(1, 11))
    first = set(ids(reply))
    onward = await reply.press("Page 2 ▶")
    assert numbers(onward)[0] == 11
    assert not set(ids(onward)) & first
    assert len(spotify.calls_of("GET", path)) == 1, "Spotify tells fifty at once"


async def test_top_artists_are_opened_down_to_an_album(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/top kind:artists range:about a year")
    favourites = ids(reply)
    await stage.restart()
    second = await reply.pick(options(reply)[1]["value"])
    albums = await (await second.press("Open")).press("Their albums")
    record = spotify.catalogue.albums[ids(albums)[0]]
    songs = await albums.press("Open")
    assert ids(songs) == [track.id for track in record.tracks]
    stage.clock.advance(2)
    again = await (await songs.press("Back")).press("Back")
    assert ids(again) == favourites
    assert chosen(again) == favourites[1]


async def test_without_choices_it_is_the_songs_of_six_months(linked: Seat) -> None:
    assert "Top songs of about six months · Ada" in (await linked.run("/top")).text


async def test_no_favourites_are_a_sentence(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].liked.clear()
    assert "Spotify has no favourites of yours" in (await linked.run("/top")).text


@pytest.mark.parametrize("command", ["/recent", "/top"])
async def test_others_look_through_their_own_from_its_beginning(
    stage: Stage, spotify: Spotify, linked: Seat, command: str
) -> None:
    grace = await stage.link("grace")
    player = spotify.accounts["grace"].player
    player.played.extend(list(spotify.accounts["ada"].player.played)[:3])
    heading = "Played lately" if command == "/recent" else "Top songs of about six months"
    await (await linked.run("/settings")).press("Share them")
    shown = await linked.run(command)
    second = await shown.press("Page 2 ▶")
    assert f"{heading} · Ada · page 2" in second.text
    for label in ("◀ Page 1", "Page 3 ▶"):
        if label in buttons(second):
            own = await grace.press(second.message, label)
            assert own.ephemeral
            assert f"{heading} · Grace\n" in own.text
            assert numbers(own)[0] == 1
    picked = await grace.pick(second.message, options(second)[-1]["value"])
    assert f"{heading} · Ada · page 2" in picked.text, "it is still Ada's list"
    assert not [label for label in buttons(picked) if "Page" in label]
    stage.clock.advance(1)
    again = await picked.pick(options(second)[0]["value"])
    assert not [label for label in buttons(again) if "Page" in label]
    back = await (await again.press("Open album")).press("Back")
    assert f"{heading} · Grace\n" in back.text
    assert f"{heading} · Ada · page 2" in second.text


@pytest.mark.parametrize("command", ["/recent", "/top", "/top kind:artists"])
async def test_each_refusal_has_its_words(
    stage: Stage, spotify: Spotify, linked: Seat, command: str
) -> None:
    grace = stage.discord.seat("grace", "music")
    assert "You have not linked Spotify yet" in (await grace.run(command)).text
    spotify.faults.add(Fault("GET ", status=503, body="upstream", times=None))
    assert "Spotify is not answering properly" in (await linked.run(command)).text
    spotify.faults.clear()
    spotify.quota("GET ", calls=0, retry_after=48_925)
    refused = await linked.run(command)
    assert "in 14 hours" in refused.text
    assert refused.ephemeral
