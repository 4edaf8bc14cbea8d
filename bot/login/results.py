"""The values that the steps of a login return, and how a login can end."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors.bot_error import OPERATOR, BotError
from bot.errors.spotify import OwnAppQuotaExceeded, QuotaExceeded


@dataclass(frozen=True)
class LoginPage:
    """What the login page shows, and the cookie that its button sends back."""

    discord_name: str
    discord_verified: bool
    cookie: str = field(repr=False)


@dataclass(frozen=True)
class Redirect:
    """The URL that the browser opens next, and the cookie that it has to send back.

    update  what the request changed, if the messages with the login link have to say so
    """

    url: str = field(repr=False)
    cookie: str = field(repr=False)
    update: LoginUpdate | None = None


@dataclass(frozen=True)
class Callback:
    """A browser's request to a callback; a missing parameter or cookie is an empty string."""

    state: str = field(repr=False)
    cookie: str = field(repr=False)
    code: str = field(repr=False)
    error: str = field(repr=False)


@dataclass(frozen=True)
class AccountLinked:
    """The Spotify account with this name is linked."""

    name: str


@dataclass(frozen=True)
class AwaitingCode:
    """The Spotify account `name` waits until the Discord user `discord_name` types the code."""

    name: str
    discord_name: str
    code: str = field(repr=False)


@dataclass(frozen=True)
class LoginOpened:
    """A browser has started the login; `url` is its login page, which works in that browser."""

    url: str = field(repr=False)


LoginResult = AccountLinked | AwaitingCode | BotError


@dataclass(frozen=True)
class LoginUpdate:
    """How a login continues or ended, to be said in the messages with its link.

    message_ref  the messages with the login link, if the login is erased; else the store has them,
                 as `LoginUpdates.remember_messages` got them
    serial       the login in the store, among the user's
    cookie       opens the result page
    owner        the Discord user who has already linked that Spotify account
    """

    discord_id: int
    result: LoginResult | LoginOpened
    message_ref: str | None = field(default=None, repr=False)
    serial: int | None = None
    cookie: str = field(default="", repr=False)
    owner: int | None = None


@dataclass(frozen=True)
class LoginLink:
    """A login page for one user; `serial` distinguishes it from the user's other links.

    replaced  the login that it replaces, if its link still worked
    """

    url: str = field(repr=False)
    serial: int
    replaced: LoginUpdate | None = None


# Phrases of errors for replies with a button or a command, and their replacements on a page.
_ON_A_PAGE = {
    "Press the button to link again": "Use /link again",
    "Try again in": "Use /link again in",
    "then try again": "then use /link again",
}
# The end of the message about a daily limit, and what helps a login: another app has its own limit.
_OTHER_COMMANDS = "Other commands may still work."
_OR_AN_OWN_APP = "Or use your own app: /setup."
_OR_THE_BOTS_APP = "Or use /link alone to link with this bot’s app."


def failure_message(error: BotError) -> str:
    """The sentences about a failed login, with a command as the next step."""
    message = error.message
    for words, on_a_page in _ON_A_PAGE.items():
        message = message.replace(words, on_a_page)
    if isinstance(error, QuotaExceeded):
        is_own = isinstance(error, OwnAppQuotaExceeded)
        other_app = _OR_THE_BOTS_APP if is_own else _OR_AN_OWN_APP
        message = message.replace(_OTHER_COMMANDS, other_app)
    if "/link" in message or "/setup" in message:
        return message
    is_for_operator = OPERATOR in message
    last = (
        "After that is fixed, use /link again." if is_for_operator else "Use /link to start over."
    )
    return f"{message} {last}"
