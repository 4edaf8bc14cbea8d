"""The records of pending logins, and of the account that a user authorized."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class LoginStep(StrEnum):
    """What a login waits for.

    PAGE      the button of its login page
    DISCORD   the browser, which is at Discord
    SPOTIFY   the browser, which is at Spotify
    EXCHANGE  the answer of the service to which a request has sent the authorization code
    CODE      the confirmation code
    OVER      nothing: `outcome` says how it ended
    REPLACED  nothing: the user asked for a newer login link
    """

    PAGE = "page"
    DISCORD = "discord"
    SPOTIFY = "spotify"
    EXCHANGE = "exchange"
    CODE = "code"
    OVER = "over"
    REPLACED = "replaced"


@dataclass(frozen=True)
class PendingLogin:
    """A login that a user started with /link.

    serial             distinguishes the logins of one user
    expires_at         seconds since 1970
    discord_verified   Discord confirmed that the browser belongs to the user
    attempts           how many confirmation codes the user typed
    account_id, name   the Spotify account, once the user authorized it
    outcome            how the login ended: a code of bot.login.outcome_codes
    message_ref        the messages with the login link, as JSON of bot.notifications.logins
    confirmation_code  the code that the browser shows, while the login waits for it
    """

    discord_id: int
    serial: int
    discord_name: str
    client_id: str
    expires_at: int
    step: LoginStep = LoginStep.PAGE
    discord_verified: bool = False
    attempts: int = 0
    account_id: str | None = None
    name: str | None = None
    outcome: str | None = None
    message_ref: str | None = field(default=None, repr=False)
    confirmation_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AuthorizedAccount:
    """The Spotify account that a user authorized, and the token that Spotify issued for it."""

    account_id: str
    name: str
    scopes: str
    authorized_at: int
    refresh_token: str = field(repr=False)
