"""What can go wrong, and the sentence that the user reads.

    BotError                    whatever Tonearm can explain
    ├── NotTheOperator
    ├── UnreadableLink          a pasted link of a kind or shape that cannot be used
    ├── EmptyQuery              a search for nothing
    ├── QueryTooLong
    ├── NothingFound            a search without a result
    ├── NothingPlaying
    ├── InvalidPosition         no place in what plays
    ├── InvalidVolume           no volume
    ├── VolumeNotSupported      a device without remote volume
    ├── DeviceNameNotFound
    ├── NothingToQueue
    ├── NotSavable              a local file, where only a track or an episode will do
    ├── NothingToExport
    ├── ExportInProgress
    ├── FileTooLarge            a file that Discord does not take
    ├── NeedsLogin              the way out is the login button
    │   ├── NotLinked
    │   ├── LoginExpired        Spotify no longer accepts this link
    │   └── MissingScope
    ├── LoginError              a login in the browser that did not end well
    │   ├── LoginLinkExpired    expired, used, replaced or never there
    │   ├── LoginCancelled
    │   ├── LoginRefused        Spotify's login service said no
    │   ├── LoginUnfinished     the code was to be entered before the browser was done
    │   ├── BotStarting         the bot does not know yet which Discord application it is
    │   ├── WrongDiscordUser    the browser is signed in to Discord as another user
    │   ├── AlreadyLinked       the Spotify account belongs to another Discord user
    │   ├── TooManyLogins
    │   ├── WrongClientId
    │   ├── WrongCode
    │   └── TooManyWrongCodes   too many wrong codes
    └── SpotifyError            what the Web API answered, or did not
        ├── AccessTokenRefused
        │   └── SpuriousUnauthorized  said of good tokens too since July 2026: gone at the next try
        ├── InvalidClientSecret  the app's own secret is wrong
        ├── UserNotRegistered
        ├── OwnerNeedsPremium
        ├── PremiumRequired
        │   └── SpuriousPremiumRequired  as above, for good Premium accounts
        ├── PlayerRestricted    the player cannot do that now
        ├── NoActiveDevice
        │   └── DeviceChoiceNeeded  a question: on which one
        ├── DeviceNotFound
        ├── NotPermitted
        ├── NotFound            an id that Spotify does not know
        ├── RateLimited         the rate limit: seconds
        ├── QuotaExceeded       the quota: hours
        ├── BackgroundBudgetExceeded  what exports may take of the quota: hours
        ├── LibraryChanged      while it was read, and too much to go on
        ├── SpotifyDown         5xx, no connection, or an answer that makes no sense
        ├── OutcomeUnknown      sent, and no word of whether it was done
        └── BadRequest          Spotify calls our request malformed: our bug

`message` is for the user: what happened and the next step, where OPERATOR stands for whom to ask.
`str(error)` is for the log.
Refusals of the Web API: facts of November 2026, sections "Refusals" and "What may be repeated"
of Spotify's documentation and of reports from other projects.
"""
