"""The steps of a login, each held against the model."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.endings import Finished, Held, Offer, Onward
from bot.endings import Linked as NowLinked
from bot.errors import (
    AlreadyLinked,
    CodeSpent,
    Fault,
    LoginCancelled,
    LoginGone,
    LoginUnfinished,
    NotAllowListed,
    SomebodyElse,
    TooManyLogins,
    WrongCode,
)
from tests.linking.ground import Ground, ending
from tests.linking.model import TRIES, Going, Return, Station, Visit
from tests.linking.place import STRANGER

_LONG, _BRIEF = 864_000.0, 45.0  # lifetimes of access tokens, in seconds
CANCEL = "nobody"  # chosen for whoever cancels instead


class Logins(Ground):
    """From the login button to the last page, and the code in Discord."""

    def __init__(self) -> None:
        super().__init__()
        self.past: list[Going | Visit | Return] = []  # what browsers could try again

    def offer(self, user: str) -> Going | None:
        may = self.model.may_be_offered(user)
        offer = self.run(ending(self.house.links.offer(self.id(user), user, None)))
        if not may:
            assert isinstance(offer, TooManyLogins)
            return None
        assert isinstance(offer, Offer)
        self.run(self.house.links.announce_at(self.id(user), offer, f"told {user}"))
        page = self.model.offered(user, offer.url.rpartition("/")[2])
        self.past.append(page)
        return page

    def look_at(self, going: Going) -> None:
        """Open the login page and the last page; it changes nothing."""
        links = self.house.links
        page = self.run(ending(links.page(going.nonce)))
        assert isinstance(page, LoginGone) != self.model.waits(going, "page")
        last = self.run(ending(links.last_page(going.done)))
        if self.model.waits(going, "code"):
            assert not isinstance(last, Fault)
            assert links.code_of(last) == going.code  # type: ignore[arg-type]
        elif not (self.model.waits(going, "over") and going.done):
            assert isinstance(last, LoginGone)

    def press(self, page: Going, *, twice: bool = False) -> None:
        """Press the button of the login page, maybe in two browsers at once."""
        good = self.model.waits(page, "page")
        results = self.run(self._at_once(self.house.links.begin, 1 + twice, page.nonce))
        onward = [result for result in results if isinstance(result, Onward)]
        assert len(onward) == good
        return (
            self._sent(page, onward[0], "spotify" if self.by_code else "discord") if good else None
        )

    def sign_in(self, visit: Visit, who: str, *, slow: bool = False) -> None:
        """Say to Discord who one is, or cancel."""
        going, links = visit.going, self.house.links
        form = {"answer": "cancel"} if who == CANCEL else {"answer": "authorize", "user": who}
        back = self.run(self.world.answer(visit.url, **form))
        good = self._uses_up(visit, "discord", visit.cookie)

        def settle(end: Any) -> None:
            if not good:
                assert isinstance(end, LoginGone)
            elif self._overtaken(going, end):
                pass
            elif who == CANCEL:
                self._over(going, end, LoginCancelled)
            elif who != going.user:
                self._over(going, end, SomebodyElse)
            elif end is not None:
                self._sent(going, end, "spotify")

        work = links.signed_in(
            visit.state, visit.cookie, back.get("code", ""), back.get("error", "")
        )
        return self.ask(
            "login", going.user, going, work, settle, line=self.house.signin if slow else None
        )

    def skip_sign_in(self, visit: Visit) -> None:
        """Act as if Discord had been asked, with the state that was meant for its answer."""
        end = self.run(ending(self.house.links.finish(visit.state, visit.cookie, "a code", "")))
        assert isinstance(end, LoginGone)

    def agree(self, visit: Visit, account: str) -> Return:
        """Say to Spotify who one is, and agree; or cancel."""
        form = (
            {"answer": "cancel"} if account == CANCEL else {"answer": "agree", "account": account}
        )
        back = self.run(self.world.answer(visit.url, **form))
        returning = Return(visit, account, back.get("code", ""), back.get("error", ""))
        self.past.append(returning)
        return returning

    def come_back(
        self, back: Return, *, cookie: str | None = None, twice: bool = False, slow: bool = False
    ) -> None:
        """Follow Spotify's redirect, maybe with another browser's cookie, maybe twice at once."""
        visit, going, links = back.visit, back.visit.going, self.house.links
        cookie = visit.cookie if cookie is None else cookie
        good = self._uses_up(visit, "spotify", cookie)
        self.world.spotify.access_token_lifetime = _LONG  # however long the answer takes

        async def work() -> Any:
            results = await self._at_once(
                links.finish, 1 + twice, visit.state, cookie, back.code, back.error
            )
            taken = [result for result in results if not isinstance(result, LoginGone)]
            assert len(taken) <= 1
            return (taken or results)[0]

        def settle(end: Any) -> None:
            if not good:
                assert isinstance(end, LoginGone)
                assert self.token_requests == 0
            elif not self._overtaken(going, end) and end is not None:
                self._finished(going, back, end)

        line = self.house.login if slow else None
        self.ask("login", going.user, going, work(), settle, line=line)
        self.world.spotify.access_token_lifetime = _BRIEF

    def confirm(self, user: str, typed: str | None = None, *, wrong_first: int = 0) -> None:
        """Type a code, by default the right one; before it, at once, some wrong ones."""
        going = self.model.goings.get(user)
        waits = going is not None and self.model.waits(going, "code")
        right = going.code if going is not None else ""
        results = self.run(
            self._confirm(user, *["0000-0000"] * wrong_first, right if typed is None else typed)
        )
        for number, end in enumerate(results):
            is_right = number == wrong_first and (typed is None or _meant(typed) == _meant(right))
            if going is None or not waits or going.at != "code" or going.tries == TRIES:
                assert isinstance(end, LoginUnfinished | CodeSpent)
                continue
            going.tries += 1
            if is_right:
                self._confirmed(going, end)
            elif going.tries == TRIES:
                assert isinstance(end, CodeSpent)
                del self.model.goings[user]
                if user not in self.model.links:
                    self.watch.nothing_is_left(user)
            else:
                assert isinstance(end, WrongCode)

    def leave(self, user: str) -> None:
        """What /unlink does, the question answered."""
        was_linked = self.run(self.house.accounts.unlink(self.id(user)))
        assert was_linked == (user in self.model.links)
        self.model.left(user)
        self.watch.nothing_is_left(user)

    def link_straight(self, user: str, account: str, *, with_code: bool = True) -> None:
        """A whole login by one person, without a detour."""
        page = self.offer(user)
        if page is None:
            return
        self.press(page)
        if not self.by_code:
            self.sign_in(_visit(page), user)
        self.come_back(self.agree(_visit(page), account))
        if self.by_code and with_code:
            self.confirm(user)

    def another_cookie(self, visit: Visit) -> str:
        """Of a browser that somebody else's login waits for, if there is one."""
        goings = self.model.goings.values()
        others = (one.visit for one in goings if one is not visit.going)
        return next((other.cookie for other in others if other is not None), "forged")

    async def _at_once(self, verb: Any, times: int, *args: object) -> list[Any]:
        return await asyncio.gather(*(ending(verb(*args)) for _ in range(times)))

    async def _confirm(self, user: str, *codes: str) -> list[Any]:
        confirm = self.house.links.confirm
        return await asyncio.gather(*(ending(confirm(self.id(user), code)) for code in codes))

    def _uses_up(self, visit: Visit, at: Station, cookie: str) -> bool:
        """Whether the bot waits for this browser; from now on it does no more."""
        going = visit.going
        good = self.model.waits(going, at) and going.visit is visit and cookie == visit.cookie
        if good:
            going.at = "asking"
        return good

    def _overtaken(self, going: Going, end: Any) -> bool:
        """Whether the login was replaced or erased meanwhile, so that nothing comes of it."""
        if self.model.goings.get(going.user) is going:
            return False
        ended = isinstance(end, Finished) and isinstance(end.ending, Fault)
        assert ended or end is None or isinstance(end, LoginGone)
        return True

    def _sent(self, going: Going, onward: Onward, where: Station) -> None:
        state = onward.url.partition("state=")[2].partition("&")[0]
        going.at, going.visit = where, Visit(going, where, onward.url, onward.cookie, state)
        self.past.append(going.visit)

    def _finished(self, going: Going, back: Return, end: Finished) -> None:
        if back.error:
            return self._over(going, end, LoginCancelled)
        if back.account == STRANGER:
            return self._over(going, end, NotAllowListed)
        if not self._is_free(going, back.account, end):
            return None
        going.account, going.done, going.ends_at = (
            back.account,
            end.cookie,
            self.world.clock() + 600,
        )
        going.since = self.world.clock()
        if not self.by_code:
            return self._linked(going, end)
        assert isinstance(end.ending, Held)
        assert end.ending.name == back.account.title()
        going.at, going.code = "code", end.ending.code
        return None

    def _is_free(self, going: Going, account: str, end: Any) -> bool:
        """Whether nobody else has linked the account; otherwise the login ends, and they hear."""
        owner = self.model.owner(account)
        if owner in (None, going.user):
            return True
        self._over(going, end, AlreadyLinked)
        assert end.owner == self.id(owner)
        return False

    def _confirmed(self, going: Going, end: Any) -> None:
        if self._is_free(going, going.account, end):
            self._linked(going, end)

    def _linked(self, going: Going, end: Any) -> None:
        assert isinstance(end, Finished)
        assert end.ending == NowLinked(going.account.title())
        assert self.house.links.notice(end) == f"told {going.user}"
        self.model.link(going)

    def _over(self, going: Going, end: Any, fault: type[Fault]) -> None:
        if end is not None:  # None: cut off by a restart, and nobody heard of it
            assert isinstance(end, Finished)
            assert isinstance(end.ending, fault)
            going.at, going.done = "over", end.cookie


def _meant(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def _visit(going: Going) -> Visit:
    assert going.visit is not None
    return going.visit
