"""The steps of a login, each compared with the model."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.errors.bot_error import BotError
from bot.errors.login import (
    AlreadyLinked,
    LoginCancelled,
    LoginElsewhere,
    LoginLinkExpired,
    LoginUnfinished,
    TooManyLogins,
    TooManyWrongCodes,
    WrongCode,
    WrongDiscordUser,
)
from bot.errors.spotify import UserNotRegistered
from bot.login.flow import RESULT_PATH
from bot.login.results import AccountLinked, AwaitingCode, Callback, LoginLink, LoginUpdate
from bot.login.results import Redirect as BrowserRedirect
from tests.login_state_machine.base_machine import BaseMachine, result_or_error
from tests.login_state_machine.login_app import UNREGISTERED_ACCOUNT
from tests.login_state_machine.model import (
    LOGIN_LIFETIME_S,
    MAX_ATTEMPTS,
    ExpectedLogin,
    LoginStep,
    Redirect,
    Visit,
)

_LONG_LIFETIME_S, _SHORT_LIFETIME_S = 864_000.0, 45.0  # of access tokens
CANCELLED = "nobody"  # the user or account of a browser that cancels


class LoginSteps(BaseMachine):
    """From the login page to the result page and the confirmation code."""

    def __init__(self) -> None:
        super().__init__()
        # what browsers can open again
        self.visited_pages: list[ExpectedLogin | Visit | Redirect] = []

    def request_login(self, user: str) -> ExpectedLogin | None:
        flow = self.app.login_flow
        link = self.run(result_or_error(flow.create_link(self.user_id(user), user, None)))
        if not self.model.can_request_login(user):
            assert isinstance(link, TooManyLogins)
            return None
        assert isinstance(link, LoginLink)
        message_ref = f"messages of {user}"
        remembered = flow.updates.remember_messages(self.user_id(user), link, message_ref)
        assert self.run(remembered) is None, "nobody has used the link"
        login = self.model.add_login(user, link.url.rpartition("/")[2])
        self.visited_pages.append(login)
        return login

    def start_authorization(self, login: ExpectedLogin, *, twice: bool = False) -> None:
        """Press the button of the login page, maybe in two browsers at once."""
        is_expected = self.model.is_at(login, "page")
        start = self.app.login_flow.start
        results = self.run(self._concurrently(start, 1 + twice, login.nonce, ""))
        redirects = [result for result in results if isinstance(result, BrowserRedirect)]
        assert len(redirects) == is_expected
        updates = [redirect.update for redirect in redirects if redirect.update is not None]
        assert len(updates) == is_expected, "the messages say once that the link is used"
        for redirect in redirects:
            self.record_redirect(login, redirect, "spotify" if self.by_code else "discord")

    def sign_in_to_discord(self, visit: Visit, user: str, *, delayed: bool = False) -> None:
        """Sign in to Discord as this user, or cancel, and follow the redirect to the bot."""
        form = {"answer": "cancel"} if user == CANCELLED else {"answer": "authorize", "user": user}
        query = self.run(self.env.submit_consent(visit.url, **form))
        redirect = Redirect(visit, user, query.get("code", ""), query.get("error", ""))
        self.visited_pages.append(redirect)
        self.follow_redirect(redirect, delayed=delayed)

    def skip_discord_sign_in(self, visit: Visit) -> None:
        """Request Spotify's callback with the state for Discord's callback."""
        callback = Callback(visit.state, visit.login.cookie, "a code", "")
        request = self.app.login_flow.spotify_callback(callback)
        assert isinstance(self.run(result_or_error(request)), LoginElsewhere)

    def authorize_spotify(self, visit: Visit, account: str) -> Redirect:
        """Log in to Spotify and consent, or cancel; Spotify's redirect to the bot."""
        form = {"answer": "agree", "account": account}
        if account == CANCELLED:
            form = {"answer": "cancel"}
        query = self.run(self.env.submit_consent(visit.url, **form))
        redirect = Redirect(visit, account, query.get("code", ""), query.get("error", ""))
        self.visited_pages.append(redirect)
        return redirect

    def follow_redirect(
        self, redirect: Redirect, *, twice: bool = False, delayed: bool = False
    ) -> None:
        """Follow a service's redirect in the browser of the login, maybe twice at once."""
        visit, login = redirect.visit, redirect.visit.login
        if not self.model.is_at(login, visit.service):
            return  # the machine's rule `ask_again` checks what the browser is told then
        login.step = "asking"
        flow = self.app.login_flow
        at_discord = visit.service == "discord"
        request = flow.discord_callback if at_discord else flow.spotify_callback
        # The tokens must outlive the held response.
        self.env.spotify.oauth.access_token_lifetime = _LONG_LIFETIME_S

        async def send() -> Any:
            callback = Callback(visit.state, login.cookie, redirect.code, redirect.error)
            results = await self._concurrently(request, 1 + twice, callback)
            return self._first_result(results)

        def check(result: Any) -> None:
            if not self._was_superseded(login, result) and result is not None:
                self._check_callback(login, redirect, result)

        client = self.app.discord_oauth if at_discord else self.app.spotify_oauth
        self.start_request(
            "login", login.user, login, send(), check, client=client if delayed else None
        )
        self.env.spotify.oauth.access_token_lifetime = _SHORT_LIFETIME_S

    def _first_result(self, results: list[Any]) -> Any:
        """The result of the request that sent the code; the others continue where it led to."""
        finished = [result for result in results if isinstance(result, LoginUpdate)]
        first = next(iter(finished), results[0])
        for other in results:
            if other is not first and isinstance(other, BrowserRedirect):
                url = first.url if isinstance(first, BrowserRedirect) else RESULT_PATH
                assert (other.url, other.cookie) == (url, first.cookie)
            else:
                assert other is first or isinstance(other, LoginLinkExpired)
        return first

    def enter_code(self, user: str, typed: str | None = None, *, wrong_first: int = 0) -> None:
        """Type a code, by default the right one, concurrently with some wrong ones."""
        login = self.model.logins.get(user)
        is_waiting = login is not None and self.model.is_at(login, "code")
        right = login.code if login is not None else ""
        typed = right if typed is None else typed
        results = self.run(self._enter_codes(user, *["0000-0000"] * wrong_first, typed))
        for number, result in enumerate(results):
            if login is None or not is_waiting or not _can_enter_code(login):
                assert isinstance(result, LoginUnfinished)
                continue
            login.attempts += 1
            if number == wrong_first and _normalise_code(typed) == _normalise_code(right):
                self._check_code_accepted(login, result)
            elif login.attempts == MAX_ATTEMPTS:
                assert isinstance(result, LoginUpdate)
                assert isinstance(result.result, TooManyWrongCodes)
                assert result.message_ref == f"messages of {user}"
                self.model.erase_logins(user)
                if user not in self.model.links:
                    self.checker.check_nothing_left(user)
            else:
                assert isinstance(result, WrongCode)

    def leave(self, user: str) -> None:
        """Unlink, as /unlink does after its confirmation."""
        was_linked = self.run(self.app.sessions.unlink(self.user_id(user)))
        assert was_linked == (user in self.model.links)
        self.model.remove_user(user)
        self.checker.check_nothing_left(user)

    def complete_login(self, user: str, account: str, *, with_code: bool = True) -> None:
        """A whole login in one browser."""
        login = self.request_login(user)
        if login is None:
            return
        self.start_authorization(login)
        if not self.by_code:
            self.sign_in_to_discord(current_visit(login), user)
        self.follow_redirect(self.authorize_spotify(current_visit(login), account))
        if self.by_code and with_code:
            self.enter_code(user)

    def other_login_cookie(self, login: ExpectedLogin) -> str:
        """The cookie of a browser that another login waits for, if there is one."""
        others = {other.cookie for other in self.model.stored_logins} - {login.cookie, ""}
        return min(others, default="forged")

    async def _concurrently(self, function: Any, times: int, *args: object) -> list[Any]:
        return await asyncio.gather(*(result_or_error(function(*args)) for _ in range(times)))

    async def _enter_codes(self, user: str, *codes: str) -> list[Any]:
        confirm = self.app.login_flow.linking.confirm_code
        return await asyncio.gather(
            *(result_or_error(confirm(self.user_id(user), code)) for code in codes)
        )

    def _was_superseded(self, login: ExpectedLogin, result: Any) -> bool:
        """Whether the login was replaced or erased meanwhile, so that it must not link."""
        if self.model.logins.get(login.user) is login:
            return False
        failed = isinstance(result, LoginUpdate) and isinstance(result.result, BotError)
        assert failed or result is None or isinstance(result, LoginLinkExpired)
        return True

    def record_redirect(
        self, login: ExpectedLogin, redirect: BrowserRedirect, step: LoginStep
    ) -> None:
        state = redirect.url.partition("state=")[2].partition("&")[0]
        login.step, login.cookie = step, redirect.cookie
        login.visit = Visit(login, step, redirect.url, state)
        self.visited_pages.append(login.visit)

    def _check_callback(self, login: ExpectedLogin, redirect: Redirect, result: Any) -> None:
        if redirect.error:
            return self._check_failed(login, result, LoginCancelled)
        if redirect.visit.service == "discord":
            if redirect.account != login.user:
                return self._check_failed(login, result, WrongDiscordUser)
            return self.record_redirect(login, result, "spotify")
        if redirect.account == UNREGISTERED_ACCOUNT:
            return self._check_failed(login, result, UserNotRegistered)
        if not self._is_account_available(login, redirect.account, result):
            return None
        login.account, login.authorized_at = redirect.account, self.env.clock()
        login.expires_at = login.authorized_at + LOGIN_LIFETIME_S
        if not self.by_code:
            return self._check_linked(login, result)
        assert isinstance(result.result, AwaitingCode)
        assert result.result.name == redirect.account.title()
        login.step, login.code = "code", result.result.code
        return None

    def _is_account_available(self, login: ExpectedLogin, account: str, result: Any) -> bool:
        """Whether nobody else has linked the account; otherwise checks that the login failed."""
        owner = self.model.account_owner(account)
        if owner in (None, login.user):
            return True
        self._check_failed(login, result, AlreadyLinked)
        assert result.owner == self.user_id(owner)
        return False

    def _check_code_accepted(self, login: ExpectedLogin, result: Any) -> None:
        if self._is_account_available(login, login.account, result):
            self._check_linked(login, result)

    def _check_linked(self, login: ExpectedLogin, result: Any) -> None:
        assert isinstance(result, LoginUpdate)
        assert result.result == AccountLinked(login.account.title())
        assert result.serial is not None, "its messages are in the store"
        self.model.link(login)

    def _check_failed(self, login: ExpectedLogin, result: Any, error_class: type[BotError]) -> None:
        if result is not None:  # None: a restart cancelled the request
            assert isinstance(result, LoginUpdate)
            assert isinstance(result.result, error_class)
            login.step, login.result = "over", error_class


def _can_enter_code(login: ExpectedLogin) -> bool:
    return login.step == "code" and login.attempts < MAX_ATTEMPTS


def _normalise_code(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def current_visit(login: ExpectedLogin) -> Visit:
    assert login.visit is not None
    return login.visit
