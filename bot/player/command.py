"""One command of a user on its way through the player: its action, its attempts, its outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.errors.spotify import (
    DeviceChoiceNeeded,
    DeviceNotFound,
    NoActiveDevice,
    PlayerNotFound,
    PlayerRestricted,
)
from bot.player.actions import PlayerAction
from bot.player.context import ActionContext
from bot.player.devices import DEVICE_NOT_FOUND, device_needed
from bot.player.outcome import Outcome
from bot.player.restrictions import explain_not_found, explain_restriction
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Device
from bot.text.escape import safe
from bot.text.items import numbered_items


@dataclass(frozen=True)
class Command:
    """A player action for one user.

    run     performs the action on the device of a context
    on      ID or name of the device that the user named
    item    to play or queue, if it is known already
    note    a sentence, without its full stop, to add to the outcome or the device question
    listed  items that the device question lists, because its button has no room for them
    """

    user_id: int
    spotify: Spotify
    action: PlayerAction
    run: Callable[[ActionContext], Awaitable[Outcome]]
    on: str | None = None
    item: Item | None = None
    note: str = ""
    listed: Sequence[Item] = ()

    async def attempt(self, context: ActionContext) -> Outcome | None:
        """Run it once; None if it needs an active device and there is none.

        Raises DeviceChoiceNeeded if its device no longer exists.
        """
        try:
            return await self.run(context)
        except PlayerNotFound as error:
            await explain_not_found(context, error)
            return None
        except PlayerRestricted as error:
            return await explain_restriction(self.action, context, error)
        except DeviceNotFound as error:
            if error.message != DeviceNotFound.message:  # some songs are queued there already
                raise
            devices = await self.spotify.player.devices()
            raise device_needed(self.action, devices, DEVICE_NOT_FOUND) from None
        except NoActiveDevice:
            return None

    def with_note(self, outcome: Outcome) -> Outcome:
        """The outcome, with the note after its message."""
        if not self.note:
            return outcome
        return replace(outcome, message=f"{outcome.message}. {self.note}")

    def add_to_question(self, question: DeviceChoiceNeeded) -> None:
        """Put the note before the question's message, and the list below it."""
        message = "\n".join([question.message, *numbered_items(self.listed)])
        question.message = f"{self.note}. {message}" if self.note else message

    def with_device_name(self, outcome: Outcome, device: Device | None) -> Outcome:
        """Add the device to the outcome's first sentence, unless its state shows the device."""
        if device is None or not device.name or (outcome.state and outcome.state.item):
            return outcome
        first, dot, rest = outcome.message.partition(". ")
        preposition = "to" if self.action.verb == "move" else "on"
        message = f"{first} {preposition} {safe(device.name)}{dot}{rest}"
        return replace(outcome, message=message)
