"""A login is needed, or did not end well."""

from __future__ import annotations

from bot.errors.fault import Fault


class NeedsLogin(Fault):
    says = "Link your Spotify account to do that."


class NotLinked(NeedsLogin):
    says = "You have not linked Spotify yet. Press the button to link it, then try again."


class LinkEnded(NeedsLogin):
    says = (
        "Spotify no longer accepts your login; it lasts six months at most. "
        "Press the button to link again, then repeat what you did."
    )


class MissingScope(NeedsLogin):
    says = (
        "Your Spotify login does not allow this. "
        "Press the button to link again and agree to all that Tonearm asks for."
    )


class LoginFault(Fault):
    says = "The login did not finish, so nothing was changed. Use /link to start over."


class LoginGone(LoginFault):
    says = "This login link is used up or too old. Use /link in Discord to get a new one."


class LoginCancelled(LoginFault):
    says = "You cancelled the login, so nothing was changed. Use /link to try again."


class LoginRefused(LoginFault):
    """Said like LoginGone: whoever tries codes learns nothing from the difference."""

    says = LoginGone.says


class LoginUnfinished(LoginFault):
    says = (
        "Finish the login in your browser first: its last page shows the code to enter here. "
        "If that page is gone, use /link to start over."
    )


class NotReady(LoginFault):
    says = "Tonearm is still starting. Go back and press the button again in a minute."


class SomebodyElse(LoginFault):
    says = (
        "Your browser is signed in to Discord as somebody else, so nothing was linked. "
        "Sign in there as yourself, then use /link again."
    )


class AlreadyLinked(LoginFault):
    says = (
        "That Spotify account is linked to another Discord account, so nothing was changed. "
        "Use /unlink there first, then /link here."
    )


class TooManyLogins(LoginFault):
    says = "You asked for three login links in ten minutes. Wait ten minutes, then use /link again."


class WrongClientId(LoginFault):
    says = (
        "Spotify knows no app with that client ID. "
        "Copy it again from your app’s settings; /setup shows where."
    )


class WrongCode(LoginFault):
    def __init__(self, left: int) -> None:
        tries = "one try" if left == 1 else f"{left} tries"
        super().__init__(
            says=f"That is not the code in your browser. You have {tries} left; press the button."
        )


class CodeSpent(LoginFault):
    says = "That was the wrong code five times, so the login was erased. Use /link to start over."
