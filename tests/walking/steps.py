"""What people type, and what goes wrong meanwhile."""

from __future__ import annotations

from hypothesis import strategies as st

from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.invented import catalogue

_ALL = catalogue()
_HARBOUR = "Harbour Evenings"
_WHATS = (
    "lantern weather",
    "the sunday ferry",
    _HARBOUR,
    "liked",
    "xyzzyplugh",
    *(track.uri for track in _ALL.stock[:60:9]),
    *(f"https://open.spotify.com/track/{track.id}" for track in _ALL.stock[100:104]),
    *(track.uri for track in list(_ALL.tracks.values())[-3:]),
    *(album.uri for album in list(_ALL.albums.values())[2:5]),
    next(iter(_ALL.artists.values())).uri,
    next(iter(_ALL.shows.values())).uri,
    *(episode.uri for episode in list(_ALL.episodes.values())[:2]),
    next(iter(_ALL.audiobooks.values())).uri,
)
_SEVERAL = " ".join(track.uri for track in _ALL.stock[30:33])

whats = st.sampled_from(_WHATS)
queueable = st.sampled_from((*_WHATS, _SEVERAL))
_ons = st.sampled_from(("", "", "", " on:kitchen", " on:phone", " on:laptop", " on:nowhere"))
_flags = st.sampled_from(("", "", "true", "false"))
_places = st.sampled_from(
    ("0", "83", "1:23", "+30", "-15", "50%", "100%", "99:99", "soon", "999999")
)
_levels = st.sampled_from(("", "40", "+10", "-10", "mute", "100", "0", "101", "loud"))


def _option(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(lambda value: f" {name}:{value}" if value else "")


def _line(name: str, *options: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*options).map(lambda given: f"/{name}{''.join(given)}")


_LINES: tuple[tuple[int, st.SearchStrategy[str]], ...] = (
    (4, _line("now")),
    (3, _line("now", _option("share", st.just("true")))),
    (5, _line("play", _option("what", whats), _ons, _option("shuffle", _flags))),
    (2, _line("play", _ons, _option("shuffle", _flags))),
    (3, _line("pause")),
    (3, _line("resume", _ons)),
    (4, _line("next")),
    (2, _line("previous")),
    (2, _line("restart")),
    (3, _line("seek", _option("position", _places))),
    (3, _line("volume", _option("level", _levels))),
    (2, _line("shuffle", _option("mode", st.sampled_from(("", "on", "off"))))),
    (2, _line("repeat", _option("mode", st.sampled_from(("", "all", "one", "off"))))),
    (3, _line("queue show")),
    (4, _line("queue add", _option("what", queueable), _option("now", _flags), _ons)),
    (2, _line("devices")),
    (2, _line("settings")),
    (1, _line("recent")),
    (1, _line("top")),
    (1, _line("search", st.sampled_from((" query:lantern", " query:ferry type:albums")))),
    (1, _line("save")),
    (1, _line("account")),
    (1, _line("help")),
)
lines = st.one_of(*(line for often, line in _LINES for _ in range(often)))

# What is out of the ordinary while something is done: mostly nothing.
spices = st.sampled_from(
    (
        *[""] * 28,
        *["late"] * 3,
        *["very late"] * 2,
        "write lost",
        "write unheard",
        "write unheard",
        "look fails",
        "dropped",
        "limited",
        "used up",
        "twice",
        "twice",
        "duplicate",
        "duplicate",
    )
)
_WRITES = "(PUT|POST) /v1/me/player"
_FAULTS = {
    "write lost": Fault(_WRITES, status=502),
    "write unheard": Fault(_WRITES, status=502, executed=True),
    "look fails": Fault("GET /v1/me/player", status=502, times=3),
    "dropped": Fault(_WRITES, act="reset", executed=True),
}


def season(spotify: Spotify, spice: str) -> None:
    """Let that go wrong from now on."""
    if fault := _FAULTS.get(spice):
        spotify.faults.add(Fault(**{**vars(fault), "hits": 0}))
    match spice:
        case "late":
            spotify.late(1)
        case "very late":
            spotify.late(2)
        case "limited":
            spotify.rate_limit(120)
        case "used up":
            spotify.rate_limit(48_925, quota=True, match="GET /v1/me/player$")


def how_long(spice: str) -> float:
    """Seconds until nobody remembers it; a limit is kept to for as long as Spotify said."""
    return {"limited": 800.0, "used up": 50_000.0}.get(spice, 0.0)
