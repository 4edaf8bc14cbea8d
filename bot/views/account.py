"""The messages about a linked account: what is stored, unlinking, and apps of users' own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.spotify.consent_expiry import consent_expires_at
from bot.store import LinkedAccount, Preferences
from bot.text import scopes
from bot.text.escape import safe
from bot.views import cards
from bot.views.login import SPOTIFY_APPS_URL

NOT_LINKED = "You’re not linked, and nothing is stored about you. Use /link to start."
LOGIN_STORED = (
    "You’re not linked. Only your last login is stored, with your Discord ID and name, for at most "
    "20 minutes. Finish it in your browser, use /link to start over, or erase it with /unlink."
)
NOTHING_TO_ERASE = "You’re not linked, so there’s nothing to erase. Use /link to start."
LOGIN_ERASED = (
    "You’re not linked. The login you had started is erased, so its link no longer works. "
    "Use /link to start over."
)
UNLINKED = (
    "Unlinked. Everything stored about you is gone. To also revoke access at Spotify, "
    f"remove Tonearm at {SPOTIFY_APPS_URL}."
)

CANCELLED = "Cancelled, so nothing was erased."
UNLINKED_BUT_ON_DISK = (
    "Unlinked, and nothing stored about you is used any more. Traces of it are still on the disk "
    "of this bot’s database, with your login token encrypted. Tonearm erases them as soon as it "
    "can. "
    f"To also revoke access at Spotify, remove Tonearm at {SPOTIFY_APPS_URL}."
)


# Where people see which apps their Spotify account lets in.
_SPOTIFY_APPS: Final = SPOTIFY_APPS_URL.strip("<>")
_DASHBOARD: Final = "https://developer.spotify.com/dashboard"


def account_card(account: LinkedAccount, preferences: Preferences) -> ui.LayoutView:
    """The account, when its login began and ends, its permissions, and what is stored."""
    began, ends = account.authorized_at, int(consent_expires_at(account.authorized_at))
    until = (
        "This login has expired. Use /link to link again."
        if account.revoked
        else f"Linked since <t:{began}:D>. The login expires on <t:{ends}:D> (<t:{ends}:R>). "
        "Use /link at any time to renew it."
    )
    permissions = "\n".join(
        f"- {permission}" for permission in scopes.describe(account.scopes.split())
    )
    return cards.container(
        f"### {safe(account.name)} on Spotify\n{until}",
        ui.Separator(),
        f"**Tonearm may**\n{permissions}",
        ui.Separator(),
        "**Your settings**, which you can change in /settings\n"
        + "\n".join(f"- {setting}" for setting in _settings(preferences)),
        ui.Separator(),
        "**Stored about you**\n"
        "- Your Discord ID, and your Spotify account’s ID and name\n"
        "- These permissions, and when you gave them\n"
        f"- The ID of the Spotify app: `{account.client_id}`\n"
        "- Spotify’s login token, encrypted\n"
        "- Your settings, with the name and ID of your default device and playlist\n"
        "- Your pins, with their names and links\n"
        "- Your sleep timer, until it ends\n"
        "- What an /export of yours has read, until you get the file or stop it\n"
        "- How often you want a backup, and the ID of my message with your last one\n"
        "- Your /import’s file until you choose, then what it added, for /undo: three days\n"
        "-# In memory only: your last searches and songs, for a day, for suggestions as you type.\n"
        "-# For a day, how many calls to Spotify you made.\n"
        "-# For ten minutes, your last change, for /undo.\n"
        "-# For an hour, what you saved or removed here, for older lists of mine.",
    )


def _settings(preferences: Preferences) -> Iterator[str]:
    yield "Public replies" if preferences.shared_replies else "Private replies"
    is_open = preferences.shows_playing
    yield "Others can see what you’re playing" if is_open else "Nobody sees what you’re playing"
    yield f"{'Reminders' if preferences.reminders else 'No reminders'} before the login expires"
    if preferences.device:
        yield f"Default device: **{safe(preferences.device.name)}**"
    if preferences.playlist:
        name = safe(preferences.playlist.name)
        yield f"Default playlist: **{name}**"


class ConfirmUnlink(PersistentButton, template=r"unlink:yes(?::(?P<authorized_at>\d{1,20}))?"):
    """Confirms that everything about the user is erased.

    authorized_at  of the login that the question was about; None in older messages
    """

    def __init__(self, authorized_at: str | None = None) -> None:
        self.authorized_at = None if authorized_at is None else int(authorized_at)
        custom_id = "unlink:yes" if authorized_at is None else f"unlink:yes:{authorized_at}"
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Unlink and erase", style=style, custom_id=custom_id))


class CancelUnlink(PersistentButton, template="unlink:no"):
    """Leaves the account linked."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Cancel", custom_id="unlink:no"))


def unlink_question(account: LinkedAccount) -> Reply:
    """Asks whether to erase everything about the user. Its button is about this login only."""
    text = (
        f"This erases your link to **{safe(account.name)}**, your settings, and everything else "
        "stored about you. It can’t be undone."
    )
    return Reply(text, cards.buttons(ConfirmUnlink(str(account.authorized_at)), CancelUnlink()))


def setup_card(redirect_uri: str, setup_page: str) -> ui.LayoutView:
    """How to use one's own Spotify app, in short; the setup page has all steps."""
    return cards.container(
        "### Use your own Spotify app\n"
        "A Spotify app serves five people. If this bot’s app is full, use your own. "
        "You need Premium and five minutes.",
        ui.Separator(),
        "1. Create an app in Spotify’s dashboard and tick *Web API*.\n"
        f"2. Give it this redirect URI, exactly: `{redirect_uri}`\n"
        "3. Add yourself under *User Management*.\n"
        "4. Copy its client ID, and paste it into /link as `client_id:`. "
        "You don’t need the secret.",
        "-# The full guide has all steps, and what Spotify’s error messages mean.",
        _links({"Spotify’s dashboard": _DASHBOARD, "Full guide": setup_page}),
    )


def privacy_card(
    sections: Iterable[tuple[str, Sequence[str], str]], privacy_page: str
) -> ui.LayoutView:
    """What is stored, why, and for how long; the sections have a title, points and a text."""
    texts = [
        "\n".join([f"**{title}**", *(f"- {point}" for point in points), text])
        for title, points, text in sections
    ]
    links = _links({"Your apps at Spotify": _SPOTIFY_APPS, "Open on the web": privacy_page})
    return cards.container("### Privacy\nTonearm keeps as little as it can.", *texts, links)


def _links(urls: Mapping[str, str]) -> cards.Row:
    """A row of link buttons, by label."""
    return ui.ActionRow(*(ui.Button(label=label, url=url) for label, url in urls.items()))
