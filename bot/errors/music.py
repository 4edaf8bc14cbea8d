"""What somebody asked for cannot be played, found, saved or exported."""

from __future__ import annotations

from bot.errors.fault import Fault


class UnreadableLink(Fault):
    says = (
        "That is not a Spotify link Tonearm can use. Paste a link to a track, album, artist, "
        "playlist, show, episode or audiobook from open.spotify.com."
    )


class NoWords(Fault):
    says = "There is nothing to look for in that. Type the name of a song or an artist."


class TooManyWords(Fault):
    says = "That is too long to search for. Use 250 characters at most, such as title and artist."


class NothingFound(Fault):
    says = "Spotify found nothing for that. Try fewer words, or check the spelling."


class NothingPlaying(Fault):
    says = "Nothing is playing. Start something in Spotify, or use /play."


class NotATrack(Fault):
    says = "What is playing now cannot be saved. Try again at the next track."


class NothingToExport(Fault):
    says = "You have no liked songs yet, so there is nothing to export. Like some with /save."


class TooLarge(Fault):
    says = "The file is too large for Discord, even zipped. Nothing can be done about that here."


class ExportUnderWay(Fault):
    says = "Your last /export is still under way. Wait until it is done, then use it again."
