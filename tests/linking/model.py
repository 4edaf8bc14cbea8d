"""What must be true: who is linked, and which login is under way where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.spotify.tokens import Consent
from tests.linking.slow import Pause

LOGIN_LASTS = 600.0
OFFERS_IN_TEN_MINUTES = 3
TRIES = 5
OUTAGE, OUTAGE_WINDOW = 3, 300.0

Station = Literal["page", "discord", "spotify", "asking", "code", "over"]


@dataclass(eq=False)
class Going:
    """A login under way. `at` is what it waits for; "asking": the bot asks one of the services."""

    user: str
    nonce: str
    ends_at: float
    at: Station = "page"
    visit: Visit | None = None  # the browser that it waits for
    account: str = ""
    since: float = 0.0
    code: str = ""
    done: str = ""  # the cookie that opens the last page
    tries: int = 0


@dataclass(eq=False)
class Visit:
    """A browser that was sent on to one of the services."""

    going: Going
    where: Station
    url: str
    cookie: str
    state: str


@dataclass(eq=False)
class Return:
    """A browser on its way back from Spotify, agreed or cancelled."""

    visit: Visit
    account: str
    code: str
    error: str


@dataclass(eq=False)
class Linked:
    """`lost`: Spotify's answer with the next refresh token never came, so this one is dead."""

    account: str
    since: int
    ended: bool = False
    lost: bool = False
    consent: Consent | None = None
    fresh_until: float = 0.0  # the bot holds an access token until then

    @property
    def expires_at(self) -> float:
        """As Spotify counts."""
        return Consent("", "", frozenset(), self.since, "").expires_at


@dataclass(eq=False)
class UnderWay:
    """A question to one of the services whose answer has not arrived."""

    kind: Literal["renewal", "login"]
    user: str
    about: object
    task: asyncio.Task[Any]
    pause: Pause
    settle: Callable[[Any], None]  # holds how it ended, None if cut off, against the model


@dataclass
class Model:
    now: Callable[[], float]
    links: dict[str, Linked] = field(default_factory=dict)
    goings: dict[str, Going] = field(default_factory=dict)
    offers: dict[str, list[float]] = field(default_factory=dict)
    refusals: dict[str, float] = field(default_factory=dict)

    def owner(self, account: str) -> str | None:
        return next((user for user, link in self.links.items() if link.account == account), None)

    def waits(self, going: Going, at: Station) -> bool:
        """Whether this login is the user's last, in time, and waits for that."""
        current = self.goings.get(going.user) is going
        return current and going.at == at and self.now() < going.ends_at

    def alive(self) -> list[Going]:
        """Logins that wait for somebody to go on."""
        waiting = (self.goings[user] for user in sorted(self.goings))
        return [
            one for one in waiting if one.at not in ("asking", "over") and self.waits(one, one.at)
        ]

    def held(self) -> list[str]:
        """Who could type a code now."""
        return sorted(user for user, going in self.goings.items() if self.waits(going, "code"))

    def may_be_offered(self, user: str) -> bool:
        recent = [at for at in self.offers.get(user, []) if at > self.now() - LOGIN_LASTS]
        return len(recent) < OFFERS_IN_TEN_MINUTES

    def offered(self, user: str, nonce: str) -> Going:
        self.offers.setdefault(user, []).append(self.now())
        going = self.goings[user] = Going(user, nonce, self.now() + LOGIN_LASTS)
        return going

    def link(self, going: Going) -> None:
        self.links[going.user] = Linked(going.account, int(going.since))
        going.at = "over"

    def refused(self, user: str, link: Linked) -> bool:
        """Spotify called a refresh token dead. True where that ends the link, and it is no outage.

        An outage is many refusals in a short time, of links whose six months are not over.
        """
        if self.now() < link.expires_at:
            self.refusals[user] = self.now()
            recent = [u for u, at in self.refusals.items() if at > self.now() - OUTAGE_WINDOW]
            if len(recent) >= OUTAGE:
                for one in recent:
                    if one in self.links:
                        self.links[one].ended = False
                return False
        link.ended = True
        return True

    def round(self) -> None:
        """What the bot erases every minute."""
        over = [user for user, going in self.goings.items() if going.ends_at <= self.now()]
        for user in over:
            del self.goings[user]

    def left(self, user: str) -> None:
        self.links.pop(user, None)
        self.goings.pop(user, None)
        self.refusals.pop(user, None)

    def restarted(self) -> None:
        """What the bot kept in memory is gone."""
        self.offers.clear()
        self.refusals.clear()
        for link in self.links.values():
            link.fresh_until = 0.0
