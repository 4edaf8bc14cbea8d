"""The steps of a login, each held against the model."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.errors.bot_error import BotError
from bot.errors.login import (
    AlreadyLinked,
    LoginCancelled,
    LoginLinkExpired,
    LoginUnfinished,
    TooManyLogins,
    TooManyWrongCodes,
    WrongCode,
    WrongDiscordUser,
)
from bot.errors.spotify import UserNotRegistered
from bot.login.results import AccountLinked as NowLinked
from bot.login.results import AwaitingCode, LoginFinished, LoginLink
from bot.login.results import Redirect as BrowserRedirect
from tests.login_state_machine.base_machine import BaseMachine, outcome_of
from tests.login_state_machine.login_app import UNREGISTERED_ACCOUNT
from tests.login_state_machine.model import MAX_ATTEMPTS, ExpectedLogin, LoginStep, Redirect, Visit

_LONG_LIFETIME_S, _SHORT_LIFETIME_S = 864_000.0, 45.0  # lifetimes of access tokens, in seconds
CANCELLED = "nobody"  # chosen for whoever cancels instead


class LoginSteps(BaseMachine):
    """From the login button to the last page, and the code in Discord."""

    def __init__(self) -> None:
        super().__init__()
        self.visited_pages: list[
            ExpectedLogin | Visit | Redirect
        ] = []  # what browsers could try again

    def request_login(self, user: str) -> ExpectedLogin | None:
        may = self.model.can_request_login(user)
        offer = self.run(
            outcome_of(self.app.login_flow.create_link(self.user_id(user), user, None))
        )
        if not may:
            assert isinstance(offer, TooManyLogins)
            return None
        assert isinstance(offer, LoginLink)
        self.run(self.app.login_flow.remember_messages(self.user_id(user), offer, f"told {user}"))
        page = self.model.add_login(user, offer.url.rpartition("/")[2])
        self.visited_pages.append(page)
        return page

    def check_pages(self, login: ExpectedLogin) -> None:
        """Open the login page and the last page; it changes nothing."""
        links = self.app.login_flow
        page = self.run(outcome_of(links.show_login(login.nonce)))
        assert isinstance(page, LoginLinkExpired) != self.model.is_at(login, "page")
        last = self.run(outcome_of(links.result(login.result_cookie)))
        if self.model.is_at(login, "code"):
            assert last == AwaitingCode(login.account.title(), login.user, login.code)
        else:
            is_over = self.model.is_at(login, "over") and bool(login.result_cookie)
            assert isinstance(last, LoginLinkExpired) != is_over

    def start_authorization(self, login: ExpectedLogin, *, twice: bool = False) -> None:
        """Press the button of the login page, maybe in two browsers at once."""
        good = self.model.is_at(login, "page")
        results = self.run(self._concurrently(self.app.login_flow.start, 1 + twice, login.nonce))
        onward = [result for result in results if isinstance(result, BrowserRedirect)]
        assert len(onward) == good
        return (
            self._record_redirect(login, onward[0], "spotify" if self.by_code else "discord")
            if good
            else None
        )

    def sign_in_to_discord(self, visit: Visit, user: str, *, delayed: bool = False) -> None:
        """Say to Discord who one is, or cancel."""
        going, links = visit.login, self.app.login_flow
        form = {"answer": "cancel"} if user == CANCELLED else {"answer": "authorize", "user": user}
        back = self.run(self.env.submit_consent(visit.url, **form))
        good = self._consume_visit(visit, "discord", visit.cookie)

        def settle(end: Any) -> None:
            if not good:
                assert isinstance(end, LoginLinkExpired)
            elif self._was_superseded(going, end):
                pass
            elif user == CANCELLED:
                self._check_failed(going, end, LoginCancelled)
            elif user != going.user:
                self._check_failed(going, end, WrongDiscordUser)
            elif end is not None:
                self._record_redirect(going, end, "spotify")

        work = links.discord_callback(
            visit.state, visit.cookie, back.get("code", ""), back.get("error", "")
        )
        return self.start_request(
            "login",
            going.user,
            going,
            work,
            settle,
            client=self.app.discord_oauth if delayed else None,
        )

    def skip_discord_sign_in(self, visit: Visit) -> None:
        """Act as if Discord had been asked, with the state that was meant for its answer."""
        end = self.run(
            outcome_of(
                self.app.login_flow.spotify_callback(visit.state, visit.cookie, "a code", "")
            )
        )
        assert isinstance(end, LoginLinkExpired)

    def authorize_spotify(self, visit: Visit, account: str) -> Redirect:
        """Say to Spotify who one is, and agree; or cancel."""
        form = (
            {"answer": "cancel"}
            if account == CANCELLED
            else {"answer": "agree", "account": account}
        )
        back = self.run(self.env.submit_consent(visit.url, **form))
        returning = Redirect(visit, account, back.get("code", ""), back.get("error", ""))
        self.visited_pages.append(returning)
        return returning

    def follow_redirect(
        self,
        redirect: Redirect,
        *,
        cookie: str | None = None,
        twice: bool = False,
        delayed: bool = False,
    ) -> None:
        """Follow Spotify's redirect, maybe with another browser's cookie, maybe twice at once."""
        visit, going, links = redirect.visit, redirect.visit.login, self.app.login_flow
        cookie = visit.cookie if cookie is None else cookie
        good = self._consume_visit(visit, "spotify", cookie)
        # The tokens must outlive the held response.
        self.env.spotify.oauth.access_token_lifetime = _LONG_LIFETIME_S

        async def work() -> Any:
            results = await self._concurrently(
                links.spotify_callback,
                1 + twice,
                visit.state,
                cookie,
                redirect.code,
                redirect.error,
            )
            taken = [result for result in results if not isinstance(result, LoginLinkExpired)]
            assert len(taken) <= 1
            return (taken or results)[0]

        def settle(end: Any) -> None:
            if not good:
                assert isinstance(end, LoginLinkExpired)
                assert self.token_request_count == 0
            elif not self._was_superseded(going, end) and end is not None:
                self._check_callback(going, redirect, end)

        line = self.app.spotify_oauth if delayed else None
        self.start_request("login", going.user, going, work(), settle, client=line)
        self.env.spotify.oauth.access_token_lifetime = _SHORT_LIFETIME_S

    def enter_code(self, user: str, typed: str | None = None, *, wrong_first: int = 0) -> None:
        """Type a code, by default the right one; before it, at once, some wrong ones."""
        going = self.model.logins.get(user)
        waits = going is not None and self.model.is_at(going, "code")
        right = going.code if going is not None else ""
        results = self.run(
            self._enter_codes(user, *["0000-0000"] * wrong_first, right if typed is None else typed)
        )
        for number, end in enumerate(results):
            is_right = number == wrong_first and (
                typed is None or _normalise_code(typed) == _normalise_code(right)
            )
            if going is None or not waits or going.step != "code" or going.attempts == MAX_ATTEMPTS:
                assert isinstance(end, LoginUnfinished | TooManyWrongCodes)
                continue
            going.attempts += 1
            if is_right:
                self._check_code_accepted(going, end)
            elif going.attempts == MAX_ATTEMPTS:
                assert isinstance(end, TooManyWrongCodes)
                del self.model.logins[user]
                if user not in self.model.links:
                    self.checker.check_nothing_left(user)
            else:
                assert isinstance(end, WrongCode)

    def leave(self, user: str) -> None:
        """What /unlink does, the question answered."""
        was_linked = self.run(self.app.accounts.unlink(self.user_id(user)))
        assert was_linked == (user in self.model.links)
        self.model.remove_user(user)
        self.checker.check_nothing_left(user)

    def complete_login(self, user: str, account: str, *, with_code: bool = True) -> None:
        """A whole login by one person, without a detour."""
        page = self.request_login(user)
        if page is None:
            return
        self.start_authorization(page)
        if not self.by_code:
            self.sign_in_to_discord(_current_visit(page), user)
        self.follow_redirect(self.authorize_spotify(_current_visit(page), account))
        if self.by_code and with_code:
            self.enter_code(user)

    def other_login_cookie(self, visit: Visit) -> str:
        """Of a browser that somebody else's login waits for, if there is one."""
        goings = self.model.logins.values()
        others = (one.visit for one in goings if one is not visit.login)
        return next((other.cookie for other in others if other is not None), "forged")

    async def _concurrently(self, function: Any, times: int, *args: object) -> list[Any]:
        return await asyncio.gather(*(outcome_of(function(*args)) for _ in range(times)))

    async def _enter_codes(self, user: str, *codes: str) -> list[Any]:
        confirm = self.app.login_flow.confirm_code
        return await asyncio.gather(
            *(outcome_of(confirm(self.user_id(user), code)) for code in codes)
        )

    def _consume_visit(self, visit: Visit, step: LoginStep, cookie: str) -> bool:
        """Whether the bot waits for this browser; from now on it does no more."""
        going = visit.login
        good = self.model.is_at(going, step) and going.visit is visit and cookie == visit.cookie
        if good:
            going.step = "asking"
        return good

    def _was_superseded(self, login: ExpectedLogin, result: Any) -> bool:
        """Whether the login was replaced or erased meanwhile, so that nothing comes of it."""
        if self.model.logins.get(login.user) is login:
            return False
        ended = isinstance(result, LoginFinished) and isinstance(result.result, BotError)
        assert ended or result is None or isinstance(result, LoginLinkExpired)
        return True

    def _record_redirect(
        self, login: ExpectedLogin, redirect: BrowserRedirect, step: LoginStep
    ) -> None:
        state = redirect.url.partition("state=")[2].partition("&")[0]
        login.step, login.visit = step, Visit(login, step, redirect.url, redirect.cookie, state)
        self.visited_pages.append(login.visit)

    def _check_callback(
        self, login: ExpectedLogin, redirect: Redirect, result: LoginFinished
    ) -> None:
        if redirect.error:
            return self._check_failed(login, result, LoginCancelled)
        if redirect.account == UNREGISTERED_ACCOUNT:
            return self._check_failed(login, result, UserNotRegistered)
        if not self._is_account_available(login, redirect.account, result):
            return None
        login.account, login.result_cookie, login.expires_at = (
            redirect.account,
            result.cookie,
            self.env.clock() + 600,
        )
        login.authorized_at = self.env.clock()
        if not self.by_code:
            return self._check_linked(login, result)
        assert isinstance(result.result, AwaitingCode)
        assert result.result.name == redirect.account.title()
        login.step, login.code = "code", result.result.code
        return None

    def _is_account_available(self, login: ExpectedLogin, account: str, result: Any) -> bool:
        """Whether nobody else has linked the account; otherwise the login ends, and they hear."""
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
        assert isinstance(result, LoginFinished)
        assert result.result == NowLinked(login.account.title())
        assert result.message_ref == f"told {login.user}"
        self.model.link(login)

    def _check_failed(self, login: ExpectedLogin, result: Any, error_class: type[BotError]) -> None:
        if result is not None:  # None: cut off by a restart, and nobody heard of it
            assert isinstance(result, LoginFinished)
            assert isinstance(result.result, error_class)
            login.step, login.result_cookie = "over", result.cookie


def _normalise_code(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def _current_visit(login: ExpectedLogin) -> Visit:
    assert login.visit is not None
    return login.visit
