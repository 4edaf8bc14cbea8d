"""The status of a login: whether it can continue, and what its result page shows."""

from __future__ import annotations

from bot.errors.bot_error import BotError
from bot.errors.login import (
    AuthorizationFailed,
    LoginCancelled,
    LoginInProgress,
    LoginInterrupted,
    LoginReplaced,
    LoginTimedOut,
)
from bot.login.browser_secret import Service
from bot.login.outcome_codes import Outcome, decode_error
from bot.login.results import AccountLinked, AwaitingCode, LoginResult
from bot.store import LoginStep, PendingLogin


def raise_if_ended(login: PendingLogin, now: float) -> None:
    """Raises LoginReplaced, LoginTimedOut."""
    if login.step is LoginStep.REPLACED:
        raise LoginReplaced
    if login.expires_at <= now:
        raise LoginTimedOut


def raise_oauth_error(service: Service, error: str) -> None:
    """Raises LoginCancelled or AuthorizationFailed if a callback has an OAuth error."""
    if error == "access_denied":
        raise LoginCancelled
    if error:
        raise AuthorizationFailed(service, error)


def login_result(login: PendingLogin, now: float) -> LoginResult:
    """The result of a login for its page, while no request exchanges its authorization code."""
    if login.step is LoginStep.OVER:
        if login.outcome == Outcome.LINKED:
            return AccountLinked(login.name or "")
        return decode_error(login.outcome)
    try:
        raise_if_ended(login, now)
    except BotError as ended:
        return ended
    # The account of a verified user is linked right after it is stored, unless the disk refuses.
    is_unlinked = login.discord_verified and login.step is LoginStep.CODE
    if login.step is LoginStep.EXCHANGE or is_unlinked:
        return LoginInterrupted()
    if login.confirmation_code is not None:
        return AwaitingCode(login.name or "", login.discord_name, login.confirmation_code)
    return LoginInProgress("Discord" if login.step is LoginStep.DISCORD else "Spotify")
