"""What an import would do, the buttons that choose, and what it has done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import discord
from discord import ui

from bot.library.import_outcome import Outcome
from bot.library.import_plan import ListPlan, Plan, Skip
from bot.library.import_steps import Choice, Scope, count_calls, make_steps
from bot.library.imports import LastImport, TakenBack
from bot.spotify.endpoint_groups import Group
from bot.spotify.uris import Kind
from bot.text.escape import safe, single_line
from bot.text.items import count, format_duration
from bot.text.library import noun
from bot.views import cards
from bot.views.import_buttons import (
    NONE_OF_THESE,
    CancelButton,
    ChooseButton,
    DoubtsButton,
    DoubtSelect,
    ImportButton,
    ListSelect,
    OverviewButton,
    UndoImportButton,
)

STOPPED_LOOKING = "Stopped. Nothing was changed, and I’ve erased the file."
CANCELLED = "Cancelled. Nothing was changed, and I’ve erased the file."
LEFT_OUT = "left-out.txt"
REASONS: dict[Skip, str] = {
    Skip.LOCAL: "files on a computer, which apps can’t add",
    Skip.GONE: "gone from Spotify when the file was made",
    Skip.UNREADABLE: "unreadable in the file",
    Skip.NOT_FOUND: "not found on Spotify",
    Skip.NOT_A_SONG: "nothing that this list can hold",
    Skip.REFUSED: "refused by Spotify",
    Skip.UNDECIDED: "not decided",
}
# Requests that are worth mentioning as a share of the day's.
_MANY_REQUESTS = 50
_MAX_NAMED, _MAX_TITLE, _MAX_OPTIONS, _MAX_LABEL = 5, 60, 25, 90


# ---- the overview


def overview(plan: Plan, daily_limit: int, names: str = "merge") -> str:
    """What the file has, what of it is new, and what importing it takes."""
    steps = make_steps(plan, Choice(Scope.ALL, merge=names == "merge"))
    what = safe(plan.format) or "this file"
    lines = [f"**What importing {what} would do.** Nothing has changed yet."]
    lines += [line for kind in Kind if (line := _kind_line(plan, kind))]
    lines += _playlist_lines(plan, names)
    lines += [f"-# {sentence}" for sentence in _left_out(plan)]
    lines += [f"-# {safe(doubt, 200)}" for doubt in plan.doubts[:3]]
    if doubtful := len(plan.doubtful):
        songs = "1 song has" if doubtful == 1 else f"{doubtful:,} songs have"
        lines.append(f"{songs} no link and could be one of several. Undecided ones are left out.")
    if not steps:
        lines.append("You have all of it already, so there’s nothing to import.")
    else:
        lines.append(f"Importing everything takes {_cost(count_calls(steps), daily_limit)}.")
        if any(plan.to_save(kind) for kind in (Kind.TRACK, Kind.ALBUM)):
            lines.append(
                "-# Saved items come back in their old order: oldest first, 40 to a request. "
                "If Spotify mixes those up, it’s one to a request. Their dates can’t come back."
            )
    return "\n".join(lines)


def overview_view(plan: Plan, job_id: int, names: str = "merge") -> ui.View:
    """The buttons of the overview."""
    job, parts = str(job_id), list[ui.Item[Any]]()
    steps = make_steps(plan, Choice(Scope.ALL, merge=names == "merge"))
    if steps:
        parts.append(ImportButton(job, names, Scope.ALL, "Import everything"))
    if plan.to_save(Kind.TRACK) and make_steps(plan, Choice(Scope.LIKES)):
        parts.append(ImportButton(job, names, Scope.LIKES, "Only liked songs"))
    if plan.playlists:
        parts.append(ChooseButton(job, names, "0", "Choose playlists"))
    if make_steps(plan, Choice(Scope.ONE)):
        parts.append(ImportButton(job, names, Scope.ONE, "All into one new playlist"))
    parts.append(CancelButton(job))
    if plan.doubtful:
        parts.append(DoubtsButton(job, names, f"Decide on {count(len(plan.doubtful), 'song')}"))
    if any(listed.existing for _, listed in plan.playlists):
        other = "new" if names == "merge" else "merge"
        label = "Make new playlists instead" if names == "merge" else "Add to my playlists instead"
        parts.append(OverviewButton(job, other, label))
    return cards.buttons(*parts)


def _kind_line(plan: Plan, kind: Kind) -> str:
    uris = plan.to_save(kind)
    if not uris:
        return ""
    saved = len(frozenset(plan.saved).intersection(uris))
    place = {Kind.TRACK: "Liked songs"}.get(kind, f"{noun(kind).capitalize()}s")
    unsure = sum(1 for uri in plan.unsure if uri.startswith(f"spotify:{kind}:"))
    unknown = f" · {unsure:,} unknown" if unsure else ""
    new = len(uris) - saved - unsure
    return f"- **{place}**: {len(uris):,} · {saved:,} already there{unknown} · **{new:,} new**"


def _playlist_lines(plan: Plan, names: str) -> list[str]:
    lines = []
    for _, listed in plan.playlists[:_MAX_NAMED]:
        lines.append(f"- {_playlist_name(listed)}: {_playlist_state(listed, names)}")
    if rest := plan.playlists[_MAX_NAMED:]:
        songs = sum(len(_added(listed, names)) for _, listed in rest)
        lines.append(f"- {count(len(rest), 'more playlist')}: **{count(songs, 'song')} to add**")
    if plan.follows:
        new = [uri for uri in plan.follows if uri not in plan.saved]
        lines.append(
            f"- **Playlists of others**: {len(plan.follows):,} to follow · **{len(new):,} new**"
        )
    return lines


def _added(listed: ListPlan, names: str) -> list[str]:
    return listed.missing if listed.existing and names == "merge" else listed.usable


def _playlist_state(listed: ListPlan, names: str) -> str:
    songs = count(len(listed.usable), "song")
    if not listed.existing:
        return f"{songs} · **new playlist**"
    if names == "new":
        return f"{songs} · you have one of this name · **a second one**"
    if listed.present is None:  # shared, or the same version: its songs were not compared
        return f"{songs} · you have it already"
    missing = count(len(listed.missing), "song")
    return f"{songs} · you have one of this name · **{missing} to add**"


def _playlist_name(listed: ListPlan) -> str:
    return f"**{safe(listed.name, _MAX_TITLE) or 'Untitled'}**"


def _left_out(plan: Plan) -> Iterable[str]:
    for reason, number in plan.counts.items():
        titles = [each.title for each in plan.skipped if each.reason is reason and each.title]
        named = ", ".join(safe(title, _MAX_TITLE) for title in titles[:_MAX_NAMED])
        more = f" and {number - _MAX_NAMED:,} more" if number > _MAX_NAMED and named else ""
        entries = count(number, "entry")
        yield f"{entries} left out, {REASONS[reason]}{f': {named}{more}' if named else ''}."


def _cost(calls: Counter[Group], daily_limit: int) -> str:
    text = f"about {count(calls.total(), 'request')} to Spotify"
    if calls.total() <= _MANY_REQUESTS:
        return text
    share = max(calls.values()) * 100 / daily_limit
    percent = f"{share:.0f}%" if share >= 1 else "less than 1%"
    days = ", so it pauses and goes on by itself on the following days" if share > 75 else ""
    return f"{text}, {percent} of what this bot may use in a day{days}"


def left_out_text(plan: Plan) -> str:
    """All entries that are left out, one a line, for a file."""
    lines = []
    for each in plan.skipped:
        name = plan.lists[each.list_number].name
        lines.append(f"{single_line(name)}\t{single_line(each.title, 300)}\t{REASONS[each.reason]}")
    return "\n".join([*lines, ""])


# ---- questions


def playlist_question(plan: Plan, job_id: int, names: str, page: int) -> tuple[str, ui.View]:
    """The question which playlists are imported, 25 on a page."""
    pages = range(0, max(1, len(plan.playlists)), _MAX_OPTIONS)
    page = min(page, len(pages) - 1)
    shown = plan.playlists[page * _MAX_OPTIONS : (page + 1) * _MAX_OPTIONS]
    options = [
        discord.SelectOption(
            label=single_line(listed.name, _MAX_LABEL) or "Untitled",
            description=count(len(listed.usable), "song"),
            value=str(number),
            default=number in plan.chosen,
        )
        for number, listed in shown
    ]
    job, chosen = str(job_id), len(plan.chosen)
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
        about = filter(None, (single_line(candidate.artists, 40), candidate.album, length))
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
    where = _playlist_name(plan.lists[entry.list_number])
    text = f"{title}{length}, from {where}. {count(len(doubtful), 'song')} to decide on."
    job = str(job_id)
    return text, cards.buttons(
        DoubtSelect(job, names, str(number), options), OverviewButton(job, names)
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


def outcome_text(outcome: Outcome, *, stopped: bool = False) -> str:
    """What the import has added, what Spotify refused, and how to undo it."""
    added = _added_text(outcome)
    lines = ["Stopped."] if stopped else []
    lines.append(f"Imported {added}." if added else "Nothing was imported.")
    if refused := outcome.refused:
        named = ", ".join(safe(title, _MAX_TITLE) for title in refused[:_MAX_NAMED])
        more = f" and {len(refused) - _MAX_NAMED:,} more" if len(refused) > _MAX_NAMED else ""
        lines.append(f"Spotify refused {count(len(refused), 'entry')}: {named}{more}.")
    lines += [f"{what} isn’t complete: {why}" for what, why in outcome.failed[:_MAX_NAMED]]
    if added:
        lines.append("Use /undo within a day to take that back.")
    return "\n".join(lines)


def undo_view() -> ui.View:
    return cards.buttons(UndoImportButton())


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
    return text
