"""What the Web API answered, or did not."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.errors.fault import Fault


class SpotifyFault(Fault):
    """What the Web API answered, or did not."""


class AccessTokenRefused(SpotifyFault):
    says = "Spotify did not accept your login just now. Try again in a minute."


class TokenDoubted(AccessTokenRefused):
    """ "Access token missing" to a call that had one."""


class AppSecretRefused(SpotifyFault):
    """SPOTIFY_CLIENT_SECRET is not the app's."""

    says = (
        "Searching without a linked account does not work just now. Use /link, or tell {operator} "
        "that Spotify refuses the app’s secret."
    )


class NotAllowListed(SpotifyFault):
    says = (
        "Spotify does not let your account use this app: its owner must add you first, and can "
        "add five people. Ask {operator} to do so, or use an app of your own: /setup shows how."
    )


class OwnerNeedsPremium(SpotifyFault):
    says = (
        "Spotify has paused this app, because its owner has no Premium. Ask {operator} to renew "
        "it, or use an app of your own: /setup shows how."
    )


class PremiumRequired(SpotifyFault):
    says = (
        "Spotify lets apps play music for Premium accounts only. You can search, save and export."
    )


class PremiumDoubted(PremiumRequired):
    """ "Premium required" without the reason PREMIUM_REQUIRED."""


class Restricted(SpotifyFault):
    says = "Spotify does not allow that right now. See what is playing with /now."


class NoActiveDevice(SpotifyFault):
    says = (
        "No Spotify device is awake. Open Spotify on your phone or computer, "
        "play anything for a second, then try again."
    )


class DeviceNeeded(NoActiveDevice):
    """The way on is a question: which device, or to try again once one is awake.

    deed     what was to be done, for a button's custom_id
    devices  (id, name, kind) of those that take commands
    """

    def __init__(self, deed: str, devices: Sequence[tuple[str, str, str]]) -> None:
        self.deed = deed
        self.devices = tuple(devices)
        says = (
            "None of your devices is playing. Choose where to do that."
            if devices
            else "Spotify is not open anywhere. Open it on your phone or computer and play "
            "anything for a second, then press **Try again**."
        )
        super().__init__(f"{len(devices)} devices", says=says)


class DeviceGone(SpotifyFault):
    says = "That device has gone away. Open Spotify on it, then try again."


class Forbidden(SpotifyFault):
    says = "Spotify does not let this app do that. If it is a playlist, it must be your own."


class Unknown(SpotifyFault):
    says = (
        "Spotify has nothing there for apps: it may be gone, or one of Spotify’s own playlists. "
        "Try another link, or type the name instead."
    )


class TooManyCalls(SpotifyFault):
    """The rate limit. `retry_after` is in seconds."""

    says = "Spotify is getting too many requests from this app. Try again in {wait}."

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        wait = span(retry_after)
        super().__init__(f"retry after {retry_after:.0f} s", says=self.says.format(wait=wait))


class QuotaExceeded(TooManyCalls):
    """The quota of a day. `retry_after` is in seconds, usually hours of them."""

    says = (
        "This app has used up what Spotify allows it of this in a day. "
        "Try again in {wait}; other commands may still work."
    )


class ShareSpent(SpotifyFault):
    """Background work has used its share of a day's calls. `retry_after` is in seconds.

    `calls` and `share` are given where one piece of work needs more than is left of the share.
    """

    def __init__(self, retry_after: float, calls: int = 0, share: int = 0) -> None:
        self.retry_after = retry_after
        if math.isinf(retry_after):
            says = (
                f"That takes {calls:,} calls to Spotify, and this app may spend {share:,} a day "
                "on exports. Ask {operator} to allow more, or use an app of your own: /setup "
                "shows how."
            )
        else:
            says = (
                "This app has spent what it may on exports for now; the rest of its calls to "
                f"Spotify are kept for playing. Try again in {span(retry_after)}."
            )
        super().__init__(f"{calls or 1} calls too many, {retry_after:.0f} s", says=says)


class SpotifyDown(SpotifyFault):
    says = "Spotify is not answering properly. Try again in a minute."


class OutcomeUnknown(SpotifyFault):
    says = (
        "Spotify did not say whether that worked. "
        "Look in Spotify, or with /now, before you repeat it."
    )


class LibraryChanged(SpotifyFault):
    says = "That changed too much while Tonearm read it. Try again when it is left alone."


class Rejected(SpotifyFault):
    says = (
        "Spotify did not understand the request. That is a bug in Tonearm; tell {operator} about "
        "it."
    )


_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))


def span(seconds: float) -> str:
    """A time to wait in words: "5 seconds", "2 minutes", "14 hours". Rounds up."""
    whole = max(1, math.ceil(seconds))
    unit, size = next((unit, size) for unit, size in _UNITS if whole >= size)
    count = -(-whole // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"
