"""The messages of a login: what they say, their buttons, and the form for the code."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.errors.bot_error import OPERATOR
from bot.interactions.components import Form, PersistentButton
from bot.login.results import (
    AccountLinked,
    AwaitingCode,
    LoginOpened,
    LoginResult,
    failure_message,
)
from bot.text.escape import safe
from bot.views.cards import buttons

SPOTIFY_APPS_URL = "<https://www.spotify.com/account/apps/>"

# Sent to the owner of an account that another Discord user tried to link.
ALREADY_LINKED_WARNING = (
    "Someone just tried to link your Spotify account to another Discord account. "
    "It was refused. If that was you, use /unlink here first. If not, change your Spotify "
    f"password, and look through your account’s apps at {SPOTIFY_APPS_URL}."
)

# What a user who has just linked can do first.
_FIRST_COMMANDS = (
    "- /play a song, an album or one of your playlists\n"
    "- /search for songs, and play, queue or save them\n"
    "- /now shows what’s playing, with controls\n"
    "- /help lists everything else"
)

# Seconds after which the library forgets an open form.
_FORM_TIMEOUT = 15 * 60


class StartLogin(PersistentButton, template="login:start"):
    """Starts a login, as /link does."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label="Link Spotify", style=style, custom_id="login:start"))


class EnterCode(PersistentButton, template="login:code"):
    """Opens the form for the code that the browser shows."""

    allow_double = True

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Enter code", custom_id="login:code"))


class CodeForm(Form, title="Enter the code from your browser"):
    """The form for the code: eight letters and digits."""

    code: ui.Label[Any] = ui.Label(
        text="Code",
        description="It looks like 7KQ2-M0XA.",
        component=ui.TextInput(custom_id="code", min_length=1, max_length=20),
    )

    def __init__(self) -> None:
        super().__init__(timeout=_FORM_TIMEOUT, custom_id="login:form")

    @property
    def typed_code(self) -> str:
        assert isinstance(self.code.component, ui.TextInput)
        return self.code.component.value


def start_login_view(_error: object = None) -> ui.View:
    """The button below an error that a login resolves."""
    return buttons(StartLogin())


def login_link_view(url: str, *, needs_code: bool, label: str = "Link Spotify") -> ui.View:
    """The link to the login page, and the button for the code if the browser will show one."""
    link: ui.Button[Any] = ui.Button(label=label, url=url, emoji="🔗")
    return buttons(link, EnterCode()) if needs_code else buttons(link)


def result_view(result: LoginResult | LoginOpened, *, needs_code: bool) -> ui.View | None:
    """What replaces the link: a login that goes on has its next step as a button."""
    match result:
        case LoginOpened(url=url):
            return login_link_view(url, needs_code=needs_code, label="Open again")
        case AwaitingCode():
            return buttons(EnterCode())
    return None


def login_link_message(*, by_code: bool, linked_to: str | None) -> str:
    """The text beside the login link; `linked_to` is the account that is linked already."""
    first = f"You’re linked to **{safe(linked_to)}**. " if linked_to else ""
    last = ""
    if by_code:
        last = " At the end you’ll get a code: press **Enter code** and type it here."
    return f"{first}Press **Link Spotify** to sign in (link works once, for 10 minutes).{last}"


def result_message(result: LoginResult | LoginOpened, operator: str) -> str:
    """The text that replaces it as the login goes on; `operator` is who runs the bot."""
    match result:
        case LoginOpened():
            return "Opened in your browser. Finish there: the link works only in that browser now."
        case AccountLinked(name=name):
            return f"Linked to **{safe(name)}**. What now?\n{_FIRST_COMMANDS}"
        case AwaitingCode():
            return "Almost done. Press **Enter code** and type the code from your browser."
    return failure_message(result).replace(OPERATOR, operator)
