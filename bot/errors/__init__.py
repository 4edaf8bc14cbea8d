"""What can go wrong, and the sentence that the user reads.

    Fault                       whatever Tonearm can explain
    ├── NotTheOperator
    ├── UnreadableLink          a pasted link of a kind or shape that cannot be used
    ├── NoWords                 a search for nothing
    ├── TooManyWords
    ├── NothingFound            a search without a result
    ├── NothingPlaying
    ├── BadPosition             no place in what plays
    ├── BadLevel                no volume
    ├── NoVolume                a device without remote volume
    ├── NoSuchDevice
    ├── NothingToQueue
    ├── NotATrack               a local file, where only a track or an episode will do
    ├── NothingToExport
    ├── ExportUnderWay
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
    │   ├── NotReady            the bot does not know yet which Discord application it is
    │   ├── SomebodyElse        the browser is signed in to Discord as another user
    │   ├── AlreadyLinked       the Spotify account belongs to another Discord user
    │   ├── TooManyLogins
    │   ├── WrongClientId
    │   ├── WrongCode
    │   └── CodeSpent           too many wrong codes
    └── SpotifyFault            what the Web API answered, or did not
        ├── AccessTokenRefused
        │   └── TokenDoubted    said of good tokens too since July 2026: gone at the next try
        ├── AppSecretRefused    the app's own secret is wrong
        ├── NotAllowListed
        ├── OwnerNeedsPremium
        ├── PremiumRequired
        │   └── PremiumDoubted  said of good accounts too since July 2026: gone at the next try
        ├── Restricted          the player cannot do that now
        ├── NoActiveDevice
        │   └── DeviceNeeded    a question: on which one
        ├── DeviceGone
        ├── Forbidden
        ├── Unknown             an id that Spotify does not know
        ├── TooManyCalls        the rate limit: seconds
        ├── QuotaExceeded       the quota: hours
        ├── ShareSpent          what exports may take of the quota: hours
        ├── LibraryChanged      while it was read, and too much to go on
        ├── SpotifyDown         5xx, no connection, or an answer that makes no sense
        ├── OutcomeUnknown      sent, and no word of whether it was done
        └── Rejected            Spotify calls our request malformed: our bug

`says` is for the user: what happened and the next step, where OPERATOR stands for whom to ask.
`str(error)` is for the log.
Refusals of the Web API: facts of November 2026, sections "Refusals" and "What may be repeated"
of Spotify's documentation and of reports from other projects.
"""

from bot.errors.fault import (
    OPERATOR,
    CannotStart,
    ConfigError,
    Fault,
    NotTheOperator,
)
from bot.errors.login import (
    AlreadyLinked,
    CodeSpent,
    LinkEnded,
    LoginCancelled,
    LoginFault,
    LoginGone,
    LoginRefused,
    LoginUnfinished,
    MissingScope,
    NeedsLogin,
    NotLinked,
    NotReady,
    SomebodyElse,
    TooManyLogins,
    WrongClientId,
    WrongCode,
)
from bot.errors.music import (
    BadLevel,
    BadPosition,
    ExportUnderWay,
    NoSuchDevice,
    NotATrack,
    NothingFound,
    NothingPlaying,
    NothingToExport,
    NothingToQueue,
    NoVolume,
    NoWords,
    TooLarge,
    TooManyWords,
    UnreadableLink,
)
from bot.errors.spotify import (
    AccessTokenRefused,
    AppSecretRefused,
    DeviceGone,
    DeviceNeeded,
    Forbidden,
    LibraryChanged,
    NoActiveDevice,
    NotAllowListed,
    OutcomeUnknown,
    OwnerNeedsPremium,
    PremiumDoubted,
    PremiumRequired,
    QuotaExceeded,
    Rejected,
    Restricted,
    ShareSpent,
    SpotifyDown,
    SpotifyFault,
    TokenDoubted,
    TooManyCalls,
    Unknown,
    span,
)

__all__ = [
    "OPERATOR",
    "AccessTokenRefused",
    "AlreadyLinked",
    "AppSecretRefused",
    "BadLevel",
    "BadPosition",
    "CannotStart",
    "CodeSpent",
    "ConfigError",
    "DeviceGone",
    "DeviceNeeded",
    "ExportUnderWay",
    "Fault",
    "Forbidden",
    "LibraryChanged",
    "LinkEnded",
    "LoginCancelled",
    "LoginFault",
    "LoginGone",
    "LoginRefused",
    "LoginUnfinished",
    "MissingScope",
    "NeedsLogin",
    "NoActiveDevice",
    "NoSuchDevice",
    "NoVolume",
    "NoWords",
    "NotATrack",
    "NotAllowListed",
    "NotLinked",
    "NotReady",
    "NotTheOperator",
    "NothingFound",
    "NothingPlaying",
    "NothingToExport",
    "NothingToQueue",
    "OutcomeUnknown",
    "OwnerNeedsPremium",
    "PremiumDoubted",
    "PremiumRequired",
    "QuotaExceeded",
    "Rejected",
    "Restricted",
    "ShareSpent",
    "SomebodyElse",
    "SpotifyDown",
    "SpotifyFault",
    "TokenDoubted",
    "TooLarge",
    "TooManyCalls",
    "TooManyLogins",
    "TooManyWords",
    "Unknown",
    "UnreadableLink",
    "WrongClientId",
    "WrongCode",
    "span",
]
