"""Makes file names from playlists' names: safe on every system, and never a path."""

from __future__ import annotations

import re
import unicodedata

from bot.library.export_lists import LibrarySection
from bot.library.formats.list_name import named_list, names_a_list

# In bytes of UTF-8: file systems allow 255 for a name with its number and suffix.
_MAX_BYTES = 150
# Names that Windows keeps for devices, whatever follows the first dot (Microsoft's documentation,
# "Naming Files, Paths, and Namespaces"), and those of what archives of /export have beside lists.
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]|readme|skipped", re.IGNORECASE)
# Letters and marks that nobody sees: fillers and variation selectors
# (Unicode's Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# What /export adds to the name of a part of an export.
_PART = re.compile("-[0-9]+-of-[0-9]")
# The end of a name that /export adds: the number of a part, and suffixes.
_END = re.compile(r"(-[0-9]+-of-[0-9]+)?(\.[a-z0-9.-]+)?$")


def file_name(name: str) -> str:
    """The name with only those characters that every file system takes; may be empty.

    It has no dot and no separator, and neither begins nor ends with punctuation or a mark.
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", name))
    kept = "".join(c if _is_plain(c) else "_" for c in visible)
    kept = " ".join(kept.split())
    while len(kept.encode()) > _MAX_BYTES:
        kept = kept[:-1]
    return kept[_start(kept) :].rstrip(" _-&(")


def playlist_stem(name: str) -> str:
    """The name, without its suffix, of a file that holds one playlist alone."""
    stem = file_name(name)
    if not stem:
        return "playlist"
    # An import would take "Mix-1-of-3.csv" for a part of an export, and "Liked songs.csv" for the
    # liked songs; "Líked songs.csv", too, of which `ascii_name` drops the accent.
    if _PART.search(ascii_name(stem)):
        stem = stem.replace("-", " ")
    plain = ascii_name(stem)
    is_taken = _RESERVED.fullmatch(stem) or _RESERVED.fullmatch(plain)
    is_list = names_a_list(stem) or named_list(plain).section is not LibrarySection.PLAYLIST
    return f"{stem} (playlist)" if is_taken or is_list else stem


def ascii_name(name: str) -> str:
    """The file name without what Discord replaces by underscores, which may be all of it."""
    end = _END.search(name)
    start = end.start() if end else len(name)
    plain = unicodedata.normalize("NFKD", name[:start]).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", plain).strip("_-")
    return (plain or "playlist") + name[start:]


def _start(name: str) -> int:
    """The index of the first letter or digit: a mark would join what stands before the name."""
    return next((i for i, c in enumerate(name) if unicodedata.category(c)[0] in "LN"), len(name))


def _is_plain(character: str) -> bool:
    """Whether it is a letter, a part of one, a digit, or harmless punctuation."""
    return unicodedata.category(character)[0] in "LMN" or character in " -_()&"
