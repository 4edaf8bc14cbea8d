"""Compares a message with the player of the simulated Spotify."""

from __future__ import annotations

import re

from sandbox.message_text import plain_text
from sandbox.spotify import Player, Spotify
from sandbox.spotify.catalogue import Episode, Track
from sandbox.spotify.player_restrictions import disallowed_actions
from tests.player_state_machine.message_parser import ParsedMessage, linked_uris

# A position is rounded down to seconds, and a command may sleep for a moment.
PROGRESS_TOLERANCE_S = 1.7
_REPEAT_MODES = {
    "Repeat is off": "off",
    "Repeat all": "context",
    "Repeat one": "track",
}
_DEVICE_SUFFIX = re.compile(r"^(.*) on (.+)$")
_MOVED = re.compile(r"^-# (.* · )?Moved( |$)")
_PAGE = re.compile(r"^-# (\d+)–\d+ of \d+ · ")
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
    """Each method returns the differences in words; an empty list means that all agrees."""

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
        """Whether the active device supports remote volume."""
        return self.player.device is not None and self.player.device.supports_volume

    @property
    def visible_item(self) -> str | None:
        """The current item, if Spotify reports it to apps."""
        if self.player.interlude or self.player.item is None or self.player.device is None:
            return None
        item = self._spotify.catalogue.find_item(self.player.item)
        return self.player.item if isinstance(item, Track | Episode) else None

    def compare_panel(
        self, message: ParsedMessage, *, with_progress: bool = True, with_buttons: bool = True
    ) -> list[str]:
        """Compare a panel with the player.

        Its progress and its buttons may be out of date; the caller says whether to compare them.
        """
        player, device = self.player, self.player.device
        errors = self._compare_settings(message)
        if device is None:
            says_nothing = "**Nothing is playing**" in message.body
            return [] if says_nothing else ["it shows an item without a device"]
        name = device.name
        playback = f"{'Playing' if player.is_playing else 'Paused'} on {name}"
        if self.visible_item is None:
            if player.interlude == "ad":
                heading = f"**An ad is {'playing' if player.is_playing else 'paused'} on {name}**"
            else:
                heading = (
                    f"**{'Something' if player.is_playing else 'Nothing'} is playing on {name}**"
                )
            return errors + ([] if heading in message.body else [f"{heading} is not there"])
        if playback not in message.settings:
            errors.append(f"{playback} is not there")
        errors += self._compare_title(message) + (
            self._compare_progress(message) if with_progress else []
        )
        liked = any(action.startswith("unlike ") for action in message.button_states)
        if self._spotify.catalogue.local.get(self.visible_item) is None:
            saved = self.visible_item in self._account.saved_uris(self.visible_item.split(":")[1])
            errors += [] if liked == saved else [f"shown as {'' if liked else 'not '}liked"]
        return errors + (self._compare_buttons(message) if with_progress and with_buttons else [])

    def _compare_settings(self, message: ParsedMessage) -> list[str]:
        device = self.player.device
        if device is None:
            return []
        expected = {
            f"{device.volume}%" if device.volume is not None else "",
            "Shuffled" if self.player.shuffle else "",
            "" if self.player.repeat == "off" else _repeat_text(self.player.repeat),
            "Private session" if device.is_private_session else "",
            "This device can’t be controlled from here" if device.is_restricted else "",
        } - {""}
        shown = {part for part in message.settings if not _DEVICE_SUFFIX.match(part)}
        return [] if shown == expected else [f"{shown} instead of {expected}"]

    def _compare_title(self, message: ParsedMessage) -> list[str]:
        local = self.visible_item is not None and self.visible_item.startswith("spotify:local:")
        if message.uri != (None if local else self.visible_item):
            return [f"{message.uri} instead of {self.visible_item}"]
        return []

    def _compare_progress(self, message: ParsedMessage) -> list[str]:
        if message.progress is None:
            return ["no bar"]
        expected = self.player.progress / 1000
        if message.as_of is not None and self.player.is_playing:
            # The bot may have slept for another user since it read this player.
            expected -= self._spotify.state.clock() - message.as_of
        difference = abs(message.progress[0] - expected)
        return [f"{difference:.1f} s off"] if difference > PROGRESS_TOLERANCE_S else []

    def _compare_buttons(self, message: ParsedMessage) -> list[str]:
        device = self.player.device
        restricted = device is None or device.is_restricted
        disallowed = disallowed_actions(self.player)
        errors = []
        for action, enabled in message.button_states.items():
            if action in _RESTRICTIONS_BY_BUTTON:
                allowed = not disallowed.intersection(_RESTRICTIONS_BY_BUTTON[action])
                expected = allowed and not restricted
                if enabled != expected:
                    errors.append(f"{action}: {enabled} instead of {expected}")
        return errors

    # ---- replies

    def compare_reply(self, message: ParsedMessage) -> list[str]:
        """Compare what a reply reports as done, and the item that it shows."""
        parts = message.header if message.kind == "card" else (message.text.rstrip("."),)
        errors = [error for part in parts for error in self._compare_part(part, message)]
        if message.kind == "card" and message.progress is not None:
            errors += self._compare_title(message) + self._compare_progress(message)
        return errors

    def _compare_part(self, part: str, message: ParsedMessage) -> list[str]:
        player, device = self.player, self.player.device
        if (on_device := _DEVICE_SUFFIX.match(part)) and "." not in part:
            if device is None or device.name != on_device[2]:
                return [f"{part}: it is {device.name if device else 'nowhere'}"]
            part = on_device[1]
        match part:
            case "Playing" | "Already playing":
                errors = [] if player.is_playing else ["it is paused"]
                if message.kind == "card" and message.progress is None and message.uri is not None:
                    current = (player.item, player.context)
                    if message.uri not in current:
                        errors.append(f"{message.uri} instead of {current}")
                return errors
            case "Paused" | "Already paused":
                return [] if not player.is_playing else ["it plays"]
            case "Shuffled" | "Shuffle is off":
                return [] if player.shuffle == (part == "Shuffled") else ["shuffled otherwise"]
            case "From the start":
                return [] if player.progress < PROGRESS_TOLERANCE_S * 1000 else ["it is further on"]
            case "Queued":
                queued = message.uri in player.queue or message.uri == player.item
                return [] if queued else ["it is not in the queue"]
            case _ if part in _REPEAT_MODES:
                return [] if player.repeat == _REPEAT_MODES[part] else [f"repeats {player.repeat}"]
            case _ if volume := _VOLUME.match(part):
                current_volume = device.volume if device else None
                agrees = current_volume == int(volume[1])
                return [] if agrees else [f"{part}: it is at {current_volume}"]
            case _ if part.startswith("Muted"):
                return [] if device and device.volume == 0 else ["it is not muted"]
        return []

    # ---- lists

    def compare_queue(self, message: ParsedMessage) -> list[str]:
        middle = message.body.index("### Next")
        current_uris = linked_uris(message.body[:middle])
        next_uris = linked_uris(message.body[middle:])
        active = self.player.device is not None
        expected_current = [self.visible_item] if self.visible_item else []
        errors = []
        if current_uris != self._uris_with_links(expected_current):
            errors.append(f"now {current_uris}")
        pages = (_PAGE.match(line) for line in message.body)
        first = next((int(page[1]) - 1 for page in pages if page), 0)
        visible = [uri for uri in self.player.upcoming() if self._is_visible(uri)] if active else []
        expected_next = self._uris_with_links(visible[first : first + 10])
        if next_uris != expected_next:
            errors.append(f"next {next_uris} instead of {expected_next}")
        return errors

    def _uris_with_links(self, uris: list[str]) -> list[str]:
        return [
            uri for uri in uris if self._is_visible(uri) and not uri.startswith("spotify:local:")
        ]

    def _is_visible(self, uri: str) -> bool:
        return isinstance(self._spotify.catalogue.find_item(uri), Track | Episode)

    def compare_devices(self, message: ParsedMessage) -> list[str]:
        errors = []
        text = plain_text(message.text)
        # A move in place keeps the list as it was read before; its status line names the active
        # device, and no line does.
        was_read = not any(map(_MOVED.match, message.body))
        for device in self.player.devices:
            line = next((line for line in text.split("\n") if f" {device.name} · " in line), None)
            if line is None:
                errors += [f"{device.name} is not there"] if was_read else []
                continue
            moved_here = f"Playing on {device.name}" in text or f"Moved to {device.name}" in text
            is_active = " · active" in line or moved_here
            if is_active != (device is self.player.device):
                errors.append(f"{line}: active otherwise")
            volume = f"volume {device.volume}%"
            if was_read and device.volume is not None and volume not in line.replace(" %", "%"):
                errors.append(f"{line}: it is at {device.volume}")
        return errors


def _repeat_text(repeat: str) -> str:
    return next(name for name, mode in _REPEAT_MODES.items() if mode == repeat)
