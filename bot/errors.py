"""What can go wrong, and the sentence that the user reads.

    Fault                       whatever Tonearm can explain
    ├── UnreadableLink          a pasted link of a kind or shape that cannot be used
    ├── NothingFound            a search without a result
    ├── NothingPlaying
    ├── NotATrack               an ad or a local file, where only a track or an episode will do
    ├── NothingToExport
    ├── TooLarge                a file that Discord does not take
    ├── NeedsLogin              the way out is the login button
    │   ├── NotLinked
    │   ├── LinkEnded           Spotify no longer accepts this link
    │   └── MissingScope
    ├── LoginFault              a login in the browser that did not end well
    │   ├── LoginGone           expired, used, replaced or never there
    │   ├── LoginCancelled
    │   ├── LoginRefused        Spotify's login service said no
    │   ├── LoginUnfinished     the code was to be entered before the browser was done
    │   ├── SomebodyElse        the browser is signed in to Discord as another user
    │   ├── AlreadyLinked       the Spotify account belongs to another Discord user
    │   ├── TooManyLogins
    │   ├── WrongClientId
    │   ├── WrongCode
    │   └── CodeSpent           too many wrong codes
    └── SpotifyFault            what the Web API answered, or did not
        ├── AccessTokenRefused
        ├── NotAllowListed
        ├── OwnerNeedsPremium
        ├── PremiumRequired
        │   └── PremiumDoubted  said of good accounts too since July 2026: gone at the next try
        ├── Restricted          the player cannot do that now
        ├── NoActiveDevice
        ├── DeviceGone
        ├── Forbidden
        ├── Unknown             an id that Spotify does not know
        ├── TooManyCalls        the rate limit: seconds
        ├── QuotaExceeded       the quota: hours
        ├── SpotifyDown         5xx, no connection, or an answer that makes no sense
        ├── OutcomeUnknown      sent, and no word of whether it was done
        └── Rejected            Spotify calls our request malformed: our bug

`says` is for the user: what happened and the next step, where OPERATOR stands for whom to ask.
`str(error)` is for the log.
Refusals of the Web API: facts of November 2026, sections "Refusals" and "What may be repeated"
of Spotify's documentation and of reports from other projects.
"""

from __future__ import annotations

from collections.abc import Mapping


class ConfigError(Exception):
    """Settings that are missing or malformed: name → what is wrong with it."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = dict(wrong)
        lines = "\n".join(f"  {name} {problem}" for name, problem in self.wrong.items())
        super().__init__(
            f"Tonearm cannot start. In the environment or in .env:\n{lines}\n"
            "Each setting is explained in .env.example."
        )


class CannotStart(Exception):
    """One line about why the bot does not run, and what to do."""


OPERATOR = "{operator}"


class Fault(Exception):
    """Whatever Tonearm can explain. `says` may be overridden by an instance."""

    says = "That did not work."

    def __init__(self, log: str = "", *, says: str | None = None) -> None:
        super().__init__(log or type(self).__name__)
        if says is not None:
            self.says = says

    def said(self, operator: str) -> str:
        """What the user reads; `operator` is whom to ask."""
        return self.says.replace(OPERATOR, operator)


class UnreadableLink(Fault):
    says = (
        "That is not a Spotify link Tonearm can use. Paste a link to a track, album, artist, "
        "playlist, show or episode from open.spotify.com."
    )


class NothingFound(Fault):
    says = "Spotify found nothing for that. Try fewer words, or check the spelling."


class NothingPlaying(Fault):
    says = "Nothing is playing. Start something in Spotify, or use /play."


class NotATrack(Fault):
    says = "What is playing now cannot be saved. Try again at the next track."


class NothingToExport(Fault):
    says = "You have no liked songs yet, so there is nothing to export. Like some with /save."


class TooLarge(Fault):
    says = "The file is too large for Discord, even zipped. Try /export with the format csv."


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
    says = "You are not linked. Use /link in Discord to start over."


class LoginGone(LoginFault):
    says = "This login link is used up or too old. Use /link in Discord to get a new one."


class LoginCancelled(LoginFault):
    says = "You cancelled the login, and nothing was stored. Use /link to try again."


class LoginRefused(LoginFault):
    says = "Spotify did not complete the login. Use /link in a minute to try again."


class LoginUnfinished(LoginFault):
    says = "Finish the login in your browser first: its last page shows the code to enter here."


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
        "Copy it again from your app's settings; /setup shows where."
    )


class WrongCode(LoginFault):
    def __init__(self, left: int) -> None:
        tries = "one try" if left == 1 else f"{left} tries"
        super().__init__(
            says=f"That is not the code in your browser. You have {tries} left; press the button."
        )


class CodeSpent(LoginFault):
    says = "That was the wrong code five times, so the login was erased. Use /link to start over."


class SpotifyFault(Fault):
    """What the Web API answered, or did not."""


class AccessTokenRefused(SpotifyFault):
    says = "Spotify did not accept your login just now. Try again in a minute."


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
    says = "Spotify lets apps play music for Premium accounts only. You can still search and save."


class PremiumDoubted(PremiumRequired):
    """ "Premium required" without the reason PREMIUM_REQUIRED."""


class Restricted(SpotifyFault):
    says = "Spotify does not allow that right now. See what is playing with /now."


class NoActiveDevice(SpotifyFault):
    says = (
        "No Spotify device is awake. Open Spotify on your phone or computer, "
        "play anything for a second, then try again."
    )


class DeviceGone(SpotifyFault):
    says = "That device has gone away. Open Spotify on it, then try again."


class Forbidden(SpotifyFault):
    says = "Spotify does not let this app do that. If it is a playlist, it must be your own."


class Unknown(SpotifyFault):
    says = (
        "Spotify does not know that item. It may be gone, or be one of Spotify's own playlists, "
        "which apps cannot read."
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
        "This app has used up what Spotify allows it in a day. "
        "Spotify takes requests again in {wait}."
    )


class SpotifyDown(SpotifyFault):
    says = "Spotify is not answering properly. Try again in a minute."


class OutcomeUnknown(SpotifyFault):
    says = (
        "Spotify did not say whether that worked. "
        "See what is playing with /now before you repeat it."
    )


class Rejected(SpotifyFault):
    says = "Spotify did not understand the request. That is a bug in Tonearm; please report it."


def span(seconds: float) -> str:
    """A time to wait in words: "5 seconds", "2 minutes", "14 hours". Rounds up."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds > size:
            count = -(-int(seconds) // size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    count = max(1, round(seconds))
    return f"{count} second{'s' if count > 1 else ''}"
