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

NOT_LINKED = "You are not linked, and nothing is stored about you. Use /link to begin."
NOTHING_TO_ERASE = "You are not linked, so there is nothing to erase. Use /link to begin."
UNLINKED = (
    "Unlinked. All that was stored about you is erased. To withdraw the permission at Spotify too, "
    f"remove Tonearm at {SPOTIFY_APPS_URL}."
)


def account_message(account: LinkedAccount, preferences: Preferences) -> str:
    """The account, when its login began and ends, its permissions, and what is stored."""
    began, ends = account.authorized_at, int(consent_expires_at(account.authorized_at))
    until = (
        "Spotify has ended this login: use /link to link again."
        if account.revoked
        else f"Linked since <t:{began}:D>. Spotify ends the login on <t:{ends}:D> (<t:{ends}:R>); "
        "/link begins a new one at any time."
    )
    permissions = "\n".join(
        f"- {permission}" for permission in scopes.describe(account.scopes.split())
    )
    return (
        f"You are linked to **{safe(account.name)}** on Spotify.\n{until}\n"
        f"**Tonearm may**\n{permissions}\n"
        "**Stored about you**\n"
        "Your Discord ID, that account’s ID and name, these permissions and their date, the app’s "
        f"client ID (`{account.client_id}`), and Spotify’s login token (encrypted).\n"
        f"Your settings, which /settings changes: {_settings(preferences)}.\n"
        "In memory alone: your last searches and songs, for a day, to complete what you type."
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
        f"This erases your link to **{safe(account.name)}**, your settings, and all else that is "
        "stored about you. It cannot be undone."
    )


def setup_message(redirect_uri: str, setup_page: str) -> str:
    """How users can use a Spotify app of their own, in short; the page has all steps."""
    return (
        "Spotify lets an app serve five people. If this bot’s app is full, use one of your own; "
        "you need Premium and five minutes.\n"
        "1. Create an app at <https://developer.spotify.com/dashboard> and tick *Web API*.\n"
        f"2. Give it this redirect URI, to the letter: `{redirect_uri}`\n"
        "3. Under *User Management*, add yourself.\n"
        "4. Copy its client ID, and use `/link client_id:` with it. You need no secret.\n"
        f"All steps, and what Spotify’s error messages mean: <{setup_page}>"
    )
