"""The actions with an import whose cost at Spotify is measured."""

from __future__ import annotations

import asyncio
import json

from tests.cost_session import CostedAction, CostSession
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

_PLAYLISTS = 30
_LOOKED = "Nothing has changed yet"


def _file(session: CostSession) -> bytes:
    """Liked songs that she does not have, one that is in doubt, and many playlists."""
    songs = session.harness.spotify.catalogue.regular_tracks
    liked = {uri for uri, _ in session.harness.spotify.accounts["ada"].liked}
    new = [song for song in songs if song.uri not in liked][:4]
    tracks: list[dict[str, str]] = [{"track": song.name, "uri": song.uri} for song in new]
    # Another version than that of their ISRC, so that they are in doubt whatever they are called.
    doubtful: list[dict[str, object]] = [
        {"track": "x (Live)", "spotify": {"item": {"external_ids": {"isrc": song.isrc}}}}
        for song in songs[:2]
    ]
    playlists: list[dict[str, object]] = [
        {"name": f"Kept {number}", "items": [{"track": {"trackUri": songs[number].uri}}]}
        for number in range(_PLAYLISTS)
    ]
    ada = session.harness.spotify.accounts["ada"]
    mine = next(each for each in ada.playlists if each and each.owner == "ada")
    added = {"track": {"trackUri": new[0].uri}}
    playlists.append({"name": mine.name, "uri": mine.uri, "items": [added, *doubtful]})
    return json.dumps({"tracks": tracks, "playlists": playlists}).encode()


async def _look(session: CostSession) -> None:
    ada = session.harness.spotify.accounts["ada"]
    ada.playlists[:] = [each for each in ada.playlists if each and not each.name.startswith("Kept")]
    session.reply = await session.ada.run("/import file:a.json", {"a.json": _file(session)})
    await session.reply.wait_for(_LOOKED)
    session.message = session.reply.message


async def _stop(session: CostSession) -> None:
    """Press **Stop** while the first song is looked for."""
    session.harness.spotify.faults.add(held := HeldResponse("GET .*/search"), first=True)
    file = {"a.json": _file(session)}
    async with released_at_exit(held.hold) as hold:
        running = asyncio.create_task(session.ada.run("/import file:a.json", file))
        await hold.response_ready.wait()
        session.harness.clock.advance(3)  # then it is shown
        session.reply = await running
        await session.reply.wait_for("Stop")
        session.message = session.reply.message
        await session.press("Stop")
        await session.reply.wait_for("Nothing was changed")


async def _press(session: CostSession, label: str, until: str) -> None:
    """Press a button of the overview, and wait for what takes its place."""
    assert session.reply is not None
    session.harness.clock.advance(1)  # it is no double press
    await session.press(label)
    await session.reply.wait_for(until)
    session.message = session.reply.message


async def _cancel(session: CostSession) -> None:
    await _press(session, "Make new playlists instead", "Add to my playlists instead")
    await _press(session, "Add to my playlists instead", "Make new playlists instead")
    await _press(session, "Cancel", "Cancelled")


async def _choose(session: CostSession) -> None:
    assert session.reply is not None
    await _press(session, "Choose playlists", "Page 1 of 2")
    await session.select(1)
    await session.reply.wait_for("1 playlist chosen")
    session.message = session.reply.message
    await _press(session, "Next", "Page 2 of 2")
    await _press(session, "Previous", "Page 1 of 2")
    await _press(session, "Import 1 playlist", "Imported")


async def _decide(session: CostSession) -> None:
    assert session.reply is not None
    await _press(session, "Decide on 2 songs", "2 songs to decide on")
    await _press(session, "Likeliest for all 2", "Likeliest match for 2 songs")
    await _press(session, "Ask me about those 2", "2 songs to decide on")
    await session.select(0)
    await session.reply.wait_for("1 song to decide on")
    session.message = session.reply.message
    await session.select(-1)
    await session.reply.wait_for(_LOOKED)


async def _import_and_undo(session: CostSession) -> None:
    assert session.reply is not None
    await _press(session, "Only liked songs", "Imported 4 liked songs")
    await session.run("/undo")
    await _press(session, "Undo the import", "Took the import back")


IMPORT_ACTIONS = (
    CostedAction("`/import` of 4 liked songs and 31 playlists, two songs without a link", _look),
    CostedAction("**Stop** while it looks", _stop),
    CostedAction("its other buttons, and **Cancel**", _cancel, _look),
    CostedAction("the songs without a link", _decide, _look),
    CostedAction("one of its playlists", _choose, _look),
    CostedAction("its liked songs, and `/undo`", _import_and_undo, _look),
)
