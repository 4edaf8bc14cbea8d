"""A trap of discord.py: a view of lasting and ordinary buttons unregisters the lasting ones."""

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
from sandbox.message_text import BUTTON, SELECT_TYPES, walk_components
from sandbox.traffic_log import Exchange
from tests.command_costs import measure_costs
from tests.cost_session import CostSession
from tests.simulators.discord_bot import SmallBot, run_bot

Json = dict[str, Any]
MODAL_RESPONSE = 9  # the type of the answer to an interaction that is a form


# ---- the trap is there


class _PersistentButton(ui.DynamicItem[ui.Button[Any]], template=r"lasting:(?P<number>\d)"):
    def __init__(self, number: str) -> None:
        super().__init__(ui.Button(label=f"Lasting {number}", custom_id=f"lasting:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: Any
    ) -> _PersistentButton:
        return cls(match["number"])

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.send_message("It lasts")


class _MixedView(ui.View):
    """As people write it: one lasting button, one that stops the view."""

    @ui.button(label="Stop")
    async def end(self, interaction: Interaction, button: ui.Button[_MixedView]) -> None:
        self.stop()
        await interaction.response.send_message("Stopped")


@app_commands.command(name="alone")
async def send_persistent(interaction: Interaction) -> None:
    """Show a lasting button alone."""
    view = ui.View(timeout=None)
    view.add_item(_PersistentButton("1"))
    await interaction.response.send_message("Alone", view=view)
    view.stop()


@app_commands.command(name="mixed")
async def send_mixed(interaction: Interaction) -> None:
    """Show it beside an ordinary one."""
    view = _MixedView()
    view.add_item(_PersistentButton("2"))
    await interaction.response.send_message("Mixed", view=view)


@app_commands.command(name="again")
async def send_again(interaction: Interaction) -> None:
    """Show a lasting one, then send the same view without it."""
    view = ui.View(timeout=None)
    view.add_item(lasting := _PersistentButton("3"))
    await interaction.response.send_message("First", view=view)
    view.remove_item(lasting)
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


@pytest.mark.parametrize("way", ["stopped", "sent again"])
async def test_library_unregisters_persistent_items_in_mixed_views(way: str) -> None:
    """If this fails, discord.py has changed: see whether the rules of lasting buttons may go."""
    clock = Clock()
    async with Discord(clock) as pretend, run_bot(pretend, _Bot()) as bot:
        seat = pretend.user_client("ada", "music")
        first = await seat.run("/alone")
        assert (await first.press("Lasting 1")).text == "It lasts", "one alone is never forgotten"
        if way == "stopped":
            await (await seat.run("/mixed")).press("Stop")
        else:
            await (await seat.run("/again")).wait_for("Then")
        assert _PersistentButton.__discord_ui_compiled_template__ not in _registered_items(bot)
        press = asyncio.create_task(first.press("Lasting 1"))
        await asyncio.wait([press], timeout=0.2)
        clock.advance(3)
        with pytest.raises(NoResponse):
            await press


def _registered_items(bot: discord.Client) -> dict[Any, type[Any]]:
    return dict(bot._connection._view_store._dynamic_items)


# ---- the bot keeps out of it


class Session:
    """All that people can do, done twice: what the bot sent, and what is registered then."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.before: dict[Any, type[Any]] = {}
        self.after: dict[Any, type[Any]] = {}
        self.views: dict[Any, Any] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session() -> Session:
    found = Session()
    async with run_harness() as it:
        assert it.bot is not None
        found.before = _registered_items(it.bot)
        await measure_costs(CostSession(it, await it.link_account("ada")))
        found.after = _registered_items(it.bot)
        found.views = dict(it.bot._connection._view_store._views)
        found.messages = list(_sent_messages(it.discord.traffic.exchanges))
    return found


def _sent_messages(exchanges: Any) -> Iterator[Json]:
    """Every message with components that the bot sent or edited."""
    for one in exchanges:
        body = _json_body(one)
        if one.path.endswith("/callback"):
            body = {} if body.get("type") == MODAL_RESPONSE else body.get("data") or {}
        if body.get("components"):
            yield body


def _json_body(one: Exchange) -> Json:
    text = one.request_body
    if one.request_type == "multipart/form-data":
        text = text.split(b'name="payload_json"')[1].split(b"\r\n\r\n")[1].split(b"\r\n--")[0]
    body = json.loads(text) if text.startswith(b"{") else {}
    return body if isinstance(body, dict) else {}


def _custom_ids(message: Json) -> list[str]:
    """Of all that can be pressed or chosen in it."""
    parts = [part for part in walk_components(message) if part["type"] in (BUTTON, *SELECT_TYPES)]
    return [part["custom_id"] for part in parts if "custom_id" in part]


def test_session_covers_nearly_all_items(session: Session) -> None:
    shown = {custom_id for message in session.messages for custom_id in _custom_ids(message)}
    for kind in PersistentButton.__subclasses__() + PersistentSelect.__subclasses__():
        template = kind.__discord_ui_compiled_template__
        assert any(template.fullmatch(custom_id) for custom_id in shown), template


def test_all_items_of_all_messages_are_persistent(session: Session) -> None:
    """And one template claims each: two that match would both run."""
    for message in session.messages:
        for custom_id in _custom_ids(message):
            claims = [template for template in session.before if template.fullmatch(custom_id)]
            assert len(claims) == 1, custom_id


def test_each_custom_id_matches_one_template(session: Session) -> None:
    """discord.py looks with `fullmatch`; what begins alike is still a trap for the next one."""
    for message in session.messages:
        for custom_id in _custom_ids(message):
            assert sum(bool(one.match(custom_id)) for one in session.before) == 1, custom_id


def test_no_template_is_unregistered_and_no_view_kept(session: Session) -> None:
    assert session.after == session.before
    assert session.after
    assert not session.views
