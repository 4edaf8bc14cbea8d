"""A playlist's name becomes a file's name that every system takes, and never a path."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from bot.library.export_lists import LibrarySection
from bot.library.file_names import ascii_name, playlist_stem
from bot.library.formats.list_name import named_list
from bot.library.join_files import PART_NAME
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify

_NAMES = st.text(st.characters(), max_size=200) | st.text(
    "ac on.-_/\\:🎉\u202e\u0301שé", max_size=30
)


@given(_NAMES, st.sampled_from([".csv", ".exportify-net.csv", "-2-of-10.xspf", ".json"]))
@example("COM¹", ".csv")
@example("nul", ".csv")
@example("Liked Songs", ".csv")
@example("README", ".csv")
@example("mix-1-of-3", ".csv")
@example("\u3164\ufe0f", ".csv")
@example("Líked Songs", ".csv")
@example("ｃon", ".csv")
@example("mix-１-of-３", ".csv")
@example("ma-1\u0301-o\u0301f-3", ".csv")
def test_any_name_makes_a_safe_file_name(name: str, end: str) -> None:
    stem = playlist_stem(name)
    for path in (f"{stem}{end}", ascii_name(f"{stem}{end}")):
        assert PurePosixPath(path).name == PureWindowsPath(path).name == path
        assert len(path.encode()) <= 200
        shown = path.removesuffix(end)
        assert shown.strip(" .") == shown
        assert any(c.isalnum() for c in shown)
        assert unicodedata.category(shown[0])[0] in "LN"
        assert not any(unicodedata.category(c)[0] in "CZ" and c != " " for c in path)
        assert "." not in shown
        assert not re.fullmatch(r"(?i)con|prn|aux|nul|(com|lpt)[0-9¹²³]", shown)
    assert re.fullmatch(r"[A-Za-z0-9][\w-]*[\w.-]+", ascii_name(f"{stem}{end}"), re.ASCII)
    for path in (f"{stem}.csv", ascii_name(f"{stem}.csv")):
        assert named_list(path).section is LibrarySection.PLAYLIST
        assert not PART_NAME.match(path)


async def test_file_of_one_playlist_has_its_name(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """In every shape, in parts too; what has no letters has a name all the same."""
    own = next(p for p in spotify.accounts["ada"].playlists if p and p.owner == "ada" and p.items)
    own.items *= 100
    names = {
        "Road  Trip: 2026.": "Road_Trip_2026",
        "..\\..\\con": "con_playlist",
        "🎉🎉": "playlist",
        "\u202eשלום": "playlist",
        "Été (live)": "Ete_live",
        "Liked songs": "Liked_songs_playlist",
        "selection": "selection",
    }
    for name, stem in names.items():
        harness.clock.advance(60)
        own.name = name
        for file_format in ("json", "zip"):
            reply = await linked_user.run(f"/export what:{own.uri} format:{file_format}")
            await reply.wait_for("Here are the")
            assert list(reply.files) == [f"{stem}.{file_format}"]
    channel = harness.discord.state.find_channel(harness.discord.state.users["ada"], "music")
    channel.attachment_limit = len(reply.files["selection.zip"]) * 2 // 3
    own.name = "日本 mix"
    harness.clock.advance(60)
    reply = await linked_user.run(f"/export what:{own.uri} format:zip")
    await reply.wait_for("parts")
    count = len(reply.files)
    assert list(reply.files) == [f"mix-{n}-of-{count}.zip" for n in range(1, count + 1)]
    members = zipfile.ZipFile(io.BytesIO(reply.files[f"mix-1-of-{count}.zip"])).namelist()
    assert f"playlists/001 日本 mix-1-of-{count}.csv" in members
