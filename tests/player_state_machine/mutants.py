"""Faulty variants of the bot that the state machine must detect."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.client import Tonearm
from bot.interactions.double_press import DoublePressGuard
from bot.interactions.reply_visibility import ReplyVisibility
from bot.player.actions import PlayerAction
from bot.player.outcome import Outcome
from bot.player.player import Player
from bot.spotify.models import Playback
from bot.views.panel_controls import PanelButton
from tests.player_state_machine.player_app import PlayerApp

AnyInteraction = Any


class ReportsWithoutActing(PlayerApp):
    """/pause reports success and does nothing."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, player=self.make_player(_IdlePlayer, bot))


class _IdlePlayer(Player):
    async def perform(self, user_id: int, action: PlayerAction, **how: Any) -> Outcome:
        if action.verb == "pause":
            return Outcome("Paused")
        return await super().perform(user_id, action, **how)


class ShowsPreviousState(PlayerApp):
    """Replies show the player's state after the previous command."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, player=self.make_player(_StalePlayer, bot))


class _StalePlayer(Player):
    def __init__(self, *parts: Any, **clocks: Any) -> None:
        super().__init__(*parts, **clocks)
        self.previous_states: dict[int, Playback | None] = {}

    async def perform(self, user_id: int, action: PlayerAction, **how: Any) -> Outcome:
        outcome = await super().perform(user_id, action, **how)
        previous, self.previous_states[user_id] = self.previous_states.get(user_id), outcome.state
        return (
            Outcome(outcome.message, outcome.item, previous)
            if previous and outcome.state
            else outcome
        )


class RepeatsActions(PlayerApp):
    """Non-idempotent actions run twice."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, player=self.make_player(_RepeatingPlayer, bot))


class _RepeatingPlayer(Player):
    async def perform(self, user_id: int, action: PlayerAction, **how: Any) -> Outcome:
        if action.verb in ("next", "previous", "queue"):
            await super().perform(user_id, action, **how)
        return await super().perform(user_id, action, **how)


class IgnoresDoublePresses(PlayerApp):
    """Both presses of a double press act."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, double_press=_NoGuard(monotonic=self.clock.monotonic))


class _NoGuard(DoublePressGuard):
    @contextmanager
    def guard(self, button: Hashable) -> Iterator[bool]:
        yield True


class AcceptsAnyPresser(PlayerApp):
    """Every user who presses a panel's button controls its owner's player."""

    async def start(self) -> None:
        await super().start()
        assert self.bot is not None
        handlers = self.bot._component_handlers
        press = handlers[PanelButton]

        async def press_as_owner(interaction: AnyInteraction, button: PanelButton) -> None:
            assert self.bot is not None
            verb = button.action.partition(" ")[0]
            if verb in ("pause", "resume", "next", "volume", "shuffle", "repeat"):
                action = PlayerAction.parse(button.action)
                await self.bot.services.player.perform(button.owner, action)
            await press(interaction, button)

        handlers[PanelButton] = press_as_owner


class NeverUpdatesPanels(PlayerApp):
    """Commands do not refresh the panel."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, player=self.make_player(Player, bot, on_change=lambda *_: None))


class RepliesPublicly(PlayerApp):
    """Every reply is public."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, reply_visibility=_PublicReplies(bot.services.store))


class _PublicReplies(ReplyVisibility):
    async def defer(self, interaction: AnyInteraction, *, share: bool | None = None) -> None:
        await super().defer(interaction, share=True)


class PollsTooOften(PlayerApp):
    """Each action reads the player five times more."""

    def build_parts(self, bot: Tonearm) -> None:
        self.replace(bot, player=self.make_player(_PollingPlayer, bot))


class _PollingPlayer(Player):
    async def perform(self, user_id: int, action: PlayerAction, **how: Any) -> Outcome:
        outcome = await super().perform(user_id, action, **how)
        spotify = await self._sessions.session(user_id)
        for _ in range(5):
            await spotify.player.state()
        return outcome
