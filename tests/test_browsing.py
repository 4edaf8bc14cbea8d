"""Lists: pages of ten, with nothing remembered, for whoever presses."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from discord import ui

from bot.spotify.models import Album, Artist, Track
from bot.ui import cards, listing
from bot.ui.listing import Entry
from sandbox.discord import Discord, Seat
from sandbox.readable import BUTTON
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.entries import buttons, chosen, ids, numbers, options, parts

# In the names of nearly all that there is.
EVERYTHING = "a"


# ---- pages


async def test_pages_are_turned_by_spotifys_offset(spotify: Spotify, linked: Seat) -> None:
    first = await linked.run(f"/search query:{EVERYTHING}")
    assert numbers(first) == list(range(1, 11))
    assert "◀" not in buttons(first)
    second = await first.press("Page 2 ▶")
    assert "Songs for “a” · page 2" in second.text
    assert numbers(second) == list(range(11, 21))
    assert chosen(second) == ids(second)[0]
    assert spotify.calls_of("GET", "search")[-1].query["offset"] == "10"
    again = await second.press("◀ Page 1")
    assert numbers(again) == list(range(1, 11))
    assert len(spotify.calls_of("GET", "search")) == 2, "a page is kept for a minute"


async def test_a_page_behind_the_last_says_so_and_leads_back(linked: Seat) -> None:
    reply = await linked.run(f"/search query:{EVERYTHING}")
    found = ids(reply)
    for part in parts(reply, BUTTON):
        if part.get("label") == "Page 2 ▶":
            part["custom_id"] = "list:go:search.track.100"
    end = await reply.press("Page 2 ▶")
    assert "Spotify has no more of this." in end.text
    assert buttons(end) == ["◀ Page 99"]
    for part in parts(end, BUTTON):
        if part.get("label") == "◀ Page 99":
            part["custom_id"] = "list:go:search.track.1"
    assert ids(await end.press("◀ Page 99")) == found


async def test_the_last_page_has_none_behind_it(linked: Seat) -> None:
    assert not [one for one in buttons(await linked.run("/search lantern street")) if "Page" in one]


async def test_there_is_no_page_behind_offset_1000(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run(f"/search query:{EVERYTHING}")
    for part in parts(reply, BUTTON):
        if part.get("label") == "Page 2 ▶":
            part["custom_id"] = "list:go:search.track.101"
    last = await reply.press("Page 2 ▶")
    assert spotify.calls_of("GET", "search")[-1].query["offset"] == "1000"
    assert spotify.calls_of("GET", "search")[-1].status == 200
    assert "Page 102 ▶" not in buttons(last)


async def test_nulls_are_left_out_and_pages_go_on(spotify: Spotify, linked: Seat) -> None:
    spotify.nulls("GET /v1/search$", every=2)
    reply = await linked.run(f"/search query:{EVERYTHING}")
    assert numbers(reply) == [1, 2, 3, 4, 5]
    assert numbers(await reply.press("Page 2 ▶")) == [11, 12, 13, 14, 15]
    spotify.nulls("GET /v1/albums/.*/tracks$", every=1)
    album = next(iter(spotify.catalogue.albums))
    empty = await linked.run(f"/search https://open.spotify.com/album/{album}")
    assert "Spotify shows nothing in it." in empty.text
    assert "Play" in buttons(empty), "the album itself is still there"


@pytest.mark.parametrize(
    "words",
    ["🏮", "الفانوس", "Pell & the", '=HYPERLINK("', "../../etc/passwd", "**bold**", "#", "+1-800",
     " ".join(["lantern"] * 31)],
)  # fmt: skip
async def test_the_words_are_in_the_link_back_and_read_from_there(
    stage: Stage, spotify: Spotify, linked: Seat, words: str
) -> None:
    reply = await linked.run(f"/search query:{words}")
    assert reply.links == {
        "Open in Spotify": "https://open.spotify.com/search/" + quote(words, safe="")
    }
    await stage.restart()
    opened = await reply.press("Open album")
    await opened.press("Back")
    first, second = spotify.calls_of("GET", "search")
    assert (first.query["q"], second.query["q"]) == (words, words)


async def test_words_too_long_for_a_link_are_found_without_pages(linked: Seat) -> None:
    words = "أغنية الفانوس الأخيرة" + " الأخيرة" * 20
    reply = await linked.run(f"/search query:{words}")
    assert ids(reply)
    assert "too long to turn pages with" in reply.text
    assert not reply.links
    assert not [label for label in buttons(reply) if "Page" in label]
    opened = await reply.press("Open album")
    assert "Back" not in buttons(opened)


# ---- the oldest buttons, and other people


@pytest.mark.parametrize("path", ["album.short.1", "recent.1/" * 4, "top.x.y.1"])
async def test_a_button_of_another_version_has_expired(linked: Seat, path: str) -> None:
    reply = await linked.run("/search lantern")
    for part in parts(reply, BUTTON):
        if part.get("label") == "Page 2 ▶":
            part["custom_id"] = f"list:go:{path}"
    assert "That has expired." in (await reply.press("Page 2 ▶")).text


async def test_what_somebody_else_presses_changes_nothing_of_ones_own(
    stage: Stage, discord: Discord, linked: Seat
) -> None:
    grace = await stage.link("grace")
    assert stage.bot is not None
    ada = discord.world.users["ada"]
    await stage.bot.replies.share(int(ada.id), True)
    reply = await linked.run(f"/search query:{EVERYTHING}")
    assert not reply.ephemeral
    before, fourth = reply.text, ids(reply)[3]
    theirs = await grace.press(reply.message, "Page 2 ▶")
    assert theirs.ephemeral
    assert numbers(theirs) == list(range(11, 21))
    picked = await grace.pick(reply.message, options(reply)[3]["value"])
    assert picked.ephemeral
    assert chosen(picked) == fourth
    assert reply.text == before
    own = await picked.press("Page 2 ▶")
    assert numbers(own) == list(range(11, 21))


async def test_whose_list_it_is_unknown_it_is_not_everybodys(
    stage: Stage, discord: Discord, linked: Seat
) -> None:
    """Where Discord leaves out whose command a message answers, nobody turns its pages."""
    grace = await stage.link("grace")
    await (await linked.run("/settings")).press("Share them")
    reply = await linked.run(f"/search query:{EVERYTHING}")
    post = discord.world.find(reply.message["id"])
    assert post is not None
    del post.data["interaction_metadata"]
    before = reply.text
    assert numbers(await grace.press(reply.message, "Page 2 ▶")) == list(range(11, 21))
    assert reply.text == before


async def test_choosing_costs_one_call_at_most(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run(f"/search query:{EVERYTHING}")
    before = len(spotify.calls)
    await reply.pick(options(reply)[4]["value"])
    assert len(spotify.calls) == before
    stage.clock.advance(3600)
    await reply.pick(options(reply)[5]["value"])
    assert [call.path for call in spotify.calls[-1:]] == [f"tracks/{ids(reply)[5]}"]


def test_the_hardest_names_fit_with_their_card() -> None:
    worst = "*@_[" * 60
    artists = [Artist(worst, "A" * 22)]
    album = Album(worst, "B" * 22, artists=artists)
    track = Track(worst, "C" * 22, artists, album, 3_599_000)
    entries = [Entry(track, 1_700_000_000)] * 10
    heading = listing.heading("search", "audiobook", worst, None, 1000)
    text = listing.text(heading, entries, 9991, *listing.notes("artist", [], 1, unturnable=True))
    view = cards.card(track, above=text)
    shown = [part.content for part in view.walk_children() if isinstance(part, ui.TextDisplay)]
    assert sum(map(len, shown)) <= 4000
    assert len(text.splitlines()) >= 11


# ---- refusals


async def test_a_quota_used_up_is_said_beside_the_list(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run(f"/search query:{EVERYTHING}")
    before = reply.text
    spotify.quota("GET /v1/search$", calls=0, retry_after=48_925)
    refused = await reply.press("Page 2 ▶")
    assert "in 14 hours" in refused.text
    assert refused.ephemeral
    assert reply.text == before


async def test_who_has_left_is_asked_to_link(linked: Seat) -> None:
    reply = await linked.run(f"/search query:{EVERYTHING}")
    await (await linked.run("/unlink")).press("Unlink and erase")
    for refused in (await reply.press("Page 2 ▶"), await reply.press("Play")):
        assert "Link Spotify" in buttons(refused)


async def test_what_is_gone_meanwhile_is_a_sentence(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/search query:lantern type:albums")
    for part in parts(reply, BUTTON):
        if "custom_id" in part:
            part["custom_id"] = part["custom_id"].replace(chosen(reply), "0" * 22)
    for button in ("Open", "Play", "Save", "Share", "Add to playlist"):
        refused = await reply.press(button)
        assert "Spotify has nothing there for apps" in refused.text
        assert refused.ephemeral
    assert not spotify.calls_of("PUT", "me/library")
