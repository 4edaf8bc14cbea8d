"""The state machine: users log in, forward links, type codes, renew and unlink in any order."""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.login_state_machine.login_app import UNREGISTERED_ACCOUNT
from tests.login_state_machine.login_steps import CANCELLED
from tests.login_state_machine.model import ExpectedLogin, Redirect, Visit
from tests.login_state_machine.renewal_steps import RENEWAL_REPLIES, RenewalReply, RenewalSteps
from tests.login_state_machine.revisits import Jar, RevisitSteps
from tests.login_state_machine.weighted_steps import WeightedSteps

# Discord user → Spotify account of the same person
ACCOUNT_OF_USER = {"ada": "ada", "grace": "grace", "linus": "mallory"}
USERS = tuple(ACCOUNT_OF_USER)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
SHORT_INTERVALS_S = (MINUTE, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE)
LONG_INTERVALS_S = (HOUR, 40 * DAY, 220 * DAY)
# A restart is slow, and soon after one there is little state to check.
MIN_STEPS_BETWEEN_RESTARTS = 12

Deviation = Literal["cancels", "twice", "no cookie", "another's cookie", "not invited", "skips"]
OverlappingAction = Literal["link", "ask", "unlink"]

users = st.sampled_from(USERS)
user_indexes = st.integers(0, len(USERS) - 1)
mostly_true = st.sampled_from((True, True, False))
deviations: tuple[Deviation, ...] = (
    "cancels", "twice", "no cookie", "another's cookie", "not invited", "skips",
)  # fmt: skip
overlapping_actions = st.sampled_from(("link", "link", "ask", "unlink"))

step = WeightedSteps()


class LoginStateMachine(RevisitSteps, RenewalSteps):
    """The steps of both modes."""

    def __init__(self) -> None:
        super().__init__()
        self.steps_since_restart = 0

    @rule(data=st.data())
    def run_step(self, data: st.DataObject) -> None:
        step.run_one(self, data)

    @invariant()
    def verify_state(self) -> None:
        self.steps_since_restart += 1
        self.checker.check_all()

    # ---- logins, by the user or by another person who got the link

    @step(
        9,
        lambda self: self.model.active_logins(),
        index=user_indexes,
        forwarded_to=st.sampled_from((None, None, None, *USERS)),
        deviation=st.sampled_from((*[None] * len(deviations), *deviations)),
        delayed=st.booleans(),
        wrong_first=st.sampled_from((0, 0, 1, 2, 5, 7)),
    )
    def advance_login(
        self,
        index: int,
        forwarded_to: str | None,
        deviation: Deviation | None,
        delayed: bool,
        wrong_first: int,
    ) -> None:
        """The next step of a login, by its user or by a person to whom the user sent the link."""
        logins = self.model.active_logins()
        login = logins[index % len(logins)]
        person = forwarded_to or login.user
        match login.step, login.visit:
            case "page", _:
                self.start_authorization(login, twice=deviation == "twice")
            case "discord", visit if visit is not None:
                if deviation == "skips":
                    self.skip_discord_sign_in(visit)
                self.sign_in_to_discord(
                    visit, CANCELLED if deviation == "cancels" else person, delayed=delayed
                )
            case "spotify", visit if visit is not None:
                self._authorize_and_return(visit, person, deviation, delayed=delayed)
            case "code", _:
                typed = login.code.lower().replace("-", " ")
                self.enter_code(person, typed, wrong_first=wrong_first)

    def _authorize_and_return(
        self, visit: Visit, person: str, deviation: Deviation | None, *, delayed: bool
    ) -> None:
        account = {"cancels": CANCELLED, "not invited": UNREGISTERED_ACCOUNT}.get(
            deviation or "", ACCOUNT_OF_USER[person]
        )
        redirect = self.authorize_spotify(visit, account)
        if deviation == "no cookie":
            self.ask_for_callback(redirect, "none")
        elif deviation == "another's cookie":
            self.ask_for_callback(redirect, "other")
        self.follow_redirect(redirect, twice=deviation == "twice", delayed=delayed)

    @step(2, index=user_indexes, exceeds_limit=st.sampled_from((True, False, False, False)))
    def request_another_login(self, index: int, exceeds_limit: bool) -> None:
        allowed = [user for user in USERS if exceeds_limit or self.model.can_request_login(user)]
        if allowed:
            self.request_login(allowed[index % len(allowed)])

    @step(
        5,
        lambda self: self.visited_pages,
        steps_back=st.integers(0, 8),
        jar=st.sampled_from(("own", "own", "other", "none")),
        press=st.booleans(),
    )
    def ask_again(self, steps_back: int, jar: Jar, press: bool) -> None:
        """The browser asks again for any earlier address: it prefetches, reloads or goes back."""
        match self.visited_pages[-1 - steps_back % len(self.visited_pages)]:
            case ExpectedLogin() as page:
                self.ask_for_login_page(page, jar, press=press)
                self.ask_for_result(page, jar)
            case Redirect() as redirect:
                self.ask_for_callback(redirect, jar)
            case visit if visit.service == "discord":
                self.sign_in_to_discord(visit, visit.login.user)
            case visit:
                self.follow_redirect(
                    self.authorize_spotify(visit, ACCOUNT_OF_USER[visit.login.user])
                )

    # ---- commands

    @step(
        7,
        index=user_indexes,
        reply=st.sampled_from(("new", "new", *RENEWAL_REPLIES)),
        short_lived=mostly_true,
        delayed=st.booleans(),
    )
    def run_command(
        self, index: int, reply: RenewalReply, short_lived: bool, delayed: bool
    ) -> None:
        candidates = sorted(self.model.links) or USERS
        user = candidates[index % len(candidates)]
        self.fetch_profile(user, reply, short_lived=short_lived, delayed=delayed)

    @step(1, lambda self: len(self.model.links) == len(USERS))
    def reject_all_refresh_tokens(self) -> None:
        for user in USERS:
            self.fetch_profile(user, "invalid_grant")

    # ---- held responses

    @step(4, lambda self: self.pending, index=user_indexes)
    def receive_response(self, index: int) -> None:
        self.run(self.deliver_response(self.pending[index % len(self.pending)]))

    @step(
        6,
        lambda self: self.pending,
        index=user_indexes,
        account_owner=users,
        action=overlapping_actions,
    )
    def act_while_request_pending(
        self, index: int, account_owner: str, action: OverlappingAction
    ) -> None:
        user = self.pending[index % len(self.pending)].user
        match action:
            case "ask":
                self.request_login(user)
            case "link":
                self.complete_login(user, ACCOUNT_OF_USER[account_owner])
            case "unlink":
                self.leave(user)

    @step(
        2,
        lambda self: self.model.links and not self.pending,
        index=user_indexes,
        reply=st.sampled_from(("new", "new", "none", "invalid_grant")),
        account_owner=users,
        action=overlapping_actions,
    )
    def act_while_renewal_pending(
        self, index: int, reply: RenewalReply, account_owner: str, action: OverlappingAction
    ) -> None:
        self.run_command(index, reply, short_lived=True, delayed=True)
        if self.pending:
            self.act_while_request_pending(0, account_owner, action)
            self.receive_response(0)

    # ---- whole logins and unlinks

    @step(3, user=users, account_owner=users, without_code=st.sampled_from((False, False, True)))
    def link_directly(self, user: str, account_owner: str, without_code: bool) -> None:
        """A whole login, maybe without typing the code."""
        if not self.model.can_request_login(user) and not self.pending:
            self.env.clock.advance(10 * MINUTE)
        self.complete_login(user, ACCOUNT_OF_USER[account_owner], with_code=not without_code)

    @step(1, user=users)
    def enter_code_of_other_user(self, user: str) -> None:
        logins = self.model.logins.values()
        codes = [login.code for login in logins if login.user != user and login.code]
        self.enter_code(user, next(iter(codes), "0000-0000"))

    @step(1, user=users)
    def unlink_user(self, user: str) -> None:
        self.leave(user)
        self.fetch_profile(user, "none")

    # ---- time and restarts

    @step(
        3,
        lambda self: not any(request.kind == "renewal" for request in self.pending),
        seconds=st.sampled_from(SHORT_INTERVALS_S),
        run_maintenance=st.booleans(),
    )
    def advance_minutes(self, seconds: float, run_maintenance: bool) -> None:
        self.env.clock.advance(seconds)
        if run_maintenance:
            self._run_maintenance()

    @step(1, lambda self: not self.pending, seconds=st.sampled_from(LONG_INTERVALS_S))
    def advance_days(self, seconds: float) -> None:
        self.env.clock.advance(seconds)
        self._run_maintenance()

    @step(
        1, lambda self: self.steps_since_restart >= MIN_STEPS_BETWEEN_RESTARTS, rekey=st.booleans()
    )
    def restart_app(self, rekey: bool) -> None:
        self.steps_since_restart = 0
        self.run(self.stop_app())
        if rekey:
            secrets = self.checker.count_encrypted_values()
            assert self.run(self.app.opens_with_other_key()) == (secrets == 0)
            assert self.run(self.app.rekey()) == secrets
        self.run(self.app.open())

    def _run_maintenance(self) -> None:
        self.run(self.app.login_flow.delete_expired())
        self.model.expire_logins()
        self.checker.check_only_active_users_stored()


class CodeLoginMachine(LoginStateMachine):
    """Without Discord's client secret: the user has to type the confirmation code."""


class DiscordLoginMachine(LoginStateMachine):
    """With Discord's client secret: the browser has to be signed in to Discord as the user."""

    by_code = False
