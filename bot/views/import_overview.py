"""What an import would do, and which entries it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from discord import ui

from bot.library.formats.file_facts import MissingParts
from bot.library.import_matches import closeness_counts
from bot.library.import_plan import ListPlan, OpenEntry, Plan, Skip
from bot.library.import_steps import (
    ORDERED_KINDS,
    Choice,
    Fill,
    Save,
    Scope,
    count_calls,
    make_steps,
)
from bot.library.matching import Closeness
from bot.spotify.endpoint_groups import Group
from bot.spotify.uris import Kind
from bot.text.escape import safe, single_line
from bot.text.items import count
from bot.text.library import noun
from bot.views import cards
from bot.views.import_buttons import (
    CancelButton,
    ChooseButton,
    DoubtsButton,
    ImportButton,
    OverviewButton,
    ReopenButton,
)

LEFT_OUT = "left-out.txt"
REASONS: dict[Skip, str] = {
    Skip.LOCAL: "only on a computer, where apps can’t get at it",
    Skip.GONE: "gone from Spotify when the file was made",
    Skip.UNREADABLE: "unreadable in the file",
    Skip.NOT_FOUND: "not found on Spotify",
    Skip.NOT_A_SONG: "nothing that this list can hold",
    Skip.REFUSED: "refused by Spotify",
    Skip.UNDECIDED: "not decided",
}
# Requests that are worth mentioning as a share of the day's.
_MANY_REQUESTS = 50
_MAX_NAMED, _MAX_TITLE = 5, 60


# ---- the overview


@dataclass(frozen=True)
class Overview:
    """What the file has and what of it is new, as markdown, and which buttons are of use.

    scopes       what there is to import
    doubtful     the number of songs to decide on
    decided      the number of songs that were decided on at once
    has_names    whether the user has playlists of the same names
    """

    text: str
    scopes: frozenset[Scope]
    doubtful: int
    decided: int
    has_names: bool


def overview(plan: Plan, daily_limit: int, names: str = "merge") -> Overview:
    """Needs some 0.1 s for 50,000 songs, so it is for a thread."""
    steps = make_steps(plan, Choice(Scope.ALL, merge=names == "merge"))
    what = safe(plan.format) or "this file"
    lines = [f"**What importing {what} would do.** Nothing has changed yet."]
    lines += list(_missing_lines(plan))
    lines += [line for kind in Kind if (line := _kind_line(plan, kind))]
    lines += _playlist_lines(plan, names)
    if doubtful := len(plan.doubtful):
        songs = "1 song has" if doubtful == 1 else f"{doubtful:,} songs have"
        lines.append(f"{songs} no link and could be one of several. Undecided ones are left out.")
    lines += _decided_lines(plan)
    if not steps:
        lines.append(_nothing_text(plan))
    else:
        lines.append(f"Importing everything takes {_cost(count_calls(steps), daily_limit)}.")
        if any(isinstance(s, Save) and s.kind in ORDERED_KINDS and len(s.uris) > 1 for s in steps):
            lines.append(
                "-# Saved items come back in their old order: oldest first, 40 to a request. "
                "If Spotify mixes those up, up to 500 take one each. Their dates can’t come back."
            )
    lines += [f"-# {sentence}" for sentence in _left_out(plan)]
    lines += [f"-# {doubt}" for doubt in plan.doubts]
    lines += [f"-# {safe(name, _MAX_TITLE)} came twice. I read it once." for name in plan.repeated]
    if plan.left_out:
        parts = ", ".join(safe(part, _MAX_TITLE) for part in plan.left_out[:_MAX_NAMED])
        more = len(plan.left_out) - _MAX_NAMED
        lines.append(
            f"-# Not read, no music in it: {parts}{f' and {more} more' if more > 0 else ''}."
        )
    likes = any(isinstance(step, Save) and step.kind is Kind.TRACK for step in steps)
    songs_in = any(uri.startswith("spotify:track:") for each in plan.lists for uri in each.uris)
    offered = {
        Scope.ALL: bool(steps),
        Scope.LIKES: likes,
        Scope.PLAYLISTS: any(isinstance(step, Fill) for step in steps),
        Scope.ONE: songs_in,
    }
    return Overview(
        "\n".join(lines),
        frozenset(scope for scope, is_useful in offered.items() if is_useful),
        doubtful,
        sum(entry.at_once for entry in plan.open),
        any(listed.existing and not listed.is_open for _, listed in plan.playlists),
    )


def overview_view(shown: Overview, job_id: int, names: str = "merge") -> ui.View:
    """The buttons of the overview."""
    job, parts = str(job_id), list[ui.Item[Any]]()
    if Scope.ALL in shown.scopes:
        parts.append(ImportButton(job, names, Scope.ALL, "Import everything"))
    if Scope.LIKES in shown.scopes:
        parts.append(ImportButton(job, names, Scope.LIKES, "Only liked songs"))
    if Scope.PLAYLISTS in shown.scopes:
        parts.append(ChooseButton(job, names, "0", "Choose playlists"))
    if Scope.ONE in shown.scopes:
        parts.append(ImportButton(job, names, Scope.ONE, "All into one new playlist"))
    parts.append(CancelButton(job))
    if shown.doubtful:
        parts.append(DoubtsButton(job, names, f"Decide on {count(shown.doubtful, 'song')}"))
    if shown.decided:
        label = f"Ask me about {'it' if shown.decided == 1 else f'those {shown.decided:,}'}"
        parts.append(ReopenButton(job, names, label))
    if shown.has_names:
        other = "new" if names == "merge" else "merge"
        label = "Make new playlists instead" if names == "merge" else "Add to my playlists instead"
        parts.append(OverviewButton(job, other, label))
    return cards.buttons(*parts)


def _missing_lines(plan: Plan) -> Iterator[str]:
    """Which parts of divided exports are not there, and what to do."""
    for each in plan.missing:
        others = f" (of **{safe(each.name, _MAX_TITLE)}**)" if len(plan.missing) > 1 else ""
        yield f"**{missing_parts_text(each)}**{others}"
    if plan.missing:
        yield "Cancel, then attach all parts to one /import, or import the rest later."


def missing_parts_text(missing: MissingParts) -> str:
    """Which parts of a divided export are not there, as a sentence."""
    *others, last = (str(number) for number in missing.numbers)
    if others:
        return f"Parts {', '.join(others)} and {last} of {missing.count} are missing."
    return f"Part {last} of {missing.count} is missing."


def closeness_text(entries: Sequence[OpenEntry]) -> str:
    """How close the likeliest songs for these entries are: "2 close matches, 1 weak match"."""
    counts = closeness_counts(entries)
    return ", ".join(count(counts[each], f"{each} match") for each in Closeness if counts[each])


def _decided_lines(plan: Plan) -> Iterator[str]:
    """What was chosen or left out of the songs that were in doubt."""
    at_once = [entry for entry in plan.open if entry.at_once and entry.chosen]
    if at_once:
        named = "; ".join(_match_text(entry) for entry in at_once[:_MAX_NAMED])
        more = f"; and {len(at_once) - _MAX_NAMED:,} more" if len(at_once) > _MAX_NAMED else ""
        songs = count(len(at_once), "song")
        yield f"Likeliest match for {songs}, {closeness_text(at_once)}: {named}{more}."
    left_out = [entry for entry in plan.matched if entry.chosen == ""]
    if left_out:
        yield f"-# {count(len(left_out), 'song')} left out, as you chose."


def _match_text(entry: OpenEntry) -> str:
    """What the file says, and what was chosen."""
    match = entry.match
    assert match is not None
    found = " – ".join(filter(None, (match.artists, match.title)))
    return f"{safe(entry.title, _MAX_TITLE)} → {safe(found, _MAX_TITLE)}"


def _nothing_text(plan: Plan) -> str:
    """Why there is nothing to import: what is left out is not called already there."""
    if plan.doubtful:
        return "Decide on those first: apart from them, there’s nothing to import."
    if not plan.follows and not any(listed.usable for listed in plan.lists):
        return "There’s nothing in it that I could import."
    what = "the rest of it" if plan.counts else "all of it"
    return f"You have {what} already, so there’s nothing to import."


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
        lines.append(f"- {playlist_name(listed)}: {_playlist_state(listed, names)}")
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
    if listed.is_open:
        return "no song to add"
    songs = count(len(listed.usable), "song")
    if not listed.existing:
        return f"{songs} · **new playlist**"
    if names == "new":
        return f"{songs} · you have one of this name · **a second one**"
    if listed.present is None:  # shared, or the same version: its songs were not compared
        return f"{songs} · you have it already"
    missing = count(len(listed.missing), "song")
    return f"{songs} · you have one of this name · **{missing} to add**"


def playlist_name(listed: ListPlan) -> str:
    """In bold Markdown."""
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
