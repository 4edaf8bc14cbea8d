"""Hypothesis strategies for command lines, and the disturbances of the services."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.sample_catalogue import build_catalogue

_CATALOGUE = build_catalogue()
_PLAYLIST_NAME = "Harbour Evenings"
_QUERIES = (
    "lantern weather",
    "the sunday ferry",
    _PLAYLIST_NAME,
    "liked",
    "xyzzyplugh",
    *(track.uri for track in _CATALOGUE.regular_tracks[:60:9]),
    *(f"https://open.spotify.com/track/{track.id}" for track in _CATALOGUE.regular_tracks[100:104]),
    *(track.uri for track in list(_CATALOGUE.tracks.values())[-3:]),
    *(album.uri for album in list(_CATALOGUE.albums.values())[2:5]),
    next(iter(_CATALOGUE.artists.values())).uri,
    next(iter(_CATALOGUE.shows.values())).uri,
    *(episode.uri for episode in list(_CATALOGUE.episodes.values())[:2]),
    next(iter(_CATALOGUE.audiobooks.values())).uri,
)
_MANY_TRACKS = " ".join(track.uri for track in _CATALOGUE.regular_tracks[30:33])

queries = st.sampled_from(_QUERIES)
queue_queries = st.sampled_from((*_QUERIES, _MANY_TRACKS))
_device_options = st.sampled_from(
    ("", "", "", " on:kitchen", " on:phone", " on:laptop", " on:nowhere")
)
_flag_values = st.sampled_from(("", "", "true", "false"))
_seek_positions = st.sampled_from(
    ("0", "83", "1:23", "+30", "-15", "50%", "100%", "99:99", "soon", "999999")
)
_volume_levels = st.sampled_from(("", "40", "+10", "-10", "mute", "100", "0", "101", "loud"))


def _option(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(lambda value: f" {name}:{value}" if value else "")


def _command_line(name: str, *options: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*options).map(lambda values: f"/{name}{''.join(values)}")


_WEIGHTED_COMMANDS: tuple[tuple[int, st.SearchStrategy[str]], ...] = (
    (4, _command_line("now")),
    (3, _command_line("now", _option("share", st.just("true")))),
    (
        5,
        _command_line(
            "play", _option("what", queries), _device_options, _option("shuffle", _flag_values)
        ),
    ),
    (2, _command_line("play", _device_options, _option("shuffle", _flag_values))),
    (3, _command_line("pause")),
    (3, _command_line("resume", _device_options)),
    (4, _command_line("next")),
    (2, _command_line("previous")),
    (2, _command_line("restart")),
    (3, _command_line("seek", _option("position", _seek_positions))),
    (3, _command_line("volume", _option("level", _volume_levels))),
    (2, _command_line("shuffle", _option("mode", st.sampled_from(("", "on", "off"))))),
    (2, _command_line("repeat", _option("mode", st.sampled_from(("", "all", "one", "off"))))),
    (3, _command_line("queue show")),
    (
        4,
        _command_line(
            "queue add",
            _option("what", queue_queries),
            _option("now", _flag_values),
            _device_options,
        ),
    ),
    (2, _command_line("devices")),
    (2, _command_line("settings")),
    (1, _command_line("recent")),
    (1, _command_line("top")),
    (1, _command_line("search", st.sampled_from((" query:lantern", " query:ferry type:albums")))),
    (1, _command_line("save")),
    (1, _command_line("account")),
    (1, _command_line("help")),
)
command_lines = st.one_of(*(line for weight, line in _WEIGHTED_COMMANDS for _ in range(weight)))

# What goes wrong during an action; in most cases nothing.
disturbances = st.sampled_from(
    (
        *[""] * 28,
        *["late"] * 3,
        *["very late"] * 2,
        "write lost",
        "write unanswered",
        "write unanswered",
        "read fails",
        "connection lost",
        "rate limited",
        "quota exhausted",
        "twice",
        "twice",
        "duplicate",
        "duplicate",
    )
)
_WRITES = "(PUT|POST) /v1/me/player"
_DISTURBANCE_FAULTS = {
    "write lost": Fault(_WRITES, status=502),
    "write unanswered": Fault(_WRITES, status=502, runs_first=True),
    "read fails": Fault("GET /v1/me/player", status=502, times=3),
    "connection lost": Fault(_WRITES, action="reset", runs_first=True),
}


def apply_disturbance(spotify: Spotify, disturbance: str) -> None:
    """Apply this disturbance to the next calls."""
    if fault := _DISTURBANCE_FAULTS.get(disturbance):
        spotify.faults.add(replace(fault))
    match disturbance:
        case "late":
            spotify.serve_stale_state(1)
        case "very late":
            spotify.serve_stale_state(2)
        case "rate limited":
            spotify.add_rate_limit(120)
        case "quota exhausted":
            spotify.add_rate_limit(48_925, quota=True, pattern="GET /v1/me/player$")


def recovery_time(disturbance: str) -> float:
    """Seconds until the bot no longer waits because of this disturbance."""
    return {"rate limited": 800.0, "quota exhausted": 50_000.0}.get(disturbance, 0.0)
