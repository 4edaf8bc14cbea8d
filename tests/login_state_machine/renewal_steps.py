"""Commands that need an access token, and Spotify's responses, compared with the model."""

from __future__ import annotations

from typing import Any, Literal, get_args

from bot.errors.login import LoginExpired, NotLinked
from bot.errors.spotify import SpotifyDown
from bot.spotify.profile import Profile
from sandbox.fault_injection import Fault
from tests.login_state_machine.base_machine import BaseMachine
from tests.login_state_machine.model import ExpectedLink

RenewalReply = Literal["none", "empty", "same", "new", "lost", "cut off", "invalid_grant", "503"]
CommandOutcome = Literal["no account", "cached", "down", "refused", "renewed"]
RENEWAL_REPLIES: tuple[RenewalReply, ...] = get_args(RenewalReply)

_LONG_LIFETIME_S = 3600.0
# Shorter than the bot's renewal margin, so that every command renews.
_SHORT_LIFETIME_S = 45.0
_RENEWAL_MARGIN_S = 60.0


class RenewalSteps(BaseMachine):
    """A command reads its user's profile, with the cached token or after a renewal."""

    def fetch_profile(
        self, user: str, reply: RenewalReply, *, short_lived: bool = True, delayed: bool = False
    ) -> None:
        link = self.model.links.get(user)
        renewing = [request.subject for request in self.pending if request.user == user]
        if link in renewing:
            return  # the command, and so the machine, would wait for the pending renewal
        lifetime = _SHORT_LIFETIME_S if short_lived else _LONG_LIFETIME_S
        self._prepare_reply(link, reply, lifetime)
        outcome = self._expected_outcome(user, link, reply)
        if outcome == "down" and reply == "lost" and link is not None:
            link.token_lost = link.token_lost or not self.checker.has_no_valid_token(user)

        def check(result: Any) -> None:
            current = self.model.links.get(user)
            if current is not link and outcome == "renewed" and link is not None:
                self.model.record_renewal(user, link)
            if current is link or outcome == "down":
                self._check_outcome(user, link, outcome, lifetime, result)
            elif result is not None:  # superseded: the command continues with the current account
                self._check_outcome(
                    user,
                    current,
                    self._expected_outcome(user, current, "none"),
                    self.env.spotify.oauth.access_token_lifetime,
                    result,
                )

        client = self.app.spotify_oauth if delayed and not renewing else None
        self.start_request("renewal", user, link, self._profile(user), check, client=client)
        self.env.spotify.accounts_faults.clear()
        needs_renewal = outcome in ("down", "refused", "renewed")
        assert self.token_request_count == needs_renewal, "at most one renewal, if needed"

    def _expected_outcome(
        self, user: str, link: ExpectedLink | None, reply: RenewalReply
    ) -> CommandOutcome:
        """How a command ends that starts now."""
        if link is None or self.model.is_over(user, link):
            return "no account"
        if self.env.clock() < link.token_valid_until:
            return "cached"
        if reply in ("lost", "cut off", "503"):
            return "down"
        return "refused" if self.checker.has_no_valid_token(user) else "renewed"

    async def _profile(self, user: str) -> Profile:
        session = await self.app.sessions.session(self.user_id(user))
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
                spotify.accounts_faults.add(Fault("POST /api/token", status=503))
            case "lost" | "cut off":
                spotify.oauth.refresh_token_reply = "new" if reply == "lost" else "none"
                spotify.accounts_faults.add(
                    Fault("POST /api/token", action="reset", runs_first=True)
                )

    def _check_outcome(
        self,
        user: str,
        link: ExpectedLink | None,
        outcome: CommandOutcome,
        lifetime: float,
        result: Any,
    ) -> None:
        """Compare a command's result with the model; None means that it was cancelled."""
        expected: type[object] = Profile
        if link is None or outcome == "no account":
            expected = NotLinked if link is None else LoginExpired
        elif outcome == "down":
            expected = SpotifyDown
        elif outcome == "refused":
            expected = LoginExpired if self.model.record_refusal(user, link) else SpotifyDown
        elif outcome == "renewed":
            self.model.record_renewal(user, link)
            link.token_valid_until = self.env.clock() + lifetime - _RENEWAL_MARGIN_S
        assert result is None or isinstance(result, expected)
        if isinstance(result, Profile):
            assert link is not None
            assert result.name == link.account.title()
