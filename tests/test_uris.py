"""What people paste is read; what cannot be used is named."""

from __future__ import annotations

import pytest

from bot.errors.content import UnreadableLink
from bot.spotify.uris import Kind, ShortLink, Uri, find_links

ID = "4uLU6hMCjMI75M1A2tKUQC"


@pytest.mark.parametrize(
    "pasted",
    [
        f"https://open.spotify.com/track/{ID}",
        f"http://open.spotify.com/track/{ID}",
        f"open.spotify.com/track/{ID}",
        f"https://open.spotify.com/intl-de/track/{ID}?si=abc&utm_source=copy-link",
        f"https://open.spotify.com/embed/track/{ID}",
        f"https://open.spotify.com/track/{ID}/",
        f"https://play.spotify.com/track/{ID}#0:30",
        f"<https://open.spotify.com/track/{ID}>",
        f"  spotify:track:{ID}  ",
        f"SPOTIFY:track:{ID}",
        f"check this out https://open.spotify.com/track/{ID} it is lovely",
        f"(https://open.spotify.com/track/{ID}).",
    ],
)
def test_every_form_of_track_link_is_parsed(pasted: str) -> None:
    assert find_links(pasted) == [Uri(Kind.TRACK, ID)]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_parsed_from_link_and_uri(kind: Kind) -> None:
    uri = Uri(kind, ID)
    assert find_links(f"https://open.spotify.com/{kind}/{ID}") == [uri]
    assert find_links(f"spotify:{kind}:{ID}") == [uri]
    assert find_links(f" {ID} ", kind) == [uri]
    assert str(uri) == f"spotify:{kind}:{ID}"
    assert uri.link == f"https://open.spotify.com/{kind}/{ID}"


def test_bare_id_is_a_query() -> None:
    assert find_links(ID) == []
    assert find_links(ID[:-1], Kind.TRACK) == []
    assert find_links(f"{ID}x", Kind.TRACK) == []


@pytest.mark.parametrize("between", [",", ", ", "|", " and ", "、", "\n"])
def test_adjacent_links_are_separated(between: str) -> None:
    other = ID[::-1]
    uris = [Uri(Kind.TRACK, ID), Uri(Kind.ALBUM, other)]
    assert find_links(between.join(str(uri) for uri in uris)) == uris
    assert find_links(between.join(uri.link for uri in uris)) == uris


@pytest.mark.parametrize("around", ["**", "||", "`", "```", "*"])
def test_discord_markup_is_not_part_of_link(around: str) -> None:
    assert find_links(f"{around}https://open.spotify.com/track/{ID}{around}") == [
        Uri(Kind.TRACK, ID)
    ]
    assert find_links(f"{around}spotify:track:{ID}{around}") == [Uri(Kind.TRACK, ID)]


def test_several_links_are_found_in_order_without_duplicates() -> None:
    other = ID[::-1]
    text = (
        f"first spotify:album:{other}, then <https://open.spotify.com/track/{ID}?si=x>\n"
        f"https://example.org/ and (https://spotify.link/abc) and open.spotify.com/album/{other}"
    )
    assert find_links(text) == [
        Uri(Kind.ALBUM, other),
        Uri(Kind.TRACK, ID),
        ShortLink("https://spotify.link/abc"),
    ]


@pytest.mark.parametrize(
    ("pasted", "asked"),
    [
        ("https://spotify.link/aBc123", "https://spotify.link/aBc123"),
        ("http://spotify.link/aBc123", "https://spotify.link/aBc123"),
        ("http://spotify.link:80/aBc123", "https://spotify.link/aBc123"),
        ("spotify.link/aBc123,", "https://spotify.link/aBc123"),
        ("https://spotify.app.link/x?_p=c2", "https://spotify.app.link/x?_p=c2"),
        ("https://open.spotify.com/s/2czejYu", "https://open.spotify.com/s/2czejYu"),
    ],
)
def test_short_link_is_recognised_and_uses_https(pasted: str, asked: str) -> None:
    assert find_links(pasted) == [ShortLink(asked)]


def test_legacy_playlist_link_is_parsed() -> None:
    assert find_links(f"spotify:user:somebody:playlist:{ID}") == [Uri(Kind.PLAYLIST, ID)]


@pytest.mark.parametrize(
    "words",
    [
        "lantern",
        "the spotify song",
        "spotify: the musical",
        "spotify:",
        "track 4uLU",
        "",
        "https",
        "open",
        "a" * 6000,
    ],
)
def test_words_are_not_a_link(words: str) -> None:
    assert find_links(words) == []


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        (f"https://open.spotify.com/concert/{ID}", "Paste a link to a track"),
        ("https://open.spotify.com/user/somebody", "Paste a link to a track"),
        ("https://open.spotify.com/", "Paste a link to a track"),
        ("spotify:user:somebody", "Paste a link to a track"),
        ("https://spotify.link/", "not a Spotify link"),
        ("https://spotify.link/a/b", "not a Spotify link"),
        ("https://spotify.link:8443/abc", "does not lead to Spotify"),
        ("https://somebody@spotify.link/abc", "does not lead to Spotify"),
        ("https://spotify.link@evil.test/abc", "does not lead to Spotify"),
        ("https://spotify.link.evil.test/abc", "does not lead to Spotify"),
        ("spotify:track", "track link is incomplete"),
        ("spotify:track:short", "track link is incomplete"),
        (f"spotify:album:{ID}x", "album link is incomplete"),
        (f"https://open.spotify.com/track/{ID[:-1]}ö", "track link is incomplete"),
        (f"https://open.spotify.com/track/{ID}/../../me", "track link is incomplete"),
        (f"https://open.spotify.com.evil.test/track/{ID}", "does not lead to Spotify"),
        (f"https://evil.test/open.spotify.com/track/{ID}", "does not lead to Spotify"),
        (f"https://open.spotify.com@evil.test/track/{ID}", "does not lead to Spotify"),
        ("https://music.example/track/1", "does not lead to Spotify"),
        ("https://[", "not a Spotify link"),
    ],
)
def test_unusable_link_is_refused_with_next_step(pasted: str, expected: str) -> None:
    with pytest.raises(UnreadableLink) as refused:
        find_links(pasted)
    assert expected in refused.value.message
