"""Browsers that request an earlier URL of a login again, with and without its cookie."""

from __future__ import annotations

from typing import Any, Literal

from bot.errors.bot_error import BotError
from bot.errors.login import (
    LoginCancelled,
    LoginElsewhere,
    LoginInProgress,
    LoginInterrupted,
    LoginLinkExpired,
    LoginLinkUsed,
    LoginReplaced,
    LoginTimedOut,
)
from bot.login.flow import RESULT_PATH
from bot.login.results import AwaitingCode, Callback, LoginPage
from bot.login.results import Redirect as BrowserRedirect
from tests.login_state_machine.base_machine import result_or_error
from tests.login_state_machine.login_steps import LoginSteps, current_visit
from tests.login_state_machine.model import ExpectedLogin, LoginStatus, Redirect

Jar = Literal["own", "other", "none"]

_ENDED: dict[LoginStatus, type[BotError]] = {
    "replaced": LoginReplaced,
    "expired": LoginTimedOut,
}


class RevisitSteps(LoginSteps):
    """Each page agrees with the state of its login, and changes nothing."""

    def ask_for_login_page(self, login: ExpectedLogin, jar: Jar, *, press: bool) -> None:
        """Open the login page again, or press its button again, in the browser with this jar."""
        status, cookie = self.model.status(login), self._cookie(login, jar)
        if status == "page" and press:
            self.start_authorization(login)
            return
        flow = self.app.login_flow
        open_page = flow.start if press else flow.show_login
        answer = self.run(result_or_error(open_page(login.nonce, cookie)))
        is_own = cookie == login.cookie != ""
        if status == "erased":
            assert type(answer) is LoginLinkExpired
        elif status in _ENDED:
            assert type(answer) is _ENDED[status]
        elif status == "page":
            assert isinstance(answer, LoginPage)
            assert answer.discord_name == login.user
        elif not is_own:
            expired = login.expires_at <= self.env.clock()
            used = LoginLinkExpired if status == "over" else LoginLinkUsed
            assert type(answer) is (LoginTimedOut if expired else used)
        elif status in ("discord", "spotify") and not press:
            assert isinstance(answer, LoginPage)
            assert answer.cookie == login.cookie
        else:
            self._check_continues(login, answer)

    def ask_for_callback(self, redirect: Redirect, jar: Jar) -> None:
        """Send a callback again, in the browser with this jar."""
        login, service = redirect.visit.login, redirect.visit.service
        status, cookie = self.model.status(login), self._cookie(login, jar)
        if status == service and cookie == login.cookie:
            self.follow_redirect(redirect)
            return
        if cookie == login.cookie and self._is_pending(login):
            return  # it would wait for the held response
        flow = self.app.login_flow
        send = flow.discord_callback if service == "discord" else flow.spotify_callback
        self.app.spotify_oauth.token_request_count = 0
        callback = Callback(redirect.visit.state, cookie, redirect.code, redirect.error)
        answer = self.run(result_or_error(send(callback)))
        assert self.token_request_count == 0
        if status == "erased" or cookie != login.cookie:
            assert type(answer) is (LoginCancelled if redirect.error else LoginElsewhere)
        elif status in _ENDED:
            assert type(answer) is _ENDED[status]
        elif status == "asking":
            self._check_failed(login, answer, LoginInterrupted)
        else:
            self._check_continues(login, answer)

    def ask_for_result(self, login: ExpectedLogin, jar: Jar) -> None:
        """Open the result page with the cookie that names this login."""
        cookie = self._cookie(login, jar)
        if not cookie or cookie == "forged":
            result = self.run(self.app.login_flow.result(cookie))
            assert type(result) is LoginElsewhere
        elif jar == "own" and not self._is_pending(login):
            self._check_result(login, login.result_cookie)

    def _check_continues(self, login: ExpectedLogin, answer: Any) -> None:
        """The browser is redirected to its login's current page."""
        assert isinstance(answer, BrowserRedirect)
        if login.step in ("discord", "spotify"):
            assert answer == BrowserRedirect(current_visit(login).url, login.cookie)
            return
        assert answer.url == RESULT_PATH
        login.result_cookie = answer.cookie
        if not self._is_pending(login):
            self._check_result(login, answer.cookie)

    def _check_result(self, login: ExpectedLogin, cookie: str) -> None:
        status = self.model.status(login)
        if not cookie:
            return  # the browser was not sent to the result page
        result = self.run(self.app.login_flow.result(cookie))
        match status:
            case "erased":
                # Without the login that the cookie names, another one of this browser is shown.
                own = [other for other in self.model.stored_logins if other.cookie == login.cookie]
                assert own or type(result) is LoginElsewhere
            case "over":
                expected = login.result
                assert result == expected or type(result) is expected
            case "code":
                assert result == AwaitingCode(login.account.title(), login.user, login.code)
            case "asking":
                assert type(result) is LoginInterrupted
            case "discord" | "spotify":
                assert type(result) is LoginInProgress
            case _:
                assert type(result) is _ENDED[status]

    def _cookie(self, login: ExpectedLogin, jar: Jar) -> str:
        match jar:
            case "own":
                return login.cookie
            case "other":
                return self.other_login_cookie(login)
        return ""

    def _is_pending(self, login: ExpectedLogin) -> bool:
        return any(request.subject is login for request in self.pending)
