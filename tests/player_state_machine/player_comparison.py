"""What the fake Spotify knows of somebody's player, held against what was said of it."""

from __future__ import annotations

import re

from sandbox.message_text import plain_text
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Episode, Track
from sandbox.spotify.player_restrictions import disallowed_actions
from tests.player_state_machine.message_parser import ParsedMessage, linked_uris

# Seconds by which a progress may be off: one is lost by rounding, and a command may pause.
PROGRESS_TOLERANCE_S = 1.7
_REPEAT_MODES = {
    "Repeat is off": "off",
    "Repeating all of it": "context",
    "Repeating this one": "track",
}
_DEVICE_SUFFIX = re.compile(r"^(.*) on (.+)$")
_VOLUME = re.compile(r"^Volume (\d+)\s?%$")
_RESTRICTIONS_BY_BUTTON = {
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


class PlayerComparison:
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
    def supports_volume(self) -> bool:
        """Whether the active device lets others turn its volume."""
        return self.player.device is not None and self.player.device.supports_volume

    @property
    def visible_item(self) -> str | None:
        """What plays, as far as Spotify tells apps."""
        if self.player.interlude or self.player.item is None or self.player.device is None:
            return None
        known = self._spotify.catalogue.find_item(self.player.item)
        return self.player.item if isinstance(known, Track | Episode) else None

    def compare_panel(
        self, message: ParsedMessage, *, with_progress: bool = True, with_buttons: bool = True
    ) -> list[str]:
        """A panel as it should be now; `moves`: its bar; `foretold`: which buttons can be pressed.

        Neither stays true for long.
        """
        player, device = self.player, self.player.device
        wrong = self._compare_settings(message)
        if device is None:
            return [] if "**Nothing is playing**" in message.body else ["something plays nowhere"]
        name = device.name
        where = f"{'Playing' if player.is_playing else 'Paused'} on {name}"
        if self.visible_item is None:
            ad, some = player.interlude == "ad", player.is_playing
            kind = "An ad" if ad else "Something" if some else "Nothing"
            says = f"**{kind} is playing on {name}**"
            return wrong + ([] if says in message.body else [f"{says} is not there"])
        if where not in message.header:
            wrong.append(f"{where} is not there")
        wrong += self._compare_title(message) + (
            self._compare_progress(message) if with_progress else []
        )
        liked = any(act.startswith("unlike ") for act in message.button_states)
        if self._spotify.catalogue.local.get(self.visible_item) is None:
            kept = self.visible_item in self._account.saved_uris(self.visible_item.split(":")[1])
            wrong += [] if liked == kept else [f"shown as {'' if liked else 'not '}liked"]
        return wrong + (self._compare_buttons(message) if with_progress and with_buttons else [])

    def _compare_settings(self, message: ParsedMessage) -> list[str]:
        device = self.player.device
        if device is None:
            return []
        expected = {
            f"Volume {device.volume}%" if device.volume is not None else "",
            "Shuffled" if self.player.shuffle else "",
            "" if self.player.repeat == "off" else _repeat_text(self.player.repeat),
            "Private session" if device.is_private_session else "",
            "This device takes no commands" if device.is_restricted else "",
        } - {""}
        there = {part.replace(" %", "%") for part in message.settings}
        return [] if there == expected else [f"{there} instead of {expected}"]

    def _compare_title(self, message: ParsedMessage) -> list[str]:
        local = self.visible_item is not None and self.visible_item.startswith("spotify:local:")
        if message.uri != (None if local else self.visible_item):
            return [f"{message.uri} instead of {self.visible_item}"]
        return []

    def _compare_progress(self, message: ParsedMessage) -> list[str]:
        if message.progress is None:
            return ["no bar"]
        off = abs(message.progress[0] - self.player.progress / 1000)
        return [f"{off:.1f} s off"] if off > PROGRESS_TOLERANCE_S else []

    def _compare_buttons(self, message: ParsedMessage) -> list[str]:
        device = self.player.device
        stuck = device is None or device.is_restricted
        forbidden = disallowed_actions(self.player)
        wrong = []
        for act, usable in message.button_states.items():
            if act in _RESTRICTIONS_BY_BUTTON:
                should = not stuck and not forbidden.intersection(_RESTRICTIONS_BY_BUTTON[act])
                wrong += [] if usable == should else [f"{act}: {usable} instead of {should}"]
        return wrong

    # ---- replies

    def compare_reply(self, message: ParsedMessage) -> list[str]:
        """What a reply says that was done, and what plays after it."""
        parts = message.header if message.kind == "card" else (message.text.rstrip("."),)
        wrong = [fault for part in parts for fault in self._compare_part(part, message)]
        if message.kind == "card" and message.progress is not None:
            wrong += self._compare_title(message) + self._compare_progress(message)
        return wrong

    def _compare_part(self, part: str, message: ParsedMessage) -> list[str]:
        player, device = self.player, self.player.device
        if (on := _DEVICE_SUFFIX.match(part)) and "." not in part:
            if device is None or device.name != on[2]:
                return [f"{part}: it is {device.name if device else 'nowhere'}"]
            part = on[1]
        match part:
            case "Playing" | "Already playing":
                wrong = [] if player.is_playing else ["it is paused"]
                if message.kind == "card" and message.progress is None and message.uri is not None:
                    heard = (player.item, player.context)
                    wrong += [] if message.uri in heard else [f"{message.uri} instead of {heard}"]
                return wrong
            case "Paused" | "Already paused":
                return [] if not player.is_playing else ["it plays"]
            case "Shuffled" | "Shuffle is off":
                return [] if player.shuffle == (part == "Shuffled") else ["shuffled otherwise"]
            case "From the start":
                return [] if player.progress < PROGRESS_TOLERANCE_S * 1000 else ["it is further on"]
            case "Queued":
                there = message.uri in player.queue or message.uri == player.item
                return [] if there else ["it is not in the queue"]
            case _ if part in _REPEAT_MODES:
                return [] if player.repeat == _REPEAT_MODES[part] else [f"repeats {player.repeat}"]
            case _ if level := _VOLUME.match(part):
                now = device.volume if device else None
                return [] if now == int(level[1]) else [f"{part}: it is at {now}"]
            case _ if part.startswith("Muted"):
                return [] if device and device.volume == 0 else ["it is not muted"]
        return []

    # ---- lists

    def compare_queue(self, message: ParsedMessage) -> list[str]:
        middle = message.body.index("### Next")
        now, after = linked_uris(message.body[:middle]), linked_uris(message.body[middle:])
        awake = self.player.device is not None
        playing = [self.player.item] if awake and self.player.item else []
        wrong = [] if now == self._uris_with_links(playing) else [f"now {now}"]
        page = next(
            (line for line in message.body if line.startswith("-# Page ")), "-# Page 1 of 1"
        )
        first = (int(page.split()[2]) - 1) * 10
        shown_ones = (
            [uri for uri in self.player.upcoming() if self._is_visible(uri)] if awake else []
        )
        coming = self._uris_with_links(shown_ones[first : first + 10])
        return wrong + ([] if after == coming else [f"next {after} instead of {coming}"])

    def _uris_with_links(self, found: list[str]) -> list[str]:
        return [
            one for one in found if self._is_visible(one) and not one.startswith("spotify:local:")
        ]

    def _is_visible(self, uri: str) -> bool:
        return isinstance(self._spotify.catalogue.find_item(uri), Track | Episode)

    def compare_devices(self, message: ParsedMessage) -> list[str]:
        wrong = []
        text = plain_text(message.text)
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


def _repeat_text(repeat: str) -> str:
    return next(name for name, mode in _REPEAT_MODES.items() if mode == repeat)
