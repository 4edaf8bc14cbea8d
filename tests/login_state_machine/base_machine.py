"""The base of the state machine: starts and stops the app, and keeps requests pending."""

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
    """The app, the model of its expected state, and the requests without a response."""

    by_code = True
    env: LoginEnvironment
    app_class: type[LoginApp]

    @classmethod
    def configured(cls, env: LoginEnvironment, app_class: type[LoginApp] = LoginApp) -> type[Self]:
        """This machine as a class with an environment and a class of the app."""
        return type(cls.__name__, (cls,), {"env": env, "app_class": app_class})

    def __init__(self) -> None:
        super().__init__()
        self.env.reset_services()
        self.run = self.env.run
        self.app = self.app_class(self.env, self.env.new_folder(), by_code=self.by_code)
        self.model = LoginModel(self.env.clock)
        self.pending: list[PendingRequest] = []
        self.model.clear_memory()
        self.checker = LoginInvariants(self.env, self.app, self.model, self.pending)
        self.run(self.app.open())

    def teardown(self) -> None:
        self.run(self.stop_app())

    def user_id(self, user: str) -> int:
        return self.env.user_id(user)

    @property
    def token_request_count(self) -> int:
        """Requests to the token endpoint since the last `start_request`."""
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
        """Run a request of the bot that may call a service, and pass its result to `on_result`.

        With a `client`, its response is held until `deliver_response`; without, nothing waits.
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
        hold, task = ResponseHold(), asyncio.create_task(result_or_error(request))
        if client is not None:
            client.next_hold = hold
        response_ready = asyncio.create_task(hold.response_ready.wait())
        await asyncio.wait({task, response_ready}, return_when=asyncio.FIRST_COMPLETED)
        response_ready.cancel()
        if client is not None:
            client.next_hold = None
        if not task.done():
            self.pending.append(PendingRequest(kind, user, subject, task, hold, on_result))
        else:
            on_result(task.result())

    async def deliver_response(self, request: PendingRequest) -> None:
        """Let the held response reach the bot."""
        self.pending.remove(request)
        request.hold.released.set()
        request.on_result(await request.task)

    async def stop_app(self) -> None:
        """Stop like bot.app: cancel requests to pages and commands, and wait for renewals."""
        for request in self.pending:
            request.task.cancel()
        await asyncio.gather(*(request.task for request in self.pending), return_exceptions=True)
        closing = asyncio.create_task(self.app.close())
        if any(self.model.links.get(request.user) is request.subject for request in self.pending):
            await asyncio.wait({closing}, timeout=_SHUTDOWN_PROBE_S)
            assert not closing.done(), "the app waits for renewals in progress"
        for request in self.pending:
            request.hold.released.set()
        await closing
        for request in self.pending:
            request.on_result(None)
        self.pending.clear()
        self.model.clear_memory()


async def result_or_error(request: Awaitable[object]) -> object:
    """The request's result, or the BotError that it raises."""
    try:
        return await request
    except BotError as error:
        return error
