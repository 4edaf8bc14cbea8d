"""The codes by which the store remembers how a login ended."""

from __future__ import annotations

import math
from enum import StrEnum

from bot.errors import login, spotify
from bot.errors.bot_error import BotError


class Outcome(StrEnum):
    """The code of a linked account, or of the error that ended the login."""

    LINKED = "Linked"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    AUTHORIZATION_FAILED = "authorization_failed"
    DISCORD_DOWN = "discord_down"
    DISCORD_REFUSED = "discord_refused"
    WRONG_DISCORD_USER = "wrong_discord_user"
    ALREADY_LINKED = "already_linked"
    LOGIN_EXPIRED = "login_expired"
    OWN_APP_GONE = "own_app_gone"
    APP_GONE = "app_gone"
    MISSING_SCOPE = "missing_scope"
    ACCESS_TOKEN_REFUSED = "access_token_refused"
    USER_NOT_REGISTERED = "user_not_registered"
    OWN_APP_LACKS_USER = "own_app_lacks_user"
    OWNER_NEEDS_PREMIUM = "owner_needs_premium"
    OWN_APP_NEEDS_PREMIUM = "own_app_needs_premium"
    PREMIUM_REQUIRED = "premium_required"
    SPURIOUS_PREMIUM_REQUIRED = "spurious_premium_required"
    PLAYER_RESTRICTED = "player_restricted"
    NOT_PERMITTED = "not_permitted"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXCEEDED = "quota_exceeded"
    OWN_APP_QUOTA_EXCEEDED = "own_app_quota_exceeded"
    SPOTIFY_DOWN = "spotify_down"
    BAD_REQUEST = "bad_request"
    FAILED = "failed"


_ERRORS: dict[Outcome, type[BotError]] = {
    Outcome.CANCELLED: login.LoginCancelled,
    Outcome.INTERRUPTED: login.LoginInterrupted,
    Outcome.REFUSED: login.LoginRefused,
    Outcome.DISCORD_DOWN: login.DiscordDown,
    Outcome.DISCORD_REFUSED: login.DiscordRefused,
    Outcome.WRONG_DISCORD_USER: login.WrongDiscordUser,
    Outcome.ALREADY_LINKED: login.AlreadyLinked,
    Outcome.LOGIN_EXPIRED: login.LoginExpired,
    Outcome.OWN_APP_GONE: login.OwnAppGone,
    Outcome.APP_GONE: spotify.AppGone,
    Outcome.MISSING_SCOPE: login.MissingScope,
    Outcome.ACCESS_TOKEN_REFUSED: spotify.AccessTokenRefused,
    Outcome.USER_NOT_REGISTERED: spotify.UserNotRegistered,
    Outcome.OWN_APP_LACKS_USER: spotify.OwnAppLacksUser,
    Outcome.OWNER_NEEDS_PREMIUM: spotify.OwnerNeedsPremium,
    Outcome.OWN_APP_NEEDS_PREMIUM: spotify.OwnAppNeedsPremium,
    Outcome.PREMIUM_REQUIRED: spotify.PremiumRequired,
    Outcome.SPURIOUS_PREMIUM_REQUIRED: spotify.SpuriousPremiumRequired,
    Outcome.PLAYER_RESTRICTED: spotify.PlayerRestricted,
    Outcome.NOT_PERMITTED: spotify.NotPermitted,
    Outcome.NOT_FOUND: spotify.NotFound,
    Outcome.SPOTIFY_DOWN: spotify.SpotifyDown,
    Outcome.BAD_REQUEST: spotify.BadRequest,
    Outcome.FAILED: login.LoginError,
}
# The code of these errors is followed by the seconds to wait: "rate_limited 30".
_ERRORS_WITH_WAIT: dict[Outcome, type[spotify.RateLimited]] = {
    Outcome.RATE_LIMITED: spotify.RateLimited,
    Outcome.QUOTA_EXCEEDED: spotify.QuotaExceeded,
    Outcome.OWN_APP_QUOTA_EXCEEDED: spotify.OwnAppQuotaExceeded,
}
_CODES = {error: code for code, error in (_ERRORS | _ERRORS_WITH_WAIT).items()}


def encode_error(error: BotError) -> str:
    """What to store about a login that ended with this error."""
    code = next((_CODES[cls] for cls in type(error).__mro__ if cls in _CODES), Outcome.FAILED)
    if isinstance(error, spotify.RateLimited):
        return f"{code} {math.ceil(error.retry_after)}"
    if isinstance(error, login.AuthorizationFailed):
        return f"{Outcome.AUTHORIZATION_FAILED} {error.service} {error.code}"
    return code


def decode_error(outcome: str | None) -> BotError:
    """The error of a stored outcome; None stands for a login that has not ended.

    Earlier versions stored the sentence for the user, which is then the error's message.
    """
    code, _, details = (outcome or Outcome.FAILED).partition(" ")
    if code in _ERRORS:
        return _ERRORS[Outcome(code)]()
    if code in _ERRORS_WITH_WAIT and details.isdecimal():
        return _ERRORS_WITH_WAIT[Outcome(code)](float(details))
    if code == Outcome.AUTHORIZATION_FAILED:
        service, _, error_code = details.partition(" ")
        return login.AuthorizationFailed(service, error_code)
    return login.LoginError(message=outcome)
