"""What the messages of a login say, from its button to its end."""

from __future__ import annotations

from bot.errors.bot_error import OPERATOR
from bot.login.results import AccountLinked, AwaitingCode, LoginResult, failure_message
from bot.text.escape import safe

LOOK_IN_DMS = "The login button is in your direct messages."
SPOTIFY_APPS_URL = "<https://www.spotify.com/account/apps/>"


def login_link_message(discord_name: str, *, by_code: bool, linked_to: str | None) -> str:
    """Beside the login button."""
    first = f"You are linked to **{safe(linked_to)}**. " if linked_to else ""
    last = " Its last page shows a code: press **Enter code** and enter it." if by_code else ""
    return (
        f"{first}Press the button to link Spotify to **{safe(discord_name)}**. "
        f"It works once, for ten minutes.{last}"
    )


def result_message(result: LoginResult, operator: str) -> str:
    """What these messages become once the browser is done."""
    match result:
        case AccountLinked(name=name):
            return f"Linked to **{safe(name)}**. Try /search or /play."
        case AwaitingCode(name=name):
            return (
                f"Almost linked to **{safe(name)}**. "
                "Your browser shows a code: press **Enter code** and enter it."
            )
    return failure_message(result).replace(OPERATOR, operator)


# To whoever has linked an account that somebody else just tried to link.
ALREADY_LINKED_WARNING = (
    "Somebody just logged in with your Spotify account to link it to another Discord account. "
    "It was refused. If that was you, use /unlink here first. If not, change your Spotify "
    f"password, and look through your account’s apps at {SPOTIFY_APPS_URL}."
)
