"""One action of a user: a command, or a press on a button or option."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.discord.state import Message


@dataclass(frozen=True)
class UserAction:
    """A command line, or a press on the component with this custom_id; empty if time passes.

    disturbance  the fault during the action, from input_strategies; empty for none
    """

    user: str = ""
    line: str = ""
    pressed: Message | None = None
    custom_id: str = ""
    disturbance: str = ""

    @property
    def command(self) -> str:
        return self.line.removeprefix("/").partition(" ")[0]

    @property
    def verb(self) -> str:
        """The verb of the player action that this runs, or the name of the command."""
        if self.custom_id.startswith("queue:add"):
            return "queue"
        if self.custom_id.startswith("queue:jump"):
            return "jump"
        if self.custom_id.startswith("volume:"):
            return "volume"
        prefix, _, player_action = self.custom_id.rpartition(":")
        if prefix.startswith(("panel", "here", "again")):
            return player_action.partition(" ")[0]
        return self.command

    @property
    def queues_many(self) -> bool:
        """Whether this confirms queueing an album, a playlist or a list of tracks."""
        prefixes = ("queue:add", "here:queue these", "again:queue these")
        return self.custom_id.startswith(prefixes)

    @property
    def undisturbed(self) -> bool:
        """Whether Spotify executes every call at once."""
        return self.disturbance in ("", "twice", "duplicate")
