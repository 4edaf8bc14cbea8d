"""Errors of a file that somebody gave to the bot: it cannot be read, or holds no music library."""

from __future__ import annotations

from bot.errors.bot_error import BotError


class UnreadableFile(BotError):
    """A file cannot be read; nothing of it is used.

    file_name  of it, if it is one of several, as its sender calls it, not escaped
    """

    file_name = ""
    message = "I can’t read that file. Export it again, then attach the new one."


class UnknownFile(UnreadableFile):
    message = (
        "I don’t know that kind of file. Attach one that /export made, a list of links, or the "
        "file of another tool, such as Exportify."
    )


class WebPage(UnknownFile):
    message = (
        "That’s a web page, which I can’t import. Attach the archive or the JSON that /export made."
    )


class FileEmpty(UnreadableFile):
    message = "That file is empty. Export it again, then attach the new one."


class FileCutOff(UnreadableFile):
    message = "That file ends in the middle. Download or export it again, then attach the new one."


class FileDamaged(UnreadableFile):
    message = "That file is damaged. Download or export it again, then attach the new one."


class WrongEncoding(UnreadableFile):
    message = (
        "I can’t read that file’s letters. Open it, save it as UTF-8, then attach it again. In "
        "Excel that’s “CSV UTF-8”."
    )


class TooManyEntries(UnreadableFile):
    """`limit` is the number of entries, or of lists, that a file may have."""

    def __init__(self, limit: int, noun: str = "entries") -> None:
        super().__init__(
            message=f"That file has more than {limit:,} {noun}. Split it, then attach the parts."
        )


class ArchiveTooLarge(UnreadableFile):
    message = "That archive unpacks to far too much. Attach only the file with your music."


class ArchiveInArchive(UnreadableFile):
    message = "That archive has archives inside archives. Unpack it, then attach the inner ones."


class ArchiveLocked(UnreadableFile):
    message = "That archive has a password. Attach one without."


class ListeningHistory(UnreadableFile):
    message = (
        "That’s your listening history, not your library. It can hold your IP addresses, so I "
        "don’t read it. Delete your message, and attach YourLibrary.json or Playlist1.json."
    )


class XmlWithEntities(UnreadableFile):
    message = "I don’t read XML with a DOCTYPE: it can do harm. Export it again without one."


class ArchivePath(UnreadableFile):
    message = (
        "That archive has a file that would end up outside its folder, so I don’t read it. "
        "Unpack it, then attach only the file with your music."
    )


class UploadTooLarge(UnreadableFile):
    """`limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            message=f"That file is too big: {limit // 1024**2} MB at most here. Export your "
            "playlists one by one, then import those files."
        )


class UploadUnavailable(UnreadableFile):
    message = "Discord didn’t give me that file. Attach it again."


class OtherArchive(UnreadableFile):
    message = "I open zip archives only. Unpack that one, then attach what’s in it, or zip it."


class RichText(UnreadableFile):
    message = "That’s a formatted document. Save it as plain text, then attach that."


class OtherSpreadsheet(UnreadableFile):
    message = "I can’t read that kind of spreadsheet. Save it as .xlsx or CSV, then attach that."


class OldWorkbook(UnreadableFile):
    message = (
        "I can’t read that kind of Excel file. Save it as .xlsx without a password, or as CSV."
    )
