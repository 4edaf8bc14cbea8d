"""Actions that must not be repeated after a lost response, and the expected reply to each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass

import pytest

from sandbox.discord import Reply, UserClient
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Track

OUTCOME_UNKNOWN = "Not sure that worked: Spotify didn’t confirm."
CHECK_SPOTIFY = f"{OUTCOME_UNKNOWN} Check /now before trying again."


@dataclass(frozen=True)
class Attempt:
    """A non-idempotent action, the endpoint of its write, and the advice in the reply."""

    endpoint: str
    perform: Callable[[UserClient], Coroutine[None, None, Reply]]
    advice: str = "Only try again if that’s not what you wanted."


async def search_and_press(user: UserClient, button: str) -> Reply:
    """Search, and press a button below the first result."""
    return await (await user.run("/search lantern")).press(button)


ATTEMPTS = {
    "/play words": Attempt("me/player/play", lambda user: user.run("/play lantern")),
    "/next": Attempt("me/player/next", lambda user: user.run("/next")),
    "/previous": Attempt("me/player/previous", lambda user: user.run("/previous")),
    "/restart": Attempt("me/player/seek", lambda user: user.run("/restart")),
    "/queue add": Attempt(
        "me/player/queue",
        lambda user: user.run("/queue add lantern"),
        "Check /queue show before trying again.",
    ),
    "Play": Attempt("me/player/play", lambda user: search_and_press(user, "Play")),
    "Queue": Attempt(
        "me/player/queue",
        lambda user: search_and_press(user, "Queue"),
        "Check /queue show before trying again.",
    ),
}
each_attempt = pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())


def expected_reply(spotify: Spotify, player: Player, attempt: Attempt) -> str:
    """The reply that names what Ada's player is playing now."""
    assert player.item is not None
    track = spotify.catalogue.find_item(player.item)
    assert isinstance(track, Track)
    names = ", ".join(artist.name for artist in track.artists)
    verb = "Playing" if player.is_playing else "Paused"
    link = f"https://open.spotify.com/track/{track.id}"
    return f"{OUTCOME_UNKNOWN} {verb} now: [{track.name}]({link}) · {names}. {attempt.advice}"


def sent_calls(spotify: Spotify, attempt: Attempt) -> list[bool]:
    """For each request to the action's endpoint: whether it was executed."""
    return [call.executed for call in spotify.calls if call.path == attempt.endpoint]


@dataclass(frozen=True)
class PlayerBefore:
    """Ada's player while it plays, before the attempt."""

    player: Player
    item: str | None
    next_item: str
    previous_item: str

    @classmethod
    def of(cls, spotify: Spotify) -> PlayerBefore:
        player = spotify.accounts["ada"].player
        player.resume()
        previous = next(iter(spotify.catalogue.albums.values())).tracks[0]
        return cls(player, player.item, player.upcoming()[0], previous.uri)

    def check(self, attempt: Attempt, executed: bool) -> None:
        """Check that the action was executed once, or not at all."""
        assert len(self.player.queue) == (executed and attempt.endpoint == "me/player/queue")
        match attempt.endpoint:
            case "me/player/next":
                assert self.player.item == (self.next_item if executed else self.item)
            case "me/player/previous":
                assert self.player.item == (self.previous_item if executed else self.item)
            case "me/player/seek":
                assert (self.player.progress < 40_000) == executed
            case "me/player/play":
                assert (self.player.item != self.item) == executed
            case _:
                assert self.player.item == self.item
