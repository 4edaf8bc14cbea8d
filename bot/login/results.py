"""What the steps of a login hand to each other, and how a login can end."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors.bot_error import BotError


@dataclass(frozen=True)
class LoginLink:
    """A login page for one user."""

    url: str = field(repr=False)
    serial: int


@dataclass(frozen=True)
class Redirect:
    """Where the browser goes next, and the cookie it has to bring back."""

    url: str = field(repr=False)
    cookie: str = field(repr=False)


@dataclass(frozen=True)
class AccountLinked:
    """The Spotify account of that name is linked."""

    name: str


@dataclass(frozen=True)
class AwaitingCode:
    """The Spotify account of that name waits for the code to be typed in Discord."""

    name: str
    code: str = field(repr=False)


LoginResult = AccountLinked | AwaitingCode | BotError


@dataclass(frozen=True)
class LoginFinished:
    """What became of a login in the browser.

    notice  where in Discord to say so, sealed for discord_id
    cookie  opens the last page
    owner   the Discord user who has linked that account already
    """

    discord_id: int
    result: LoginResult
    message_ref: bytes | None = field(default=None, repr=False)
    cookie: str = field(default="", repr=False)
    owner: int | None = None


def failure_message(error: BotError) -> str:
    """What a login that came to nothing says, with a way to go on."""
    return (
        error.message if "/" in error.message else f"{error.message} Then use /link to start over."
    )
