"""The messages about a linked account: what is stored, unlinking, and apps of users' own."""

from __future__ import annotations

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.spotify.consent_expiry import consent_expires_at
from bot.store import LinkedAccount, Preferences
from bot.text import scopes
from bot.text.escape import safe
from bot.views.cards import buttons
from bot.views.login import SPOTIFY_APPS_URL

NOT_LINKED = "You’re not linked, and nothing is stored about you. Use /link to start."
NOTHING_TO_ERASE = "You’re not linked, so there’s nothing to erase. Use /link to start."
LOGIN_ERASED = (
    "You’re not linked. The login that you had started is erased, so its link no longer works. "
    "Use /link to start over."
)
UNLINKED = (
    "Unlinked. Everything stored about you is gone. To also revoke access at Spotify, "
    f"remove Tonearm at {SPOTIFY_APPS_URL}."
)

UNLINKED_BUT_ON_DISK = (
    "Unlinked, and nothing stored about you is used any more. This bot’s disk can’t be overwritten "
    "right now, so an encrypted copy is still on it. Tonearm erases it as soon as it can. "
    f"To also revoke access at Spotify, remove Tonearm at {SPOTIFY_APPS_URL}."
)


def account_message(account: LinkedAccount, preferences: Preferences) -> str:
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
    return (
        f"You’re linked to **{safe(account.name)}** on Spotify.\n{until}\n"
        f"**Tonearm may**\n{permissions}\n"
        "**Stored about you**\n"
        "Your Discord ID, that account’s ID and name, these permissions and their date, the app’s "
        f"client ID (`{account.client_id}`), and Spotify’s login token (encrypted).\n"
        f"Your settings, which /settings changes: {_settings(preferences)}.\n"
        "Your sleep timer, until it ends.\n"
        "In memory only: your last searches and songs, for a day, for suggestions as you type."
    )


def _settings(preferences: Preferences) -> str:
    settings = [
        "shared replies" if preferences.shared_replies else "private replies",
        "others may see what you play"
        if preferences.shows_playing
        else "nobody sees what you play",
        "reminders" if preferences.reminders else "no reminders",
    ]
    settings[-1] += " before the login ends"
    if preferences.device:
        settings.append(f"**{safe(preferences.device.name)}** as your device, by name and ID")
    if preferences.playlist:
        settings.append(f"**{safe(preferences.playlist.name)}** as your playlist, by name and ID")
    return ", ".join(settings)


class ConfirmUnlink(PersistentButton, template="unlink:yes"):
    """Confirms that everything about the user is erased."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Unlink and erase", style=style, custom_id="unlink:yes"))


def confirm_unlink_view() -> ui.View:
    return buttons(ConfirmUnlink())


def unlink_question(account: LinkedAccount) -> str:
    return (
        f"This erases your link to **{safe(account.name)}**, your settings, and everything else "
        "stored about you. It can’t be undone."
    )


def setup_message(redirect_uri: str, setup_page: str) -> str:
    """How to use one's own Spotify app, in short; the setup page has all steps."""
    return (
        "A Spotify app serves five people. If this bot’s app is full, use your own. "
        "You need Premium and five minutes.\n"
        "1. Create an app at <https://developer.spotify.com/dashboard> and tick *Web API*.\n"
        f"2. Give it this redirect URI, exactly: `{redirect_uri}`\n"
        "3. Add yourself under *User Management*.\n"
        "4. Copy its client ID and use it with `/link client_id:`. You don’t need the secret.\n"
        f"All steps, and what Spotify’s error messages mean: <{setup_page}>"
    )
