"""The house while the machine plays in it: opened, shut, and with answers that are on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal, Self

from hypothesis.stateful import RuleBasedStateMachine

from bot.errors import Fault
from tests.linking.model import Model, UnderWay
from tests.linking.place import House, World
from tests.linking.slow import Pause, SlowLogin, SlowSignIn
from tests.linking.watch import Watch

_A_MOMENT = 0.005


class Ground(RuleBasedStateMachine):
    """The real parts, the model of what must be true, and what has been asked and not answered."""

    by_code = True
    world: World
    kind: type[House]

    @classmethod
    def at(cls, world: World, kind: type[House] = House) -> type[Self]:
        """This machine, in a world of its own, with a house of this kind."""
        return type(cls.__name__, (cls,), {"world": world, "kind": kind})

    def __init__(self) -> None:
        super().__init__()
        self.world.reset()
        self.run = self.world.run
        self.house = self.kind(self.world, self.world.fresh_folder(), by_code=self.by_code)
        self.model = Model(self.world.clock)
        self.under_way: list[UnderWay] = []
        self.watch = Watch(self.world, self.house, self.model, self.under_way)
        self.run(self.house.open())

    def teardown(self) -> None:
        self.run(self.shut())

    def id(self, user: str) -> int:
        return self.world.user_id(user)

    @property
    def token_requests(self) -> int:
        """Since `ask` was last called."""
        return self.house.login.asked

    def ask(
        self,
        kind: Literal["renewal", "login"],
        user: str,
        about: object,
        work: Coroutine[Any, Any, object],
        settle: Callable[[Any], None],
        *,
        line: SlowLogin | SlowSignIn | None = None,
    ) -> None:
        """Do something that may ask a service, and settle it.

        With a `line`, the answer on it stays on its way until `goes_on`; all else happens at once.
        """
        self.house.login.asked = 0
        self.run(self._ask(kind, user, about, work, settle, line))

    async def _ask(
        self,
        kind: Literal["renewal", "login"],
        user: str,
        about: object,
        work: Coroutine[Any, Any, object],
        settle: Callable[[Any], None],
        line: SlowLogin | SlowSignIn | None,
    ) -> None:
        pause, task = Pause(), asyncio.create_task(ending(work))
        if line is not None:
            line.pause = pause
        arrived = asyncio.create_task(pause.arrived.wait())
        await asyncio.wait({task, arrived}, return_when=asyncio.FIRST_COMPLETED)
        arrived.cancel()
        if line is not None:
            line.pause = None
        if not task.done():
            self.under_way.append(UnderWay(kind, user, about, task, pause, settle))
        else:
            settle(task.result())

    async def arrives(self, one: UnderWay) -> None:
        """The answer reaches the bot."""
        self.under_way.remove(one)
        one.pause.over.set()
        one.settle(await one.task)

    async def shut(self) -> None:
        """Stop as bot.app does: pages and commands are cut off, renewals are waited for."""
        for one in self.under_way:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in self.under_way), return_exceptions=True)
        closing = asyncio.create_task(self.house.close())
        if any(self.model.links.get(one.user) is one.about for one in self.under_way):
            await asyncio.wait({closing}, timeout=_A_MOMENT)
            assert not closing.done(), "a renewal under way is waited for"
        for one in self.under_way:
            one.pause.over.set()
        await closing
        for one in self.under_way:
            one.settle(None)
        self.under_way.clear()
        self.model.restarted()


async def ending(work: Awaitable[object]) -> object:
    """What it returns, or the Fault that it raises."""
    try:
        return await work
    except Fault as fault:
        return fault
