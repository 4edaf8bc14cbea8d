"""Errors of logging in: a login is needed, or it failed."""

from __future__ import annotations

from bot.errors.bot_error import BotError


class NeedsLogin(BotError):
    message = "Link your Spotify account to do that."


class NotLinked(NeedsLogin):
    message = "You haven’t linked Spotify yet. Press the button to link it, then try again."


class LoginExpired(NeedsLogin):
    message = (
        "Your Spotify login has ended (it lasts six months at most). "
        "Press the button to link again, then retry."
    )


class StoredLoginUnreadable(LoginExpired):
    """The row with the refresh token was damaged, or copied from another one."""

    message = (
        "Your stored login can’t be read any more. Press the button to link again, then retry."
    )


class OwnAppGone(NeedsLogin):
    """Spotify knows no app with the client ID that the user brought, or of a former app."""

    message = (
        "Spotify doesn’t know the app that you linked with any more. "
        "Use /link to link with this bot’s app, or your own: /setup."
    )


class MissingScope(NeedsLogin):
    message = (
        "Your Spotify login doesn’t allow this. Press the button to link again, and agree to "
        "everything Tonearm asks for."
    )


class LoginError(BotError):
    """`title` heads the page that says it."""

    message = "The login didn’t finish, so nothing was changed. Use /link to start over."
    title = "Nothing was changed"


class LoginLinkExpired(LoginError):
    """No login waits for the browser's request."""

    message = (
        "This login link is used up, too old or incomplete. Use /link in Discord to get a new one."
    )


class LoginLinkUsed(LoginLinkExpired):
    title = "Already opened in another browser"
    message = (
        "This login link was opened in another browser. Continue there, or use /link in Discord "
        "and open the new link here."
    )


class LoginElsewhere(LoginLinkExpired):
    """The same error for every unknown cookie and state, so that guesses reveal nothing."""

    title = "This browser has no login to finish"
    message = (
        "This login began in another browser, or it’s over. If the other browser is still open, "
        "continue there. If not, use /link in Discord, and open the link in the browser that you "
        "are signed in with. It has to accept cookies. On a phone, hold the "
        "button Link Spotify to copy the link."
    )


class LoginReplaced(LoginLinkExpired):
    message = "A newer login link replaced this one. Use that one, or get another with /link."


class LoginTimedOut(LoginLinkExpired):
    message = (
        "This login has expired: a link works for ten minutes. Use /link in Discord to get a "
        "new one."
    )


class LoginWithdrawn(LoginLinkExpired):
    message = "You used /unlink, so this login link no longer works. Use /link to get a new one."


class LoginInterrupted(LoginLinkExpired):
    message = (
        "This login was interrupted before it finished, so nothing was changed. "
        "Use /link in Discord to start over."
    )


class LoginInProgress(LoginError):
    """`service` is "Spotify" or "Discord": where the browser is to agree next."""

    title = "Not finished yet"

    def __init__(self, service: str) -> None:
        super().__init__(
            service,
            message=f"{service} is still waiting for you to agree. Go back to that page, or open "
            "the login link again. If it is gone, use /link in Discord.",
        )


class IncompleteCallback(LoginError):
    title = "This page was opened in an unexpected way"
    message = (
        "The address of this page is incomplete. Open the login link again, or use /link in "
        "Discord to get a new one."
    )


class LoginCancelled(LoginError):
    message = "You cancelled the login, so nothing was changed. Use /link to try again."


class LoginRefused(LoginError):
    """The service does not know the authorization code, or it has expired."""

    message = (
        "This login is no longer accepted. It probably took too long. "
        "Nothing was changed. Use /link to start over."
    )


class DiscordDown(LoginError):
    message = (
        "Discord isn’t responding, so nothing was changed. Wait a minute, then use /link to try "
        "again."
    )


class DiscordRefused(LoginError):
    """Discord does not accept the bot's client secret."""

    message = (
        "Discord doesn’t accept this bot’s client secret, so nothing was changed. "
        "Tell {operator}; after that is fixed, use /link again."
    )


class AuthorizationFailed(LoginError):
    """Spotify or Discord sent the browser back with an error (RFC 6749, 4.1.2.1).

    service  "Spotify" or "Discord"
    code     the error, if RFC 6749 defines it, else "unknown"
    """

    def __init__(self, service: str, code: str) -> None:
        self.service = service
        self.code = code if code in AUTHORIZATION_ERRORS else "unknown"
        message = AUTHORIZATION_ERRORS.get(code, _UNKNOWN_AUTHORIZATION_ERROR)
        if (service, code) == ("Spotify", "unauthorized_client"):
            message = _APP_NOT_AUTHORIZED
        super().__init__(f"{service}: {self.code}", message=message.replace("{service}", service))


AUTHORIZATION_ERRORS = {
    "server_error": (
        "{service} had a problem, so nothing was changed. Wait a minute, then use /link to try "
        "again."
    ),
    "temporarily_unavailable": (
        "{service} is too busy to log you in just now, so nothing was changed. "
        "Wait a few minutes, then use /link to try again."
    ),
    "invalid_scope": (
        "{service} doesn’t know a permission that Tonearm asks for, so nothing was changed. "
        "Tell {operator}; after that is fixed, use /link again."
    ),
    "invalid_request": (
        "{service} didn’t understand how Tonearm asked for the login, so nothing was changed. "
        "Use /link to try again. If it happens again, tell {operator}."
    ),
    "unauthorized_client": (
        "{service} doesn’t let this app log you in, so nothing was changed. "
        "Tell {operator}; after that is fixed, use /link again."
    ),
    "unsupported_response_type": (
        "{service} doesn’t offer the kind of login that Tonearm asks for. Nothing was changed. "
        "Tell {operator}; after that is fixed, use /link again."
    ),
}
_APP_NOT_AUTHORIZED = (
    "Spotify doesn’t let this app log you in, so nothing was changed. "
    "Ask {operator} about it, or use your own app: /setup."
)
_UNKNOWN_AUTHORIZATION_ERROR = (
    "{service} ended the login for a reason that Tonearm doesn’t know. Nothing was changed. "
    "Use /link to try again."
)


class LoginUnfinished(LoginError):
    message = (
        "Finish the login in your browser first: its last page shows the code to enter here. "
        "If that page is gone, use /link to start over."
    )


class NoOpenLogin(LoginUnfinished):
    message = "There’s no login to finish: it’s over, or it took too long. Use /link to start over."


class BotStarting(LoginError):
    message = "Tonearm is still starting. Load this page again in a minute."


class WrongDiscordUser(LoginError):
    message = (
        "Your browser is signed in to Discord as someone else, so nothing was linked. "
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
        "Spotify doesn’t know an app with that client ID. "
        "Copy it again from your app’s settings; /setup shows where."
    )


class WrongCode(LoginError):
    def __init__(self, left: int) -> None:
        tries = "one try" if left == 1 else f"{left} tries"
        super().__init__(
            message="That’s not the code in your browser. Press **Enter code** to try again; "
            f"you have {tries} left."
        )


class TooManyWrongCodes(LoginError):
    message = (
        "That was the wrong code five times, so the login was erased. Use /link to start over."
    )
