"""What the messages of a login say, from its button to its end."""

from __future__ import annotations

from bot.endings import Ending, Held, Linked, outcome
from bot.errors import OPERATOR
from bot.ui.text import safe

LOOK_IN_DMS = "The login button is in your direct messages."
WITHDRAW = "<https://www.spotify.com/account/apps/>"


def invitation(discord_name: str, *, by_code: bool, linked_to: str | None) -> str:
    """Beside the login button."""
    first = f"You are linked to **{safe(linked_to)}**. " if linked_to else ""
    last = " Its last page shows a code: press **Enter code** and enter it." if by_code else ""
    return (
        f"{first}Press the button to link Spotify to **{safe(discord_name)}**. "
        f"It works once, for ten minutes.{last}"
    )


def ending(end: Ending, operator: str) -> str:
    """What these messages become once the browser is done."""
    match end:
        case Linked(name=name):
            return f"Linked to **{safe(name)}**. Try /search or /play."
        case Held(name=name):
            return (
                f"Almost linked to **{safe(name)}**. "
                "Your browser shows a code: press **Enter code** and enter it."
            )
    return outcome(end).replace(OPERATOR, operator)


# To whoever has linked an account that somebody else just tried to link.
WARNING = (
    "Somebody just logged in with your Spotify account to link it to another Discord account. "
    "It was refused. If that was you, use /unlink here first. If not, change your Spotify "
    f"password, and look through your account’s apps at {WITHDRAW}."
)
