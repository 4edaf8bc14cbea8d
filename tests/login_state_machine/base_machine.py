"""The house while the machine plays in it: opened, shut, and with answers that are on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal, Self

from hypothesis.stateful import RuleBasedStateMachine

from bot.errors.bot_error import BotError
from tests.login_state_machine.held_responses import (
    HeldDiscordOAuth,
    HeldSpotifyOAuth,
    ResponseHold,
)
from tests.login_state_machine.invariants import LoginInvariants
from tests.login_state_machine.login_app import LoginApp, LoginEnvironment
from tests.login_state_machine.model import LoginModel, PendingRequest

_SHUTDOWN_PROBE_S = 0.005


class BaseMachine(RuleBasedStateMachine):
    """The real parts, the model of what must be true, and what has been asked and not answered."""

    by_code = True
    env: LoginEnvironment
    app_class: type[LoginApp]

    @classmethod
    def configured(cls, env: LoginEnvironment, app_class: type[LoginApp] = LoginApp) -> type[Self]:
        """This machine, in a world of its own, with a house of this kind."""
        return type(cls.__name__, (cls,), {"env": env, "app_class": app_class})

    def __init__(self) -> None:
        super().__init__()
        self.env.reset_services()
        self.run = self.env.run
        self.app = self.app_class(self.env, self.env.new_folder(), by_code=self.by_code)
        self.model = LoginModel(self.env.clock)
        self.pending: list[PendingRequest] = []
        self.checker = LoginInvariants(self.env, self.app, self.model, self.pending)
        self.run(self.app.open())

    def teardown(self) -> None:
        self.run(self.stop_app())

    def user_id(self, user: str) -> int:
        return self.env.user_id(user)

    @property
    def token_request_count(self) -> int:
        """Since `ask` was last called."""
        return self.app.spotify_oauth.token_request_count

    def start_request(
        self,
        kind: Literal["renewal", "login"],
        user: str,
        subject: object,
        request: Coroutine[Any, Any, object],
        on_result: Callable[[Any], None],
        *,
        client: HeldSpotifyOAuth | HeldDiscordOAuth | None = None,
    ) -> None:
        """Do something that may ask a service, and settle it.

        With a `line`, the answer on it stays on its way until `goes_on`; all else happens at once.
        """
        self.app.spotify_oauth.token_request_count = 0
        self.run(self._start_request(kind, user, subject, request, on_result, client))

    async def _start_request(
        self,
        kind: Literal["renewal", "login"],
        user: str,
        subject: object,
        request: Coroutine[Any, Any, object],
        on_result: Callable[[Any], None],
        client: HeldSpotifyOAuth | HeldDiscordOAuth | None,
    ) -> None:
        pause, task = ResponseHold(), asyncio.create_task(outcome_of(request))
        if client is not None:
            client.next_hold = pause
        arrived = asyncio.create_task(pause.response_ready.wait())
        await asyncio.wait({task, arrived}, return_when=asyncio.FIRST_COMPLETED)
        arrived.cancel()
        if client is not None:
            client.next_hold = None
        if not task.done():
            self.pending.append(PendingRequest(kind, user, subject, task, pause, on_result))
        else:
            on_result(task.result())

    async def deliver_response(self, request: PendingRequest) -> None:
        """The answer reaches the bot."""
        self.pending.remove(request)
        request.hold.released.set()
        request.on_result(await request.task)

    async def stop_app(self) -> None:
        """Stop as bot.app does: pages and commands are cut off, renewals are waited for."""
        for one in self.pending:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in self.pending), return_exceptions=True)
        closing = asyncio.create_task(self.app.close())
        if any(self.model.links.get(one.user) is one.subject for one in self.pending):
            await asyncio.wait({closing}, timeout=_SHUTDOWN_PROBE_S)
            assert not closing.done(), "a renewal under way is waited for"
        for one in self.pending:
            one.hold.released.set()
        await closing
        for one in self.pending:
            one.on_result(None)
        self.pending.clear()
        self.model.clear_memory()


async def outcome_of(request: Awaitable[object]) -> object:
    """What it returns, or the Fault that it raises."""
    try:
        return await request
    except BotError as fault:
        return fault
