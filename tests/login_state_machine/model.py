"""What must be true: who is linked, and which login is under way where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.spotify.oauth_tokens import Consent
from tests.login_state_machine.held_responses import ResponseHold

LOGIN_LIFETIME_S = 600.0
MAX_LOGINS_PER_WINDOW = 3
MAX_ATTEMPTS = 5
OUTAGE_REFUSALS, OUTAGE_WINDOW_S = 3, 300.0

LoginStep = Literal["page", "discord", "spotify", "asking", "code", "over"]


@dataclass(eq=False)
class ExpectedLogin:
    """A login under way. `at` is what it waits for; "asking": the bot asks one of the services."""

    user: str
    nonce: str
    expires_at: float
    step: LoginStep = "page"
    visit: Visit | None = None  # the browser that it waits for
    account: str = ""
    authorized_at: float = 0.0
    code: str = ""
    result_cookie: str = ""  # the cookie that opens the last page
    attempts: int = 0


@dataclass(eq=False)
class Visit:
    """A browser that was sent on to one of the services."""

    login: ExpectedLogin
    service: LoginStep
    url: str
    cookie: str
    state: str


@dataclass(eq=False)
class Redirect:
    """A browser on its way back from Spotify, agreed or cancelled."""

    visit: Visit
    account: str
    code: str
    error: str


@dataclass(eq=False)
class ExpectedLink:
    """`lost`: Spotify's answer with the next refresh token never came, so this one is dead."""

    account: str
    authorized_at: int
    expired: bool = False
    token_lost: bool = False
    consent: Consent | None = None
    token_valid_until: float = 0.0  # the bot holds an access token until then

    @property
    def expires_at(self) -> float:
        """As Spotify counts."""
        return Consent("", "", frozenset(), self.authorized_at, "").expires_at


@dataclass(eq=False)
class PendingRequest:
    """A question to one of the services whose answer has not arrived."""

    kind: Literal["renewal", "login"]
    user: str
    subject: object
    task: asyncio.Task[Any]
    hold: ResponseHold
    on_result: Callable[[Any], None]  # holds how it ended, None if cut off, against the model


@dataclass
class LoginModel:
    now: Callable[[], float]
    links: dict[str, ExpectedLink] = field(default_factory=dict)
    logins: dict[str, ExpectedLogin] = field(default_factory=dict)
    login_requests: dict[str, list[float]] = field(default_factory=dict)
    refusals: dict[str, float] = field(default_factory=dict)

    def account_owner(self, account: str) -> str | None:
        return next((user for user, link in self.links.items() if link.account == account), None)

    def is_at(self, login: ExpectedLogin, step: LoginStep) -> bool:
        """Whether this login is the user's last, in time, and waits for that."""
        current = self.logins.get(login.user) is login
        return current and login.step == step and self.now() < login.expires_at

    def active_logins(self) -> list[ExpectedLogin]:
        """Logins that wait for somebody to go on."""
        waiting = (self.logins[user] for user in sorted(self.logins))
        return [
            one
            for one in waiting
            if one.step not in ("asking", "over") and self.is_at(one, one.step)
        ]

    def users_awaiting_code(self) -> list[str]:
        """Who could type a code now."""
        return sorted(user for user, going in self.logins.items() if self.is_at(going, "code"))

    def can_request_login(self, user: str) -> bool:
        recent = [
            at for at in self.login_requests.get(user, []) if at > self.now() - LOGIN_LIFETIME_S
        ]
        return len(recent) < MAX_LOGINS_PER_WINDOW

    def add_login(self, user: str, nonce: str) -> ExpectedLogin:
        self.login_requests.setdefault(user, []).append(self.now())
        going = self.logins[user] = ExpectedLogin(user, nonce, self.now() + LOGIN_LIFETIME_S)
        return going

    def link(self, login: ExpectedLogin) -> None:
        self.links[login.user] = ExpectedLink(login.account, int(login.authorized_at))
        login.step = "over"

    def record_refusal(self, user: str, link: ExpectedLink) -> bool:
        """Spotify called a refresh token dead. True where that ends the link, and it is no outage.

        An outage is many refusals in a short time, of links whose six months are not over.
        """
        if self.now() < link.expires_at:
            self.refusals[user] = self.now()
            recent = [u for u, at in self.refusals.items() if at > self.now() - OUTAGE_WINDOW_S]
            if len(recent) >= OUTAGE_REFUSALS:
                for one in recent:
                    if one in self.links:
                        self.links[one].expired = False
                return False
        link.expired = True
        return True

    def expire_logins(self) -> None:
        """What the bot erases every minute."""
        over = [user for user, going in self.logins.items() if going.expires_at <= self.now()]
        for user in over:
            del self.logins[user]

    def remove_user(self, user: str) -> None:
        self.links.pop(user, None)
        self.logins.pop(user, None)
        self.refusals.pop(user, None)

    def clear_memory(self) -> None:
        """What the bot kept in memory is gone."""
        self.login_requests.clear()
        self.refusals.clear()
        for link in self.links.values():
            link.token_valid_until = 0.0
