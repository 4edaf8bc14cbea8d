"""What a press on a panel does: a player action, a like, or a refresh."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.content import NothingPlaying, VolumeNotSupported
from bot.errors.login import NeedsLogin
from bot.errors.spotify import DeviceChoiceNeeded, OutcomeUnknown, PlayerRestricted
from bot.interactions.responses import reply, reply_privately
from bot.library.saved_items import SavedItems
from bot.panel.panels import Panels
from bot.panel.snapshot import fetch_liked, has_restarted
from bot.player.actions import ACTION_VERBS, SKIPS, PlayerAction
from bot.player.player import Player
from bot.spotify.uris import Uri
from bot.text.items import title
from bot.views.outcome import outcome_reply
from bot.views.panel import item_of_message, parse_uri
from bot.views.panel_state import PanelState

# These errors show that the panel was out of date.
_STALE_PANEL_ERRORS = (
    DeviceChoiceNeeded,
    NothingPlaying,
    OutcomeUnknown,
    PlayerRestricted,
    VolumeNotSupported,
)
Interaction = discord.Interaction[Any]


class PanelPresses:
    def __init__(
        self, panels: Panels, player: Player, sessions: Sessions, saved_items: SavedItems
    ) -> None:
        self._panels = panels
        self._player = player
        self._sessions = sessions
        self._saved_items = saved_items

    async def press(self, interaction: Interaction, state: PanelState, action: str) -> None:
        """Perform the action for the panel's owner, and redraw it. Raises BotError."""
        verb, _, argument = action.partition(" ")
        try:
            async with self._panels.lock(state.owner):
                if verb in ACTION_VERBS:
                    await self._perform(interaction, state, PlayerAction.parse(action))
                elif verb in ("like", "unlike"):
                    await self._like(interaction, state, parse_uri(argument), verb == "like")
                else:
                    await self._panels.draw(interaction, await self._panels.read(state))
        except NeedsLogin:
            self._panels.forget(state.owner)
            raise

    async def _perform(
        self, interaction: Interaction, state: PanelState, action: PlayerAction
    ) -> None:
        """After an error the panel is redrawn, too, if the error shows that it was out of date."""
        uri = item_of_message(interaction.message) if action.verb not in SKIPS else None
        liked = asyncio.create_task(self._liked(state.owner, uri))
        try:
            outcome = await self._player.perform(state.owner, action)
        except _STALE_PANEL_ERRORS:
            with suppress(BotError):
                await self._panels.draw(interaction, await self._panels.read(state))
            raise
        finally:
            await asyncio.wait({liked})
        before = self._panels.state(state.owner)
        after = replace(state, playback=outcome.state, status=outcome.message)
        try:
            after = await self._panels.read(after, {uri: liked.result()} if uri else None)
        except BotError:  # the action has succeeded all the same
            await reply(interaction, outcome_reply(outcome, private=True))
            return
        if outcome.state is None and has_restarted(
            after.playback, before.playback if before else None
        ):
            after = replace(after, status="")  # it says that the new item is not known yet
        await self._panels.draw(interaction, after)

    async def _liked(self, owner: int, uri: Uri | None) -> bool | None:
        """Asked while the action is in progress, so that the press need not wait for it."""
        with suppress(BotError):
            return await fetch_liked(await self._sessions.session(owner), uri) if uri else None
        return None

    async def _like(
        self, interaction: Interaction, state: PanelState, uri: Uri, like: bool
    ) -> None:
        spotify = await self._sessions.session(state.owner)
        shown, known = self._panels.state(state.owner), {}
        if shown and shown.uri == uri:
            known[uri] = shown.liked
        titles = {uri: title(shown.item)} if shown and shown.uri == uri and shown.item else {}
        change = self._saved_items.save if like else self._saved_items.remove
        await change(spotify, state.owner, uri, titles=titles, known=known)
        try:
            after = await self._panels.read(state, {uri: like})
        except BotError:
            await reply_privately(interaction, "Liked." if like else "Removed from Liked Songs.")
            return
        await self._panels.draw(interaction, after)
