"""Errors of a request: its content cannot be found, played, queued, saved or exported."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors.bot_error import BotError


class UnreadableLink(BotError):
    message = (
        "I can’t use that Spotify link. Paste one to a track, album, artist, "
        "playlist, show, episode or audiobook from open.spotify.com."
    )


class NotSpotifyLink(UnreadableLink):
    message = (
        "That doesn’t look like a link to Spotify. Paste one from open.spotify.com, or type the "
        "name instead."
    )


class EmptyQuery(BotError):
    message = "What should I search for? Type the name of a song or an artist."


class QueryTooLong(BotError):
    message = "That’s too long to search for. Use at most 250 characters, such as title and artist."


class NothingFound(BotError):
    message = "Spotify found nothing for that. Try fewer words, or check the spelling."


class NothingPlaying(BotError):
    message = "Nothing is playing. Start something in Spotify, or use /play."


class NotSavable(BotError):
    message = "This can’t be saved. Try again with the next track."


class OwnPlaylist(BotError):
    message = "That’s your own playlist. To delete it, use /playlist delete."


class NothingToUndo(BotError):
    message = (
        "There’s nothing to undo. I remember only your last change, for ten minutes, and your "
        "imports, for a day."
    )


class BeingUpdated(BotError):
    """This process only answers while another one is replaced, and begins nothing that lasts."""

    message = "I’m being updated, so I can’t start that right now. Try again in a few minutes."


class JobElsewhere(BotError):
    """Another process of the bot does a job of this kind for the user."""

    message = "That’s already running for you. Its message shows how far it is."


class NothingToExport(BotError):
    """`message` names the list that is empty."""

    message = "Your library is empty, so there’s nothing to export. Add something with /save."


class WrongFormat(BotError):
    message = (
        "That format only holds songs and episodes. "
        "For the rest, choose the archive, JSON, CSV, Excel or links."
    )


class DownloadGone(BotError):
    """A download's address is wrong, used up or too old: the three are not told apart."""

    title = "Nothing to download here"
    message = (
        "This address is used up, too old or incomplete. It works once, for 24 hours. "
        "Use /export in Discord to get a new one."
    )


class DownloadRunning(BotError):
    title = "Already downloading"
    message = (
        "This file is being downloaded right now. If that broke off, wait a minute, then press the "
        "button in Discord again."
    )


class ImportOver(BotError):
    message = "That import isn’t waiting any more. Run /import again."


class ImportRunning(BotError):
    message = "Your last import is still running. Wait until it’s done, or stop it first."


class LaterImport(BotError):
    message = "That’s not your last import, or it’s too old. /undo takes back the last one first."


class NothingToImport(BotError):
    message = "There’s nothing of that to import: you have it already, or it’s left out."


class InvalidPosition(BotError):
    """The position cannot be read, is beyond the end, or cannot be computed.

    duration_ms  the length of the item, if the position is beyond its end
    unknown      a missing value that the position needs
    """

    message = "I can’t read that time. Try 1:23, 83 (seconds), +30, -15 or 50%."

    def __init__(self, *, duration_ms: int | None = None, unknown: str = "") -> None:
        message = f"Spotify doesn’t say {unknown}. Use a time, such as 1:23." if unknown else None
        if duration_ms is not None:
            minutes, seconds = divmod(duration_ms // 1000, 60)
            message = f"It’s only {minutes}:{seconds:02} long. Use /next to skip it."
        super().__init__(message=message)


class InvalidVolume(BotError):
    """`unknown`: a sentence about a missing volume that the new one depends on."""

    message = "Use a number from 0 to 100, +10, -10, mute or unmute."

    def __init__(self, *, unknown: str = "") -> None:
        super().__init__(
            message=f"{unknown} Use a number, such as /volume 40." if unknown else None
        )


class InvalidSleepTime(BotError):
    """The time cannot be read, is zero, or is longer than `limit`, such as "12 hours"."""

    message = "I can’t read that. Try 30m, 1h30, after this one, after 3, or off."

    def __init__(self, *, limit: str = "") -> None:
        super().__init__(message=f"That’s too long. I can wait {limit} at most." if limit else None)


class NoSleepTimer(BotError):
    message = "There’s no sleep timer. Set one with /sleep 30m, or /sleep after this one."


class VolumeNotSupported(BotError):
    """`device` is its name, escaped."""

    def __init__(self, device: str) -> None:
        super().__init__(
            message=f"The volume of {device} can’t be changed from here. Set it on the device."
        )


class DeviceNameNotFound(BotError):
    message = "I can’t control a device with that name. Choose one with /devices."


class NothingToQueue(BotError):
    message = "I can’t queue that. Use a link to a song, an episode or an album."


class ChangedSince(BotError):
    """`title` is what was changed since the change to undo, escaped."""

    def __init__(self, title: str) -> None:
        super().__init__(message=f"{title} was changed since then, so I left it as it is.")


class PlaylistGone(BotError):
    """`title` is the playlist's, escaped."""

    def __init__(self, title: str) -> None:
        super().__init__(message=f"{title} isn’t in your library, so there was nothing to delete.")


class SharedPlaylist(BotError):
    message = (
        "A playlist that you share with collaborators can’t be public. Stop sharing it in Spotify "
        "first."
    )


class InvalidPlaylistText(BotError):
    """The name or the description of a playlist is missing or too long."""

    message = "That doesn’t work as a name. Use at most 100 characters."


class NoDefaultPlaylist(BotError):
    message = "Which playlist? Name one, or choose a default with /playlist default."


class NothingToAdd(BotError):
    message = (
        "I can’t add that to a playlist. Use a link to a song, an episode, an album or a playlist "
        "of yours."
    )


class NotInPlaylist(BotError):
    """`name` is the playlist's, in Markdown; `empty`: the playlist has no songs at all."""

    def __init__(self, name: str, *, empty: bool) -> None:
        nothing = f"{name} is empty. Add something with /playlist add."
        other = f"I can’t find that in {name}. Check the spelling, or paste a link to the song."
        super().__init__(message=nothing if empty else other)


class PlaylistFull(BotError):
    """`name` is the playlist's, in Markdown, and `entries` what it has."""

    def __init__(self, name: str, entries: int) -> None:
        super().__init__(
            message=f"{name} has {entries:,} songs, and Spotify allows about 11,000, so it may be "
            "full. Use another playlist."
        )


class PlaylistNotFound(NothingFound):
    """No playlist of the user has the name.

    unreadable  the number of playlists whose names could not be read
    more        whether there are playlists that were not read
    """

    def __init__(self, *, unreadable: int = 0, more: bool = False) -> None:
        parts = ["None of your playlists has that name."]
        if more:
            parts = [
                "None of your newest playlists has that name. For an older one, paste its link."
            ]
        if unreadable:
            parts.append(f"I couldn’t read {unreadable} of them.")
        parts.append("Choose one as you type, or see /playlist list.")
        super().__init__("no playlist of that name", message=" ".join(parts))


class SeveralPlaylists(BotError):
    """Several playlists have the name; `descriptions` tell some of them apart, escaped."""

    def __init__(self, number: int, descriptions: Sequence[str]) -> None:
        lines = "\n".join(f"- {description}" for description in descriptions)
        super().__init__(
            f"{number} playlists",
            message=f"{number} of your playlists have that name. Choose one as you type, or paste "
            f"its link.\n{lines}",
        )


class PinNeedsName(BotError):
    message = (
        "Spotify doesn’t tell apps that playlist’s name. To pin it, give it your own name with "
        "`name:`."
    )


class TooManyPins(BotError):
    message = "You already have five pins. Remove one in /playlist pin first."


class UnknownSource(BotError):
    message = (
        "I can’t make a playlist from that. Use playing, queue, recent, top or liked, or links to "
        "songs, albums or playlists of yours."
    )
