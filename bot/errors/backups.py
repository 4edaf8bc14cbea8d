"""Errors of earlier exports and of backups."""

from __future__ import annotations

from bot.errors.bot_error import BotError


class NotAnEarlierExport(BotError):
    message = (
        "I can’t use that file. Attach one that I sent you, just as it was: an archive with "
        "library.json in it, or the JSON."
    )


class EarlierExportIncomplete(NotAnEarlierExport):
    message = "The end of that file is missing. Download it again from my message, or use another."


class EarlierExportTooLarge(NotAnEarlierExport):
    message = "That file is far larger inside than any library. Attach one that I sent you."


class EarlierExportNewer(NotAnEarlierExport):
    message = (
        "That file is from a newer Tonearm than I am, so I can’t go on from it. Leave it out, or "
        "ask {operator} to update me."
    )


class OtherFormat(NotAnEarlierExport):
    """`found` says what the file is."""

    def __init__(self, found: str) -> None:
        super().__init__(
            found,
            message=f"That file is {found}, which doesn’t say enough to go on from. Attach what "
            "/export makes with format:zip or format:json, or leave it out to read everything.",
        )


class OtherAccount(BotError):
    message = (
        "That’s an export of another Spotify account. Attach one of the account that you’re "
        "linked to."
    )


class NoDirectMessages(BotError):
    message = (
        "I can’t send you direct messages, and a backup comes as one. Allow them in the privacy "
        "settings of a server that we share, then try again."
    )


class NoLastExport(BotError):
    message = (
        "There’s no export of yours in our direct messages that I could read. Attach an earlier "
        "one as `since:`, or let /backup every send you one."
    )


class EarlierExportUnavailable(BotError):
    message = "Discord doesn’t give me your earlier export right now. Try again in a minute."
