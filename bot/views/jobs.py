"""The message of a job: how far it is, until when it waits, and its *Stop* button."""

from __future__ import annotations

import math
from dataclasses import replace

import discord
from discord import ui

from bot.errors.spotify import format_wait
from bot.interactions.components import PersistentButton
from bot.library.job_waits import WaitReason
from bot.library.running_job import Progress, Waiting
from bot.text.items import bar, count
from bot.views import cards

NOT_RUNNING = "That isn’t running any more."
IN_DIRECT_MESSAGE = "This takes longer, so it goes on in a direct message to you."
FILE_REFUSED = "Discord didn’t take the file. Use the same command again within two days to get it."
REFUSED = "Discord didn’t let me show how this ended. Use the command again to see."
NO_DIRECT_MESSAGES = (
    "This goes on, but I can’t send you direct messages. Use the same command again to see how "
    "far it is, and to get what it makes. I keep that for two days, or until you start another one."
)
OTHER_JOB = "This is still running from before. Stop it to start something else."
OTHER_RESULT = "That’s from before. For something else, use your newer command once more."
MOVED = "This goes on in my reply to your newer command."

_BEGINNING = "Working on it…"
# What a job waits for, if it is a limit.
_LIMITS = {
    WaitReason.RATE: "Spotify asks me to wait: it got too many requests.",
    WaitReason.QUOTA: "This bot’s Spotify limit for today is used up.",
    WaitReason.OWN_QUOTA: "Today’s limit of the Spotify app that you linked with is used up.",
    WaitReason.SHARE: "Your part of today’s Spotify limit for exports and imports is used up.",
    WaitReason.BACKGROUND: (
        "Exports and imports have used up their part of today’s Spotify limit; the rest is kept "
        "for playing music."
    ),
    WaitReason.UNKNOWN: "I’m waiting for Spotify.",
}


class StopJobButton(PersistentButton, template=r"job:stop:(?P<job_id>\d{1,19})"):
    """Stops the job with this ID."""

    def __init__(self, job_id: str) -> None:
        self.job_id = int(job_id)
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Stop", style=style, custom_id=f"job:stop:{job_id}"))


def stop_view(job_id: int) -> ui.View:
    """The view with the button that stops the job."""
    return cards.buttons(StopJobButton(str(job_id)))


def download_view(url: str) -> ui.View:
    """The view with the button to the page of a download."""
    return cards.buttons(ui.Button(label="Download", url=url))


def too_large(expires_at: float) -> str:
    """What follows the text of a result; `expires_at` is in seconds since 1970."""
    return (
        "It’s too big for Discord, so download it from its own page. The button works once, until "
        f"<t:{int(expires_at)}:f>. Keep its address to yourself: it works for anyone who has it."
    )


def status_text(status: Progress | Waiting | None) -> str:
    """How far a job is, as markdown; None: it has not begun."""
    match status:
        case None:
            return _BEGINNING
        case Progress():
            lines = [f"{status.task}…", _numbers(status), _days(status), status.note]
            return "\n".join(filter(None, lines))
    lines = [_wait(status)]
    if status.progress is not None:
        progress = replace(status.progress, seconds_left=None)
        lines += [_numbers(progress), _days(progress)]
    return "\n".join(filter(None, lines))


def _wait(waiting: Waiting) -> str:
    time = math.ceil(waiting.until)
    match waiting.reason:
        case WaitReason.TURN:
            return "Waiting for its turn: others are before you."
        case WaitReason.OUTAGE:
            return f"Spotify isn’t responding properly. I’ll try again <t:{time}:R>."
        case reason:
            return (
                f"{_LIMITS[reason]} I’ll go on by myself <t:{time}:R> (<t:{time}:f>), and keep "
                "what I have until then."
            )


def _days(progress: Progress) -> str:
    """How long it takes if there are not enough requests for it today."""
    if not progress.calls_a_day:
        return ""
    days = math.ceil((progress.calls_expected - progress.calls) / progress.calls_a_day)
    takes = f"so this takes about {count(max(days, 2), 'day')}. It goes on by itself."
    if progress.is_own_share:
        return f"Your exports may make {progress.calls_a_day:,} requests a day, {takes}"
    return f"This bot may make {progress.calls_a_day:,} requests a day for exports, {takes}"


def _numbers(progress: Progress) -> str:
    """The bar, entries, requests and time, as far as they are known."""
    parts = []
    if progress.expected:
        done, expected = progress.done, max(progress.done, progress.expected)
        parts.append(f"{bar(done, expected)} {done:,} of {count(expected, progress.noun)}")
    elif progress.done:
        parts.append(count(progress.done, progress.noun))
    if progress.calls_expected > progress.calls:
        parts.append(f"{progress.calls:,} of about {count(progress.calls_expected, 'request')}")
    elif progress.calls:
        parts.append(count(progress.calls, "request"))
    if progress.seconds_left is not None and progress.done < progress.expected:
        parts.append(f"about {format_wait(progress.seconds_left)} left")
    return " · ".join(parts)
