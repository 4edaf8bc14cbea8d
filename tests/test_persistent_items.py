"""All buttons of the bot are persistent: discord.py unregisters those in mixed views."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord import Interaction, app_commands, ui

from bot.interactions.components import PersistentButton, PersistentSelect
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.awaiting_reply import NoResponse
from sandbox.harness import run_harness
from sandbox.message_text import BUTTON, SELECT, walk_components
from sandbox.traffic_log import Exchange
from tests.command_costs import measure_costs
from tests.cost_session import CostSession
from tests.simulators.discord_bot import SmallBot, run_bot

Json = dict[str, Any]
MODAL_RESPONSE = 9  # the type of a response that opens a modal


# ---- the behaviour of discord.py


class _PersistentButton(ui.DynamicItem[ui.Button[Any]], template=r"persistent:(?P<number>\d)"):
    def __init__(self, number: str) -> None:
        super().__init__(ui.Button(label=f"Persistent {number}", custom_id=f"persistent:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: Any
    ) -> _PersistentButton:
        return cls(match["number"])

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.send_message("Still registered")


class _MixedView(ui.View):
    """A view that mixes one persistent button with one that stops the view."""

    @ui.button(label="Stop")
    async def end(self, interaction: Interaction, button: ui.Button[_MixedView]) -> None:
        self.stop()
        await interaction.response.send_message("Stopped")


@app_commands.command(name="alone")
async def send_persistent(interaction: Interaction) -> None:
    """Show a persistent button alone."""
    view = ui.View(timeout=None)
    view.add_item(_PersistentButton("1"))
    await interaction.response.send_message("Alone", view=view)
    view.stop()


@app_commands.command(name="mixed")
async def send_mixed(interaction: Interaction) -> None:
    """Show a persistent button beside an ordinary one."""
    view = _MixedView()
    view.add_item(_PersistentButton("2"))
    await interaction.response.send_message("Mixed", view=view)


@app_commands.command(name="again")
async def send_again(interaction: Interaction) -> None:
    """Show a persistent button, then edit it out of the message."""
    view = ui.View(timeout=None)
    view.add_item(button := _PersistentButton("3"))
    await interaction.response.send_message("First", view=view)
    view.remove_item(button)
    view.add_item(ui.Button(label="Website", url="https://example.org/"))
    view.add_item(ui.Button(label="Ordinary", custom_id="ordinary"))
    await interaction.edit_original_response(content="Then", view=view)


class _Bot(SmallBot):
    async def setup_hook(self) -> None:
        commands: list[app_commands.Command[Any, ..., Any]] = [
            send_persistent,
            send_mixed,
            send_again,
        ]
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(_PersistentButton)
        await super().setup_hook()


@pytest.mark.parametrize("removal", ["stopped", "sent again"])
async def test_library_unregisters_persistent_items_in_mixed_views(removal: str) -> None:
    """If this fails, discord.py has changed, and mixed views may be allowed."""
    clock = Clock()
    async with Discord(clock) as discord_server, run_bot(discord_server, _Bot()) as bot:
        ada = discord_server.user_client("ada", "music")
        first = await ada.run("/alone")
        assert (await first.press("Persistent 1")).text == "Still registered", (
            "a button alone stays registered"
        )
        if removal == "stopped":
            await (await ada.run("/mixed")).press("Stop")
        else:
            await (await ada.run("/again")).wait_for("Then")
        assert _PersistentButton.__discord_ui_compiled_template__ not in _registered_items(bot)
        press = asyncio.create_task(first.press("Persistent 1"))
        await asyncio.wait([press], timeout=0.2)
        clock.advance(3)
        with pytest.raises(NoResponse):
            await press


def _registered_items(bot: discord.Client) -> dict[Any, type[Any]]:
    return dict(bot._connection._view_store._dynamic_items)


# ---- the messages of the bot


class Session:
    """The bot's messages while every action runs, and the registered items before and after."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.before: dict[Any, type[Any]] = {}
        self.after: dict[Any, type[Any]] = {}
        self.views: dict[Any, Any] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session() -> Session:
    session = Session()
    async with run_harness() as harness:
        assert harness.bot is not None
        session.before = _registered_items(harness.bot)
        await measure_costs(CostSession(harness, await harness.link_account("ada")))
        session.after = _registered_items(harness.bot)
        session.views = dict(harness.bot._connection._view_store._views)
        session.messages = list(_sent_messages(harness.discord.traffic.exchanges))
    return session


def _sent_messages(exchanges: Any) -> Iterator[Json]:
    """Every message with components that the bot sent or edited."""
    for exchange in exchanges:
        body = _json_body(exchange)
        if exchange.path.endswith("/callback"):
            body = {} if body.get("type") == MODAL_RESPONSE else body.get("data") or {}
        if body.get("components"):
            yield body


def _json_body(exchange: Exchange) -> Json:
    text = exchange.request_body
    if exchange.request_type == "multipart/form-data":
        text = text.split(b'name="payload_json"')[1].split(b"\r\n\r\n")[1].split(b"\r\n--")[0]
    body = json.loads(text) if text.startswith(b"{") else {}
    return body if isinstance(body, dict) else {}


def _custom_ids(message: Json) -> list[str]:
    """The custom_ids of the message's buttons and selects."""
    parts = [part for part in walk_components(message) if part["type"] in (BUTTON, SELECT)]
    return [part["custom_id"] for part in parts if "custom_id" in part]


def test_session_shows_every_persistent_item(session: Session) -> None:
    custom_ids = {custom_id for message in session.messages for custom_id in _custom_ids(message)}
    for kind in PersistentButton.__subclasses__() + PersistentSelect.__subclasses__():
        template = kind.__discord_ui_compiled_template__
        assert any(template.fullmatch(custom_id) for custom_id in custom_ids), template


def test_all_items_of_all_messages_are_persistent(session: Session) -> None:
    """Exactly one template matches each custom_id; two handlers would both run."""
    for message in session.messages:
        for custom_id in _custom_ids(message):
            matches = [template for template in session.before if template.fullmatch(custom_id)]
            assert len(matches) == 1, custom_id


def test_no_template_matches_prefix_of_other_custom_id(session: Session) -> None:
    """discord.py uses fullmatch; prefixes must not match either, so that new templates are safe."""
    for message in session.messages:
        for custom_id in _custom_ids(message):
            assert sum(bool(template.match(custom_id)) for template in session.before) == 1, (
                custom_id
            )


def test_all_templates_stay_registered_and_no_view_is_stored(session: Session) -> None:
    assert session.after == session.before
    assert session.after
    assert not session.views
