"""The messages about backups: the question, and their state."""

from __future__ import annotations

import math

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.store import Backup, Interval, StopReason
from bot.views import cards

_HOW_OFTEN = {Interval.WEEK: "every week", Interval.MONTH: "every month"}
_STOPPED = {
    StopReason.NO_MESSAGES: "I couldn’t send you direct messages",
    StopReason.LOGIN: "Spotify no longer accepts your login",
    StopReason.ERRORS: "three in a row failed",
}

OFF = "Your backups are off. To turn them on, use /backup every and choose week or month."
TURNED_OFF = "Your backups are off now. The files that I sent you stay yours."
CANCELLED = "No backups, then. You can turn them on at any time with /backup every."


class ConfirmBackups(PersistentButton, template=r"backup:on:(?P<every>week|month)"):
    """Turns backups on."""

    def __init__(self, every: str) -> None:
        self.every = Interval(every)
        style = discord.ButtonStyle.success
        label = f"Back up {_HOW_OFTEN[self.every]}"
        super().__init__(ui.Button(label=label, style=style, custom_id=f"backup:on:{every}"))


class CancelBackups(PersistentButton, template="backup:no"):
    """Leaves backups off."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Cancel", custom_id="backup:no"))


def question(every: Interval) -> Reply:
    """Asks whether to make backups."""
    text = (
        f"Then I send you your library {_HOW_OFTEN[every]} by direct message, with a list of what "
        "changed. The files are yours alone: I keep only the ID of my last message. The first one "
        "comes now."
    )
    return Reply(text, cards.buttons(ConfirmBackups(every.value), CancelBackups()))


def turned_on(every: Interval) -> str:
    """What the user reads in a direct message when backups begin."""
    return (
        f"Backups are on: I send you your library here {_HOW_OFTEN[every]}. The first one comes in "
        "a moment. To change that, use /backup every."
    )


def state(backup: Backup, now: float) -> str:
    """Whether backups are on, and when the next one comes; `now` is in seconds since 1970."""
    if backup.every is not None:
        due = math.ceil(backup.due)
        when = f"comes <t:{due}:f>" if backup.due > now else "comes in a moment"
        return (
            f"I back up your library {_HOW_OFTEN[backup.every]}. The next one {when}. "
            "Turn that off with /backup every."
        )
    if backup.stopped is None:
        return OFF
    return f"Your backups stopped, because {_STOPPED[backup.stopped]}. {_again(backup.stopped)}"


def _again(reason: StopReason) -> str:
    link = "Use /link first. " if reason is StopReason.LOGIN else ""
    return f"{link}Turn them on again with /backup every."


def stopped_by_user(*, is_scheduled: bool) -> str:
    """What the user reads after *Stop*."""
    text = "Stopped. Nothing is kept."
    if is_scheduled:
        text += " Your next backup comes at its usual time; /backup every turns them off."
    return text


def stopped(reason: StopReason) -> str:
    """What the user reads when backups stop by themselves."""
    return f"I’ve turned off your backups, because {_STOPPED[reason]}. {_again(reason)}"
