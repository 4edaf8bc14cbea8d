"""/import looks first, asks, adds what was chosen, and can be undone for a day."""

from __future__ import annotations

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.imported_library import exported, importable, library_of, wipe

_DAY = 24 * 60 * 60.0


async def _import(user: UserClient, file: bytes, name: str = "library.json") -> Reply:
    """The reply with the overview."""
    reply = await user.run(f"/import file:{name}", {name: file})
    return await reply.wait_for("Nothing has changed yet")


async def test_an_import_shows_what_it_would_do_then_restores_and_undoes_it(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    empty = library_of(ada)
    reply = await _import(linked_user, file)
    assert library_of(ada) == empty
    assert reply.ephemeral
    for part in ("Liked songs**: 59 · 0 already there", "new playlist", "Cellar Tape", "requests"):
        assert part in reply.text, reply.text
    await reply.press("Import everything")
    await reply.wait_for("Use /undo within a day")
    assert library_of(ada) == before
    await harness.restart()
    question = await linked_user.run("/undo")
    await question.wait_for("Your last change is the import")
    assert library_of(ada) == before
    await question.press("Undo the import")
    await question.wait_for("Took the import back")
    assert library_of(ada) == empty
    assert "nothing to undo" in (await linked_user.run("/undo")).text
