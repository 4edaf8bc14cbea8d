"""What the pretend Spotify knows of somebody's player, held against what was said of it."""

from __future__ import annotations

import re

from sandbox.readable import shown
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Episode, Track
from sandbox.spotify.restrictions import disallowed
from tests.walking.said import Said, uris

# Seconds by which a progress may be off: one is lost by rounding, and a command may pause.
CLOSE = 1.7
_REPEATS = {
    "Repeat is off": "off",
    "Repeating all of it": "context",
    "Repeating this one": "track",
}
_ON = re.compile(r"^(.*) on (.+)$")
_VOLUME = re.compile(r"^Volume (\d+)\s?%$")
_FORBIDS = {
    "pause": ("pausing",),
    "resume": ("resuming",),
    "next": ("skipping_next",),
    "previous": ("skipping_prev",),
    "shuffle on": ("toggling_shuffle",),
    "shuffle off": ("toggling_shuffle",),
    "repeat context": ("toggling_repeat_context",),
    "repeat track": ("toggling_repeat_context", "toggling_repeat_track"),
    "repeat off": ("toggling_repeat_track",),
}


class Truth:
    """Each method returns what is wrong, in words; empty where all agrees."""

    def __init__(self, spotify: Spotify, account: str) -> None:
        self._spotify = spotify
        self._account = spotify.accounts[account]

    @property
    def player(self) -> Player:
        return self._account.player

    @property
    def premium(self) -> bool:
        return self._account.premium

    @property
    def volume(self) -> bool:
        """Whether the active device lets others turn its volume."""
        return self.player.device is not None and self.player.device.supports_volume

    @property
    def item(self) -> str | None:
        """What plays, as far as Spotify tells apps."""
        if self.player.interlude or self.player.item is None or self.player.device is None:
            return None
        known = self._spotify.catalogue.find(self.player.item)
        return self.player.item if isinstance(known, Track | Episode) else None

    def panel(self, told: Said, *, moves: bool = True, foretold: bool = True) -> list[str]:
        """A panel as it should be now; `moves`: its bar; `foretold`: which buttons can be pressed.

        Neither stays true for long.
        """
        player, device = self.player, self.player.device
        wrong = self._setting(told)
        if device is None:
            return [] if "**Nothing is playing**" in told.body else ["something plays nowhere"]
        name = device.name
        where = f"{'Playing' if player.is_playing else 'Paused'} on {name}"
        if self.item is None:
            ad, some = player.interlude == "ad", player.is_playing
            kind = "An ad" if ad else "Something" if some else "Nothing"
            says = f"**{kind} is playing on {name}**"
            return wrong + ([] if says in told.body else [f"{says} is not there"])
        if where not in told.heading:
            wrong.append(f"{where} is not there")
        wrong += self._title(told) + (self._bar(told) if moves else [])
        liked = any(act.startswith("unlike ") for act in told.acts)
        if self._spotify.catalogue.local.get(self.item) is None:
            kept = self.item in self._account.holds(self.item.split(":")[1])
            wrong += [] if liked == kept else [f"shown as {'' if liked else 'not '}liked"]
        return wrong + (self._buttons(told) if moves and foretold else [])

    def _setting(self, told: Said) -> list[str]:
        device = self.player.device
        if device is None:
            return []
        expected = {
            f"Volume {device.volume}%" if device.volume is not None else "",
            "Shuffled" if self.player.shuffle else "",
            "" if self.player.repeat == "off" else _name(self.player.repeat),
            "Private session" if device.is_private_session else "",
            "This device takes no commands" if device.is_restricted else "",
        } - {""}
        there = {part.replace(" %", "%") for part in told.settings}
        return [] if there == expected else [f"{there} instead of {expected}"]

    def _title(self, told: Said) -> list[str]:
        local = self.item is not None and self.item.startswith("spotify:local:")
        if told.uri != (None if local else self.item):
            return [f"{told.uri} instead of {self.item}"]
        return []

    def _bar(self, told: Said) -> list[str]:
        if told.bar is None:
            return ["no bar"]
        off = abs(told.bar[0] - self.player.progress / 1000)
        return [f"{off:.1f} s off"] if off > CLOSE else []

    def _buttons(self, told: Said) -> list[str]:
        device = self.player.device
        stuck = device is None or device.is_restricted
        forbidden = disallowed(self.player)
        wrong = []
        for act, usable in told.acts.items():
            if act in _FORBIDS:
                should = not stuck and not forbidden.intersection(_FORBIDS[act])
                wrong += [] if usable == should else [f"{act}: {usable} instead of {should}"]
        return wrong

    # ---- replies

    def reply(self, told: Said) -> list[str]:
        """What a reply says that was done, and what plays after it."""
        parts = told.heading if told.kind == "card" else (told.text.rstrip("."),)
        wrong = [fault for part in parts for fault in self._part(part, told)]
        if told.kind == "card" and told.bar is not None:
            wrong += self._title(told) + self._bar(told)
        return wrong

    def _part(self, part: str, told: Said) -> list[str]:
        player, device = self.player, self.player.device
        if (on := _ON.match(part)) and "." not in part:
            if device is None or device.name != on[2]:
                return [f"{part}: it is {device.name if device else 'nowhere'}"]
            part = on[1]
        match part:
            case "Playing" | "Already playing":
                wrong = [] if player.is_playing else ["it is paused"]
                if told.kind == "card" and told.bar is None and told.uri is not None:
                    heard = (player.item, player.context)
                    wrong += [] if told.uri in heard else [f"{told.uri} instead of {heard}"]
                return wrong
            case "Paused" | "Already paused":
                return [] if not player.is_playing else ["it plays"]
            case "Shuffled" | "Shuffle is off":
                return [] if player.shuffle == (part == "Shuffled") else ["shuffled otherwise"]
            case "From the start":
                return [] if player.progress < CLOSE * 1000 else ["it is further on"]
            case "Queued":
                there = told.uri in player.queue or told.uri == player.item
                return [] if there else ["it is not in the queue"]
            case _ if part in _REPEATS:
                return [] if player.repeat == _REPEATS[part] else [f"repeats {player.repeat}"]
            case _ if level := _VOLUME.match(part):
                now = device.volume if device else None
                return [] if now == int(level[1]) else [f"{part}: it is at {now}"]
            case _ if part.startswith("Muted"):
                return [] if device and device.volume == 0 else ["it is not muted"]
        return []

    # ---- lists

    def queue(self, told: Said) -> list[str]:
        middle = told.body.index("### Next")
        now, after = uris(told.body[:middle]), uris(told.body[middle:])
        awake = self.player.device is not None
        playing = [self.player.item] if awake and self.player.item else []
        wrong = [] if now == self._linked(playing) else [f"now {now}"]
        page = next((line for line in told.body if line.startswith("-# Page ")), "-# Page 1 of 1")
        first = (int(page.split()[2]) - 1) * 10
        shown_ones = [uri for uri in self.player.coming() if self._shows(uri)] if awake else []
        coming = self._linked(shown_ones[first : first + 10])
        return wrong + ([] if after == coming else [f"next {after} instead of {coming}"])

    def _linked(self, found: list[str]) -> list[str]:
        return [one for one in found if self._shows(one) and not one.startswith("spotify:local:")]

    def _shows(self, uri: str) -> bool:
        return isinstance(self._spotify.catalogue.find(uri), Track | Episode)

    def devices(self, told: Said) -> list[str]:
        wrong = []
        text = shown(told.text)
        for device in self.player.devices:
            line = next((line for line in text.split("\n") if f" {device.name} · " in line), None)
            if line is None:
                wrong.append(f"{device.name} is not there")
                continue
            if ("playing here" in line) != (device is self.player.device):
                wrong.append(f"{line}: active otherwise")
            if device.volume is not None and f"volume {device.volume}%" not in line.replace(
                " %", "%"
            ):
                wrong.append(f"{line}: it is at {device.volume}")
        return wrong


def _name(repeat: str) -> str:
    return next(name for name, mode in _REPEATS.items() if mode == repeat)
