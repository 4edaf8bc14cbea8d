"""The text of a list: its heading, numbered entries and notes, and the options of its menu."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote, unquote

import discord
from discord import ui

from bot.browse.pages import Entry, ListPage
from bot.browse.paths import ListKind
from bot.errors.content import NothingFound
from bot.spotify.catalogue import Item
from bot.spotify.models import Album, Artist, Chapter, Episode, Playlist, Show, Track
from bot.spotify.ownership import Ownership
from bot.spotify.uris import Kind, Uri
from bot.text.choices import playlist_details
from bot.text.escape import escape, safe, single_line
from bot.text.items import MAX_BYLINE, count, creator, format_duration, title

KIND_HEADINGS: dict[Kind, str] = {
    Kind.TRACK: "Songs",
    Kind.ALBUM: "Albums",
    Kind.ARTIST: "Artists",
    Kind.PLAYLIST: "Playlists",
    Kind.SHOW: "Shows",
    Kind.EPISODE: "Episodes",
    Kind.AUDIOBOOK: "Audiobooks",
}

# The query of a search is stored in a link button. Discord allows a URL this many characters.
SEARCH_URL = "https://open.spotify.com/search/"
MAX_URL_LENGTH = 512
# A link in a line of its own: names have no line breaks, so none of them can contain one.
_SEARCH_LINK = re.compile(
    rf"(?m)^-# (?:From the search for|Looked through) .*\]\(({re.escape(SEARCH_URL)}[^)\s]*)\)$"
)

# Characters of a list: Discord allows a message 4,000, and the card below needs the rest. If a list
# is longer, its names are cut to the next of these lengths.
_MAX_LIST_LENGTH = 3300
_NAME_LENGTHS = (60, 40, 24)
_MAX_LABEL = 90
# The marks before the selected entry, and before saved entries.
_MARK, _HEART = "▸ ", "💚 "

_PERIODS = {
    "short": "last 4 weeks",
    "medium": "last 6 months",
    "long": "last year",
}
_HEADING_PREFIXES = {ListKind.ARTIST: "Songs by ", ListKind.ALBUMS: "Albums by "}
_QUERY_TOO_LONG = "That search is too long for more pages. Use fewer words to see more."
_FOUND_BY_NAME = "Best matches by name; Spotify doesn’t share top songs with apps."
_NO_ARTIST_SONGS = "No song found by that name. Look at the albums."
_HIDDEN = "Apps can’t see the songs in other people’s playlists, but can play them."
_LAST_PAGE = "That’s the end. Go back a page."
_EMPTY = "It’s empty."
_NOTHING_SAVED = "Nothing here yet. Add to it with /save, or with the buttons below a list."
_NO_MATCH = "Nothing matches."
_NO_READABLE_MATCH = "Nothing that I could read matches."
_NOTHING = {
    ListKind.SEARCH: NothingFound.message,
    ListKind.ARTIST: _NO_ARTIST_SONGS,
    ListKind.RECENT: "Spotify shows nothing that you played recently. Play something first.",
    ListKind.TOP: "Spotify has no favourites of yours for that time.",
    ListKind.PLAYLISTS: "You have no playlists yet. Make one with /playlist create.",
    ListKind.SAVED: _NOTHING_SAVED,
}
_SAVED_HEADINGS: dict[Kind, str] = {
    Kind.TRACK: "Liked Songs",
    Kind.ALBUM: "saved albums",
    Kind.ARTIST: "followed artists",
    Kind.PLAYLIST: "playlists",
    Kind.SHOW: "saved shows",
    Kind.EPISODE: "saved episodes",
    Kind.AUDIOBOOK: "saved audiobooks",
}


def render_list(
    page: ListPage,
    query: str = "",
    *notes: str,
    owner_name: str = "",
    cannot_page: bool = False,
    saved: Collection[Uri] = (),
) -> str:
    """The list in markdown: its heading, numbered entries and notes.

    query        of the search that the list began with
    notes        sentences for the small print, safe already
    owner_name   whose plays a personal list has
    cannot_page  the query does not fit a link, so that the list has no further pages
    saved        the items that get a heart
    """
    heading = f"### {_heading(page, query, owner_name)}"
    if page.head is not None and not isinstance(page.head, Artist):
        details = (escape(creator(page.head)), _details(page.head))
        heading += f"\n-# {' · '.join(filter(None, details))}"
    small_print = [f"-# {note}" for note in (*_notes(page, query, cannot_page), *notes) if note]
    for limit in _NAME_LENGTHS:
        lines = [
            f"{number}. {_heart(entry, saved)}{_line(entry, page.head, limit)}"
            for number, entry in enumerate(page.entries, start=page.path.offset + 1)
        ]
        text = "\n".join([heading, *lines, *small_print])
        if len(text) <= _MAX_LIST_LENGTH:
            break
    return text


def item_options(entries: Iterable[Entry], first: int) -> list[discord.SelectOption]:
    """The entries that can be selected. A value is number, kind and ID: an item may occur twice."""
    return [
        discord.SelectOption(
            label=single_line(item.name, _MAX_LABEL) or "Untitled",
            description=creator(item, _MAX_LABEL),
            value=f"{number}.{item.kind}.{item.id}",
        )
        for number, entry in enumerate(entries, start=first)
        if (item := entry.selectable)
    ]


def mark_entry(text: str, selected: str) -> str:
    """The list with the mark before the entry of this option's value only."""
    number = selected.partition(".")[0]
    text = text.replace(f". {_MARK}", ". ")
    return re.sub(rf"(?m)^{number}\. ", rf"\g<0>{_MARK}", text, count=1) if number else text


def mark_saved(text: str, selected: str, saved: bool) -> str:
    """The list with or without a heart before the entry of this option's value."""
    number = selected.partition(".")[0]
    heart = _HEART if saved else ""
    return re.sub(rf"(?m)^({number}\. (?:{_MARK})?)(?:{_HEART})?", rf"\g<1>{heart}", text, count=1)


def is_saved(text: str, selected: str) -> bool:
    """Whether the entry of this option's value has a heart."""
    number = selected.partition(".")[0]
    return re.search(rf"(?m)^{number}\. (?:{_MARK})?{_HEART}", text) is not None


def without_hearts(text: str) -> str:
    """The list without hearts, for another user, who may have saved other items."""
    return re.sub(rf"(?m)^(\d+\. (?:{_MARK})?){_HEART}", r"\g<1>", text)


def parse_option(value: str) -> Uri:
    """The item of an option's value."""
    _, kind, item_id = value.split(".")
    return Uri(Kind(kind), item_id)


def search_link(query: str) -> str | None:
    """The page of this search in Spotify; None if its URL is too long for Discord."""
    link = SEARCH_URL + quote(query, safe="")
    return link if len(link) <= MAX_URL_LENGTH else None


def query_in(text: str, buttons: Iterable[ui.Item[ui.LayoutView]]) -> str:
    """The query in the search link of a list, or of its buttons; empty without one."""
    urls = [button.url or "" for button in buttons if isinstance(button, ui.Button)]
    if link := _SEARCH_LINK.search(text):
        urls.append(link[1])
    for url in urls:
        if url.startswith(SEARCH_URL):
            return unquote(url.removeprefix(SEARCH_URL))
    return ""


def head_in(text: str, uri: Uri) -> str:
    """The title of the item in the list's heading, if that is `uri`; else empty."""
    heading = text.partition("\n")[0].removeprefix("### ")
    for prefix in _HEADING_PREFIXES.values():
        heading = heading.removeprefix(prefix)
    return heading if heading.endswith(f"]({uri.link})") else ""


def _heading(page: ListPage, query: str, owner_name: str) -> str:
    kind, argument = page.path.kind, page.path.argument
    if page.head is not None:
        return _HEADING_PREFIXES.get(kind, "") + title(page.head)
    if kind == ListKind.SEARCH:
        return f"{KIND_HEADINGS[Kind(argument)]} for “{safe(query, 80)}”"
    if kind == ListKind.TOP:
        item_kind, _, period = argument.partition(".")
        noun = "songs" if item_kind == Kind.TRACK else "artists"
        return f"{safe(owner_name, 40)}’s top {noun}, {_PERIODS[period]}"
    if kind == ListKind.RECENT:
        return f"{safe(owner_name, 40)}’s recently played"
    if kind == ListKind.SAVED:
        return f"{safe(owner_name, 40)}’s {_SAVED_HEADINGS[Kind(argument)]}"
    if kind == ListKind.PLAYLISTS:
        return f"{safe(owner_name, 40)}’s playlists"
    return "From that link"


def _notes(page: ListPage, query: str, cannot_page: bool) -> Iterator[str]:
    """The small print below the list."""
    kind, entries, number = page.path.kind, page.entries, page.path.page
    if page.hidden or any(entry.ownership is Ownership.FOLLOWED for entry in entries):
        yield _HIDDEN
    if not entries and not page.hidden:
        first_page = _NOTHING.get(kind, _EMPTY)
        if kind == ListKind.TOP and not page.path.argument.endswith("long"):
            first_page += " Try a longer one."
        if page.searched:
            yield _NO_READABLE_MATCH if entries.unreadable else _NO_MATCH
        else:
            yield entries.why_empty(_LAST_PAGE if number > 1 else first_page)
    elif page.more or number > 1:
        first = page.path.offset + 1
        last = page.path.offset + len(entries)
        total = page.total if page.searched is None else None
        yield f"{first:,}–{last:,}" + (f" of {total:,}" if total else "")
    if (entries or page.searched) and entries.unreadable:
        yield f"And {entries.unreadable} more that I couldn’t read"
    if kind == ListKind.ARTIST:
        yield _FOUND_BY_NAME
    if cannot_page:
        yield _QUERY_TOO_LONG
    if page.searched is not None and (link := search_link(query)):
        yield f"Looked through {_searched(page)} for [“{safe(query, 80)}”]({link})"
    elif kind != ListKind.SEARCH and query and (link := search_link(query)):
        yield f"From the search for [“{safe(query, 80)}”]({link})"


def _searched(page: ListPage) -> str:
    """How much of the library a filtered list was filtered from."""
    searched = page.searched or 0
    if not page.rest:
        return f"all {searched:,}"
    return f"the newest {searched:,}" + (f" of {page.total:,}" if page.total else "")


def own_plays_note(other_name: str) -> str:
    """A note that the list shows the reader's plays, not those of the user whose list they used."""
    name = safe(other_name, 40) or "the person who asked for it"
    return f"These are yours. Only {name} can turn the pages of the other list."


def _heart(entry: Entry, saved: Collection[Uri]) -> str:
    uri = None if isinstance(entry.item, Chapter) else entry.item.uri
    return _HEART if uri in saved else ""


def _line(entry: Entry, head: Item | None, limit: int) -> str:
    item = entry.item
    if isinstance(item, Chapter):
        parts = [safe(item.name, limit) or "Untitled"]
    else:
        parts = [title(item, limit)]
        # The heading names the artist of an album and the show of an episode already, and the kind.
        named = (_head_creator(head), item.kind.capitalize())
        if item.kind not in (Kind.ARTIST, Kind.PLAYLIST) and creator(item) not in named:
            parts.append(escape(creator(item, limit)))
    if isinstance(item, Playlist) and entry.ownership is not None:
        parts += [escape(detail) for detail in playlist_details(item, entry.ownership)]
    else:
        parts.append(_details(item))
    if isinstance(item, Track) and item.is_local:
        parts.append("local file")
    if entry.played_at is not None:
        parts.append(f"<t:{entry.played_at}:R>")
    return " · ".join(part for part in parts if part)


def _head_creator(head: Item | None) -> str:
    """The creator that all entries of the opened item share; empty if they may differ."""
    match head:
        case Album():
            return creator(head)
        case Artist() | Show():
            return single_line(head.name, MAX_BYLINE)
    return ""


def _details(item: Item | Chapter) -> str:
    match item:
        case Track() | Episode() | Chapter():
            return format_duration(item.duration_ms) if item.duration_ms else ""
        case Album():
            return safe((item.release_date or "")[:4])
        case Playlist():
            return "" if item.total is None else count(item.total, "song")
    return ""
