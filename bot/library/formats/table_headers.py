"""The names of the columns of tables of songs, in the languages of the tools that write them."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class Column(StrEnum):
    """What a column of a table holds."""

    URI = "uri"
    NAME = "name"
    ARTISTS = "artists"
    ALBUM = "album"
    ISRC = "isrc"
    DURATION_MS = "duration_ms"
    DURATION_S = "duration_s"
    ADDED_AT = "added_at"
    PLAYLIST = "playlist"
    TYPE = "type"


# Exportify's are in the language of its user (github.com/watsonbox/exportify, src/i18n); the rest
# are those of Tonearm, exportify.net, TuneMyMusic, Shazam, and what people call them by hand.
_NAMES: dict[Column, str] = {
    Column.URI: """
        Track URI | Track-URI | URI de la canción | URI du titre | URI della traccia | Nummer URI |
        URI da faixa | Låtens URI | Parça URI | トラックURI | URI κομματιού | رابط الأغنية (URI) |
        Spotify URI | Spotify - id | Spotify ID | Spotify Track ID | Track ID | Track URL | URI |
        Spotify URL | Spotify Link | Link | URL
    """,
    Column.NAME: """
        Track Name | Track-Name | Nombre de la canción | Nom du titre | Nome della traccia |
        Nummernaam | Nome da faixa | Låtens namn | Parça Adı | トラック名 | Όνομα κομματιού |
        اسم الأغنية | Title | Name | Song | Song Name | Track | Track Title
    """,
    Column.ARTISTS: """
        Artist Name(s) | Künstlername(n) | Nombre(s) del artista | Nom(s) de l'artiste |
        Nome dell'artista | Naam van artiest | Nome(s) do artista | Artistens namn | Sanatçı Adı |
        アーティスト名 | Όνομα/τα καλλιτέχνη | أسماء الفنانين | Artist Name | Artist | Artists |
        Artist Names | By
    """,
    Column.ALBUM: """
        Album Name | Album-Name | Nombre del álbum | Nom de l'album | Nome dell'album |
        Naam van album | Nome do álbum | Albumets namn | Albüm Adı | アルバム名 | Όνομα άλμπουμ |
        اسم الألبوم | Album | Album Title
    """,
    Column.ISRC: "ISRC",
    Column.DURATION_MS: """
        Track Duration (ms) | Duration (ms) | Duration_ms | Length (ms)
    """,
    Column.DURATION_S: "Length (s) | Duration (s)",
    Column.ADDED_AT: """
        Added At | Hinzugefügt am | Añadido en | Ajouté le | Aggiunto il | Toegevoegd op |
        Adicionado em | Tillagd vid | Eklenme Tarihi | 追加日時 | Προστέθηκε στις | أضيف في |
        Added at (UTC) | Date Added | TagTime
    """,
    Column.PLAYLIST: "Playlist name | Playlist",
    Column.TYPE: "Type",
}
# What only a listening history has, which nobody may send: it can hold IP addresses.
_HISTORY = {"ipaddr", "ipaddrdecrypted", "msplayed"}
# The table of skipped entries that an archive of Tonearm's has.
_SKIPPED = ["list", "position", "reason"]


def _plain(name: str) -> str:
    """The name without case, spaces and punctuation, which tools write in several ways."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in text if c.isalnum() or unicodedata.category(c) == "Mn")


_COLUMNS: dict[str, Column] = {
    _plain(name): column for column, names in _NAMES.items() for name in names.split("|")
}


def columns_by_name(header: list[str]) -> dict[Column, int]:
    """The position of each known column; of several with one meaning, the first."""
    found: dict[Column, int] = {}
    for position, name in enumerate(header):
        column = _COLUMNS.get(_plain(name))
        if column is not None:
            found.setdefault(column, position)
    return found


def is_listening_history(header: list[str]) -> bool:
    return bool(_HISTORY & {_plain(name) for name in header})


def is_skipped_table(header: list[str]) -> bool:
    return [_plain(name) for name in header] == _SKIPPED
