"""Errors of calls to Spotify's Web API."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.errors.bot_error import BotError


class SpotifyError(BotError):
    """The Web API refused a call, or did not answer."""


class AccessTokenRefused(SpotifyError):
    message = "Spotify did not accept your login just now. Try again in a minute."


class SpuriousUnauthorized(AccessTokenRefused):
    """Spotify answers "access token missing" to a call that has one."""


class InvalidClientSecret(SpotifyError):
    """The setting SPOTIFY_CLIENT_SECRET is wrong."""

    message = (
        "Searching without a linked account does not work just now. Use /link, or tell {operator} "
        "that Spotify refuses the app’s secret."
    )


class AppGone(SpotifyError):
    """Spotify knows no app with the setting SPOTIFY_CLIENT_ID."""

    message = (
        "Spotify doesn’t know this bot’s app any more. Tell {operator}, or use your own app: "
        "/setup."
    )


class UserNotRegistered(SpotifyError):
    message = (
        "Spotify does not let your account use this app: its owner must add you first, and can "
        "add five people. Ask {operator} to do so, or use an app of your own: /setup shows how."
    )


class OwnerNeedsPremium(SpotifyError):
    message = (
        "Spotify has paused this app, because its owner has no Premium. Ask {operator} to renew "
        "it, or use an app of your own: /setup shows how."
    )


class PremiumRequired(SpotifyError):
    message = (
        "Spotify lets apps play music for Premium accounts only. You can search, save and export."
    )


class SpuriousPremiumRequired(PremiumRequired):
    """Spotify answers "premium required" without the reason PREMIUM_REQUIRED."""


class PlayerRestricted(SpotifyError):
    message = "Spotify does not allow that right now. See what is playing with /now."


class NoActiveDevice(SpotifyError):
    message = (
        "No Spotify device is awake. Open Spotify on your phone or computer, "
        "play anything for a second, then try again."
    )


class DeviceChoiceNeeded(BotError):
    """A question: on which device, or the request to open Spotify and try again.

    action   the player action, as part of a custom_id
    devices  (ID, name, type) of each device that takes commands
    """

    def __init__(self, action: str, devices: Sequence[tuple[str, str, str]]) -> None:
        self.action = action
        self.devices = tuple(devices)
        message = (
            "None of your devices is playing. Choose where to do that."
            if devices
            else "Spotify is not open anywhere. Open it on your phone or computer and play "
            "anything for a second, then press **Try again**."
        )
        super().__init__(f"{len(devices)} devices", message=message)


class DeviceNotFound(SpotifyError):
    message = "That device has gone away. Open Spotify on it, then try again."


class NotPermitted(SpotifyError):
    message = "Spotify does not let this app do that. If it is a playlist, it must be your own."


class NotFound(SpotifyError):
    message = (
        "Spotify has nothing there for apps: it may be gone, or one of Spotify’s own playlists. "
        "Try another link, or type the name instead."
    )


class RateLimited(SpotifyError):
    """The rate limit of a client ID. `retry_after` is in seconds."""

    message = "Spotify is getting too many requests from this app. Try again in {wait}."

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        wait = format_wait(retry_after)
        super().__init__(f"retry after {retry_after:.0f} s", message=self.message.format(wait=wait))


class QuotaExceeded(RateLimited):
    """The daily quota of a client ID. `retry_after` is in seconds, usually some hours."""

    message = (
        "This app has used up what Spotify allows it of this in a day. "
        "Try again in {wait}; other commands may still work."
    )


class BackgroundBudgetExceeded(SpotifyError):
    """Background work has used up its share of the daily calls.

    retry_after  seconds; infinite if the work needs more calls than the share has
    calls        the calls that the work needs, if they exceed what is left
    budget       the daily share, in calls
    """

    def __init__(self, retry_after: float, calls: int = 0, budget: int = 0) -> None:
        self.retry_after = retry_after
        if math.isinf(retry_after):
            message = (
                f"That takes {calls:,} calls to Spotify, and this app may spend {budget:,} a day "
                "on exports. Ask {operator} to allow more, or use an app of your own: /setup "
                "shows how."
            )
        else:
            message = (
                "This app has spent what it may on exports for now; the rest of its calls to "
                f"Spotify are kept for playing. Try again in {format_wait(retry_after)}."
            )
        super().__init__(f"{calls or 1} calls too many, {retry_after:.0f} s", message=message)


class SpotifyDown(SpotifyError):
    message = "Spotify is not answering properly. Try again in a minute."


class OutcomeUnknown(SpotifyError):
    message = (
        "Spotify did not say whether that worked. "
        "Look in Spotify, or with /now, before you repeat it."
    )


class LibraryChanged(SpotifyError):
    message = "That changed too much while Tonearm read it. Try again when it is left alone."


class BadRequest(SpotifyError):
    message = (
        "Spotify did not understand the request. That is a bug in Tonearm; tell {operator} about "
        "it."
    )


_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))


def format_wait(seconds: float) -> str:
    """A waiting time, rounded up, such as "5 seconds", "2 minutes" or "14 hours"."""
    whole = max(1, math.ceil(seconds))
    unit, size = next((unit, size) for unit, size in _UNITS if whole >= size)
    count = -(-whole // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"
