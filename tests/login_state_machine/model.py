"""The model: which accounts are linked, and which step each pending login waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.errors.bot_error import BotError
from bot.login.results import AccountLinked, LoginResult
from sandbox.spotify.oauth_tokens import Consent
from tests.login_state_machine.held_responses import ResponseHold

LOGIN_LIFETIME_S = 600.0
MAX_LOGINS_PER_WINDOW = 3
MAX_ATTEMPTS = 5
OUTAGE_REFUSALS, OUTAGE_WINDOW_S, RETRY_INTERVAL_S = 3, 300.0, 60.0

LoginStep = Literal["page", "discord", "spotify", "asking", "code", "over", "replaced"]
# A login that is no longer stored is "erased"; an open one that is too old is "expired".
LoginStatus = LoginStep | Literal["erased", "expired"]


@dataclass(eq=False)
class ExpectedLogin:
    """A pending login. `step` is what it waits for; "asking" is a response of a service."""

    user: str
    nonce: str
    expires_at: float
    step: LoginStep = "page"
    cookie: str = ""  # of the browser that pressed the button of the login page
    visit: Visit | None = None  # where that browser was redirected to
    account: str = ""
    authorized_at: float = 0.0
    code: str = ""
    result_cookie: str = ""  # of that browser when it was sent to the result page
    result: LoginResult | type[BotError] | None = None  # how it ended
    attempts: int = 0


@dataclass(eq=False)
class Visit:
    """A browser that the bot redirected to one of the services."""

    login: ExpectedLogin
    service: LoginStep
    url: str
    state: str


@dataclass(eq=False)
class Redirect:
    """A browser that a service redirects to the bot, after consent or cancellation.

    account  the user of the service, who may have cancelled
    """

    visit: Visit
    account: str
    code: str
    error: str


@dataclass(eq=False)
class ExpectedLink:
    """A linked account. `token_lost`: Spotify's response with a new refresh token got lost."""

    account: str
    authorized_at: int
    expired: bool = False
    token_lost: bool = False
    consent: Consent | None = None
    token_valid_until: float = 0.0  # the bot caches an access token until then

    @property
    def expires_at(self) -> float:
        """When the user's consent expires at Spotify."""
        return Consent("", "", frozenset(), self.authorized_at, "").expires_at


@dataclass(eq=False)
class PendingRequest:
    """A request of the bot that waits for a held response of a service."""

    kind: Literal["renewal", "login"]
    user: str
    subject: object
    task: asyncio.Task[Any]
    hold: ResponseHold
    on_result: Callable[[Any], None]  # compares the result with the model; None: cancelled


@dataclass
class LoginModel:
    """The expected state; the dictionaries' keys are Discord users."""

    now: Callable[[], float]
    links: dict[str, ExpectedLink] = field(default_factory=dict)
    logins: dict[str, ExpectedLogin] = field(default_factory=dict)
    stored_logins: list[ExpectedLogin] = field(default_factory=list)  # with those that are over
    login_requests: dict[str, list[float]] = field(default_factory=dict)
    refusals: dict[str, float] = field(default_factory=dict)
    renewed_at: float = 0.0  # when the last renewal succeeded, or the bot started
    started_at: float = 0.0

    def account_owner(self, account: str) -> str | None:
        return next((user for user, link in self.links.items() if link.account == account), None)

    def is_at(self, login: ExpectedLogin, step: LoginStep) -> bool:
        """Whether this login is the user's newest, has not expired, and waits for this step."""
        current = self.logins.get(login.user) is login
        return current and login.step == step and self.now() < login.expires_at

    def status(self, login: ExpectedLogin) -> LoginStatus:
        """What the browser that started a login is told about it."""
        if login not in self.stored_logins:
            return "erased"
        if login.step not in ("over", "replaced") and self.now() >= login.expires_at:
            return "expired"
        return login.step

    def active_logins(self) -> list[ExpectedLogin]:
        """Logins that wait for a browser or for a code."""
        logins = (self.logins[user] for user in sorted(self.logins))
        return [
            login
            for login in logins
            if login.step not in ("asking", "over") and self.is_at(login, login.step)
        ]

    def can_request_login(self, user: str) -> bool:
        start = self.now() - LOGIN_LIFETIME_S
        recent = [at for at in self.login_requests.get(user, []) if at > start]
        return len(recent) < MAX_LOGINS_PER_WINDOW

    def add_login(self, user: str, nonce: str) -> ExpectedLogin:
        self.login_requests.setdefault(user, []).append(self.now())
        old = self.logins.get(user)
        if old is not None and old.step != "over":
            old.step = "replaced"
        login = self.logins[user] = ExpectedLogin(user, nonce, self.now() + LOGIN_LIFETIME_S)
        self.stored_logins.append(login)
        return login

    def erase_logins(self, user: str) -> None:
        self.logins.pop(user, None)
        self.stored_logins = [login for login in self.stored_logins if login.user != user]

    def link(self, login: ExpectedLogin) -> None:
        self.links[login.user] = ExpectedLink(login.account, int(login.authorized_at))
        login.step, login.result = "over", AccountLinked(login.account.title())

    def is_over(self, user: str, link: ExpectedLink) -> bool:
        """Whether the account is revoked, and the bot does not ask Spotify again yet."""
        retry_at = self.refusals.get(user, self.started_at) + RETRY_INTERVAL_S
        return link.expired and (self.now() >= link.expires_at or self.now() < retry_at)

    def record_refusal(self, user: str, link: ExpectedLink) -> bool:
        """Spotify refused a refresh token. True if the account is revoked, False in an outage.

        An outage is the first refusal of a user, after refusals of others in a short time, without
        a renewal in between, of consents that have not expired.
        """
        if self.now() < link.expires_at:
            is_first = user not in self.refusals
            self.refusals[user] = self.now()
            since = max(self.now() - OUTAGE_WINDOW_S, self.renewed_at)
            recent = [other for other, at in self.refusals.items() if at > since]
            if is_first and len(recent) >= OUTAGE_REFUSALS:
                return False
        link.expired = True
        return True

    def record_renewal(self, user: str, link: ExpectedLink) -> None:
        self.renewed_at = self.now()
        self.refusals.pop(user, None)
        link.expired = False

    def expire_logins(self) -> None:
        """Erase expired logins, as the bot does every minute."""
        self.stored_logins = [
            login for login in self.stored_logins if login.expires_at > self.now()
        ]
        self.logins = {
            user: login for user, login in self.logins.items() if login in self.stored_logins
        }

    def remove_user(self, user: str) -> None:
        self.links.pop(user, None)
        self.erase_logins(user)
        self.refusals.pop(user, None)

    def clear_memory(self) -> None:
        """Forget what the bot keeps only in memory."""
        self.login_requests.clear()
        self.refusals.clear()
        self.started_at = self.renewed_at = self.now()
        for link in self.links.values():
            link.token_valid_until = 0.0
