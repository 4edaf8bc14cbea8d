"""Errors that Tonearm explains to users, each with the sentence that the user reads.

    BotError                    Tonearm can explain it
    ├── NotTheOperator          only the bot's operator may use the command
    ├── UnreadableLink          a pasted link is malformed or of an unsupported kind
    ├── EmptyQuery              a search has no words
    ├── QueryTooLong            a search has more characters than Spotify accepts
    ├── NothingFound            a search has no results
    ├── NothingPlaying          the command needs something that is playing
    ├── InvalidPosition         a position for /seek is malformed, or beyond the end of the track
    ├── InvalidVolume           a volume is malformed, or depends on an unknown one
    ├── InvalidSleepTime        a time for /sleep is malformed, or too long
    ├── NoSleepTimer            the user has no sleep timer
    ├── VolumeNotSupported      the device has no remote volume
    ├── DeviceNameNotFound      the user has no controllable device of that name
    ├── DeviceChoiceNeeded      a question: which device to use
    ├── NothingToQueue          the request contains no song or episode
    ├── NotSavable              the item that is playing is a local file
    ├── BeingUpdated            this process only answers while another one is replaced
    ├── JobElsewhere            another process does a job of this kind for the user
    ├── NothingToExport         the user has no liked songs
    ├── WrongFormat             a format that holds only songs is to hold something else
    ├── UnreadableFile          a file to import cannot be read, or holds no library (errors/files)
    ├── NotAnEarlierExport      a file is no export that a new one can go on from (errors/backups)
    ├── NoDefaultPlaylist       a command names no playlist, and the user has no default
    ├── NothingToAdd            the request has no song or episode for a playlist
    ├── NotInPlaylist           a song to remove is not in the playlist
    ├── PlaylistFull            a playlist of about 11,000 songs takes no more
    ├── NeedsLogin              the reply shows the login button
    │   ├── NotLinked           the user has no linked account
    │   ├── LoginExpired        Spotify no longer accepts the refresh token
    │   │   └── StoredLoginUnreadable  the stored refresh token does not decrypt
    │   ├── OwnAppGone          Spotify knows no app with the user's own client ID any more
    │   └── MissingScope        the login lacks a permission
    ├── LoginError              a login in the browser failed
    │   ├── LoginLinkExpired    no login waits for the browser's request
    │   │   ├── LoginLinkUsed   another browser opened the login link
    │   │   ├── LoginElsewhere  the browser has no cookie of the login
    │   │   ├── LoginReplaced   the user asked for a newer login link
    │   │   ├── LoginTimedOut   ten minutes are over
    │   │   └── LoginInterrupted  the bot stopped, or its disk failed, before the result was stored
    │   ├── LoginInProgress     the browser has not come back from Spotify or Discord
    │   ├── IncompleteCallback  a callback without a code and without an error
    │   ├── AuthorizationFailed  Spotify or Discord sent the browser back with an error
    │   ├── LoginCancelled      the user cancelled at Spotify or Discord
    │   ├── LoginRefused        Spotify or Discord does not accept the authorization code
    │   ├── DiscordDown         Discord's login service does not answer
    │   ├── DiscordRefused      the setting DISCORD_CLIENT_SECRET is wrong
    │   ├── LoginUnfinished     the user enters a code before the login in the browser is finished
    │   │   └── NoOpenLogin     none of the user's logins can be finished any more
    │   ├── BotStarting         the bot does not know its own application ID yet
    │   ├── WrongDiscordUser    the browser is signed in to Discord as another user
    │   ├── AlreadyLinked       the Spotify account is linked to another Discord user
    │   ├── TooManyLogins       the user requested too many login links
    │   ├── WrongClientId       Spotify knows no app with the client ID
    │   ├── WrongCode           the confirmation code is wrong
    │   └── TooManyWrongCodes   the last try was wrong, too
    ├── StorageError            the disk has a fault
    │   ├── StorageFull         the disk, or a quota on it, has no room
    │   ├── StorageReadOnly     the database may not be written
    │   ├── StorageDamaged      the database is damaged
    │   ├── StorageGone         the database was deleted or replaced while the bot runs
    │   └── StorageBusy         another program has locked the database
    └── SpotifyError            the Web API refused a call, or did not answer
        ├── AccessTokenRefused  the access token is expired or revoked
        │   └── SpuriousUnauthorized  Spotify refuses a valid token; a retry succeeds
        ├── InvalidClientSecret  the client secret of the operator's app is wrong
        ├── AppGone             Spotify knows no app with the operator's client ID any more
        ├── UserNotRegistered   the app is in development mode and its list lacks the user
        │   └── OwnAppLacksUser     the same, of an app that the user brought
        ├── OwnerNeedsPremium   the app's owner has no Premium, so the app is paused
        │   └── OwnAppNeedsPremium  the same, of an app that the user brought
        ├── PremiumRequired     the user has no Premium
        ├── SpuriousPremiumRequired  Spotify refuses a Premium account; a retry succeeds
        ├── PlayerRestricted    the player does not allow the command now
        ├── NoActiveDevice      no device is active, and the call names none
        ├── DeviceNotFound      the device that the call names is gone
        ├── NotPermitted        the app may not do that, such as read another user's playlist
        ├── NotFound            the ID is unknown or malformed
        │   └── PlayerNotFound  the ID of a device or of what to play
        ├── RateLimited         the app sends too many calls: wait seconds
        │   └── QuotaExceeded   the app's daily quota is used up: wait hours
        │       └── OwnAppQuotaExceeded  the same, of an app that the user brought
        ├── BackgroundBudgetExceeded  the daily share of background work is used up: wait hours
        ├── LibraryChanged      a list changed too much while it was read
        ├── ListUnreadable      a list has entries, but none of them could be read
        ├── SpotifyDown         5xx, no connection, or an unreadable response
        ├── OutcomeUnknown      the call was sent, and may or may not have taken effect
        └── BadRequest          Spotify does not accept the request, such as a URI or a query
            └── MalformedRequest  Spotify calls the request malformed: a bug of ours

`message` is for the user: what happened and the next step; OPERATOR stands for the operator's name.
`str(error)` is for the log.
Source for the Web API's refusals: Spotify's documentation and reports of other projects, as
they were in November 2026.
"""
