"""Lets scheduled backups come due, and collects the direct messages that they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.discord import UserClient
from sandbox.harness import Harness
from tests.export_jobs import wait_until_over

WEEK = 7 * 24 * 3600.0 + 7 * 3600.0
DAY = 24 * 3600.0 + 60.0


@dataclass
class Backups:
    """Ada's direct messages, and the clock; `seen` has the IDs of messages."""

    harness: Harness
    ada: UserClient
    seen: set[str] = field(default_factory=set)

    @property
    def dm(self) -> UserClient:
        return self.harness.discord.user_client("ada", "dm")

    async def turn_on(self, every: str = "week") -> None:
        reply = await self.ada.run(f"/backup every period:{every}")
        assert "I keep only the ID of my last message" in reply.text
        reply = await reply.press(f"Back up every {every}")
        await reply.wait_for("The next one comes")

    async def due(self, seconds: float = 0.0) -> list[dict[str, Any]]:
        """The messages of the backup that is due after this many seconds.

        The bot's own maintenance may begin it as well.
        """
        self.harness.clock.advance(seconds)
        assert self.harness.bot is not None
        await self.harness.bot.run_maintenance()
        await wait_until_over(self.harness)
        new = [message for message in self.dm.messages() if message["id"] not in self.seen]
        self.seen |= {message["id"] for message in new}
        return [message for message in new if "Backups are on" not in message["content"]]

    def files(self, message: dict[str, Any]) -> dict[str, bytes]:
        state = self.harness.discord.state
        found = state.find_message(message["id"])
        assert found is not None
        return {
            attachment["filename"]: found.files[attachment["id"]]
            for attachment in message["attachments"]
        }
