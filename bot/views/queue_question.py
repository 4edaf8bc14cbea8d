"""The question whether many songs are to be queued, and what is shown while they are."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.player.bulk_queue import QueueRequest
from bot.player.outcome import Outcome
from bot.spotify.links import find_links
from bot.spotify.uris import Uri
from bot.text.escape import single_line
from bot.text.items import count, numbered_items
from bot.views import cards
from bot.views.outcome import outcome_reply, outcome_view
from bot.views.panel_controls import started_controls

# For a press after the work has ended, perhaps by a restart of the bot.
NOT_RUNNING = "That isn’t running any more. /queue show lists what’s queued."
# Characters of a name in the question; a list for an error message has shorter ones.
_MAX_NAME = 60
# The device of a question in a custom_id. A longer name is cut, and then matches no device.
_DEVICE = r"(?P<on>[^\n]{1,80})"
_MAX_DEVICE = 80

_ENTRY = re.compile(r"\d+\. ")
_LINK = re.compile(r"\]\((https://open\.spotify\.com/[a-z]+/[0-9A-Za-z]{22})\)")


class ConfirmButton(PersistentButton, template=rf"queue:add:(?P<now>(?:now)?)(?::{_DEVICE})?"):
    """Queues everything that its message lists. `on`: ID or name of the device, if it is named."""

    def __init__(self, now: str, on: str | None = None) -> None:
        self.now = now == "now"
        self.on = on
        custom_id = f"queue:add:{now}" + (f":{on}" if on else "")
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label="Queue them", style=style, custom_id=custom_id))


class PlayInsteadButton(PersistentButton, template=rf"queue:play(?::{_DEVICE})?"):
    """Plays everything that its message lists, instead of queueing it. `on`: see ConfirmButton."""

    def __init__(self, on: str | None = None, *, several: bool = False) -> None:
        self.on = on
        label = f"Play {'them' if several else 'it'} instead"
        custom_id = "queue:play" + (f":{on}" if on else "")
        super().__init__(ui.Button(label=label, custom_id=custom_id))


class StopQueueingButton(PersistentButton, template=r"queue:stop:(?P<work_id>\d{1,20})"):
    """Stops the queueing that the interaction with this ID began."""

    def __init__(self, work_id: str) -> None:
        self.work_id = int(work_id)
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Stop", style=style, custom_id=f"queue:stop:{work_id}"))


def queued_reply(
    queued: Outcome | QueueRequest, *, now: bool = False, on: str | None = None
) -> Reply:
    """The reply about the queued items, or the question whether to queue so many."""
    if isinstance(queued, QueueRequest):
        return Reply(view=confirmation_card(queued, now=now, on=on), private=True)
    return outcome_reply(queued)


def confirmation_card(request: QueueRequest, *, now: bool, on: str | None = None) -> ui.LayoutView:
    """The question whether to queue the items; `listed_uris` reads them back."""
    songs = count(request.songs, "song")
    if not request.exact:
        songs = f"up to {songs}"
    elif request.total > request.songs:
        songs = f"the first {request.songs} of {request.total:,} songs"
    several = len(request.items) > 1
    it = "them" if several else "it"
    device = single_line(on, _MAX_DEVICE) or None
    buttons: list[ui.Item[Any]] = [PlayInsteadButton(device, several=several)]
    if request.refusal:
        question = f"Play {it} instead?"
        costs = f"{request.refusal} Playing {it} replaces what’s playing."
    else:
        question = "Queue all of this?"
        costs = (
            f"That’s {songs}. Once queued they can’t be removed, and this uses {request.calls} of "
            f"the bot’s daily Spotify requests.\nPlaying {it} instead uses "
            f"{request.calls_to_play}, and replaces what’s playing."
        )
        buttons.insert(0, ConfirmButton("now" if now else "", device))
    lines = [
        f"### {question}",
        *numbered_items(request.items, _MAX_NAME),
        costs,
        f"{request.left_out_note}." if request.links_left_out else "",
        "-# On Spotify",
    ]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(filter(None, lines)))
    return cards.container(
        cards.with_cover(text, None if several else request.items[0]), ui.ActionRow(*buttons)
    )


def progress_card(
    message: discord.Message | None, work_id: int, text: str, can_stop: bool = False
) -> ui.LayoutView:
    """The list of a question with `text` instead; `work_id`: see StopQueueingButton."""
    stop = StopQueueingButton(str(work_id))
    return cards.container(_list(message, text), *([ui.ActionRow[Any](stop)] if can_stop else []))


def played_card(message: discord.Message | None, outcome: Outcome, user_id: int) -> ui.LayoutView:
    """The item that a confirmation card lists, or the list of several, and the user's controls."""
    controls: cards.Row = ui.ActionRow(*started_controls(user_id, outcome.item))
    if outcome.item is None:
        return cards.container(_list(message, f"{outcome.message}."), controls)
    return outcome_view(outcome, controls)


def _list(message: discord.Message | None, text: str) -> str:
    """The list of a question with `text` instead."""
    lines = [line for part in _texts(message) for line in part.split("\n") if _ENTRY.match(line)]
    return "\n".join([*lines, text, "-# On Spotify"])


def listed_uris(message: discord.Message | None) -> list[Uri]:
    """The items that a message of the bot lists: the targets of its links, never a name."""
    links = _LINK.findall("\n".join(_texts(message)))
    return [uri for link in links for uri in find_links(link) if isinstance(uri, Uri)]


def _texts(message: discord.Message | None) -> list[str]:
    if message is None:
        return []
    components = cards.layout_of(message).walk_children()
    texts = [component.content for component in components if isinstance(component, ui.TextDisplay)]
    return [message.content, *texts]
