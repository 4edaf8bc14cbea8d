"""Commands that need an access token, and what Spotify answers to that, held against the model."""

from __future__ import annotations

from typing import Any, Literal, get_args

from bot.errors.login import LoginExpired, NotLinked
from bot.errors.spotify import SpotifyDown
from bot.spotify.models import Profile
from sandbox.fault_injection import Fault as Mishap
from tests.login_state_machine.base_machine import BaseMachine
from tests.login_state_machine.model import ExpectedLink

RenewalReply = Literal["none", "empty", "same", "new", "lost", "cut off", "invalid_grant", "503"]
CommandOutcome = Literal["ended", "fresh", "down", "dead", "good"]
RENEWAL_REPLIES: tuple[RenewalReply, ...] = get_args(RenewalReply)

_LONG_LIFETIME_S = 3600.0
# So short that the bot never trusts it for a second command.
_SHORT_LIFETIME_S = 45.0
_RENEWAL_MARGIN_S = 60.0


class RenewalSteps(BaseMachine):
    """A command asks who its user is; whether that takes a renewal depends on what is held."""

    def fetch_profile(
        self, user: str, reply: RenewalReply, *, short_lived: bool = True, delayed: bool = False
    ) -> None:
        link = self.model.links.get(user)
        renewing = [one.subject for one in self.pending if one.user == user]
        if link in renewing:
            return  # it would wait for the renewal under way, and the machine with it
        lifetime = _SHORT_LIFETIME_S if short_lived else _LONG_LIFETIME_S
        self._prepare_reply(link, reply, lifetime)
        fate = self._expected_outcome(user, link, reply)
        if fate == "down" and reply == "lost" and link is not None:
            link.token_lost = link.token_lost or not self.checker.has_no_valid_token(user)

        def settle(end: Any) -> None:
            now = self.model.links.get(user)
            if now is link or fate == "down":
                self._check_outcome(user, link, fate, lifetime, end)
            elif end is not None:  # overtaken: it goes on with what there is by now
                fresh_for = self.env.spotify.oauth.access_token_lifetime
                self._check_outcome(
                    user, now, self._expected_outcome(user, now, "none"), fresh_for, end
                )

        line = self.app.spotify_oauth if delayed and not renewing else None
        self.start_request("renewal", user, link, self._profile(user), settle, client=line)
        self.env.spotify.accounts_faults.clear()
        asks = fate in ("down", "dead", "good")
        assert self.token_request_count == asks, "one renewal, where one is needed"

    def _expected_outcome(
        self, user: str, link: ExpectedLink | None, reply: RenewalReply
    ) -> CommandOutcome:
        """What becomes of the command: without a renewal, or of the renewal."""
        if link is None or link.expired:
            return "ended"
        if self.env.clock() < link.token_valid_until:
            return "fresh"
        if reply in ("lost", "cut off", "503"):
            return "down"
        return "dead" if self.checker.has_no_valid_token(user) else "good"

    async def _profile(self, user: str) -> Profile:
        session = await self.app.accounts.session(self.user_id(user))
        return await session.profile.me()

    def _prepare_reply(
        self, link: ExpectedLink | None, reply: RenewalReply, lifetime: float
    ) -> None:
        spotify = self.env.spotify
        spotify.oauth.access_token_lifetime = lifetime
        match reply:
            case "none" | "empty" | "same" | "new":
                spotify.oauth.refresh_token_reply = reply
            case "invalid_grant":
                if link is not None:
                    spotify.tokens.revoke_consents(link.account)
            case "503":
                spotify.accounts_faults.add(Mishap("POST /api/token", status=503))
            case "lost" | "cut off":
                spotify.oauth.refresh_token_reply = "new" if reply == "lost" else "none"
                spotify.accounts_faults.add(
                    Mishap("POST /api/token", action="reset", runs_first=True)
                )

    def _check_outcome(
        self,
        user: str,
        link: ExpectedLink | None,
        outcome: CommandOutcome,
        lifetime: float,
        result: Any,
    ) -> None:
        """Hold how a command ended, None where it was cut off, against what became of it."""
        expected: type[object] = Profile
        if link is None or outcome == "ended":
            expected = NotLinked if link is None else LoginExpired
        elif outcome == "down":
            expected = SpotifyDown
        elif outcome == "dead":
            expected = LoginExpired if self.model.record_refusal(user, link) else SpotifyDown
        elif outcome == "good":
            self.model.refusals.pop(user, None)
            link.token_valid_until = self.env.clock() + lifetime - _RENEWAL_MARGIN_S
        assert result is None or isinstance(result, expected)
        if isinstance(result, Profile):
            assert link is not None
            assert result.name == link.account.title()
