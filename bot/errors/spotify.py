"""Errors of calls to Spotify's Web API."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.errors.bot_error import BotError


class SpotifyError(BotError):
    """The Web API refused a call, or did not answer."""


class AccessTokenRefused(SpotifyError):
    message = "Spotify rejected the login just now. Try again in a minute."


class SpuriousUnauthorized(AccessTokenRefused):
    """Spotify answers "access token missing" to a call that has one."""


class InvalidClientSecret(SpotifyError):
    """The setting SPOTIFY_CLIENT_SECRET is wrong."""

    message = (
        "Searching without a linked account doesn’t work right now. Use /link, or tell {operator} "
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
        "Your account isn’t on this bot’s Spotify app yet (it has five places). "
        "Ask {operator} to add you, or use your own app: /setup."
    )


class OwnAppLacksUser(UserNotRegistered):
    """The app is one that the user brought, or a former one of the operator's."""

    message = (
        "Your account isn’t on the Spotify app that you linked with. If it’s yours, add the "
        "account there under User Management, or use /link to link with this bot’s app."
    )


class OwnerNeedsPremium(SpotifyError):
    message = (
        "Spotify has paused this app because its owner has no Premium. "
        "Ask {operator} to renew it, or use your own app: /setup."
    )


class OwnAppNeedsPremium(OwnerNeedsPremium):
    """The app is one that the user brought, or a former one of the operator's."""

    message = (
        "Spotify has paused the app that you linked with because its owner has no Premium. "
        "If it’s yours, renew it, or use /link to link with this bot’s app."
    )


class PremiumRequired(SpotifyError):
    message = "Playing needs Spotify Premium. You can still search, save and export."


class SpuriousPremiumRequired(SpotifyError):
    """Spotify answers "premium required" without the reason PREMIUM_REQUIRED, or outside a player.

    On a player path, it has the message of PremiumRequired.
    """

    message = "Spotify asks for Premium for that right now. Try again in a minute."


class PlayerRestricted(SpotifyError):
    message = "Spotify won’t allow that right now. Check /now."


class NoActiveDevice(SpotifyError):
    message = (
        "None of your devices is active. Open Spotify on one of them, play something for a "
        "second, then try again."
    )


class DeviceChoiceNeeded(BotError):
    """A question: on which device, or the request to open Spotify and try again.

    action   the player action, as part of a custom_id
    devices  (ID, name, type) of each device that takes commands
    """

    def __init__(self, action: str, devices: Sequence[tuple[str, str, str]], message: str) -> None:
        self.action = action
        self.devices = tuple(devices)
        super().__init__(f"{len(devices)} devices", message=message)


class DeviceNotFound(SpotifyError):
    message = "That device is offline. Open Spotify on it and try again."


# The message of NotPermitted for a playlist.
PLAYLIST_NOT_YOURS = "Spotify doesn’t allow that. For playlists, it has to be one of yours."


class NotPermitted(SpotifyError):
    """`bot.errors.refusals` has the messages for items, playlists and searches."""

    message = "Spotify won’t allow that right now. Try again in a minute."


class PlaylistNotOwned(NotPermitted):
    """The playlist is not the user's own.

    owner   its owner's name, escaped; empty if it is not known
    shared  whether the user may add songs to it
    """

    def __init__(self, owner: str, *, shared: bool = False) -> None:
        whose = f"{owner}’s playlist" if owner else "someone else’s playlist"
        rest = "You can add songs, but only they can do that." if shared else "Try one of yours."
        super().__init__("not the owner", message=f"That’s {whose}. {rest}")


class NotFound(SpotifyError):
    """`bot.errors.refusals` has the messages for items, playlists and searches."""

    message = "Spotify can’t find that right now. Try again in a minute."


class PlayerNotFound(NotFound):
    message = (
        "Spotify can’t find the device or the music for that. Check /devices, or try something "
        "else."
    )


class RateLimited(SpotifyError):
    """The rate limit of a client ID. `retry_after` is in seconds."""

    message = "Too many requests to Spotify. Try again in {wait}."

    def __init__(self, retry_after: float, **words: str) -> None:
        """`words` are what else the message names."""
        self.retry_after = retry_after
        message = self.message.format(wait=format_wait(retry_after), **words)
        super().__init__(f"retry after {retry_after:.0f} s", message=message)


class QuotaExceeded(RateLimited):
    """The daily quota of a client ID. `retry_after` is in seconds, usually some hours."""

    message = (
        "This bot has used up its daily limit with Spotify for this kind of request. "
        "Try again in {wait}. Other commands may still work."
    )


class OwnAppQuotaExceeded(QuotaExceeded):
    """The app is one that the user brought, or a former one of the operator's."""

    message = (
        "The app that you linked with has used up its daily limit with Spotify for this kind of "
        "request. Try again in {wait}. Other commands may still work."
    )


class ShareExceeded(RateLimited):
    """One person has made as many calls in a day as each may of those of the operator's app."""

    message = (
        "You’ve used up your part of this bot’s daily limit with Spotify: {share} requests of "
        "this kind. Try again in {wait}, or use your own app: /setup."
    )

    def __init__(self, retry_after: float, share: int) -> None:
        """`share` is how many calls each person may make in a day."""
        super().__init__(retry_after, share=f"{share:,}")


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
                f"That takes {calls:,} requests to Spotify, and exports and imports may use "
                f"{budget:,} a day. "
                "Ask {operator} to allow more."
            )
        else:
            message = (
                "Exports and imports have used up their part of today’s Spotify limit; the rest is "
                f"kept for playing music. Try again in {format_wait(retry_after)}."
            )
        super().__init__(f"{calls or 1} calls too many, {retry_after:.0f} s", message=message)


class SpotifyDown(SpotifyError):
    message = "Spotify isn’t responding properly. Try again in a minute."


class ListUnreadable(SpotifyError):
    """A list has entries, but none of them could be read."""

    message = "Spotify answered, but I couldn’t read it. Try again in a minute."


class OutcomeUnknown(SpotifyError):
    message = "Not sure that worked: Spotify didn’t confirm. Check /now before trying again."


class LibraryChanged(SpotifyError):
    message = "The list changed while I was reading it. Try again in a minute."


class BadRequest(SpotifyError):
    """`bot.errors.refusals` has the messages for items, playlists and searches."""

    message = "Spotify didn’t accept that. Try again in a minute."


class MalformedRequest(BadRequest):
    """A bug of ours: no input or account of a user can cause such a refusal."""


_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))


def format_wait(seconds: float) -> str:
    """A waiting time, rounded up, such as "5 seconds", "2 minutes" or "14 hours"."""
    whole = max(1, math.ceil(seconds))
    unit, size = next((unit, size) for unit, size in _UNITS if whole >= size)
    count = -(-whole // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"
