"""List pages: ten lines each, without server-side state, and usable by other users."""

from __future__ import annotations

from urllib.parse import quote

from discord import ui

from bot.browse.pages import Entry, ListPage
from bot.browse.paths import ListKind, ListPath
from bot.spotify.entries import Entries
from bot.spotify.models import Album, Artist, Track
from bot.views import cards, list_text
from sandbox.discord import Discord, UserClient
from sandbox.harness import Harness
from sandbox.message_text import BUTTON
from sandbox.spotify import FewerEntries, Spotify, WrongTotals
from tests.list_components import (
    components,
    enabled_button_labels,
    line_numbers,
    option_ids,
    options,
    selected_id,
    unsave_all,
)

# Almost every name in the catalogue contains it.
MATCH_ALL_QUERY = "a"


# ---- pages


async def test_paging_uses_spotify_offset(spotify: Spotify, linked_user: UserClient) -> None:
    first = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    assert line_numbers(first) == list(range(1, 11))
    assert "◀" not in enabled_button_labels(first)
    second = await first.press("Page 2 ▶")
    assert "\n-# 11–20 of 1" in second.text
    assert line_numbers(second) == list(range(11, 21))
    assert selected_id(second) == option_ids(second)[0]
    assert spotify.calls_to("GET", "search")[-1].query["offset"] == "10"
    again = await second.press("◀ Page 1")
    assert line_numbers(again) == list(range(1, 11))
    assert len(spotify.calls_to("GET", "search")) == 2, "the first page is still cached"


async def test_counted_entries_that_are_not_listed_are_not_the_end(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.on("GET .*/me/top/tracks", FewerEntries(slice(10)), times=None)
    spotify.on("GET .*/me/top/tracks", WrongTotals([30]), times=None)
    first = await linked_user.run("/top")
    assert line_numbers(first) == list(range(1, 11))
    second = await first.press("Page 2 ▶")
    assert "I couldn’t read it" in second.text
    assert "the end" not in second.text


async def test_range_has_a_total_unless_what_is_listed_contradicts_it(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    for total, shown in ((30, "1–10 of 30"), (25, "1–10"), (5, "1–10")):
        spotify.rules.clear()
        harness.clock.advance(3600)
        spotify.on("GET .*/me/top/tracks", FewerEntries(slice(25)), times=None)
        spotify.on("GET .*/me/top/tracks", WrongTotals([total]), times=None)
        first = await linked_user.run("/top")
        assert f"-# {shown}" in first.text.splitlines(), total
    spotify.rules.clear()
    harness.clock.advance(3600)
    spotify.inject_nulls("GET /v1/me/top/tracks", every=5)
    reply = await linked_user.run("/top")
    assert "And 2 more that I couldn’t read" in reply.text


async def test_page_past_the_end_says_so_and_links_back(linked_user: UserClient) -> None:
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    first_page = option_ids(reply)
    for part in components(reply, BUTTON):
        if part.get("label") == "Page 2 ▶":
            part["custom_id"] = "list:go:search.track.100"
    end = await reply.press("Page 2 ▶")
    assert "That’s the end." in end.text
    assert enabled_button_labels(end)[0] == "◀ Page 99"
    assert "Page 101 ▶" not in enabled_button_labels(end)
    for part in components(end, BUTTON):
        if part.get("label") == "◀ Page 99":
            part["custom_id"] = "list:go:search.track.1"
    assert option_ids(await end.press("◀ Page 99")) == first_page


async def test_last_page_has_no_next_button(linked_user: UserClient) -> None:
    labels = enabled_button_labels(await linked_user.run("/search lantern street"))
    assert not [label for label in labels if "Page" in label]


async def test_no_page_past_offset_1000(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    for part in components(reply, BUTTON):
        if part.get("label") == "Page 2 ▶":
            part["custom_id"] = "list:go:search.track.101"
    last = await reply.press("Page 2 ▶")
    assert spotify.calls_to("GET", "search")[-1].query["offset"] == "1000"
    assert spotify.calls_to("GET", "search")[-1].status == 200
    assert "Page 102 ▶" not in enabled_button_labels(last)


async def test_null_items_are_skipped_and_paging_continues(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.inject_nulls("GET /v1/search$", every=2)
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    assert line_numbers(reply) == [1, 2, 3, 4, 5]
    assert line_numbers(await reply.press("Page 2 ▶")) == [11, 12, 13, 14, 15]
    spotify.inject_nulls("GET /v1/albums/.*/tracks$", every=1)
    album = next(iter(spotify.catalogue.albums))
    empty = await linked_user.run(f"/search https://open.spotify.com/album/{album}")
    assert "Spotify answered, but I couldn’t read it." in empty.text
    assert "It’s empty." not in empty.text
    assert "Play" in enabled_button_labels(empty), "the album itself can still be played"


QUERIES = (
    "🏮", "الفانوس", "Pell & the", '=HYPERLINK("', "../../etc/passwd", "**bold**", "#", "+1-800",
    " ".join(["lantern"] * 31),
)  # fmt: skip


async def test_query_is_stored_in_back_link(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    replies = [await linked_user.run(f"/search query:{query}") for query in QUERIES]
    await harness.restart()
    for query, reply in zip(QUERIES, replies, strict=True):
        assert reply.link_buttons == {
            "Open in Spotify": "https://open.spotify.com/search/" + quote(query, safe="")
        }
        harness.clock.advance(1)
        opened = await reply.press("Go to album")
        await opened.press("Back")
        assert spotify.calls_to("GET", "search")[-1].query["q"] == query


async def test_long_query_has_results_without_paging(linked_user: UserClient) -> None:
    query = "أغنية الفانوس الأخيرة" + " الأخيرة" * 20
    reply = await linked_user.run(f"/search query:{query}")
    assert option_ids(reply)
    assert "too long for more pages" in reply.text
    assert not reply.link_buttons
    assert not [label for label in enabled_button_labels(reply) if "Page" in label]
    opened = await reply.press("Go to album")
    assert "Back" not in enabled_button_labels(opened)


# ---- old buttons, and other users


async def test_button_of_old_version_has_expired(linked_user: UserClient) -> None:
    for path in ("album.short.1", "recent.1/" * 4, "top.x.y.1"):
        reply = await linked_user.run("/search lantern")
        for part in components(reply, BUTTON):
            if part.get("label") == "Page 2 ▶":
                part["custom_id"] = f"list:go:{path}"
        assert "That has expired." in (await reply.press("Page 2 ▶")).text


async def test_press_by_other_user_leaves_own_message_unchanged(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    assert harness.bot is not None
    ada = discord.state.users["ada"]
    await harness.bot.services.reply_visibility.share(int(ada.id), True)
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    assert not reply.ephemeral
    before, fourth = reply.text, option_ids(reply)[3]
    other_page = await grace.press(reply.message, "Page 2 ▶")
    assert other_page.ephemeral
    assert line_numbers(other_page) == list(range(11, 21))
    picked = await grace.pick(reply.message, options(reply)[3]["value"])
    assert picked.ephemeral
    assert selected_id(picked) == fourth
    assert reply.text == before
    next_page = await picked.press("Page 2 ▶")
    assert line_numbers(next_page) == list(range(11, 21))


async def test_list_with_unknown_owner_is_not_shared(
    harness: Harness, discord: Discord, linked_user: UserClient
) -> None:
    """If Discord omits who used the command, a press never edits the message."""
    grace = await harness.link_account("grace")
    await (await linked_user.run("/settings")).press("Make public")
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    message = discord.state.find_message(reply.message["id"])
    assert message is not None
    del message.data["interaction_metadata"]
    before = reply.text
    assert line_numbers(await grace.press(reply.message, "Page 2 ▶")) == list(range(11, 21))
    assert reply.text == before


async def test_selecting_item_makes_at_most_one_call(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    before = len(spotify.calls)
    await reply.pick(options(reply)[4]["value"])
    assert len(spotify.calls) == before
    harness.clock.advance(3600)
    await reply.pick(options(reply)[5]["value"])
    assert [call.path for call in spotify.calls[-1:]] == [f"tracks/{option_ids(reply)[5]}"]


def test_longest_names_fit_message_limits() -> None:
    name = "*@_[" * 60
    artists = [Artist(name, "1" * 22)]
    album = Album(name, "2" * 22, artists=artists)
    track = Track(name, "3" * 22, artists=artists, album=album, duration_ms=3_599_000)
    entries = [Entry(track, 1_700_000_000)] * 10
    path = ListPath(ListKind.ARTIST, "1" * 22, page=1000)
    page = ListPage(path, Entries(entries, unreadable=1), True, artists[0], 250_000)
    text = list_text.render_list(page, name, name, cannot_page=True)
    layout = cards.card(track, above=text)
    texts = [part.content for part in layout.walk_children() if isinstance(part, ui.TextDisplay)]
    assert sum(map(len, texts)) <= 4000
    assert len(text.splitlines()) >= 11


# ---- errors


async def test_quota_error_is_shown_beside_list(spotify: Spotify, linked_user: UserClient) -> None:
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    before = reply.text
    spotify.add_quota("GET /v1/search$", calls=0, retry_after=48_925)
    refused = await reply.press("Page 2 ▶")
    assert "in 14 hours" in refused.text
    assert refused.ephemeral
    assert reply.text == before


async def test_unlinked_user_is_asked_to_link(linked_user: UserClient) -> None:
    reply = await linked_user.run(f"/search query:{MATCH_ALL_QUERY}")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    for refused in (await reply.press("Page 2 ▶"), await reply.press("Play")):
        assert "Link Spotify" in enabled_button_labels(refused)


async def test_deleted_item_gets_error_message(spotify: Spotify, linked_user: UserClient) -> None:
    unsave_all(spotify.accounts["ada"])
    reply = await linked_user.run("/search query:lantern type:albums")
    for part in components(reply, BUTTON):
        if "custom_id" in part:
            part["custom_id"] = part["custom_id"].replace(selected_id(reply), "0" * 22)
    for button in ("Show songs", "Play", "Save", "Share", "Add to playlist"):
        refused = await reply.press(button)
        assert "Spotify can’t find that" in refused.text
        assert refused.ephemeral
    assert not spotify.calls_to("PUT", "me/library")
