"""Pasted links are found with any text around them; unusable ones are explained."""

from __future__ import annotations

import pytest

from bot.errors.content import UnreadableLink
from bot.spotify.links import LikedSongs, SearchLink, ShortLink, find_links
from bot.spotify.uris import MAX_ID, Kind, Uri, is_id

ID = "4uLU6hMCjMI75M1A2tKUQC"
OTHER_ID = "0OdUWJ0sBjDrqHygGUXeCF"


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
        f"\uff08\u201chttps://open.spotify.com/track/{ID}\u201d\uff09",
    ],
)
def test_every_form_of_track_link_is_parsed(pasted: str) -> None:
    assert find_links(pasted) == [Uri(Kind.TRACK, ID)]


def test_damaged_beginning_of_link_is_read() -> None:
    rest = f"open.spotify.com/track/{ID}"
    for start in ("https:/", "https//", "https;//", "http:\\\\", "hxxps://", "//", "(www."):
        assert find_links(start + rest) == [Uri(Kind.TRACK, ID)], start
    for start in ("https://https://", "https://www.", "http:///"):
        assert find_links(start + rest) == [Uri(Kind.TRACK, ID)], start
    (found,) = find_links(f"https://open.spotify.com/episode/{ID}?si=a&amp;t=61&amp;b=c")
    assert isinstance(found, Uri)
    assert found.start_ms == 61_000


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_parsed_from_link_and_uri(kind: Kind) -> None:
    uri = Uri(kind, ID)
    assert find_links(f"https://open.spotify.com/{kind}/{ID}") == [uri]
    assert find_links(f"spotify:{kind}:{ID}") == [uri]
    assert str(uri) == f"spotify:{kind}:{ID}"
    assert uri.link == f"https://open.spotify.com/{kind}/{ID}"


def test_bare_id_is_a_query() -> None:
    assert find_links(ID) == []


@pytest.mark.parametrize("between", [",", ", ", "|", " and ", "、", "\n"])
def test_adjacent_links_are_separated(between: str) -> None:
    uris = [Uri(Kind.TRACK, ID), Uri(Kind.ALBUM, OTHER_ID)]
    assert find_links(between.join(str(uri) for uri in uris)) == uris
    assert find_links(between.join(uri.link for uri in uris)) == uris


@pytest.mark.parametrize("around", ["**", "||", "`", "```", "*"])
def test_discord_markup_is_not_part_of_link(around: str) -> None:
    assert find_links(f"{around}https://open.spotify.com/track/{ID}{around}") == [
        Uri(Kind.TRACK, ID)
    ]
    assert find_links(f"{around}spotify:track:{ID}{around}") == [Uri(Kind.TRACK, ID)]


def test_several_links_are_found_in_order_without_duplicates() -> None:
    text = (
        f"first spotify:album:{OTHER_ID}, then <https://open.spotify.com/track/{ID}?si=x>\n"
        f"https://example.org/ and (https://spotify.link/abc) and open.spotify.com/album/{OTHER_ID}"
    )
    assert find_links(text) == [
        Uri(Kind.ALBUM, OTHER_ID),
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
        ("https://spoti.fi/2czejYu?", "https://spoti.fi/2czejYu"),
        ("__https://spotify.link/aBc123__", "https://spotify.link/aBc123"),
        ("spotify.link/aBc123。", "https://spotify.link/aBc123"),
    ],
)
def test_short_link_is_recognised_and_uses_https(pasted: str, asked: str) -> None:
    assert find_links(pasted) == [ShortLink(asked)]


def test_legacy_playlist_link_is_parsed() -> None:
    for name in ("somebody", "some%20body", "playlist", "jürgen", "спутник", "a.b_c-d"):
        for link in (
            f"spotify:user:{name}:playlist:{ID}",
            f"https://open.spotify.com/user/{name}/playlist/{ID}?si=a",
            f"https://open.spotify.com/intl-de/user/{name}/playlist/{ID}",
        ):
            assert find_links(link) == [Uri(Kind.PLAYLIST, ID)], link


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
        (f"https://open.spotify.com/concert/{ID}", "leads to a concert"),
        ("https://open.spotify.com/user/somebody", "someone’s profile"),
        ("https://open.spotify.com/user/playlist", "someone’s profile"),
        ("spotify:user:somebody", "someone’s profile"),
        ("https://open.spotify.com/", "Spotify’s start page"),
        ("https://open.spotify.com", "Spotify’s start page"),
        ("https://open.spotify.com/embed", "Spotify’s start page"),
        ("https://open.spotify.com/search", "Use /search instead"),
        ("https://open.spotify.com/intl-de/search/?si=a", "Use /search instead"),
        ("https://open.spotify.com/genre/0JQ5DAqbMKFEC4WFtoNRpw", "apps can’t open"),
        ("https://open.spotify.com/section/0JQ5DAuChZYPe9iDhh2mJz", "apps can’t open"),
        ("https://open.spotify.com/collection/albums", "your own library"),
        ("https://open.spotify.com/socialsession/AbC", "invites you to a Jam"),
        ("https://open.spotify.com/something/else", "can’t use that Spotify link"),
        (f"https://open.spotify.com/chapter/{ID}", "one chapter of an audiobook"),
        ("spotify:local:::Something:200", "someone’s own device"),
        ("https://link.tospotify.com/abc", "no longer work"),
        ("link.tospotify.com/abc", "no longer work"),
        ("https://www.spotify.com/de/premium", "that part of Spotify"),
        ("https://spotify.link/", "can’t use that Spotify link"),
        ("https://spotify.link/a/b", "can’t use that Spotify link"),
        ("https://spotify.link:8443/abc", "doesn’t look like a link to Spotify"),
        ("https://somebody@spotify.link/abc", "doesn’t look like a link to Spotify"),
        ("https://spotify.link@evil.test/abc", "doesn’t look like a link to Spotify"),
        ("https://spotify.link.evil.test/abc", "doesn’t look like a link to Spotify"),
        ("spotify:track", "track link is incomplete"),
        ("spotify:track:short", "track link is incomplete"),
        (f"spotify:album:{ID}x", "album link is incomplete"),
        (f"spotify:album:{ID}0#1", "album link is incomplete"),
        (f"https://open.spotify.com/track/{ID[:-1]}ö", "track link is incomplete"),
        (f"https://open.spotify.com.evil.test/track/{ID}", "doesn’t look like a link"),
        (f"https://evil.test/open.spotify.com/track/{ID}", "doesn’t look like a link"),
        (f"https://evil.test/?u=https://open.spotify.com/track/{ID}", "doesn’t look like a link"),
        (f"https://open.spotify.com@evil.test/track/{ID}", "doesn’t look like a link"),
        (f"https://open.spotify.com\\@evil.test/track/{ID}", "Spotify’s start page"),
        (f"https://evil.test\\@open.spotify.com/track/{ID}", "doesn’t look like a link"),
        # Letters of other scripts that look like ASCII letters, or whose lower case is one.
        (f"https://\u043epen.spotify.com/track/{ID}", "doesn’t look like a link"),
        (f"https://open.\u017fpotify.com/track/{ID}", "doesn’t look like a link"),
        ("https://spotify.lin\u212a/abc", "doesn’t look like a link"),
        ("https://music.example/track/1", "doesn’t look like a link"),
        ("https://[", "doesn’t look like a link"),
        ("https://example.org https://open.spotify.com/concert/x", "leads to a concert"),
    ],
)
def test_unusable_link_is_refused_with_next_step(pasted: str, expected: str) -> None:
    with pytest.raises(UnreadableLink) as refused:
        find_links(pasted)
    assert expected in refused.value.message


def test_id_has_128_bits_at_most() -> None:
    for item_id, valid in [
        (MAX_ID, True),
        ("0" * 22, True),
        (f"{MAX_ID[:-1]}D", False),
        ("7N42dgm5tFLK9N8MT7fHD0", False),
        ("7a" + "Z" * 20, True),
        ("Z" * 22, False),
        ("8" + "0" * 21, False),
    ]:
        assert is_id(item_id) is valid, item_id
        if not valid:
            with pytest.raises(UnreadableLink, match="malformed id"):
                find_links(f"https://open.spotify.com/album/{item_id}")


# ---- what the rest of a link says


def test_rest_of_link_names_a_song_or_a_start() -> None:
    album, song = f"https://open.spotify.com/album/{OTHER_ID}", Uri(Kind.TRACK, ID)
    for link in (
        f"{album}?highlight=spotify:track:{ID}",
        f"{album}?si=a&highlight=spotify%3Atrack%3A{ID}&b=c",
        f"https://open.spotify.com/playlist/{OTHER_ID}?highlight=spotify:track:{ID}.",
        f"spotify:album:{OTHER_ID}?highlight=spotify:track:{ID}",
        f"https://open.spotify.com/collection/tracks?highlight=spotify:track:{ID}",
        f"https://embed.spotify.com/?uri=spotify:track:{ID}",
        f"https://open.spotify.com/embed?uri=spotify%3Atrack%3A{ID}&theme=0",
    ):
        assert find_links(link) == [song], link
    assert find_links(f"{album}?highlight=spotify:track:{'Z' * 22}") == [Uri(Kind.ALBUM, OTHER_ID)]
    episode = f"https://open.spotify.com/episode/{ID}"
    for link, seconds in [
        (f"{episode}?t=61", 61),
        (f"{episode}?si=a&t=61.7&b=c", 61),
        (f"{episode}?t=61s", 61),
        (f"{episode}?t=1m1s", 61),
        (f"{episode}?t=1h1m1s", 3661),
        (f"{episode}#1:01", 61),
        (f"{episode}#1:01:01", 3661),
        (f"{episode}#t=61", 61),
        (f"spotify:episode:{ID}#1:01", 61),
        (f"https://open.spotify.com/show/{OTHER_ID}?highlight=spotify:episode:{ID}&t=61", 61),
        (f"https://open.spotify.com/embed-podcast/episode/{ID}/?t=61)", 61),
        (f"{episode}?t=", 0),
        (f"{episode}?t=-61", 0),
        (f"{episode}?t={'9' * 5000}", 0),
        (f"{episode}#comments", 0),
    ]:
        (found,) = find_links(link)
        assert isinstance(found, Uri)
        assert (found, found.start_ms) == (Uri(Kind.EPISODE, ID), seconds * 1000), link


def test_liked_songs_and_searches_have_links() -> None:
    for link in (
        "https://open.spotify.com/collection/tracks",
        "https://open.spotify.com/intl-de/collection?si=a",
        "**open.spotify.com/collection/tracks**.",
        "spotify:collection",
        "spotify:collection:tracks",
        "spotify:user:somebody:collection",
        "https://open.spotify.com/user/collection/collection/tracks",
    ):
        assert find_links(link) == [LikedSongs()], link
    for link, words, kind in [
        ("https://open.spotify.com/search/paper%20lantern", "paper lantern", None),
        ("(https://open.spotify.com/search/AC%2FDC).", "AC/DC", None),
        ("https://open.spotify.com/search/what%3F", "what?", None),
        ("https://open.spotify.com/search/beyonc\u00e9\u3002", "beyonc\u00e9", None),
        ("https://open.spotify.com/intl-de/search/mole/albums?si=a", "mole", Kind.ALBUM),
        ("https://open.spotify.com/search/mole/users", "mole", None),
        ("spotify:search:paper+lantern", "paper lantern", None),
    ]:
        assert find_links(link) == [SearchLink(words, kind)], link
