"""Houses in which one part is worse than it is, to show that the walk notices."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.client import Tonearm
from bot.panel import Panels
from bot.presses import Presses
from bot.remote import Remote
from bot.remote.deeds import Deed
from bot.replies import Replies
from bot.spotify.models import Playback
from bot.ui.replies import Done
from tests.walking.place import House

Interaction = Any


class SaysSo(House):
    """It says that it paused, and does nothing."""

    def furnish(self, bot: Tonearm) -> None:
        bot.remote = self.remote(_Boasting, bot)


class _Boasting(Remote):
    async def do(self, user_id: int, deed: Deed, **how: Any) -> Done:
        if deed.verb == "pause":
            return Done("Paused")
        return await super().do(user_id, deed, **how)


class ShowsWhatItKnew(House):
    """What plays after a command is what played after the one before."""

    def furnish(self, bot: Tonearm) -> None:
        bot.remote = self.remote(_Stale, bot)


class _Stale(Remote):
    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.before: dict[int, Playback | None] = {}

    async def do(self, user_id: int, deed: Deed, **how: Any) -> Done:
        done = await super().do(user_id, deed, **how)
        was, self.before[user_id] = self.before.get(user_id), done.state
        return Done(done.says, done.item, was) if was and done.state else done


class DoesItTwice(House):
    """What must be done once is done twice."""

    def furnish(self, bot: Tonearm) -> None:
        bot.remote = self.remote(_Eager, bot)


class _Eager(Remote):
    async def do(self, user_id: int, deed: Deed, **how: Any) -> Done:
        if deed.verb in ("next", "previous", "queue"):
            await super().do(user_id, deed, **how)
        return await super().do(user_id, deed, **how)


class CountsEveryPress(House):
    """Both halves of a double press act."""

    def furnish(self, bot: Tonearm) -> None:
        bot.presses = _Forgetful(self.clock)


class _Forgetful(Presses):
    @contextmanager
    def once(self, button: Hashable) -> Iterator[bool]:
        yield True


class ObeysAnybody(House):
    """Whoever presses a panel is taken for its owner."""

    def furnish(self, bot: Tonearm) -> None:
        bot.panels = _Obedient(bot.accounts, self.clock, self.clock.sleep)
        bot.remote = self.remote(Remote, bot)


class _Obedient(Panels):
    async def pressed(self, interaction: Interaction, owner: int, act: str) -> None:
        if act.partition(" ")[0] in ("pause", "resume", "next", "volume", "shuffle", "repeat"):
            await interaction.client.remote.do(owner, Deed.parse(act))
        await super().pressed(interaction, owner, act)


class LeavesPanels(House):
    """A panel is not drawn again after a command of its owner."""

    def furnish(self, bot: Tonearm) -> None:
        bot.remote = self.remote(Remote, bot, changed=lambda *_: None)


class TellsEverybody(House):
    """Every reply is for everybody to see."""

    def furnish(self, bot: Tonearm) -> None:
        bot.replies = _Talkative(bot.store)


class _Talkative(Replies):
    async def begin(self, interaction: Interaction, *, share: bool | None = None) -> None:
        await super().begin(interaction, share=True)


class LooksAgainAndAgain(House):
    """It asks Spotify what plays until it is quite sure."""

    def furnish(self, bot: Tonearm) -> None:
        bot.remote = self.remote(_Doubtful, bot)


class _Doubtful(Remote):
    async def do(self, user_id: int, deed: Deed, **how: Any) -> Done:
        done = await super().do(user_id, deed, **how)
        spotify = await self._accounts.session(user_id)
        for _ in range(5):
            await spotify.player.state()
        return done
