"""Commands that need an access token, and what Spotify answers to that, held against the model."""

from __future__ import annotations

from typing import Any, Literal, get_args

from bot.errors import LinkEnded, NotLinked, SpotifyDown
from bot.spotify.models import Profile
from sandbox.faults import Fault as Mishap
from tests.linking.ground import Ground
from tests.linking.model import Linked

Brings = Literal["none", "empty", "same", "new", "lost", "cut off", "invalid_grant", "503"]
Fate = Literal["ended", "fresh", "down", "dead", "good"]
BRINGS: tuple[Brings, ...] = get_args(Brings)

_HOUR = 3600.0
# So short that the bot never trusts it for a second command.
_BRIEF = 45.0
_EARLY = 60.0


class Renewals(Ground):
    """A command asks who its user is; whether that takes a renewal depends on what is held."""

    def command(self, user: str, brings: Brings, *, brief: bool = True, slow: bool = False) -> None:
        link = self.model.links.get(user)
        renewing = [one.about for one in self.under_way if one.user == user]
        if link in renewing:
            return  # it would wait for the renewal under way, and the machine with it
        lifetime = _BRIEF if brief else _HOUR
        self._prepare(link, brings, lifetime)
        fate = self._fate(user, link, brings)
        if fate == "down" and brings == "lost" and link is not None:
            link.lost = link.lost or not self.watch.is_dead(user)

        def settle(end: Any) -> None:
            now = self.model.links.get(user)
            if now is link or fate == "down":
                self._ended(user, link, fate, lifetime, end)
            elif end is not None:  # overtaken: it goes on with what there is by now
                fresh_for = self.world.spotify.access_token_lifetime
                self._ended(user, now, self._fate(user, now, "none"), fresh_for, end)

        line = self.house.login if slow and not renewing else None
        self.ask("renewal", user, link, self._who(user), settle, line=line)
        self.world.spotify.accounts_faults.clear()
        asks = fate in ("down", "dead", "good")
        assert self.token_requests == asks, "one renewal, where one is needed"

    def _fate(self, user: str, link: Linked | None, brings: Brings) -> Fate:
        """What becomes of the command: without a renewal, or of the renewal."""
        if link is None or link.ended:
            return "ended"
        if self.world.clock() < link.fresh_until:
            return "fresh"
        if brings in ("lost", "cut off", "503"):
            return "down"
        return "dead" if self.watch.is_dead(user) else "good"

    async def _who(self, user: str) -> Profile:
        session = await self.house.accounts.session(self.id(user))
        return await session.profile.me()

    def _prepare(self, link: Linked | None, brings: Brings, lifetime: float) -> None:
        spotify = self.world.spotify
        spotify.access_token_lifetime = lifetime
        match brings:
            case "none" | "empty" | "same" | "new":
                spotify.refresh_reply = brings
            case "invalid_grant":
                if link is not None:
                    spotify.end_consent(link.account)
            case "503":
                spotify.accounts_faults.add(Mishap("POST /api/token", status=503))
            case "lost" | "cut off":
                spotify.refresh_reply = "new" if brings == "lost" else "none"
                spotify.accounts_faults.add(Mishap("POST /api/token", act="reset", executed=True))

    def _ended(self, user: str, link: Linked | None, fate: Fate, lifetime: float, end: Any) -> None:
        """Hold how a command ended, None where it was cut off, against what became of it."""
        expected: type[object] = Profile
        if link is None or fate == "ended":
            expected = NotLinked if link is None else LinkEnded
        elif fate == "down":
            expected = SpotifyDown
        elif fate == "dead":
            expected = LinkEnded if self.model.refused(user, link) else SpotifyDown
        elif fate == "good":
            self.model.refusals.pop(user, None)
            link.fresh_until = self.world.clock() + lifetime - _EARLY
        assert end is None or isinstance(end, expected)
        if isinstance(end, Profile):
            assert link is not None
            assert end.name == link.account.title()
