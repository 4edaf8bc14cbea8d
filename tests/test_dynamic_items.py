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

from bot.ui.lasting import Lasting
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.acting import NoAnswer
from sandbox.readable import BUTTON, SELECTS, walk
from sandbox.recording import Exchange
from sandbox.stage import stage
from tests import costs
from tests.scene import Scene
from tests.stage.discord_bot import SmallBot, connected

Json = dict[str, Any]
FORM = 9  # the type of the answer to an interaction that is a form


# ---- the trap is there


class _Lasting(ui.DynamicItem[ui.Button[Any]], template=r"lasting:(?P<number>\d)"):
    def __init__(self, number: str) -> None:
        super().__init__(ui.Button(label=f"Lasting {number}", custom_id=f"lasting:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: Any
    ) -> _Lasting:
        return cls(match["number"])

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.send_message("It lasts")


class _View(ui.View):
    """As people write it: one lasting button, one that stops the view."""

    @ui.button(label="Stop")
    async def end(self, interaction: Interaction, button: ui.Button[_View]) -> None:
        self.stop()
        await interaction.response.send_message("Stopped")


@app_commands.command()
async def alone(interaction: Interaction) -> None:
    """Show a lasting button alone."""
    view = ui.View(timeout=None)
    view.add_item(_Lasting("1"))
    await interaction.response.send_message("Alone", view=view)
    view.stop()


@app_commands.command()
async def mixed(interaction: Interaction) -> None:
    """Show it beside an ordinary one."""
    view = _View()
    view.add_item(_Lasting("2"))
    await interaction.response.send_message("Mixed", view=view)


@app_commands.command()
async def again(interaction: Interaction) -> None:
    """Show a lasting one, then send the same view without it."""
    view = ui.View(timeout=None)
    view.add_item(lasting := _Lasting("3"))
    await interaction.response.send_message("First", view=view)
    view.remove_item(lasting)
    view.add_item(ui.Button(label="Website", url="https://example.org/"))
    view.add_item(ui.Button(label="Ordinary", custom_id="ordinary"))
    await interaction.edit_original_response(content="Then", view=view)


class _Bot(SmallBot):
    async def setup_hook(self) -> None:
        commands: list[app_commands.Command[Any, ..., Any]] = [alone, mixed, again]
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(_Lasting)
        await super().setup_hook()


@pytest.mark.parametrize("way", ["stopped", "sent again"])
async def test_the_library_forgets_lasting_buttons_that_were_mixed_with_others(way: str) -> None:
    """If this fails, discord.py has changed: see whether the rules of lasting buttons may go."""
    clock = Clock()
    async with Discord(clock) as pretend, connected(pretend, _Bot()) as bot:
        seat = pretend.seat("ada", "music")
        first = await seat.run("/alone")
        assert (await first.press("Lasting 1")).text == "It lasts", "one alone is never forgotten"
        if way == "stopped":
            await (await seat.run("/mixed")).press("Stop")
        else:
            await (await seat.run("/again")).until("Then")
        assert _Lasting.__discord_ui_compiled_template__ not in _registered(bot)
        press = asyncio.create_task(first.press("Lasting 1"))
        await asyncio.wait([press], timeout=0.2)
        clock.advance(3)
        with pytest.raises(NoAnswer):
            await press


def _registered(bot: discord.Client) -> dict[Any, type[Any]]:
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
    async with stage() as it:
        assert it.bot is not None
        found.before = _registered(it.bot)
        await costs.measure(Scene(it, await it.link("ada")))
        found.after = _registered(it.bot)
        found.views = dict(it.bot._connection._view_store._views)
        found.messages = list(_sent(it.discord.recording.exchanges))
    return found


def _sent(exchanges: Any) -> Iterator[Json]:
    """Every message with components that the bot sent or edited."""
    for one in exchanges:
        body = _body(one)
        if one.path.endswith("/callback"):
            body = {} if body.get("type") == FORM else body.get("data") or {}
        if body.get("components"):
            yield body


def _body(one: Exchange) -> Json:
    text = one.request_body
    if one.request_type == "multipart/form-data":
        text = text.split(b'name="payload_json"')[1].split(b"\r\n\r\n")[1].split(b"\r\n--")[0]
    body = json.loads(text) if text.startswith(b"{") else {}
    return body if isinstance(body, dict) else {}


def _ids(message: Json) -> list[str]:
    """Of all that can be pressed or chosen in it."""
    parts = [part for part in walk(message) if part["type"] in (BUTTON, *SELECTS)]
    return [part["custom_id"] for part in parts if "custom_id" in part]


def test_the_session_shows_nearly_everything(session: Session) -> None:
    shown = {custom_id for message in session.messages for custom_id in _ids(message)}
    for kind in Lasting.__subclasses__():
        template = kind.__discord_ui_compiled_template__
        assert any(template.fullmatch(custom_id) for custom_id in shown), template


def test_every_button_and_menu_of_every_message_lasts(session: Session) -> None:
    """And one template claims each: two that match would both run."""
    for message in session.messages:
        for custom_id in _ids(message):
            claims = [template for template in session.before if template.fullmatch(custom_id)]
            assert len(claims) == 1, custom_id


def test_no_other_template_begins_to_match(session: Session) -> None:
    """discord.py looks with `fullmatch`; what begins alike is still a trap for the next one."""
    for message in session.messages:
        for custom_id in _ids(message):
            assert sum(bool(one.match(custom_id)) for one in session.before) == 1, custom_id


def test_nothing_was_unregistered_or_kept(session: Session) -> None:
    assert session.after == session.before
    assert session.after
    assert not session.views
