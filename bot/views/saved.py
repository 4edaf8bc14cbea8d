"""The replies about saved and removed items, and about an undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from bot.interactions.responses import Reply
from bot.library.saved_items import SavedChange
from bot.library.undo import Undone
from bot.spotify.catalogue import Item
from bot.spotify.uris import Uri
from bot.text.items import byline, count, title
from bot.text.library import change_sentence, counts, removed_message, saved_message, titles
from bot.views import cards
from bot.views.items import go_to_row

_KEPT = (
    "I left {playlists} alone: removing your own would delete it. Use /playlist delete for that."
)
_UNUSABLE = "I couldn’t use {links}: nothing on Spotify that I can save."


def item_line(uri: Uri, change: SavedChange, *, saved: bool) -> str:
    """What happened to one item, without a full stop."""
    message = saved_message if saved else removed_message
    changed = None if uri in change.unsure else uri in change.changed
    return message(uri.kind, changed=changed)


@dataclass(frozen=True)
class SavedReport:
    """What a command saved or removed.

    items     those of its items that were read; if some were not, all are counted
    unusable  the number of links that led to nothing
    """

    change: SavedChange
    items: Sequence[Item]
    saved: bool = True
    unusable: int = 0

    @property
    def notes(self) -> list[str]:
        notes = []
        if links := self.unusable + len(self.change.missing):
            notes.append(_UNUSABLE.format(links=count(links, "link")))
        if self.change.kept:
            notes.append(_KEPT.format(playlists=count(len(self.change.kept), "playlist")))
        return notes

    @property
    def by_uri(self) -> dict[Uri, Item]:
        return {item.require_uri(): item for item in self.items}


def report_line(report: SavedReport) -> str:
    """The report in one line, without a full stop."""
    change, by_uri = report.change, report.by_uri
    names = titles(report.items)
    parts = [change_sentence(change.changed, names, saved=report.saved).removesuffix(".")]
    if not change.changed and len(change.unchanged) == 1 and by_uri:
        (uri,) = change.unchanged
        parts = [f"{names[uri]} · {item_line(uri, change, saved=report.saved)}"]
    elif change.unchanged:
        already = "saved already" if report.saved else "not in your library"
        parts.append(f"{counts(change.unchanged)} {already}")
    return " · ".join(part for part in parts if part)


def report_reply(report: SavedReport) -> Reply:
    """A card of one item, or a list of several."""
    change, by_uri, saved = report.change, report.by_uri, report.saved
    notes = [f"-# {note}" for note in report.notes]
    uris = (*change.changed, *change.unchanged)
    if len(uris) == 1 and uris[0] in by_uri:
        line = item_line(uris[0], change, saved=saved)
        item, below = by_uri[uris[0]], "\n".join(notes)
        view = cards.card(item, *go_to_row(item), heading=f"-# {line}", below=below)
        return Reply(view=view)
    done, already = ("Saved", "Saved already") if saved else ("Removed", "Not in your library")
    parts: list[str] = []
    for heading, group in ((done, change.changed), (already, change.unchanged)):
        if group:
            parts += [f"### {heading}", *_lines(group, by_uri, saved, group is change.changed)]
    return Reply(view=_list(parts, notes))


def _lines(uris: Sequence[Uri], by_uri: dict[Uri, Item], saved: bool, changed: bool) -> list[str]:
    if all(uri in by_uri for uri in uris):
        named = [by_uri[uri] for uri in uris]
        return [f"- {title(item)} · {byline(item)}" for item in named]
    if changed:
        return [change_sentence(uris, {}, saved=saved)]
    return [counts(uris)]


def _list(parts: list[str], notes: list[str]) -> ui.LayoutView:
    return cards.list_card("\n".join([*parts, *notes, "-# On Spotify"]))


def undone_reply(undone: Undone) -> Reply:
    """What an undo restored, and what it could not."""
    lines = [undone.message, *(f"-# {caveat}" for caveat in undone.caveats)]
    return Reply(view=cards.container("\n".join(lines)))
