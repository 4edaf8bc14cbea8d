"""No sentence about a player contradicts /now and /devices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import spotify_url

NOTHING = re.compile(r"\b[Nn]othing (is playing|to continue)\b|isn’t playing anything")
SOMETHING = re.compile(r"[Ss]omething (is (playing|paused)|that Spotify doesn’t show)")
AN_AD = re.compile(r"\bad is playing|hearing an ad")
PAUSED_AD = re.compile(r"\bad is paused")
NO_DEVICE = re.compile(r"Spotify isn’t open on any device")
NO_CONTROL = re.compile(r"only open on Hallway TV and The Van, which can’t be controlled")
CLAIMS = (NOTHING, SOMETHING, AN_AD, PAUSED_AD, NO_DEVICE, NO_CONTROL)

# These need an item that is playing.
ABOUT_THE_ITEM = ("/seek position:1:00", "/seek position:+10", "/seek position:50%", "/save",
                  "/sleep when:after 1", "/sleep when:after this one")  # fmt: skip
# These ask for a device if none is active.
NEED_A_DEVICE = ("/resume", "/next", "/previous", "/restart", "/shuffle", "/repeat",
                 "/volume level:30", "/play what:{track}", "/queue add what:{track}")  # fmt: skip
OTHER_COMMANDS = ("/now", "/devices", "/queue show", "/pause", "/volume", "/resume on:Hallway")
FRIEND_MENU = "What are they playing?"


@dataclass(frozen=True)
class State:
    """A state of a player, and those of CLAIMS that may be said about it.

    said_of_item    by ABOUT_THE_ITEM
    said_of_device  by NEED_A_DEVICE; None if they work, or fail for another reason
    """

    name: str
    set_up: Callable[[Spotify, Player], None]
    claims: tuple[re.Pattern[str], ...]
    said_of_item: re.Pattern[str] | None = None
    said_of_device: re.Pattern[str] | None = None


def _inactive(_: Spotify, player: Player) -> None:
    player.device = None


def _only_uncontrollable(_: Spotify, player: Player) -> None:
    player.device = None
    player.devices[:] = [each for each in player.devices if each.is_restricted or not each.id]


def _no_devices(_: Spotify, player: Player) -> None:
    player.device = None
    player.devices.clear()


def _ad(_: Spotify, player: Player) -> None:
    player.interlude = "ad"


def _paused_ad(_: Spotify, player: Player) -> None:
    player.interlude = "ad"
    player.pause()


def _dj(_: Spotify, player: Player) -> None:
    player.interlude = "unknown"


def _paused_dj(_: Spotify, player: Player) -> None:
    """It has no progress, as at its beginning."""
    player.interlude = "unknown"
    player.pause()


def _chapter(spotify: Spotify, player: Player) -> None:
    player.play(next(iter(spotify.catalogue.chapters.values())).uri)


def _paused_chapter(spotify: Spotify, player: Player) -> None:
    _chapter(spotify, player)
    player.seek(5_000)
    player.pause()


def _item(_: Spotify, player: Player) -> None:
    assert player.is_playing


STATES = (
    State("inactive", _inactive, (NOTHING,), None, NOTHING),
    State("uncontrollable", _only_uncontrollable, (NOTHING, NO_CONTROL), None, NO_CONTROL),
    State("no devices", _no_devices, (NOTHING, NO_DEVICE), None, NO_DEVICE),
    State("ad", _ad, (AN_AD,), AN_AD),
    State("paused ad", _paused_ad, (PAUSED_AD,), PAUSED_AD),
    State("dj", _dj, (SOMETHING,), SOMETHING),
    State("paused dj", _paused_dj, (SOMETHING,), SOMETHING),
    State("chapter", _chapter, (SOMETHING,), SOMETHING),
    State("paused chapter", _paused_chapter, (SOMETHING,), SOMETHING),
    State("item", _item, ()),
)


def _reset(spotify: Spotify, player: Player, devices: Iterable[object]) -> None:
    player.interlude = None
    player.devices[:] = devices  # type: ignore[assignment]
    album = next(iter(spotify.catalogue.albums.values()))
    player.play(context=album.uri, index=1, position=30_000, device=player.devices[0])


async def test_no_sentence_contradicts_another(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    linus = await harness.link_account("linus")
    await (await linked_user.run("/settings")).press("Allow")
    player = spotify.accounts["ada"].player
    devices = tuple(player.devices)
    track = spotify_url(spotify.catalogue.regular_tracks[5].uri)
    for state in STATES:
        for line in (*ABOUT_THE_ITEM, *NEED_A_DEVICE, *OTHER_COMMANDS, FRIEND_MENU):
            _reset(spotify, player, devices)
            state.set_up(spotify, player)
            if line == FRIEND_MENU:
                harness.clock.advance(10)  # a friend's player is cached for some seconds
                state.set_up(spotify, player)
                reply = await linus.use_context_menu(FRIEND_MENU, user="ada")
            else:
                reply = await linked_user.run(line.format(track=track))
            said = [claim for claim in CLAIMS if claim.search(reply.text)]
            # A paused player plays nothing, and a friend learns no more than that.
            is_paused = state.set_up in (_paused_chapter, _paused_ad, _paused_dj)
            is_paused_friend = line == FRIEND_MENU and is_paused
            allowed = (NOTHING,) if is_paused_friend else state.claims
            assert set(said) <= set(allowed), (state.name, line, reply.text)
            if line in ABOUT_THE_ITEM and state.said_of_item:
                assert state.said_of_item in said, (state.name, line, reply.text)
            if line in NEED_A_DEVICE and state.said_of_device:
                assert state.said_of_device in said, (state.name, line, reply.text)


async def test_skip_that_is_refused_says_that_spotify_hides_what_plays(
    linked_user: UserClient, player: Player
) -> None:
    """Something may come next all the same."""
    player.interlude = "unknown"
    player.disallow("skipping_next", "skipping_prev")
    for line in ("/next", "/previous"):
        text = (await linked_user.run(line)).text
        assert "doesn’t show to apps" in text
        assert "There is no" not in text
