"""People who link, pass links on, type codes, renew, leave and come back, in any order."""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.linking.logins import CANCEL, Logins
from tests.linking.model import Going, Return, Visit
from tests.linking.place import STRANGER
from tests.linking.renewals import BRINGS, Brings, Renewals
from tests.linking.steps import Steps

# Discord user → the Spotify account of the same person
PEOPLE = {"ada": "ada", "grace": "grace", "linus": "mallory"}
USERS = tuple(PEOPLE)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
SHORT = (MINUTE, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE)
LONG = (HOUR, 40 * DAY, 220 * DAY)
# A restart takes longer than anything else, and little is new soon after one.
STEPS_BETWEEN_RESTARTS = 12

Oddity = Literal["cancels", "twice", "no cookie", "another's cookie", "not invited", "skips"]
Impatience = Literal["link", "ask", "unlink"]

users = st.sampled_from(USERS)
one_of_them = st.integers(0, len(USERS) - 1)
mostly = st.sampled_from((True, True, False))
oddities: tuple[Oddity, ...] = (
    "cancels", "twice", "no cookie", "another's cookie", "not invited", "skips",
)  # fmt: skip
impatience = st.sampled_from(("link", "link", "ask", "unlink"))

step = Steps()


class Machine(Logins, Renewals):
    """What both modes have in common."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        step.take(self, data)

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        self.steps += 1
        self.watch.look()

    # ---- a login, by whoever has the link

    @step(
        9,
        lambda self: self.model.alive(),
        which=one_of_them,
        forwarded_to=st.sampled_from((None, None, None, *USERS)),
        oddly=st.sampled_from((*[None] * len(oddities), *oddities)),
        slow=st.booleans(),
        wrong_first=st.sampled_from((0, 0, 1, 2, 5, 7)),
    )
    def a_login_goes_on(
        self,
        which: int,
        forwarded_to: str | None,
        oddly: Oddity | None,
        slow: bool,
        wrong_first: int,
    ) -> None:
        """The next step of somebody's login, by them or by whom they sent the link to."""
        alive = self.model.alive()
        going = alive[which % len(alive)]
        person = forwarded_to or going.user
        match going.at, going.visit:
            case "page", _:
                self.press(going, twice=oddly == "twice")
            case "discord", visit if visit is not None:
                if oddly == "skips":
                    self.skip_sign_in(visit)
                self.sign_in(visit, CANCEL if oddly == "cancels" else person, slow=slow)
            case "spotify", visit if visit is not None:
                self._agree(visit, person, oddly, slow=slow)
            case "code", _:
                typed = going.code.lower().replace("-", " ")
                self.confirm(person, typed, wrong_first=wrong_first)

    def _agree(self, visit: Visit, person: str, oddly: Oddity | None, *, slow: bool) -> None:
        account = {"cancels": CANCEL, "not invited": STRANGER}.get(oddly or "", PEOPLE[person])
        back = self.agree(visit, account)
        if oddly == "no cookie":
            self.come_back(back, cookie="")
        elif oddly == "another's cookie":
            self.come_back(back, cookie=self.another_cookie(visit))
        self.come_back(back, twice=oddly == "twice", slow=slow and oddly != "twice")

    @step(2, which=one_of_them, insists=st.sampled_from((True, False, False, False)))
    def asks_for_a_link(self, which: int, insists: bool) -> None:
        may = [user for user in USERS if insists or self.model.may_be_offered(user)]
        if may:
            self.offer(may[which % len(may)])

    @step(2, lambda self: self.past, back=st.integers(0, 8))
    def a_browser_tries_again(self, back: int) -> None:
        match self.past[-1 - back % len(self.past)]:
            case Going() as page:
                self.look_at(page)
                self.press(page)
            case Return() as back_from_spotify:
                self.come_back(back_from_spotify)
            case visit if visit.where == "discord":
                self.sign_in(visit, visit.going.user)
            case visit:
                self.come_back(self.agree(visit, PEOPLE[visit.going.user]))

    # ---- commands

    @step(
        7,
        which=one_of_them,
        brings=st.sampled_from(("new", "new", *BRINGS)),
        brief=mostly,
        slow=st.booleans(),
    )
    def runs_a_command(self, which: int, brings: Brings, brief: bool, slow: bool) -> None:
        whoever = sorted(self.model.links) or USERS
        self.command(whoever[which % len(whoever)], brings, brief=brief, slow=slow)

    @step(1, lambda self: len(self.model.links) == len(USERS))
    def everybody_is_refused(self) -> None:
        for user in USERS:
            self.command(user, "invalid_grant")

    # ---- answers that take their time

    @step(4, lambda self: self.under_way, which=one_of_them)
    def an_answer_arrives(self, which: int) -> None:
        self.run(self.arrives(self.under_way[which % len(self.under_way)]))

    @step(6, lambda self: self.under_way, which=one_of_them, whose=users, does=impatience)
    def somebody_does_not_wait(self, which: int, whose: str, does: Impatience) -> None:
        user = self.under_way[which % len(self.under_way)].user
        match does:
            case "ask":
                self.offer(user)
            case "link":
                self.link_straight(user, PEOPLE[whose])
            case "unlink":
                self.leave(user)

    @step(
        2,
        lambda self: self.model.links and not self.under_way,
        which=one_of_them,
        brings=st.sampled_from(("new", "new", "none", "invalid_grant")),
        whose=users,
        does=impatience,
    )
    def a_renewal_is_overtaken(
        self, which: int, brings: Brings, whose: str, does: Impatience
    ) -> None:
        self.runs_a_command(which, brings, brief=True, slow=True)
        if self.under_way:
            self.somebody_does_not_wait(0, whose, does)
            self.an_answer_arrives(0)

    # ---- in one go, and away

    @step(3, user=users, whose=users, stops=st.sampled_from((False, False, True)))
    def links_without_a_detour(self, user: str, whose: str, stops: bool) -> None:
        """Maybe all but the code."""
        if not self.model.may_be_offered(user) and not self.under_way:
            self.world.clock.advance(10 * MINUTE)
        self.link_straight(user, PEOPLE[whose], with_code=not stops)

    @step(1, user=users)
    def types_a_code_seen_elsewhere(self, user: str) -> None:
        codes = [one.code for one in self.model.goings.values() if one.user != user and one.code]
        self.confirm(user, next(iter(codes), "0000-0000"))

    @step(1, user=users)
    def unlinks(self, user: str) -> None:
        self.leave(user)
        self.command(user, "none")

    # ---- what nobody asks for

    @step(
        3,
        lambda self: not any(one.kind == "renewal" for one in self.under_way),
        seconds=st.sampled_from(SHORT),
        round_is_made=st.booleans(),
    )
    def minutes_pass(self, seconds: float, round_is_made: bool) -> None:
        self.world.clock.advance(seconds)
        if round_is_made:
            self._round()

    @step(1, lambda self: not self.under_way, seconds=st.sampled_from(LONG))
    def days_pass(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self._round()

    @step(1, lambda self: self.steps >= STEPS_BETWEEN_RESTARTS, rekey=st.booleans())
    def the_bot_is_restarted(self, rekey: bool) -> None:
        self.steps = 0
        self.run(self.shut())
        if rekey:
            sealed = self.watch.how_much_is_sealed()
            assert self.run(self.house.opens_with_a_foreign_key()) == (sealed == 0)
            assert self.run(self.house.rekey()) == sealed
        self.run(self.house.open())

    def _round(self) -> None:
        self.run(self.house.links.expire())
        self.model.round()
        self.watch.only_who_is_here_is_known()


class ByCode(Machine):
    """Without Discord's client secret: whoever asked for a login has to know its code."""


class WithDiscord(Machine):
    """With Discord's client secret: whoever finishes a login has to be signed in as its user."""

    by_code = False
