"""/backup sends the library by direct message when it is due, says what changed, and forgets."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from bot.store import Interval
from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from sandbox.spotify.catalogue import Track
from sandbox.spotify.playlists import PlaylistItem
from tests.export_jobs import job_folders, job_rows, wait_until_erased, wait_until_over
from tests.scheduled_backups import DAY, WEEK, Backups


@pytest.fixture
def backups(harness: Harness, linked_user: UserClient) -> Backups:
    return Backups(harness, linked_user)


def _changes(content: bytes) -> list[tuple[str, str, str]]:
    rows = [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)]
    assert all(row["Link"].startswith("https://open.spotify.com/") for row in rows)
    return [(row["Change"], row["List"], row["Name"].lstrip("'")) for row in rows]


async def test_backup_comes_each_week_and_says_what_changed(
    backups: Backups, harness: Harness, spotify: Spotify
) -> None:
    ada, tracks = spotify.accounts["ada"], spotify.catalogue.regular_tracks
    own = [p for p in ada.playlists if p and p.owner == "ada" and len(p.items) > 2]
    await backups.turn_on()
    (first,) = await backups.due()
    assert list(backups.files(first)) == ["library.zip"]
    await wait_until_erased(harness)

    # A restart in between, and nothing is due before its time.
    await harness.restart()
    assert not await backups.due(6 * 24 * 3600.0)
    new, old = tracks[-1], ada.liked[3][0]
    ada.like(new.uri)
    ada.remove(old)
    own[0].name = "**New** name"
    own[1].items.pop(0)
    own[1].new_snapshot()
    gone = own[2]
    ada.playlists.remove(gone)
    before = len(spotify.traffic.exchanges)
    (second,) = await backups.due(WEEK - 6 * 24 * 3600.0)
    calls = len(spotify.traffic.exchanges) - before
    text = second["content"]
    assert "What changed since <t:" in text
    assert "**Liked songs**: 1 added, 1 removed" in text
    assert f"Playlists no longer in your library: **{gone.name}**" in text
    assert "is now **\\*\\*New\\*\\* name**" in text
    files = backups.files(second)
    rows = _changes(files["changes.csv"])
    assert ("added", "Liked songs", new.name) in rows
    assert [row[0] for row in rows if row[1] == "Liked songs"] == ["added", "removed"]
    assert [row[0] for row in rows if row[1] == own[1].name] == ["removed"]
    document = json.loads(zipfile.ZipFile(io.BytesIO(files["library.zip"])).read("library.json"))
    assert [song["uri"] for song in document["tracks"]] == [uri for uri, _ in ada.liked]
    assert calls <= 7 + 1 + 2  # a list each, a changed playlist, and a list that was read again

    # Then nothing changes: there is no other file.
    (third,) = await backups.due(WEEK)
    assert "Nothing has changed since <t:" in third["content"]
    assert not third["attachments"]
    assert "next one comes" in (await backups.ada.run("/backup every")).text


async def test_what_spotify_no_longer_has_is_noticed_once_a_month(
    backups: Backups, spotify: Spotify
) -> None:
    liked = spotify.accounts["ada"].liked
    lost = spotify.catalogue.find_item(liked[5][0])
    assert isinstance(lost, Track)
    await backups.turn_on("month")
    await backups.due()
    liked[5] = ("spotify:track:0000000000000000000000", liked[5][1])
    (message,) = await backups.due(31 * 24 * 3600.0)
    assert "1 gone from Spotify" in message["content"]
    rows = _changes(backups.files(message)["changes.csv"])
    assert ("gone from Spotify", "Liked songs", lost.name) in rows


async def test_backups_stop_after_three_failures_and_say_why(
    backups: Backups, discord: Discord, spotify: Spotify, harness: Harness
) -> None:
    await backups.turn_on()
    await backups.due()
    outage = Fault("GET .*/me/playlists", status=403, body="no", times=None)
    spotify.faults.add(outage)
    assert not await backups.due(WEEK)
    assert not await backups.due(DAY)
    (message,) = await backups.due(DAY)
    assert "I’ve turned off your backups, because three in a row failed" in message["content"]
    spotify.faults.clear()
    assert not await backups.due(WEEK)
    assert "backups stopped, because" in (await backups.ada.run("/backup every")).text
    await wait_until_erased(harness)

    # Without direct messages there are none from the start, and none later.
    discord.closed_dms.add("ada")
    reply = await (await backups.ada.run("/backup every period:week")).press("Back up every week")
    await reply.wait_for("I can’t send you direct messages")
    assert "backups stopped" in (await backups.ada.run("/backup every")).text
    discord.closed_dms.clear()
    await backups.turn_on()
    await backups.due()
    discord.closed_dms.add("ada")
    for _ in range(3):
        assert not await backups.due(WEEK)
    state = (await backups.ada.run("/backup every")).text
    assert "because I couldn’t send you direct messages" in state


async def test_backups_that_stop_for_a_lost_login_say_what_to_do_first(
    backups: Backups, spotify: Spotify
) -> None:
    await backups.turn_on()
    await backups.due()
    spotify.state.tokens.revoke_consents("ada")
    (message,) = [each for wait in (WEEK, DAY, DAY) for each in await backups.due(wait)]
    for text in (message["content"], (await backups.ada.run("/backup every")).text):
        assert "no longer accepts your login. Use " in text


async def test_unlink_forgets_backups(backups: Backups, harness: Harness) -> None:
    await backups.turn_on()
    await backups.due()
    await (await backups.ada.run("/unlink")).press("Unlink")
    assert not await backups.due(WEEK)
    assert not job_rows(harness)
    assert not job_folders(harness)
    await harness.link_account("ada")
    assert "Your backups are off" in (await backups.ada.run("/backup every")).text


async def test_backup_is_changed_and_turned_off_without_a_question(backups: Backups) -> None:
    reply = await (await backups.ada.run("/backup every period:month")).press("Cancel")
    await reply.wait_for("No backups, then")
    assert "are off" in (await backups.ada.run("/backup every")).text
    await backups.turn_on()
    await backups.due()
    assert "every month" in (await backups.ada.run("/backup every period:month")).text
    assert not await backups.due(WEEK)
    assert "are off now" in (await backups.ada.run("/backup every period:off")).text
    assert not await backups.due(31 * 24 * 3600.0)


async def test_diff_compares_with_a_file_or_with_the_last_message(
    backups: Backups, harness: Harness, spotify: Spotify
) -> None:
    ada = spotify.accounts["ada"]
    export = await (await backups.ada.run("/export")).wait_for("Here’s your library")
    earlier = {"mine.zip": export.files["library.zip"]}
    reply = await (await backups.ada.run("/backup diff")).wait_for("no export of yours")
    reply = await backups.ada.run("/backup diff since:mine.zip", earlier)
    await reply.wait_for("Nothing has changed since")
    ada.like(*(track.uri for track in spotify.catalogue.regular_tracks[-2:]))
    reply = await backups.ada.run("/backup diff since:mine.zip", earlier)
    await reply.wait_for("**Liked songs**: 2 added")
    assert list(reply.files) == ["changes.csv"]

    await backups.turn_on()
    (message,) = await backups.due()
    ada.remove(ada.liked[0][0])
    reply = await (await backups.ada.run("/backup diff")).wait_for("**Liked songs**: 1 removed")
    # The message is gone: the next backup is whole again, and there is nothing to compare with.
    state = harness.discord.state
    found = state.find_message(message["id"])
    assert found is not None
    state.delete_message(found)
    await (await backups.ada.run("/backup diff")).wait_for("no export of yours")
    (message,) = await backups.due(WEEK)
    assert "Here’s your library" in message["content"]

    linus = await harness.link_account("linus")
    reply = await linus.run("/backup diff since:mine.zip", earlier)
    await reply.wait_for("another Spotify account")
    for content in (b"\x00\x01", b"PK\x03\x04", b"{}", earlier["mine.zip"][:-100]):
        reply = await linus.run("/backup diff since:odd", {"odd": content})
        await reply.wait_for("file")
        assert "changed since" not in reply.text
    await wait_until_erased(harness)


async def test_diff_with_a_file_of_another_format_says_only_what_that_has(
    backups: Backups, spotify: Spotify
) -> None:
    """A CSV in an archive has the name of its list; one alone does not say which playlist it is."""
    ada = spotify.accounts["ada"]
    own = next(
        p
        for p in ada.playlists
        if p and p.owner == "ada" and len(p.items) > 2 and all(item.uri for item in p.items)
    )
    own.name = "Only one has this name"
    own.items[1] = PlaylistItem(spotify.catalogue.regular_tracks[-9].uri)
    files = {}
    for what in ("everything", own.uri):
        reply = await backups.ada.run(f"/export what:{what} format:csv")
        await reply.wait_for("Here")
        files[what] = dict([*reply.files.items()][:1])
    ada.remove(ada.liked[2][0])
    own.items.pop(1)
    own.new_snapshot()
    for what, expected in {
        "everything": ("**Liked songs**: 1 removed", f"**{own.name}**: 1 removed"),
        own.uri: ("couldn’t compare",),
    }.items():
        (name,) = files[what]
        reply = await backups.ada.run(f"/backup diff since:{name}", files[what])
        await reply.wait_for("changed since your earlier export")
        assert "added" not in reply.text
        assert "renamed" not in reply.text
        for text in expected:
            assert text in reply.text, what


async def test_backups_go_on_with_another_account(backups: Backups, harness: Harness) -> None:
    await backups.turn_on()
    await backups.due()
    await harness.link_account("ada", "grace")
    (message,) = await backups.due(WEEK)
    assert "Here’s your library" in message["content"]
    grace = {uri for uri, _ in harness.spotify.accounts["grace"].liked}
    archive = zipfile.ZipFile(io.BytesIO(backups.files(message)["library.zip"]))
    songs = json.loads(archive.read("library.json"))["tracks"]
    assert {song["uri"] for song in songs} == grace


async def test_backups_that_are_due_at_once_do_not_run_at_once() -> None:
    async with run_harness() as harness:
        assert harness.bot is not None
        for name in ("ada", "grace", "linus"):
            await harness.link_account(name)
            user_id = int(harness.discord.state.users[name].id)
            await harness.bot.services.backups.turn_on(user_id, Interval.WEEK)
        await harness.bot.services.backups.begin_due()
        assert len(job_rows(harness)) == 2
        await wait_until_over(harness)
        await harness.bot.services.backups.begin_due()
        await wait_until_over(harness)
        for name in ("ada", "grace", "linus"):
            dm = harness.discord.user_client(name, "dm")
            assert len([m for m in dm.messages() if m["attachments"]]) == 1
