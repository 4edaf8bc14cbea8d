"""Errors of logging in: a login is needed, or it failed."""

from __future__ import annotations

from bot.errors.bot_error import BotError


class NeedsLogin(BotError):
    message = "Link your Spotify account to do that."


class NotLinked(NeedsLogin):
    message = "You have not linked Spotify yet. Press the button to link it, then try again."


class LoginExpired(NeedsLogin):
    message = (
        "Your Spotify login has ended (it lasts six months at most). "
        "Press the button to link again, then retry."
    )


class OwnAppGone(NeedsLogin):
    """Spotify knows no app with the client ID that the user brought."""

    message = (
        "Spotify doesn’t know your own app any more. "
        "Use /link to link with this bot’s app, or make a new one: /setup."
    )


class MissingScope(NeedsLogin):
    message = (
        "Your Spotify login does not allow this. "
        "Press the button to link again and agree to all that Tonearm asks for."
    )


class LoginError(BotError):
    message = "The login did not finish, so nothing was changed. Use /link to start over."


class LoginLinkExpired(LoginError):
    message = "This login link is used up or too old. Use /link in Discord to get a new one."


class LoginCancelled(LoginError):
    message = "You cancelled the login, so nothing was changed. Use /link to try again."


class LoginRefused(LoginError):
    """Reads like LoginLinkExpired, so that nobody who guesses codes can tell them apart."""

    message = LoginLinkExpired.message


class LoginUnfinished(LoginError):
    message = (
        "Finish the login in your browser first: its last page shows the code to enter here. "
        "If that page is gone, use /link to start over."
    )


class BotStarting(LoginError):
    message = "Tonearm is still starting. Go back and press the button again in a minute."


class WrongDiscordUser(LoginError):
    message = (
        "Your browser is signed in to Discord as somebody else, so nothing was linked. "
        "Sign in there as yourself, then use /link again."
    )


class AlreadyLinked(LoginError):
    message = (
        "That Spotify account is linked to another Discord account, so nothing was changed. "
        "Use /unlink there first, then /link here."
    )


class TooManyLogins(LoginError):
    message = (
        "You asked for three login links in ten minutes. Wait ten minutes, then use /link again."
    )


class WrongClientId(LoginError):
    message = (
        "Spotify knows no app with that client ID. "
        "Copy it again from your app’s settings; /setup shows where."
    )


class WrongCode(LoginError):
    def __init__(self, left: int) -> None:
        tries = "one try" if left == 1 else f"{left} tries"
        super().__init__(
            message="That is not the code in your browser. "
            f"You have {tries} left; press the button."
        )


class TooManyWrongCodes(LoginError):
    message = (
        "That was the wrong code five times, so the login was erased. Use /link to start over."
    )
