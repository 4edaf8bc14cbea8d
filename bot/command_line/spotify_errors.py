"""The sentences about Spotify's refusals for somebody at a terminal, without Discord's commands."""

from __future__ import annotations

from bot.errors.backups import (
    EarlierExportIncomplete,
    EarlierExportNewer,
    EarlierExportTooLarge,
    NotAnEarlierExport,
    OtherAccount,
)
from bot.errors.bot_error import BotError
from bot.errors.content import EmptyQuery, NothingToExport, PlaylistNotFound, SeveralPlaylists
from bot.errors.files import ListeningHistory, UnknownFile, UnreadableFile
from bot.errors.login import AuthorizationFailed, LoginCancelled, LoginError, NeedsLogin, OwnAppGone
from bot.errors.spotify import (
    AppGone,
    NotFound,
    OutcomeUnknown,
    OwnerNeedsPremium,
    QuotaExceeded,
    RateLimited,
    SpotifyDown,
    UserNotRegistered,
)

_DASHBOARD = "developer.spotify.com/dashboard"
_NO_APP = f"Spotify knows no app with this client ID. Copy it from {_DASHBOARD}, your app."

# The first class of an error's method resolution order counts.
_MESSAGES: dict[type[BotError], str] = {
    AppGone: _NO_APP,
    OwnAppGone: _NO_APP,
    UserNotRegistered: (
        "Your account isn’t on this Spotify app yet. Its owner can add it at "
        f"{_DASHBOARD}, under User Management."
    ),
    OwnerNeedsPremium: (
        "Spotify has paused this app because its owner has no Premium. Renew it first."
    ),
    RateLimited: "Spotify is getting too many requests from this app.",
    SpotifyDown: "Spotify isn’t responding properly.",
    QuotaExceeded: "This app has used up its daily limit with Spotify.",
    NeedsLogin: "Your login has ended. Run the command again to sign in.",
    LoginCancelled: "You cancelled the login. Run the command again to sign in.",
    AuthorizationFailed: "Spotify couldn’t log you in. Wait a minute, then run the command again.",
    LoginError: "Spotify didn’t accept the login. Run the command again to sign in.",
    NothingToExport: "Spotify lists nothing there, so there’s nothing to export.",
    PlaylistNotFound: "None of your playlists has that name. Check the spelling, or use its link.",
    SeveralPlaylists: "Several of your playlists have that name. Use the link to one.",
    UnknownFile: "I don’t know that kind of file. Use an export, or one of another tool.",
    ListeningHistory: "That’s your listening history, not your library. Use YourLibrary.json.",
    EarlierExportIncomplete: "The end of the file is missing. Use another one.",
    EarlierExportTooLarge: "The file is far larger inside than any library. Use another one.",
    EarlierExportNewer: "The file is from a newer Tonearm. Use another one, or upgrade.",
    NotAnEarlierExport: "I can’t use that file. Use an archive or a JSON that an export wrote.",
    OtherAccount: "That’s an export of another Spotify account. Sign in to that one.",
    EmptyQuery: "Which playlist? Give its name or its link.",
    NotFound: "Spotify can’t find that. Check the link.",
    OutcomeUnknown: "Spotify didn’t confirm that. Check in Spotify before you try again.",
}


def terminal_message(error: BotError) -> str:
    """What happened, and the next step, in one line or more."""
    kinds = (kind for kind in type(error).__mro__ if kind in _MESSAGES)
    kind = next(kinds, None)
    message = error.message if kind is None else _MESSAGES[kind]
    if isinstance(error, UnreadableFile):  # nobody attaches a file to a command in a terminal
        message = message.replace("attach", "use").replace("Attach", "Use")
    return message
