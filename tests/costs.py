"""`make costs`: how often each command and button calls Spotify, as docs/operating.md has it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.discord import Reply, Seat
from sandbox.readable import controls
from sandbox.spotify import Spotify
from sandbox.spotify.api import Call
from sandbox.stage import Offer, Stage, code_on, stage
from tests.logins import agree

DOCUMENT = Path(__file__).parent.parent / "docs" / "operating.md"
HEADING = "## What each command costs\n"

# Seconds after which nothing is kept of any answer, and somebody may be offered logins again.
FORGOTTEN = 11 * 60
SONGS = 1000


class Scene:
    """Ada, who is linked, and what she has before her; `pressed` are the ids of her buttons."""

    def __init__(self, on: Stage, ada: Seat) -> None:
        self.stage = on
        self.ada = ada
        self.pressed: set[str] = set()
        self.message: dict[str, Any] = {}
        self.reply: Reply | None = None
        self.offer: Offer | None = None
        self.code = ""

    @property
    def link(self) -> str:
        """Of a song that no search of this scene finds."""
        return f"https://open.spotify.com/track/{self.stage.spotify.catalogue.stock[-1].id}"

    async def run(self, line: str, who: str = "ada") -> None:
        self.reply = await self.stage.discord.seat(who, "music").run(line)
        self.message = self.reply.message

    async def press(self, label: str, seat: Seat | None = None) -> Reply:
        found = controls(self.message).values()
        self.pressed |= {one.custom_id for one in found if one.label == label}
        return await (seat or self.ada).press(self.message, label)


Step = Callable[[Scene], Awaitable[object]]


@dataclass(frozen=True)
class Deed:
    """Something that people do, in words, and what comes before it without being counted.

    hasty  what comes before it is not forgotten: a login has ten minutes
    """

    what: str
    do: Step
    before: Step | None = None
    hasty: bool = False


@dataclass(frozen=True)
class Cost:
    """The calls of a deed with nothing kept, and of the same once more at once."""

    what: str
    cold: Sequence[Call]
    warm: Sequence[Call]


def _types(line: str, until: str = "") -> Step:
    async def step(scene: Scene) -> None:
        await scene.run(line.replace("LINK", scene.link))
        if until and scene.reply:
            await scene.reply.until(until)

    return step


def _presses(label: str) -> Step:
    return lambda scene: scene.press(label)


async def _shares(scene: Scene) -> None:
    """The channel's message comes after the reply."""
    reply = await scene.press("Share")
    await reply.until(lambda reply: len(reply.messages) == 2)


async def _switches(scene: Scene) -> None:
    (switch,) = controls(scene.message).values()
    await scene.press(switch.label)


async def _picks(scene: Scene) -> None:
    choices = [one for one in controls(scene.message).values() if one.choice]
    scene.pressed.add(choices[1].custom_id)
    await scene.ada.pick(scene.message, choices[1].choice or "")


async def _many_songs(scene: Scene) -> None:
    account = scene.stage.spotify.accounts["ada"]
    account.like_many(SONGS - len(account.liked))


async def _offered(scene: Scene) -> None:
    await scene.run("/link")
    assert scene.reply is not None
    scene.offer = scene.stage.offer(scene.reply)


async def _agrees(scene: Scene) -> None:
    assert scene.offer is not None
    scene.code = code_on((await agree(scene.offer)).text) or ""
    await scene.offer.seat.until("Almost linked")


async def _agreed(scene: Scene) -> None:
    await _offered(scene)
    await _agrees(scene)
    assert scene.offer is not None
    scene.message = scene.offer.seat.messages()[-1]


async def _enters(scene: Scene) -> None:
    assert scene.offer is not None
    form = await scene.press("Enter code", scene.offer.seat)
    await form.submit(code=scene.code)
    await scene.offer.seat.until("Linked to")


async def _starts(scene: Scene) -> None:
    await scene.press("Link Spotify", scene.stage.discord.seat("grace", "music"))


async def _asks_to_leave(scene: Scene) -> None:
    await scene.stage.link("ada")
    await scene.run("/unlink")


_FOUND = _types("/search lantern")

DEEDS = (
    Deed("`/search` for words", _FOUND),
    Deed("`/search` for a link to a song", _types("/search query:LINK")),
    Deed("another song of its list", _picks, _FOUND),
    Deed("**Play** below a song", _presses("Play"), _FOUND),
    Deed("**Queue** below a song", _presses("Queue"), _FOUND),
    Deed("**Save** below a song", _presses("Save"), _FOUND),
    Deed("**Share** below a song", _shares, _FOUND),
    Deed("`/play` for words", _types("/play lantern")),
    Deed("`/play` for a link", _types("/play what:LINK")),
    Deed("`/pause`", _types("/pause")),
    Deed("`/next`", _types("/next")),
    Deed("`/now`", _types("/now")),
    Deed("`/save`", _types("/save")),
    Deed(f"`/export` of {SONGS:,} songs", _types("/export format:json", "Here are"), _many_songs),
    Deed("`/link`", _offered),
    Deed("the login in the browser", _agrees, _offered, hasty=True),
    Deed("**Enter code**", _enters, _agreed, hasty=True),
    Deed("**Link Spotify**", _starts, lambda scene: scene.run("/now", "grace")),
    Deed("`/account`", _types("/account")),
    Deed("**Turn reminders off**, or **on**", _switches, _types("/account")),
    Deed("`/setup`", _types("/setup")),
    Deed("`/privacy`", _types("/privacy")),
    Deed("`/usage`", _types("/usage")),
    Deed("`/unlink`", _types("/unlink")),
    Deed("**Unlink and erase**", _presses("Unlink and erase"), _asks_to_leave),
)  # fmt: skip


async def measure(scene: Scene) -> list[Cost]:
    """What each deed costs."""
    costs = []
    for deed in DEEDS:
        cold = await _calls(scene, deed, later=FORGOTTEN)
        costs.append(Cost(deed.what, cold, await _calls(scene, deed, later=0)))
    return costs


async def _calls(scene: Scene, deed: Deed, *, later: float) -> list[Call]:
    """The calls of a deed that is done so many seconds after all else."""
    scene.stage.clock.advance(later)
    if deed.before:
        await deed.before(scene)
        scene.stage.clock.advance(0 if deed.hasty else later)
    _plays(scene.stage.spotify)
    calls = scene.stage.spotify.calls
    before = len(calls)
    await deed.do(scene)
    return calls[before:]


def _plays(spotify: Spotify) -> None:
    """Ada's laptop plays the second song of a record."""
    player, record = spotify.accounts["ada"].player, next(iter(spotify.catalogue.albums.values()))
    player.start(context=record.uri, at=1, device=player.devices[0])


# ---- the table


def table(costs: Sequence[Cost]) -> str:
    """As it stands in the document."""
    rows = [
        f"| {cost.what} | {len(cost.cold)} | {len(cost.warm)} | {_which(cost.cold)} |"
        for cost in costs
    ]
    return "\n".join(
        ("| What is done | Cold | Warm | Calls when cold |", "|---|--:|--:|---|", *rows)
    )


def _which(calls: Sequence[Call]) -> str:
    counted: Mapping[str, int] = Counter(
        re.sub("[0-9A-Za-z]{22}", "{id}", f"`{call.method} {call.path}`") for call in calls
    )
    return ", ".join(f"{call} × {n}" if n > 1 else call for call, n in counted.items()) or "none"


def written() -> str:
    """The table that the document has now."""
    return _split(DOCUMENT.read_text())[1]


def _split(text: str) -> tuple[str, str, str]:
    """What stands before the table, the table, and what stands behind it."""
    start = text.index("\n|", text.index(HEADING)) + 1
    end = start + re.search(r"(?m)^(?!\|)", text[start:]).start()  # type: ignore[union-attr]
    return text[:start], text[start:end].rstrip("\n"), text[end:]


async def write() -> None:
    async with stage() as it:
        costs = await measure(Scene(it, await it.link("ada")))
    before, _, behind = _split(DOCUMENT.read_text())
    DOCUMENT.write_text(f"{before}{table(costs)}\n{behind}")


if __name__ == "__main__":
    asyncio.run(write())
