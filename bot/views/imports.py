"""The questions about an import, and what it has done."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.library.import_journal import BatchOrder
from bot.library.import_matches import FILE as MATCHES
from bot.library.import_outcome import LastImport, Outcome, TakenBack
from bot.library.import_plan import Plan
from bot.library.import_steps import Scope
from bot.spotify.uris import Kind
from bot.text.escape import safe, single_line
from bot.text.items import count, format_duration
from bot.text.library import noun
from bot.views import cards
from bot.views.import_buttons import (
    NONE_OF_THESE,
    ChooseButton,
    DecideAllButton,
    DoubtSelect,
    ImportButton,
    ListSelect,
    OverviewButton,
    UndoImportButton,
)
from bot.views.import_overview import closeness_text, playlist_name

STOPPED_LOOKING = "Stopped. Nothing was changed, and I’ve erased what you attached."
CANCELLED = "Cancelled. Nothing was changed, and I’ve erased what you attached."
_MAX_NAMED, _MAX_TITLE, _MAX_OPTIONS, _MAX_LABEL = 5, 60, 25, 90


# ---- questions


def playlist_question(plan: Plan, job_id: int, names: str, page: int) -> tuple[str, ui.View]:
    """The question which playlists are imported, 25 on a page."""
    playlists = [(number, listed) for number, listed in plan.playlists if not listed.is_open]
    pages = range(0, max(1, len(playlists)), _MAX_OPTIONS)
    page = min(page, len(pages) - 1)
    shown = playlists[page * _MAX_OPTIONS : (page + 1) * _MAX_OPTIONS]
    options = [
        discord.SelectOption(
            label=single_line(listed.name, _MAX_LABEL) or "Untitled",
            description=count(len(listed.usable), "song"),
            value=str(number),
            default=number in plan.chosen,
        )
        for number, listed in shown
    ]
    job, chosen = str(job_id), sum(number in plan.chosen for number, _ in playlists)
    parts: list[ui.Item[Any]] = [ListSelect(job, names, str(page), options)] if options else []
    if chosen:
        label = f"Import {count(chosen, 'playlist')}"
        parts.append(ImportButton(job, names, Scope.PLAYLISTS, label))
    if page:
        parts.append(ChooseButton(job, names, str(page - 1), "Previous"))
    if page + 1 < len(pages):
        parts.append(ChooseButton(job, names, str(page + 1), "Next"))
    parts.append(OverviewButton(job, names))
    where = f" Page {page + 1} of {len(pages)}." if len(pages) > 1 else ""
    return f"Which playlists? {count(chosen, 'playlist')} chosen.{where}", cards.buttons(*parts)


def doubt_question(plan: Plan, job_id: int, names: str) -> tuple[str, ui.View] | None:
    """The question about the first song that is in doubt; None if there is none."""
    doubtful = [(number, entry) for number, entry in enumerate(plan.open) if entry.is_doubtful]
    if not doubtful:
        return None
    number, entry = doubtful[0]
    options = []
    for candidate in entry.candidates or ():
        length = format_duration(candidate.duration_ms) if candidate.duration_ms else ""
        parts = (single_line(candidate.artists, 30), single_line(candidate.album, 30), length)
        about = filter(None, (*parts, f"{candidate.closeness} match"))
        options.append(
            discord.SelectOption(
                label=single_line(candidate.title, _MAX_LABEL) or "Untitled",
                description=single_line(" · ".join(about), _MAX_LABEL) or None,
                value=candidate.uri,
            )
        )
    options.append(discord.SelectOption(label="None of these: leave it out", value=NONE_OF_THESE))
    title = " · ".join(filter(None, (safe(entry.title), safe(entry.artists, _MAX_TITLE))))
    length = f" ({format_duration(entry.duration_ms)})" if entry.duration_ms else ""
    where = playlist_name(plan.lists[entry.list_number])
    each = " of each" if len(doubtful) > 1 else ""
    text = (
        f"{title}{length}, from {where}.\n"
        f"{count(len(doubtful), 'song')} to decide on. The likeliest{each}: "
        f"{closeness_text([entry for _, entry in doubtful])}."
    )
    job, all_of = str(job_id), "it" if len(doubtful) == 1 else f"all {len(doubtful):,}"
    return text, cards.buttons(
        DoubtSelect(job, names, str(number), options),
        DecideAllButton(job, names, "likeliest", f"Likeliest for {all_of}"),
        DecideAllButton(job, names, "skip", f"Skip {all_of}"),
        OverviewButton(job, names),
    )


# ---- results


def _added_text(outcome: Outcome) -> str:
    parts = [
        count(
            number,
            {Kind.TRACK: "liked song", Kind.PLAYLIST: "followed playlist"}.get(kind, noun(kind)),
        )
        for kind, number in outcome.saved.items()
        if number
    ]
    for created, words in ((True, "new playlist"), (False, "playlist of yours")):
        filled = [each for each in outcome.filled if each.created is created]
        if filled:
            songs = count(sum(each.songs for each in filled), "song")
            names = (
                f"{len(filled):,} playlists of yours"
                if not created and len(filled) > 1
                else (count(len(filled), words))
            )
            parts.append(f"{songs} in {names}")
    return ", ".join(parts)


def outcome_text(outcome: Outcome, *, stopped: bool = False, has_matches: bool = False) -> str:
    """What the import has added, what Spotify refused, and how to undo it.

    has_matches  whether the table of `import_matches` comes with it
    """
    added = _added_text(outcome)
    lines = ["Stopped."] if stopped else []
    lines.append(f"Imported {added}." if added else "Nothing was imported.")
    if refused := outcome.refused:
        named = ", ".join(safe(title, _MAX_TITLE) for title in refused[:_MAX_NAMED])
        more = f" and {len(refused) - _MAX_NAMED:,} more" if len(refused) > _MAX_NAMED else ""
        lines.append(f"Spotify refused {count(len(refused), 'entry')}: {named}{more}.")
    lines += [f"{what} isn’t complete: {why}" for what, why in outcome.failed[:_MAX_NAMED]]
    if has_matches:
        lines.append(f"-# {MATCHES} has what I took for songs that could be one of several.")
    if outcome.is_mixed:
        lines.append("-# Spotify mixes up the 40 items of a request, so those may be out of order.")
    elif outcome.order is BatchOrder.UNKNOWN:
        lines.append("-# I couldn’t check whether Spotify kept their order.")
    if added:
        lines.append("Use /undo within a day to take that back.")
    return "\n".join(lines)


def undo_view(import_id: int) -> ui.View:
    return cards.buttons(UndoImportButton(str(import_id)))


def undo_question(last: LastImport) -> str:
    """What an undo would take back."""
    calls = last.outcome.undo_calls.total()
    return (
        f"Your last change is the import of <t:{int(last.at)}:f>: {_added_text(last.outcome)}. "
        f"Taking that back removes only what it added, and takes about {count(calls, 'request')} "
        "to Spotify."
    )


def taken_back_text(taken: TakenBack) -> str:
    text = f"Took the import back: removed {count(taken.removed, 'item')}."
    if taken.left:
        text += f" {count(taken.left, 'item')} had changed since or couldn’t be removed."
    if taken.more:
        text += " Use /undo again to take back the import before it."
    return text
