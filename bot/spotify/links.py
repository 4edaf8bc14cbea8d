"""Finds the links to Spotify in a text, with any text around them or behind their ID."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import dropwhile
from urllib.parse import unquote

from bot.errors import unsupported_links
from bot.errors.content import NotSpotifyLink, UnreadableLink
from bot.spotify.uris import Kind, Uri, is_id


@dataclass(frozen=True)
class ShortLink:
    """An https link that redirects to an item; `ShortLinks.follow` returns the item's URI."""

    url: str = field(repr=False)


@dataclass(frozen=True)
class LikedSongs:
    """The liked songs of the user who opens the link."""


@dataclass(frozen=True)
class SearchLink:
    """A link to Spotify's search; `kind` is its tab, if the tab lists a kind of items."""

    words: str = field(repr=False)
    kind: Kind | None = None


Target = Uri | LikedSongs | SearchLink
"""The target of a link."""

Link = Target | ShortLink

_OPEN_HOST = "open.spotify.com"
# The hosts of short links; since 2026 also _OPEN_HOST, with paths that begin with /s/.
SHORT_HOSTS = ("spotify.link", "spotify.app.link", "spoti.fi")
_LONG_HOSTS = (_OPEN_HOST, "play.spotify.com", "embed.spotify.com")
_DEAD_HOST = "link.tospotify.com"

# Unicode's Default_Ignorable_Code_Point: invisible, and browsers remove them from hosts.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Texts are matched with this in the place of each of them: a pattern that names them all between
# any two letters takes 40 ms to compile.
_FOLDED = "\u00ad"
_GAP = f"{_FOLDED}*"
_SPACE = r"\s\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# The characters that end any URL in a message or in a page.
_END = rf"{_SPACE}<>\"'`|*,、()\[\]{{}}"


def _spaced(*words: str) -> str:
    """A pattern for the words, also with invisible characters in them."""
    return "|".join(_GAP.join(map(re.escape, word)) for word in words)


# A host without a scheme, not preceded by a character that would make it part of another URL.
_HOST = (
    rf"(?<![0-9A-Za-z])(?<![^\s/]/)(?<!\S//)(?<![0-9A-Za-z_][-.@:])"
    rf"(?:www\.)?(?:{_spaced(*_LONG_HOSTS, *SHORT_HOSTS, _DEAD_HOST)}){_GAP}"
    rf"(?::[0-9]+)?{_GAP}(?=/)"
)
_URI_WORDS = (*Kind, "user", "collection", "search", *unsupported_links.URI_WORDS)
_URI = rf"{_spaced('spotify')}{_GAP}:(?=[/{_FOLDED}]*(?:{_spaced(*_URI_WORDS)})(?![0-9A-Za-z]))"

# With re.ASCII, because otherwise "s" and "k" also match letters of other scripts.
_FLAGS = re.IGNORECASE | re.ASCII
_START = re.compile(
    rf"(?:{_spaced('http', 'hxxp')}){_GAP}s?{_GAP}(?:[:;]|(?=//)){_GAP}[/\\]{_GAP}[/\\]*+"
    rf"(?!https?:/)(?P<host>[^{_END}/?#\\]*)|"
    rf"(?P<bare>{_HOST})|{_URI}",
    _FLAGS,
)
# A link that is percent-encoded as a whole.
_ENCODED = re.compile(r"(?<![0-9a-z%=/])(?:https?|spotify)%3A[0-9a-z%._~-]+", _FLAGS)
_AUTHORITY = re.compile(r"(?:www\.)?([0-9a-z.-]+?)\.?(?::(?:80|443)?)?", _FLAGS)
# The rest of a link to Spotify. It ends where another link begins, unless that is its parameter.
# Names of users may have letters of any script.
_USER = rf"(?:(?:/+intl-[a-z-]+)?/*{_spaced('user')}[:/]+[^{_END}:/?#]+)?"
_REST = re.compile(
    rf"{_USER}(?:(?!https?:/|{_HOST}|(?<![=/]){_URI})[0-9A-Za-z._~:/\\?#&+=%{_FOLDED}-])*",
    _FLAGS,
)
_REST_ELSEWHERE = re.compile(rf"[^{_END}]*", _FLAGS)
_SEARCH = re.compile(
    rf"(?:/+intl-[a-z-]+)?(?:/+|(?<=:)){_spaced('search')}(?P<by>[/:])(?P<words>[^{_END}?#]*)",
    _FLAGS,
)
_SHORT = re.compile(
    r"(?P<path>/(?P<s>s/)?[0-9a-z_-]{0,63}[0-9a-z-])_*/?(?![0-9a-z/_-])(?P<query>\?[^#]*)?",
    _FLAGS,
)
_ID = re.compile(rf"{_GAP}((?:[0-9a-z]{_GAP}){{21}}[0-9a-z])(?![0-9a-z])", _FLAGS)
_WORD = re.compile("[0-9a-z-]*")
_SEPARATORS = re.compile(r"[:/\\]+")
_INVISIBLES = re.compile(f"[{_INVISIBLE}]")
_HIGHLIGHTED = re.compile(r"spotify:(track|episode):(.*)", _FLAGS)
_PARAMETER = re.compile(r"[?&#](t|highlight|uri)=([^?&#]*)", _FLAGS)
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,2})(?![0-9])")
_UNITS = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})(?![0-9]))?", _FLAGS)
_BEGINNING = re.compile(
    r"(?<![0-9a-z])(?<![0-9a-z_][-.@/:])(?:https?:|spotify:(?!\s)|www\.[0-9a-z-]|"
    r"(?:open|play|embed)\.spotify\.|spotify\.(?:link|app\.)|spoti\.fi/|link\.tospotify\.|"
    r"(?:[0-9a-z-]+\.)+(?:be|com|fm|link|net|org)/)",
    _FLAGS,
)
# An ID without a link: 22 letters that no word has, with a digit and both cases.
_BARE_ID = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Za-z]*[0-9])(?=[0-9A-Z]*[a-z])(?=[0-9a-z]*[A-Z])"
    r"[0-9A-Za-z]{22}(?![0-9A-Za-z])"
)

# The number of path segments to read; longer paths are pages of the same item.
MAX_PARTS = 8
_LOCALE = "intl-"
# The path segments before an item in URLs of embedded players.
_EMBEDDED = ("embed", "embed-podcast", "spotify")
_PLAYABLE = (Kind.TRACK, Kind.EPISODE)
_TABS = {
    **{f"{kind}s": kind for kind in Kind},
    "songs": Kind.TRACK,
    "podcasts": Kind.SHOW,
    "podcastandepisodes": Kind.SHOW,
}


def find_links(text: str) -> list[Link]:
    """The links in `text` in order, without duplicates; empty without a link.

    Ignores unusable links if there is a usable one. Otherwise raises UnreadableLink, and
    NotSpotifyLink if no link leads to Spotify.
    """
    links: dict[Link, None] = {}
    errors: list[UnreadableLink] = []
    for host, rest in _candidates(text):
        try:
            links[_parse(host, rest)] = None
        except UnreadableLink as error:
            errors.append(error)
    if errors and not links:
        raise min(errors, key=lambda error: isinstance(error, NotSpotifyLink))
    return list(links)


def contains_link(text: str) -> bool:
    """Whether there is a link in the text, to Spotify or elsewhere, or a part of one."""
    text = _fold(text)
    return any(pattern.search(text) for pattern in (_START, _BEGINNING, _BARE_ID))


def _candidates(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The host of each link, and the match of its rest; a URI is read as a path of _OPEN_HOST."""
    text = _ENCODED.sub(lambda encoded: unquote(encoded[0]), text.replace("&amp;", "&"))
    text = _fold(text)
    position = 0
    while start := _START.search(text, position):
        authority = start["host"] if start["bare"] is None else start["bare"]
        host = _OPEN_HOST if authority is None else _host(authority)
        patterns = (_SEARCH, _REST) if host in _LONG_HOSTS else (_REST,)
        if host not in (*_LONG_HOSTS, *SHORT_HOSTS):
            patterns = (_REST_ELSEWHERE,)
        rest = next(rest for pattern in patterns if (rest := pattern.match(text, start.end())))
        position = rest.end()
        yield host, rest


def _host(authority: str) -> str:
    """The host in lower case; empty for a userinfo, another port, or letters beyond ASCII."""
    match = _AUTHORITY.fullmatch(_visible(unquote(authority)))
    return match[1].lower() if match else ""


def _parse(host: str, rest: re.Match[str]) -> Link:
    if rest.re is _SEARCH:
        return _search(rest)
    if host in SHORT_HOSTS or (host == _OPEN_HOST and rest[0].startswith("/s/")):
        return _short_link(host, _visible(rest[0]))
    if host in _LONG_HOSTS:
        return _parse_path(unquote(rest[0]))
    if host == _DEAD_HOST:
        raise UnreadableLink("dead host", message=unsupported_links.DEAD_HOST)
    if host == "spotify.com" or host.endswith(".spotify.com"):
        raise UnreadableLink("another host", message=unsupported_links.OTHER_HOST)
    raise NotSpotifyLink("elsewhere")


def _search(link: re.Match[str]) -> SearchLink:
    # Punctuation at the end belongs to the text around the link.
    letters = [n for n, char in enumerate(link["words"]) if unicodedata.category(char)[0] in "LMN"]
    raw = link["words"][: max(letters, default=-1) + 1]
    if link["by"] == ":":
        return _search_link(raw.replace("+", " "), "")
    words, _, tab = raw.partition("/")
    return _search_link(words, tab)


def _search_link(words: str, tab: str) -> SearchLink:
    words = _visible(unquote(words)).strip()
    if not words:
        raise UnreadableLink("a search for nothing", message=unsupported_links.SEARCH_PAGE)
    return SearchLink(words, _TABS.get(_word(tab)))


def _short_link(host: str, rest: str) -> ShortLink:
    match = _SHORT.match(rest)
    if match is None or (host == _OPEN_HOST) != (match["s"] is not None):
        raise UnreadableLink("malformed short link")
    query = (match["query"] or "").rstrip("?.:!")
    return ShortLink(f"https://{host}{match['path']}{query}")


def _parse_path(rest: str) -> Target:
    """The target of a Spotify URL or URI; `rest` is its path and parameters."""
    parameters = dict(_PARAMETER.findall(rest))
    path = re.split("[?#]", rest, maxsplit=1)[0]
    parts = [part for part in _SEPARATORS.split(path) if _visible(part)]
    parts = list(dropwhile(_is_prefix, parts))[:MAX_PARTS]
    words = [_word(part) for part in parts]
    if not words and "uri" in parameters:
        return _parse_path(parameters["uri"].partition(":")[2])
    if words[:1] == ["user"]:
        # The user name may be any word, even one of these.
        start = next((n for n in range(2, len(words)) if words[n] in ("playlist", "collection")), 0)
        parts, words = parts[start:], words[start:]
    match = _HIGHLIGHTED.match(parameters.get("highlight", ""))
    if match and words and words[0] not in _PLAYABLE:
        # The page of a list, such as an album, that scrolls to a song and highlights it.
        with suppress(UnreadableLink):
            uri = _uri(Kind(match[1].lower()), match[2])
            return replace(uri, start_ms=_start_ms(parameters.get("t", "")))
    match words:
        case []:
            raise UnreadableLink("the start page", message=unsupported_links.START_PAGE)
        case ["collection"] | ["collection", "tracks" | "", *_]:
            return LikedSongs()
        case ["search", *_]:
            raise UnreadableLink("a search for nothing", message=unsupported_links.SEARCH_PAGE)
        case ["collection", *_]:
            raise UnreadableLink("the library", message=unsupported_links.LIBRARY)
        case [word, *_] if word not in set(Kind):
            raise UnreadableLink("a page", message=unsupported_links.PAGES.get(word))
    uri = _uri(Kind(words[0]), parts[1] if len(parts) > 1 else "")
    if uri.kind in _PLAYABLE:
        return replace(uri, start_ms=_start_ms(parameters.get("t") or rest.partition("#")[2]))
    return uri


def _uri(kind: Kind, text: str) -> Uri:
    """The item whose ID the text begins with. Raises UnreadableLink."""
    match = _ID.match(_fold(text))
    if match is None or not is_id(item_id := _visible(match[1])):
        raise UnreadableLink("malformed id", message=unsupported_links.mistyped(kind))
    return Uri(kind, item_id)


def _start_ms(text: str) -> int:
    """The position in milliseconds that begins the text, such as `61`, `1m1s` or `1:01`; else 0."""
    match = _CLOCK.match(text) or _UNITS.match(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _is_prefix(part: str) -> bool:
    word = _word(part)
    return word.startswith(_LOCALE) or word in _EMBEDDED


def _word(part: str) -> str:
    """The letters, digits and hyphens that begin a part of a path, in lower case."""
    match = _WORD.match(_visible(part).lower())
    return match[0] if match else ""


def _visible(text: str) -> str:
    return _INVISIBLES.sub("", text)


def _fold(text: str) -> str:
    """The text with _FOLDED in the place of each invisible character."""
    return _INVISIBLES.sub(_FOLDED, text)
