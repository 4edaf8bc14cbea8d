"""The files of /import: several at once, and those that cannot be read."""

from __future__ import annotations

import io
import zipfile

from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.imported_library import exported, importable, library_of, overview_of_all, wipe


async def test_the_parts_of_one_export_are_one_import(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    """Attached in any order, or together in an archive; one that is missing is named."""
    ada = spotify.accounts["ada"]
    place = discord.state.find_channel(discord.state.users["ada"], "music")
    spotify.state.add_playlist("Twice", "ada", ada.liked[0][0], ada.liked[0][0], public=False)
    before = importable(library_of(ada))
    for file_format in ("zip", "csv"):
        whole = await exported(linked_user, "everything", file_format)
        limit, place.attachment_limit = place.attachment_limit, len(whole) // 2
        reply = await linked_user.run(f"/export format:{file_format}")
        parts = [*reversed((await reply.wait_for(lambda r: len(r.files) > 2)).files.items())]
        place.attachment_limit = limit
        wipe(ada)
        empty, count = library_of(ada), len(parts)
        reply = await overview_of_all(linked_user, dict(parts[:1] + parts[2:]))
        assert f"Part {count - 1} of {count} is missing." in reply.text, reply.text
        await reply.press("Cancel")
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            for name, content in parts:
                archive.writestr(f"Downloads/{name}", content)
        texts = []
        for files in ({"a.zip": outer.getvalue()}, {**dict(parts), "again.zip": parts[0][1]}):
            reply = await overview_of_all(linked_user, files)
            texts.append(reply.text)
        assert "missing" not in texts[0]
        twice = "again.zip came twice. I read it once."
        assert [line for line in texts[1].splitlines() if twice not in line] == texts[
            0
        ].splitlines()
        assert twice in texts[1]
        await reply.press("Import everything")
        await reply.wait_for("Use /undo within a day")
        after = library_of(ada)
        names = [name for name, _, _ in before.playlists]
        own = [(name, uris) for name, _, uris in after.playlists if name in names]
        assert own == [(name, uris) for name, _, uris in before.playlists]
        assert after.saved["track"] == before.saved["track"]
    question = await linked_user.run("/undo")
    await question.press("Undo the import")
    await question.wait_for("Took the import back")
    assert library_of(ada) == empty


async def test_a_file_that_cannot_be_read_is_explained(linked_user: UserClient) -> None:
    for content, part in ((b"", "is empty"), (b"\x89PNG\r\n\x1a\n\0\0", "I don’t know that kind")):
        reply = await linked_user.run("/import file:a.json", {"a.json": content})
        await reply.wait_for(part)


async def test_a_file_that_does_not_come_is_asked_for_again(
    harness: Harness, linked_user: UserClient
) -> None:
    harness.discord.faults.add(Fault("GET /attachments", status=404))
    reply = await linked_user.run("/import file:a.json", {"a.json": b"{}"})
    assert "Attach it again" in reply.text
    size = 10 * 1024 * 1024 + 1
    reply = await linked_user.run("/import file:a.json", {"a.json": bytes(size)})
    assert "too big" in reply.text
